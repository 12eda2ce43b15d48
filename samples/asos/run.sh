#!/usr/bin/env bash
# run.sh [APPLICATION...]: the whole cycle for these applications, or for all six; prints the table. What was done before is not done again.
#   WORK      the folder for everything that is made (default: work, beside this file; 20 GB for all six)
#   COMPILER  gcc-16 (default), gcc-12, clang-22 or clang-23
#   LTO       thin: with Clang, kernels by ThinLTO
#   LAYOUT    on: with Clang, a further kernel of each application, whose blocks and functions are laid out (Propeller)
#   SEEDS     further seeds to measure besides the second, such as "3 4"
#   TARAX     a converter that is there already
. "$(dirname "$0")/settings.sh"
known=$(cd "$HERE/applications" && echo *.sh | sed 's/\.sh//g')
for application in "$@"; do
    [ -f "$HERE/applications/$application.sh" ] || { echo "run.sh: no such application: $application; there are $known" >&2; exit 2; }
done

[ -x "$TARAX" ] || command -v dotnet >/dev/null || { echo "run.sh: the converter is built by the .NET SDK 10 (dotnet), which is not here; or name one that is there: TARAX=" >&2; exit 2; }
case $COMPILER in gcc-12 | gcc-16 | clang-22 | clang-23) ;; *) echo "run.sh: no such compiler: $COMPILER; there are gcc-16, gcc-12, clang-22 and clang-23" >&2; exit 2 ;; esac
case $COMPILER,$LTO in *,none | clang-*,thin) ;; *) echo "run.sh: LTO is none, or with Clang thin; not $LTO with $COMPILER" >&2; exit 2 ;; esac
case $COMPILER,$LAYOUT in *,off | clang-*,on) ;; *) echo "run.sh: LAYOUT is off, or with Clang on; not $LAYOUT with $COMPILER" >&2; exit 2 ;; esac
needed="make gcc libc6-dev debootstrap cpio qemu-system-x86 linux-perf xz-utils python3 binutils"
[ "$LINUX" != 6.1 ] || needed="$needed linux-source-$LINUX"
! is_here || needed="$needed flex bison bc libelf-dev"
[ "$COMPILER" != gcc-12 ] || needed="$needed gcc-12"
missing=
for package in $needed; do dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"; done
if [ -n "$missing" ]; then
    say "installing$missing"
    apt-get update -qq
    # shellcheck disable=SC2086
    apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi

BUILT=$KERNELS
export WORK MADE COLLECTOR COMPILER LTO LAYOUT TARAX HERE BUILT
# Kernels are built on all processors; a machine that is emulated takes one.
make -s -k -f "$HERE/cycle.mk" -j "$JOBS" ${1:+APPLICATIONS="$*"} ${SEEDS:+SEEDS="$SEEDS"} report
