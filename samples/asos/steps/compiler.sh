#!/usr/bin/env bash
# compiler.sh: a Debian with the compiler, and the kernel's source in it.
. "$(dirname "$0")/../settings.sh"
tools=make,flex,bison,bc,libelf-dev,libc6-dev,kmod,cpio,perl,xz-utils
if [ "$COMPILER" != gcc-12 ] && [ ! -d "$TREE" ]; then
    say "a Debian sid with $COMPILER"
    rm -rf "$TREE.new"
    debootstrap --variant=minbase --include="$COMPILER,$tools" sid "$TREE.new" "$MIRROR" >"$TREE.log" 2>&1 || { tail "$TREE.log" >&2; exit 1; }
    mv "$TREE.new" "$TREE"
fi
mkdir -p "$KERNELS"
if [ ! -d "$KERNELS/source" ]; then
    say "the source of Linux $LINUX"
    rm -rf "$KERNELS/source.new"
    mkdir "$KERNELS/source.new"
    tar xf "/usr/src/linux-source-$LINUX.tar.xz" -C "$KERNELS/source.new" --strip-components=1
    mv "$KERNELS/source.new" "$KERNELS/source"
fi
