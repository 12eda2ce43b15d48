#!/bin/sh
# record.sh SECONDS [perf.data]: branch records of the kernel on the whole machine, under whatever load runs now.
seconds=${1:?usage: record.sh SECONDS [perf.data]} out=${2:-perf.data}
case $(grep -m 1 vendor_id /proc/cpuinfo) in
  *GenuineIntel*) event=br_inst_retired.near_taken:k ;;
  *AuthenticAMD*) event=ex_ret_brn_tkn:k ;;
  *) echo "record.sh: no event with branch records is known for this CPU" >&2; exit 1 ;;
esac
# A prime period does not beat with loops; half a million taken branches is a sample every millisecond or so on a busy core.
exec perf record -a -b -e "$event" -c 500009 -o "$out" -- sleep "$seconds"
