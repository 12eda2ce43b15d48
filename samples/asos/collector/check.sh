#!/usr/bin/env bash
# check.sh TARAX [FOLDER]: the collector's short test, without a kernel: records a program between its marks, has perf read the recording, converts it, and compares
# the profile with exact counts of the same run.
set -euo pipefail
tarax=$1 folder=${2:-$(mktemp -d)}
cd "$(dirname "$0")"
make -s BUILD="$folder"
gcc -O2 -g -o "$folder/check" check.c
cd "$folder"
qemu-x86_64 -plugin ./collector.so,out=perf.data,statistics=counted,counts=exact,period=499,marked=on ./check
cat counted

samples=$(sed -n 's/^samples //p' counted)
[ "$samples" -gt 10000 ]
[ "$(perf script -i perf.data -F ip,brstack | grep -c .)" = "$samples" ]
perf report -i perf.data --header-only | grep -q 'contains samples with branch stack'
perf buildid-list -i perf.data | grep -q "$(readelf -n check | sed -n 's/.*Build ID: //p').*/check"

"$tarax" convert perf.data --binary check -o sampled.afdo --for gcc-16
"$tarax" convert exact --profiler text --binary check -o exact.afdo --for gcc-16 >exact.report
"$tarax" diff sampled.afdo exact.afdo --fail-under 0.98

# Counting is exact: a second run counts the same.
qemu-x86_64 -plugin ./collector.so,statistics=again,marked=on ./check
diff <(grep -v samples counted) <(grep -v samples again)
echo "the collector: $samples samples, as counted"
