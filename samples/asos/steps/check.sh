#!/usr/bin/env bash
# check.sh APPLICATION: how far the profile that was sampled is from one of exact counts of the same run, as JSON; and perf's own tools read the recording.
. "$(dirname "$0")/../settings.sh"
application=$1
recorded=$WORK/runs/baseline/$application.recorded
compare() {
    "$TARAX" convert "$recorded/counts" --profiler text --binary "$KERNELS/baseline/vmlinux" --for "$COMPILER" -o "$1.exact" >/dev/null
    "$TARAX" diff "$WORK/profiles/$application.afdo" "$1.exact" --json --top 100000 >"$1"
    rm "$1.exact"
}
make_file "$WORK/profiles/$application.overlap" compare
if command -v perf >/dev/null; then
    samples=$(perf script -i "$recorded/perf.data" -F ip,brstack 2>"$recorded/perf.log" | grep -c .)
    said=$(sed -n 's/^samples //p' "$recorded/statistics")
    [ "$samples" = "$said" ] || { say "perf script shows $samples of $said samples"; exit 1; }
    perf report -i "$recorded/perf.data" --header-only >>"$recorded/perf.log"
    perf buildid-list -i "$recorded/perf.data" | grep -q "$(readelf -n "$KERNELS/baseline/vmlinux" | sed -n 's/.*Build ID: //p')"
fi
