#!/usr/bin/env bash
# kernel.sh NAME [PROFILE]: builds the kernel NAME, with a profile or without; all kernels have the baseline's configuration. Only the baseline needs debug information, to make profiles
# by; GCC makes the same code without it, faster.
. "$(dirname "$0")/../settings.sh"
name=$1 profile=${2:-}
build() {
    rm -rf "${KERNELS:?}/$name"
    mkdir -p "$KERNELS/$name"
    cp "$HERE/../kernel/gcc-with-profile" "$HERE/kernel.config" "$KERNELS/$name/"
    [ -z "$profile" ] || cp "$profile" "$KERNELS/$name/kernel.afdo"
    at_compiler "
        cd source
        export REAL_CC=$COMPILER PROFILE=${profile:+\$asos/$name/kernel.afdo} KBUILD_BUILD_TIMESTAMP=2024-01-01 KBUILD_BUILD_USER=asos KBUILD_BUILD_HOST=asos
        make=\"make -s O=../$name CC=\$asos/$name/gcc-with-profile HOSTCC=$COMPILER\"
        if [ $name = baseline ]; then \$make KCONFIG_ALLCONFIG=\$asos/$name/kernel.config allnoconfig
        else cp ../baseline/.config ../$name/ && \$make olddefconfig; fi
        \$make -j$JOBS ${profile:+KCFLAGS=-g0} bzImage" >"$KERNELS/$name.log" 2>&1 || { tail -20 "$KERNELS/$name.log" >&2; exit 1; }
    grep '=y$' "$HERE/kernel.config" | while read -r option; do
        grep -qx "$option" "$KERNELS/$name/.config" || { say "the configuration has no $option"; exit 1; }
    done
    cp "$KERNELS/$name/arch/x86/boot/bzImage" "$1"
}
say "kernel $name"
make_file "$MADE/kernels/$name" build
# What a kernel took while it was compiled is of no use any more; vmlinux and the configuration are.
find "$KERNELS/$name" -name '*.o' -delete
