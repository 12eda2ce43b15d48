#!/usr/bin/env bash
# layout.sh OUT KERNEL RECORDING: the order of blocks and functions of a kernel with the map of blocks, OUT_cc_profile.txt for Clang and OUT_ld_profile.txt for lld, as Linux' propeller.rst makes it.
. "$(dirname "$0")/../settings.sh"
out=$1 kernel=$2 recording=$3
say "layout $(basename "$out")"
"$TARAX" layout "$recording" --binary "$KERNELS/$kernel/vmlinux" --all-modules -o "$out" >"$out.report"
