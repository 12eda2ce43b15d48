#!/usr/bin/env bash
# kernel.sh NAME [PROFILE [LAYOUT]]: builds the kernel NAME, with a profile or without; all kernels have the baseline's configuration. Only the baseline needs debug information, to make profiles
# by; GCC makes the same code without it, faster, and Clang with lines alone, by which it finds its way in the profile. LAYOUT is for Clang: `map` leaves the map of blocks in vmlinux, by which
# tarax layout orders them; what its two files begin with is built by.
. "$(dirname "$0")/../settings.sh"
name=$1 profile=${2:-} layout=${3:-}
case $COMPILER in
    clang-*)
        make="make -s O=\$asos/$name LLVM=${COMPILER#clang}${profile:+ CLANG_AUTOFDO_PROFILE=kernel.afdo}"
        case $layout in '' | map) ;; *) make="$make CLANG_PROPELLER_PROFILE_PREFIX=kernel" ;; esac
        debug=-gmlt ;;
    *)
        make="make -s O=\$asos/$name CC=\$asos/$name/gcc-with-profile HOSTCC=$COMPILER"
        debug=-g0 ;;
esac

configuration() {
    cat "$HERE/kernel.config"
    case $COMPILER in clang-*) cat "$HERE/kernel-clang.config" ;; esac
    [ "$LTO" = none ] || echo CONFIG_LTO_CLANG_THIN=y
    [ -z "$layout" ] || echo CONFIG_PROPELLER_CLANG=y
}

build() {
    rm -rf "${KERNELS:?}/$name"
    mkdir -p "$KERNELS/$name"
    cp "$HERE/../kernel/gcc-with-profile" "$KERNELS/$name/"
    configuration >"$KERNELS/$name/kernel.config"
    { grep PROPELLER "$KERNELS/$name/kernel.config" || true; } >"$KERNELS/$name/layout.config"
    [ -z "$profile" ] || cp "$profile" "$KERNELS/$name/kernel.afdo"
    case $layout in '' | map) ;; *) for file in cc ld; do cp "${layout}_${file}_profile.txt" "$KERNELS/$name/kernel_${file}_profile.txt"; done ;; esac
    at_compiler "
        cd source
        export REAL_CC=$COMPILER PROFILE=${profile:+\$asos/$name/kernel.afdo} KBUILD_BUILD_TIMESTAMP=2024-01-01 KBUILD_BUILD_USER=asos KBUILD_BUILD_HOST=asos
        if [ $name = baseline ]; then $make KCONFIG_ALLCONFIG=\$asos/$name/kernel.config allnoconfig
        else cp \$asos/baseline/.config \$asos/$name/ && cat \$asos/$name/layout.config >>\$asos/$name/.config && $make olddefconfig; fi
        $make -j$JOBS ${profile:+KCFLAGS=$debug} bzImage" >"$KERNELS/$name.log" 2>&1 || { tail -20 "$KERNELS/$name.log" >&2; exit 1; }
    # The last word on an option holds.
    tac "$KERNELS/$name/kernel.config" | sort -u -s -t= -k1,1 | grep '=y$' | while read -r option; do
        grep -qx "$option" "$KERNELS/$name/.config" || { say "the configuration has no $option"; exit 1; }
    done
    cp "$KERNELS/$name/arch/x86/boot/bzImage" "$1"
}
say "kernel $name"
make_file "$MADE/kernels/$name" build
# What a kernel took while it was compiled is of no use any more; vmlinux and the configuration are.
find "$KERNELS/$name" -name '*.o' -delete
