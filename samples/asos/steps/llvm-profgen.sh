#!/usr/bin/env bash
# llvm-profgen.sh OUT RECORDING: LLVM's own profile of a recording, by the command line of the kernel's documentation.
. "$(dirname "$0")/../settings.sh"
out=$1 recording=$2
convert() {
    local perfdata=\$asos/llvm-profgen.data
    if is_here; then perfdata=$recording; else cp "$recording" "$KERNELS/llvm-profgen.data"; fi
    at_compiler "llvm-profgen-${COMPILER#clang-} --kernel --binary=baseline/vmlinux --perfdata=$perfdata -o llvm-profgen.afdo" >"$out.report" 2>&1 || { tail "$out.report" >&2; exit 1; }
    mv "$KERNELS/llvm-profgen.afdo" "$1"
    "$TARAX" show "$1" --top 30 >>"$out.report"
}
mkdir -p "$(dirname "$out")"
say "profile $(basename "$out" .afdo)"
make_file "$out" convert
