#!/usr/bin/env bash
# compiler.sh: a Debian with the compiler, where this machine does not have it, and the kernel's source in it.
. "$(dirname "$0")/../settings.sh"
tools=make,flex,bison,bc,libelf-dev,libc6-dev,kmod,cpio,perl,xz-utils
case $COMPILER in
    clang-*) compiler=$COMPILER,lld-${COMPILER#clang-},llvm-${COMPILER#clang-},gcc,linux-perf ;;
    *) compiler=$COMPILER ;;
esac
if ! is_here && [ ! -d "$TREE/usr" ]; then
    say "a Debian sid with $COMPILER"
    rm -rf "$TREE.new"
    debootstrap --variant=minbase --include="$compiler,$tools" sid "$TREE.new" "$MIRROR" >"$TREE.log" 2>&1 || { tail "$TREE.log" >&2; exit 1; }
    mv "$TREE.new" "$TREE"
fi

# The kernel's source as a package of sid's, fetched by apt with lists of its own, so that this machine's are as they were.
sid_source() {
    mkdir -p "$1/lists/partial" "$1/cache/archives/partial"
    echo "deb $MIRROR sid main" >"$1/sources.list"
    cat >"$1/apt.conf" <<CONFIGURATION
Dir::Etc::sourcelist "$1/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "$1/lists";
Dir::State::status "/dev/null";
Dir::Cache "$1/cache";
APT::Sandbox::User "root";
CONFIGURATION
    (
        export APT_CONFIG=$1/apt.conf
        cd "$1"
        apt-get update -qq
        apt-get download -qq "linux-source-$LINUX"
        dpkg-deb -x linux-source-"$LINUX"_*.deb .
    )
}

mkdir -p "$KERNELS"
if [ ! -d "$SOURCE" ]; then
    say "the source of Linux $LINUX"
    packed=/usr/src/linux-source-$LINUX.tar.xz
    if [ "$LINUX" != 6.1 ]; then
        [ -d "$WORK/linux-$LINUX" ] || make_file "$WORK/linux-$LINUX" sid_source
        packed=$WORK/linux-$LINUX/usr/src/linux-source-$LINUX.tar.xz
    fi
    rm -rf "$SOURCE.new"
    mkdir -p "$SOURCE.new"
    tar xf "$packed" -C "$SOURCE.new" --strip-components=1
    mv "$SOURCE.new" "$SOURCE"
fi
[ "$KERNELS/source" -ef "$SOURCE" ] || ln -s ../asos/source "$KERNELS/source"
