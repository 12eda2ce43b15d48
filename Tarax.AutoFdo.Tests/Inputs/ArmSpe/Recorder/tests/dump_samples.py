#!/usr/bin/env python3
"""First samples of a perf.data file, word by word.  dump_samples.py FILE [N]"""
import struct
import sys
b = open(sys.argv[1], 'rb').read()
n = int(sys.argv[2]) if len(sys.argv) > 2 else 3
off, size = struct.unpack_from('<QQ', b, 40)
print('attr size %d, features' % struct.unpack_from('<Q', b, 16), [i for i in range(64) if struct.unpack_from('<Q', b, 72)[0] >> i & 1])
at, end, seen = off, off + size, {}
while at < end:
    t, misc, sz = struct.unpack_from('<IHH', b, at)
    seen[t] = seen.get(t, 0) + 1
    if t == 9 and n:
        n -= 1
        print('sample misc %#x size %d:' % (misc, sz), ' '.join('%x' % w for w in struct.unpack_from('<%dQ' % ((sz - 8) // 8), b, at + 8)))
    at += sz + (struct.unpack_from('<Q', b, at + 8)[0] if t == 71 else 0)
print('records by type', seen)
