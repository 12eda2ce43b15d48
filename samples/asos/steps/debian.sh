#!/usr/bin/env bash
# debian.sh: a Debian 12 with the applications, made ready for their loads.
. "$(dirname "$0")/../settings.sh"
packages=busybox-static
for application in "$HERE"/applications/*.sh; do
    packages=$packages,$(sed -n 's/^packages="\(.*\)"/\1/p' "$application" | tr ' ' ,)
done
make_debian() {
    debootstrap --variant=minbase --include="$packages" bookworm "$1" "$MIRROR" >"$1.log" 2>&1 || { tail "$1.log" >&2; exit 1; }
}
if [ ! -d "$DEBIAN" ] || [ "$(cat "$DEBIAN.packages" 2>/dev/null)" != "$packages" ]; then
    say "a Debian with the applications"
    make_file "$DEBIAN" make_debian
    echo "$packages" >"$DEBIAN.packages"
fi
