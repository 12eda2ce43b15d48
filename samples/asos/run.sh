#!/usr/bin/env bash
# run.sh [APPLICATION...]: the whole cycle for these applications, or for all six; prints the table. What was done before is not done again.
#   WORK      the folder for everything that is made (default: work, beside this file; 20 GB for all six)
#   COMPILER  gcc-16 (default) or gcc-12
#   TARAX     a converter that is there already
. "$(dirname "$0")/settings.sh"
known=$(cd "$HERE/applications" && echo *.sh | sed 's/\.sh//g')
for application in "$@"; do
    [ -f "$HERE/applications/$application.sh" ] || { echo "run.sh: no such application: $application; there are $known" >&2; exit 2; }
done

[ -x "$TARAX" ] || command -v dotnet >/dev/null || { echo "run.sh: the converter is built by the .NET SDK 10 (dotnet), which is not here; or name one that is there: TARAX=" >&2; exit 2; }
needed="make gcc libc6-dev debootstrap cpio qemu-system-x86 linux-source-$LINUX linux-perf xz-utils python3 binutils"
[ "$COMPILER" != gcc-12 ] || needed="$needed gcc-12 flex bison bc libelf-dev"
missing=
for package in $needed; do dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"; done
if [ -n "$missing" ]; then
    say "installing$missing"
    apt-get update -qq
    # shellcheck disable=SC2086
    apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi

export WORK MADE COLLECTOR COMPILER TARAX HERE
# Kernels are built on all processors; a machine that is emulated takes one.
make -s -k -f "$HERE/cycle.mk" -j "$JOBS" ${1:+APPLICATIONS="$*"} report
