# What all steps share; read by them, not run. Everything is kept in one folder, WORK, and what lies there ready-made is not made again.
# shellcheck shell=bash disable=SC2034
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "${WORK:=$HERE/work}"
WORK=$(cd "$WORK" && pwd)
COMPILER=${COMPILER:-gcc-16}            # gcc-16: from Debian sid, in a folder of its own; gcc-12: this machine's; clang-22, clang-23: this machine's, or else sid's
LTO=${LTO:-none}                        # thin: with Clang, CONFIG_LTO_CLANG_THIN
LAYOUT=${LAYOUT:-off}                   # on: with Clang, kernels laid out by tarax layout
MIRROR=${MIRROR:-http://deb.debian.org/debian}
JOBS=${JOBS:-$(nproc)}

case $COMPILER in
    clang-*) LINUX=7.2 ;;               # the package linux-source-7.2 of Debian sid: Linux takes profiles for Clang since 6.13
    *) LINUX=6.1 ;;                     # linux-source-6.1 of Debian 12
esac
PERIOD=4999                             # taken branches in the kernel from one sample to the next
MEMORY=2048                             # of the machine that is emulated, in MB

[ "$LTO" = none ] && link= || link=-$LTO
TREE=$WORK/$COMPILER                    # where the compiler is the one to be used, and kernels are built
SOURCE=$TREE/asos/source
KERNELS=$TREE/asos$link
MADE=$WORK/with-$COMPILER$link          # kernels, profiles, and what was counted
DEBIAN=$WORK/debian                     # where the applications are installed
COLLECTOR=$WORK/collector
TARAX=$(realpath -m "${TARAX:-$WORK/tarax/tarax}")

unset MAKEFLAGS MFLAGS MAKELEVEL        # each make here has jobs of its own

# Whether the compiler is this machine's own, and not one in a tree of sid's.
is_here() {
    local tool
    [ "$COMPILER" != gcc-12 ] || return 0
    case $COMPILER in clang-*) ;; *) return 1 ;; esac
    [ ! -d "$TREE/usr" ] || return 1
    for tool in clang ld.lld llvm-ar llvm-profgen; do command -v "$tool-${COMPILER#clang-}" >/dev/null || return 1; done
}

# Runs a command line where the compiler is, in the folder of the kernels, which is called $asos there.
at_compiler() {
    if is_here; then
        (cd "$KERNELS" && asos=$KERNELS LC_ALL=C bash -euc "$1")
    else
        chroot "$TREE" env asos="/asos$link" LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin bash -euc "cd /asos$link; $1"
    fi
}

# Makes a file by a command that writes to the name it is given, so that the file is there only when it is whole.
# Beside it stays how long that took.
make_file() {
    local made=$1 start=$SECONDS
    shift
    mkdir -p "$(dirname "$made")"
    rm -rf "$made.new"
    "$@" "$made.new"
    echo $((SECONDS - start)) >"$made.seconds"
    rm -rf "$made"
    mv "$made.new" "$made"
}

say() { echo "asos: $*" >&2; }
