#!/usr/bin/env bash
# kernel.sh NAME [PROFILE]: builds the kernel NAME, with a profile or without; all kernels have the baseline's configuration. Only the baseline needs debug information, to make profiles
# by; GCC makes the same code without it, faster.
. "$(dirname "$0")/../settings.sh"
name=$1 profile=${2:-}
build() {
    mkdir -p "$KERNELS/$name"
    [ -z "$profile" ] || cp "$profile" "$KERNELS/$name/kernel.afdo"
    at_compiler "
        cd source
        make='make -s O=../$name HOSTCC=$COMPILER'
        if [ ! -f ../$name/.config ]; then
            if [ $name = baseline ]; then \$make CC=$COMPILER KCONFIG_ALLCONFIG=\$asos/kernel.config allnoconfig
            else cp ../baseline/.config ../$name/; fi
        fi
        export REAL_CC=$COMPILER PROFILE=${profile:+\$asos/$name/kernel.afdo} KBUILD_BUILD_TIMESTAMP=2024-01-01 KBUILD_BUILD_USER=asos KBUILD_BUILD_HOST=asos
        \$make CC=\$asos/gcc-with-profile olddefconfig
        \$make CC=\$asos/gcc-with-profile -j$JOBS ${profile:+KCFLAGS=-g0} bzImage" >"$KERNELS/$name.log" 2>&1 || { grep -E -m 20 'rror' "$KERNELS/$name.log" >&2; exit 1; }
    cp "$KERNELS/$name/arch/x86/boot/bzImage" "$1"
}
say "kernel $name"
cp "$HERE/kernel.config" "$KERNELS/"
make_file "$WORK/kernels/$name" build
# What a kernel took while it was compiled is of no use any more; vmlinux and the configuration are.
find "$KERNELS/$name" -name '*.o' -delete
