#!/usr/bin/env python3
"""Compare the plugin's decoding of branches with objdump for all code of ELF files.
    decode_check.py DECODE_CHECK ELF..."""
import re
import subprocess
import sys
INSN = re.compile(r'^ *([0-9a-f]+):\t([0-9a-f]{8}) *\t?(\S*)\s*(.*)$')
KIND = [(r'b\.|bc\.|cbz$|cbnz$|tbz$|tbnz$', 'cond'), (r'b$', 'jmp'), (r'bl$', 'call'), (r'br$|bra', 'ind_jmp'),
        (r'blr', 'ind_call'), (r'ret(aa|ab)?$', 'ret'), (r'svc$', 'syscall'), (r'(brk|hlt|hvc|smc|dcps\d)$', 'exception'),
        (r'eret|drps', 'eret')]
wrong = total = branches = 0
for elf in sys.argv[2:]:
    want = []
    for line in subprocess.run(['aarch64-linux-gnu-objdump', '-d', elf], capture_output=True, text=True).stdout.splitlines():
        m = INSN.match(line)
        if m and m[3] not in ('.inst', '.word'):
            kind = next((k for r, k in KIND if re.match(r, m[3])), 'none')
            t = (re.findall(r"(?:0x)?([0-9a-f]+)(?: <.*>)?$", m[4].split("  //")[0]) or ["0"])[0] if kind in ("cond", "jmp", "call") else "0"
            want.append((m[1], m[2], kind, int(t, 16), line))
    got = subprocess.run([sys.argv[1]], input=''.join('%s %s\n' % w[:2] for w in want), capture_output=True, text=True).stdout.splitlines()
    for w, g in zip(want, got):
        f = g.split()
        total += 1
        branches += w[2] != 'none'
        if (f[1], int(f[2], 16)) != (w[2], w[3]):
            wrong += 1
            if wrong < 10:
                print(w[4], '|', g)
print('%d instructions, %d branches, %d differ' % (total, branches, wrong))
sys.exit(wrong != 0)
