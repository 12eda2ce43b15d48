#!/usr/bin/env bash
# convert.sh OUT RECORDING...: the profile of one recording, or the merged profile of several.
. "$(dirname "$0")/../settings.sh"
out=$1
shift
recordings=("$@")
convert() {
    local parts=() recording
    for recording in "${recordings[@]}"; do
        parts+=("$out.$(basename "$(dirname "$recording")")")
        "$TARAX" convert "$recording" --binary "$KERNELS/baseline/vmlinux" --for "$COMPILER" -o "${parts[-1]}" >"${parts[-1]}.report"
    done
    # Parts of one are that one: nothing has to be weighed.
    if [ ${#parts[@]} = 1 ] && [[ $COMPILER = clang-* ]]; then cp "${parts[0]}" "$1"
    else "$TARAX" merge "${parts[@]}" --equalize --for "$COMPILER" -o "$1"; fi
    "$TARAX" show "$1" --top 30 >"$out.report"
}
mkdir -p "$(dirname "$out")"
say "profile $(basename "$out" .afdo)"
make_file "$out" convert
