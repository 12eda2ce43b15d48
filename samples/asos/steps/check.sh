#!/usr/bin/env bash
# check.sh APPLICATION [.llvm-profgen]: how far the profile that was sampled is from one of exact counts of the same run, as JSON; and perf's own tools read the recording. LLVM's profile is
# compared with ours, too.
. "$(dirname "$0")/../settings.sh"
application=$1 maker=${2:-}
recorded=$MADE/runs/baseline/$application.recorded
compare() {
    "$TARAX" convert "$recorded/counts" --profiler text --binary "$KERNELS/baseline/vmlinux" --for "$COMPILER" -o "$1.exact" >/dev/null
    "$TARAX" diff "$MADE/profiles/$application$maker.afdo" "$1.exact" --json --top 100000 >"$1"
    [ -z "$maker" ] || "$TARAX" diff "$MADE/profiles/$application.afdo" "$MADE/profiles/$application$maker.afdo" --json --top 100000 >"$MADE/profiles/$application.between"
    rm "$1.exact"
}
samples=$(perf script -i "$recorded/perf.data" -F ip,brstack 2>/dev/null | grep -c .)
said=$(sed -n 's/^samples //p' "$recorded/statistics")
[ "$samples" = "$said" ] || { say "perf script shows $samples of $said samples"; exit 1; }
perf report -i "$recorded/perf.data" --header-only | grep -q 'contains samples with branch stack'
build_id=$(readelf -n "$KERNELS/baseline/vmlinux" | sed -n 's/.*Build ID: //p')
[ -n "$build_id" ] && perf buildid-list -i "$recorded/perf.data" | grep -q "$build_id" || { say "perf buildid-list does not show the kernel's build-id"; exit 1; }
make_file "$MADE/profiles/$application$maker.overlap" compare
