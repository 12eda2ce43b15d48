# What all steps share; read by them, not run. Everything is kept in one folder, WORK, and what lies there ready-made is not made again.
# shellcheck shell=bash disable=SC2034
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "${WORK:=$HERE/work}"
WORK=$(cd "$WORK" && pwd)
COMPILER=${COMPILER:-gcc-16}            # gcc-16: from Debian sid, in a folder of its own; gcc-12: this machine's
MIRROR=${MIRROR:-http://deb.debian.org/debian}
JOBS=${JOBS:-$(nproc)}

LINUX=6.1                               # the package linux-source-6.1 of Debian 12
PERIOD=4999                             # taken branches in the kernel from one sample to the next
MEMORY=2048                             # of the machine that is emulated, in MB

TREE=$WORK/$COMPILER                    # where the compiler is the one to be used, and kernels are built
KERNELS=$TREE/asos
MADE=$WORK/with-$COMPILER               # kernels, profiles, and what was counted
DEBIAN=$WORK/debian                     # where the applications are installed
COLLECTOR=$WORK/collector
TARAX=$(realpath -m "${TARAX:-$WORK/tarax/tarax}")

unset MAKEFLAGS MFLAGS MAKELEVEL        # each make here has jobs of its own

# Runs a command line where the compiler is, in the folder of the kernels, which is called $asos there.
at_compiler() {
    if [ "$COMPILER" = gcc-12 ]; then
        (cd "$KERNELS" && asos=$KERNELS bash -euc "$1")
    else
        chroot "$TREE" env asos=/asos LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin bash -euc "cd /asos; $1"
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
