#!/usr/bin/env bash
# image.sh APPLICATION: the initramfs of a machine that runs one application: its files, the libraries they need, and guest-init.
. "$(dirname "$0")/../settings.sh"
application=$1
declare -A brought

# A file of the Debian, where its links lead, and its libraries; or a folder with all of that.
bring() {
    local path=$1 inside library
    [ -z "${brought[$path]:-}" ] || return 0
    brought[$path]=yes
    (cd "$DEBIAN" && cp -a --parents ".$path" "$root")
    if [ -L "$DEBIAN$path" ]; then
        bring "$(chroot "$DEBIAN" readlink -f "$path")"
    elif [ -d "$DEBIAN$path" ]; then
        while read -r inside; do bring "$inside"; done < <(cd "$DEBIAN" && find ".$path" \( -type l -o -type f -perm /111 -o -name '*.so' \) -printf '%p\n' | cut -c2-)
    else
        for library in $(chroot "$DEBIAN" ldd "$path" 2>/dev/null | grep -o '/[^ )]*'); do
            bring "$(chroot "$DEBIAN" readlink -f "$(dirname "$library")")/$(basename "$library")"
        done
    fi
}

image() {
    local root path
    root=$(mktemp -d "$WORK/image.XXXXXX")
    mkdir -p "$root"/{usr/bin,usr/sbin,usr/lib,usr/lib64,dev,proc,sys,run,tmp,etc,root,var,srv}
    for path in bin sbin lib lib64; do ln -s "usr/$path" "$root/$path"; done
    mknod -m 600 "$root/dev/console" c 5 1
    mknod -m 666 "$root/dev/null" c 1 3
    cp "$DEBIAN"/etc/{passwd,group,nsswitch.conf} "$root/etc/"
    echo "127.0.0.1 localhost" >"$root/etc/hosts"
    cp "$HERE/guest-init" "$root/init"
    cp -r "$HERE/applications" "$root/"
    ln -s "$application.sh" "$root/applications/this"
    cp "$COLLECTOR/mark" "$root/usr/bin/"
    bring /usr/bin/busybox
    bring /usr/lib/x86_64-linux-gnu/libgcc_s.so.1      # opened by the C library when a thread ends
    for path in $files; do bring "$path"; done
    (cd "$root" && find . -print0 | LC_ALL=C sort -z | cpio -o -0 -H newc --quiet) >"$1"
    rm -rf "$root"
}

say "image of $application"
cd "$HERE/applications"
# shellcheck source=/dev/null
. "./$application.sh"
rm -rf "$DEBIAN/applications"
cp -r . "$DEBIAN/applications"
mkdir -p "$DEBIAN/usr/share/asos"
chroot "$DEBIAN" bash -euc "cd /applications; . ./$application.sh; prepare"
make_file "$WORK/images/$application" image
