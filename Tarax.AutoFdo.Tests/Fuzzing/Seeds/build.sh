#!/usr/bin/env bash
# Makes the seeds anew (Debian 12: gcc-12, clang-14, binutils).
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
rm -f ./*.dwo
