#!/usr/bin/env bash
# Makes the seeds anew (Debian 12: gcc-12, clang-14, binutils, dwz, llvm-22).
set -euo pipefail
cd "$(dirname "$0")"
# No page of padding, and no path of the machine that built them.
common="-O2 -nostdlib -static -Wl,--build-id=sha1 -Wl,-n -fdebug-prefix-map=$PWD=/seeds"
gcc-12 $common -gdwarf-5 -o tiny-dwarf5 tiny.c
gcc-12 $common -gdwarf-4 -fdebug-types-section -o tiny-types tiny.c
gcc-12 $common -gdwarf-2 -o tiny-dwarf2 tiny.c
gcc-12 $common -gdwarf-5 -gz=zlib -o tiny-zlib tiny.c
gcc-12 -O2 -gdwarf-5 -fdebug-prefix-map=$PWD=/seeds -c -o tiny-relocatable.o tiny.c
clang-14 $common -gdwarf-5 -fdebug-info-for-profiling -gsplit-dwarf -o tiny-skeleton tiny.c
# The split units of tiny-skeleton in a package; needs llvm-22.
llvm-dwp-22 -o tiny-package.dwp ./*.dwo
rm -f ./*.dwo
# Two files that share a third; needs dwz.
gcc-12 $common -gdwarf-5 -DOTHER -o tiny-other tiny.c
cp tiny-dwarf5 tiny-dwz
dwz -l none -L none -m tiny-supplementary -M tiny-supplementary tiny-dwz tiny-other
rm tiny-other
# Maps of basic blocks, linked and not; need clang-22 and lld-22.
map="-gdwarf-5 -g1 -fbasic-block-address-map -mllvm -emit-bb-hash -mllvm -pgo-analysis-map=all"
clang-22 $common $map -fuse-ld=lld -o tiny-block-map tiny.c
clang-22 -O2 $map -fbasic-block-sections=all -fdebug-prefix-map=$PWD=/seeds -c -o tiny-block-map.o tiny.c
