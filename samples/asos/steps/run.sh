#!/usr/bin/env bash
# run.sh APPLICATION KERNEL SEED OUT [record]: runs the application's load on a kernel, and leaves in the folder OUT what it counted; with
# `record`, a recording and exact counts too. Time in the machine is the number of its instructions, so that the same seed gives the same run, and
# other seeds other addresses and orders.
. "$(dirname "$0")/../settings.sh"
application=$1 kernel=$2 seed=$3 out=$4 record=${5:-}

machine() {
    mkdir -p "$1"
    local plugin="$COLLECTOR/collector.so,kernel=$KERNELS/$kernel/vmlinux,marked=on,code=kernel,period=$PERIOD,statistics=$1/statistics,release=$LINUX-asos"
    [ -z "$record" ] || plugin="$plugin,out=$1/perf.data,counts=$1/counts"
    timeout 1800 qemu-system-x86_64 -accel tcg,thread=single -icount shift=0,sleep=off -rtc base=2024-01-01,clock=vm -seed "$seed" \
        -machine q35 -cpu max,-la57 -smp 1 -m "$MEMORY" -display none -monitor none -net none -no-reboot \
        -serial "file:$1/console" -kernel "$MADE/kernels/$kernel" -initrd "$WORK/images/$application" \
        -append "console=ttyS0 panic=-1 quiet" -plugin "$plugin" || say "the emulator ended with status $?"
    tr -d '\r' <"$1/console" | sed -n 's/^asos: dmesg: //p' >"$1/dmesg"
    grep -q '^asos: done' "$1/console" || { say "$application did not come to its end on the kernel $kernel:"; tail -20 "$1/console" >&2; exit 1; }
    [ -s "$1/statistics" ] && { [ -z "$record" ] || { [ -s "$1/counts" ] && [ -s "$1/perf.data" ]; }; } || { say "the collector left nothing"; exit 1; }
}

say "$application on the kernel $kernel${record:+, recorded}"
make_file "$out" machine
