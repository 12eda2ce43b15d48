#!/usr/bin/env python3
"""Check a recording of the plugin: perf's reading of it against what was meant, against the
disassembly, and against the exact counts.

    verify.py FOLDER [--binary ELF] [--perf PERF]

FOLDER has perf.data, exact-edges.txt, exact-counts.txt and, for SPE, records.txt (records=).
Prints one line for each check and exits with 1 when any of them fails.
"""
import argparse
import bisect
import collections
import math
import os
import re
import struct
import subprocess
import sys

failed = False


def report(what, ok, detail=''):
    global failed
    failed |= not ok
    print('%-4s %s%s' % ('ok' if ok else 'BAD', what, ': ' + detail if detail else ''))


def lines(command):
    p = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, errors='replace')
    yield from p.stdout
    p.wait()
    if p.returncode:
        report('%s exits with 0' % ' '.join(command[:2]), False, str(p.returncode))


# --- SPE: what was meant ------------------------------------------------------

Meant = collections.namedtuple('Meant', 'queue context pc cls kind sub events target pbt ts total')


def read_meant(path):
    out = []
    for line in open(path):
        if line[0] == '#':
            continue
        f = line.split()
        if f[0] == 'cut':
            last = max(i for i, m in enumerate(out) if m.queue == int(f[1]))
            del out[last]
            continue
        out.append(Meant(int(f[0]), int(f[1]), int(f[2], 16), f[3], f[4], int(f[5], 16), int(f[6], 16),
                         int(f[7], 16), int(f[8], 16), int(f[9]), int(f[10])))
    return out


# --- SPE: perf's reading of the packets ----------------------------------------

ADDRESS = re.compile(r'(PC|TGT|PBT) 0x([0-9a-f]+) el(\d) ns=(\d)')
OLD_PBT = re.compile(r'ADDR 0x([0-9a-f]+) \(4\)')
DUMP = re.compile(r'^\.  ([0-9a-f]{8}):  ((?:[0-9a-f]{2} )+) *(.*)$')
HEAD = re.compile(r'PERF_RECORD_AUXTRACE size: (\S+)  offset: (\S+)  ref: \S+  idx: (\d+)  tid: (-?\d+)  cpu: (-?\d+)')

EVENTS = {'EXCEPTION-GEN': 0, 'RETIRED': 1, 'L1D-ACCESS': 2, 'L1D-REFILL': 3, 'TLB-ACCESS': 4, 'TLB-REFILL': 5,
          'NOT-TAKEN': 6, 'MISPRED': 7, 'LLC-ACCESS': 8}


def read_dump(perf, data, extra):
    """Records by queue as perf script -D words their packets."""
    queues = collections.defaultdict(list)
    queue, spe, r = None, False, {}
    bad = 0
    for line in lines([perf, 'script', '-D', '-i', data]):
        m = HEAD.search(line)
        if m:
            queue, spe = int(m[3]), False
            extra['buffers'] += 1
            continue
        if line.startswith('. ... ARM SPE data'):
            spe = True
            continue
        if not spe or queue is None:
            continue
        m = DUMP.match(line.replace('\x1b[34m', '').replace('\x1b[m', ''))
        if not m:
            spe = False
            continue
        text = m[3].strip()
        extra['packets'] += 1
        word = text.split(' ')[0]
        a = ADDRESS.match(text)
        if a:
            extra['levels'].add((a[3], a[4]))
            r[a[1]] = int(a[2], 16)
        elif OLD_PBT.match(text):
            r['PBT'] = int(OLD_PBT.match(text)[1], 16) & (1 << 56) - 1
        elif word == 'EV':
            r['events'] = sum(1 << EVENTS[w] for w in text.split()[1:])
        elif word == 'B':
            r['class'], r['op'] = 'branch', text
        elif word in ('LD', 'ST'):
            r['class'], r['op'] = 'ldst', text
        elif word == 'OTHER':
            r['class'], r['op'] = 'other', text
        elif word == 'CONTEXT':
            r['context'] = int(text.split()[1], 16)
        elif word == 'LAT':
            if text.endswith('TOT'):
                r['total'] = int(text.split()[1])
        elif word in ('TS', 'END'):
            r['ts'] = int(text.split()[1]) if word == 'TS' else 0
            queues[queue].append(r)
            r = {}
        elif word in ('PAD', 'VA', 'DATA-SOURCE'):
            pass
        else:
            bad += 1
    report('perf script -D finds no bad packet', bad == 0, '%d bad of %d packets in %d buffers' %
           (bad, extra['packets'], extra['buffers']))
    if r:
        report('no packets after the last record', False, str(r))
    return queues


def newer_text(sub):
    return ('B' + (' COND' if sub & 1 else '') + (' IND' if sub & 2 else '') + (' GCS' if sub & 4 else '') +
            ('', ' CR-BL', ' CR-RET', ' CR-NON-BL-RET')[sub >> 3 & 3])


def branch_text(sub):
    """perf 6.1: COND is bit 0, IND is 'bits 7 to 1 are 1'."""
    return 'B' + (' COND' if sub & 1 else '') + (' IND' if sub & 0xfe == 2 else '')


def check_dump(queues, meant, newer=False):
    text = newer_text if newer else branch_text
    want = collections.defaultdict(list)
    for m in meant:
        want[m.queue].append(m)
    wrong = collections.Counter()
    example = {}
    n = 0
    for q in set(want) | set(queues):
        if len(want[q]) != len(queues[q]):
            report('queue %d has the records that were meant' % q, False,
                   '%d meant, %d read' % (len(want[q]), len(queues[q])))
        for m, r in zip(want[q], queues[q]):
            n += 1
            for name, have, should in (
                    ('class', r.get('class'), m.cls), ('pc', r.get('PC'), m.pc), ('events', r.get('events'), m.events),
                    ('target', r.get('TGT', 0), m.target), ('previous target', r.get('PBT', 0), m.pbt),
                    ('context', r.get('context', -1), m.context), ('timestamp', r.get('ts'), m.ts),
                    ('latency', r.get('total'), m.total),
                    ('operation', r.get('op') if m.cls == 'branch' else None,
                     text(m.sub) if m.cls == 'branch' else None)):
                if have != should:
                    wrong[name] += 1
                    example.setdefault(name, (m, r))
    report('%sperf script -D reads every record as it was meant' % ('the newer ' if newer else ''), not wrong,
           '%d records%s' % (n, ''.join('; %s wrong %d times, e.g. %s' % (k, c, example[k]) for k, c in wrong.items())))


# --- SPE: the bytes themselves ------------------------------------------------------


def read_raw(path):
    """Decode the AUX data by the manual, without perf: records by queue.  What was in progress where
    the kernel says that data was lost (AUX flag 4) is dropped."""
    b = open(path, 'rb').read()
    off, size = struct.unpack_from('<QQ', b, 40)
    at, parts, ends = off, collections.defaultdict(list), collections.defaultdict(set)
    while at < off + size:
        kind, _, length = struct.unpack_from('<IHH', b, at)
        if kind == 71:
            n, start, _, idx = struct.unpack_from('<QQQI', b, at + 8)
            parts[idx].append((start, b[at + length:at + length + n]))
            at += n
        elif kind == 11:
            start, n, flags = struct.unpack_from('<QQQ', b, at + 8)
            if flags & 4:
                ends[length].add((start + n, b[at:at + length]))
        at += length
    out = {}
    for idx, list_ in parts.items():
        list_.sort()
        data, base = b''.join(d for _, d in list_), list_[0][0]
        # with one queue in use a lost piece can only be its own
        stops = sorted(s - base for e in ends.values() for s, _ in e) if len(parts) == 1 else []
        out[idx] = decode(data, stops)
    return out


def decode(data, stops):
    records, r, i, n = [], {}, 0, len(data)
    stops = stops + [1 << 62]
    at = 0
    while i < n:
        if i >= stops[at]:
            r, i, at = {}, stops[at], at + 1
            continue
        limit = min(n, stops[at])
        h = data[i]
        if h == 0:
            i += 1
            continue
        if h == 1:
            r['ts'] = 0
            records.append(r)
            r, i = {}, i + 1
            continue
        ext = h & 0xfc == 0x20
        if ext and i + 1 >= limit:
            i = limit
            continue
        header = data[i + 1] if ext else h
        width = 1 << (header >> 4 & 3)
        start = i + 1 + ext
        if start + width > limit:
            if limit == n:
                r['bad'] = 'cut'
            i = limit
            continue
        v = int.from_bytes(data[start:start + width], 'little')
        i = start + width
        index = header & 7 | (h & 3) << 3 if ext else header & 7
        if h == 0x71:
            r['ts'] = v
            records.append(r)
            r = {}
        elif not ext and h & 0xcf == 0x42:
            r['events'] = v
        elif not ext and h & 0xcf == 0x43:
            pass
        elif not ext and h & 0xfc == 0x64:
            r['context'] = v
        elif not ext and h & 0xfc == 0x48:
            r['class'], r['sub'] = ('other', 'ldst', 'branch', '?')[h & 3], v
        elif header & 0xf8 == 0xb0:
            r[('PC', 'TGT', 'VA', 'PA', 'PBT')[index]] = v & (1 << 56) - 1
        elif header & 0xf8 == 0x98:
            if index == 0:
                r['total'] = v
        else:
            r['bad'] = hex(h)
    if r:
        r['bad'] = 'left over'
        records.append(r)
    return records


def check_raw(path, meant):
    want = collections.defaultdict(list)
    for m in meant:
        want[m.queue].append((m.cls, m.sub, m.pc, m.events, m.target, m.pbt, m.context, m.ts, m.total))
    got = {q: [(r.get('class'), r.get('sub'), r.get('PC'), r.get('events'), r.get('TGT', 0), r.get('PBT', 0),
                r.get('context', -1), r.get('ts'), r.get('total')) + (('bad',) if 'bad' in r else ())
               for r in v] for q, v in read_raw(path).items()}
    report('the bytes decoded by hand are the records that were meant', got == dict(want),
           '%d records' % sum(len(v) for v in got.values()))


# --- SPE: perf's synthesized samples ---------------------------------------------

# of PERF_RECORD_TIME_CONV, as the plugin writes it for a timer of 100 MHz
ZERO, MULT, SHIFT = 987654321, 167772160, 24
SAMPLE = re.compile(r'^\s*(-?\d+)/(-?\d+)\s+(?:\[(\d+)\]\s+)?(?:(\d+)\.(\d+):\s+)?(\S+):\s+([0-9a-f]+)\s+([0-9a-f]+)$')


def samples(perf, data, itrace, fields):
    for line in lines([perf, 'script', '-i', data, '--ns', '--itrace=' + itrace, '-F', fields]):
        m = SAMPLE.match(line)
        if m:
            yield m
        elif line.strip():
            report('a line of perf script is understood', False, line.rstrip())
            return


def check_samples(perf, data, meant, timed):
    fields = 'pid,tid,event,addr,ip' + (',cpu,time' if timed else '')
    got, by_thread = collections.Counter(), collections.Counter()
    times = collections.Counter()
    for m in samples(perf, data, 'i1i', fields):
        # perf gives addr before ip
        if m[6] == 'instructions':
            got[int(m[8], 16)] += 1
            by_thread[int(m[2])] += 1
            if timed:
                times[int(m[4]) * 1000000000 + int(m[5])] += 1
    if timed:
        meant_times = collections.Counter(ZERO + (m.ts * MULT >> SHIFT) for m in meant)
        report('their times are the timestamps converted by TIME_CONV', times == meant_times)
    want = collections.Counter(m.pc for m in meant)
    extra = got - want
    lacking = want - got
    if not timed and extra == collections.Counter({0: sum(extra.values())}):
        extra = collections.Counter()       # perf's empty first sample of a timeless queue
    report('perf script --itrace=i1i has one sample for each record, at its pc', not extra and not lacking,
           '%d samples of %d records, %d more, %d lacking%s' %
           (sum(got.values()), len(meant), sum(extra.values()), sum(lacking.values()),
            '' if not extra else ' e.g. %x' % next(iter(extra))))
    context = collections.Counter(m.context for m in meant)
    if timed and -1 not in context:
        report('perf gives each sample the thread of its context packet', by_thread == context,
               '%s' % dict(by_thread))
    got = collections.Counter()
    for m in samples(perf, data, 'b', fields):
        if m[6] in ('branch-miss', 'branch'):
            got[(int(m[8], 16), int(m[7], 16))] += 1
    want = collections.Counter((m.pc, m.target) for m in meant if m.events & 0x80)
    report('perf script --itrace=b (6.1: mispredicted branches) has their pc and target', got == want,
           '%d samples, %d edges' % (sum(got.values()), len(got)))


# --- SPE: branch stacks, by perf 6.15 or newer ---------------------------------------

def stack_text(m):
    """perf's word for a branch record with --itrace=bl2."""
    cond, ind, cr = m.sub & 1, m.sub & 2, m.sub >> 3 & 3
    if cr == 1:
        kind = 'COND_CALL' if cond else 'CALL'
    elif cr == 2 or ind:
        kind = 'COND_RET' if cond else 'RET'
    elif cr == 3:
        kind = 'COND' if cond else 'UNCOND'
    else:
        kind = 'COND' if cond else ''
    out = '%x/%x %s%s %s' % (m.pc, m.target, 'M' if m.events & 0x80 else 'P', 'N' if m.events & 0x40 else '', kind)
    return out + (' 0/%x' % m.pbt if m.pbt else '')


def check_new_stacks(perf, data, meant):
    got = collections.Counter()
    for line in lines([perf, 'script', '-i', data, '--itrace=bl2', '-F', 'ip,brstack']):
        f = line.split()
        e = [x.split('/') for x in f[1:]]
        text = '%x/%x %s %s' % (int(e[0][0], 16), int(e[0][1], 16), e[0][2], e[0][6])
        if len(e) > 1:
            text += ' %x/%x' % (int(e[1][0], 16), int(e[1][1], 16))
        if int(f[0], 16) != int(e[0][0], 16):
            text += ' ip'
        got[text] += 1
    want = collections.Counter(stack_text(m) for m in meant if m.cls == 'branch')
    more, lacking = got - want, want - got
    report('the newer perf script --itrace=bl2 has the stack of each branch record', not more and not lacking,
           '%d stacks%s%s' % (sum(got.values()), ', more e.g. %s' % next(iter(more)) if more else '',
                              ', lacking e.g. %s' % next(iter(lacking)) if lacking else ''))


# --- the program -------------------------------------------------------------------

INSN = re.compile(r'^ *([0-9a-f]+):\t([0-9a-f]{8}) *\t?(\S*)\s*(.*)$')


class Image:
    def __init__(self, path):
        self.kind, self.target, self.known = {}, {}, set()
        for line in lines(['aarch64-linux-gnu-objdump', '-d', path]):
            m = INSN.match(line)
            if not m:
                continue
            a = int(m[1], 16)
            self.known.add(a)
            k = kind_of(m[3])
            if k:
                self.kind[a] = k
                if k in ('cond', 'jmp', 'call'):
                    t = re.search(r'([0-9a-f]+) <', m[4]) or re.search(r'\b([0-9a-f]+)$', m[4])
                    self.target[a] = int(t[1], 16)
        self.branches = sorted(self.kind)


def kind_of(name):
    if name.startswith('b.') or name.startswith('bc.') or name in ('cbz', 'cbnz', 'tbz', 'tbnz'):
        return 'cond'
    if name.startswith('bra') or name == 'br':
        return 'ind_jmp'
    if name.startswith('blr'):
        return 'ind_call'
    if name in ('ret', 'retaa', 'retab'):
        return 'ret'
    return {'b': 'jmp', 'bl': 'call', 'svc': 'syscall'}.get(name)


def read_edges(path):
    edges, slide = collections.Counter(), 0
    kinds = {}
    for line in open(path):
        if line.startswith('# slide'):
            slide = int(line.split()[2], 16)
        if line[0] == '#':
            continue
        f = line.split()
        edges[(int(f[0], 16), int(f[1], 16), f[3] == 'taken')] = int(f[4])
        kinds[int(f[0], 16)] = f[2]
    return edges, kinds, slide


def check_edges(image, edges, kinds, slide):
    wrong = 0
    foreign = 0
    for (frm, to, taken), n in edges.items():
        a = frm - slide
        if a not in image.known:
            foreign += n
            continue
        k = image.kind.get(a)
        good = k == kinds[frm]
        if not taken:
            good = good and k == 'cond' and to == frm + 4
        elif a in image.target:
            good = good and image.target[a] == to - slide
        wrong += not good
    total = sum(edges.values())
    report('every exact edge is what objdump says of the branch', wrong == 0,
           '%d edges, %d executions, %.2f %% of them in other files' % (len(edges), total, 100 * foreign / total))


def expected_overlap(exact, n):
    """Of n records drawn at random."""
    total, apart = sum(exact.values()), 0.0
    for c in exact.values():
        m = n * c / total
        apart += 2 * m * math.exp(-m) if m < 1 else math.sqrt(2 * m * (1 - m / n) / math.pi)
    return 1 - apart / n / 2


def overlap(a, b):
    sa, sb = sum(a.values()), sum(b.values())
    return sum(min(n / sa, b[k] / sb) for k, n in a.items() if k in b)


def check_counts(edges, meant):
    got = collections.Counter()
    odd = 0
    for m in meant:
        if m.cls != 'branch' or not m.events & 2:
            continue
        taken = not (m.events & 0x40 and m.sub & 1)
        got[(m.pc, m.target, taken)] += 1
    odd = sum(n for k, n in got.items() if k not in edges)
    # a conditional branch to the next instruction is both
    report('every sampled edge was executed', odd == 0, '%d records, %d of %d edges seen' %
           (sum(got.values()), len(got), len(edges)))
    o = overlap(got, edges)
    n = sum(got.values())
    e = expected_overlap(edges, n)
    report('sampled edges overlap with the exact ones as so many drawn at random would', o > e - 0.01,
           '%.4f, expected %.4f' % (o, e))


# --- BRBE ----------------------------------------------------------------------------

TYPES = {'COND': 'cond', 'UNCOND': 'jmp', 'IND': 'ind_jmp', 'CALL': 'call', 'IND_CALL': 'ind_call', 'RET': 'ret'}


def check_stacks(perf, data, image, edges, slide):
    got, n, wrong, bad_range, ranges, bad_type = collections.Counter(), 0, 0, 0, 0, 0
    other = 0
    seen = {}
    for line in lines([perf, 'script', '-i', data, '-F', 'ip,brstack']):
        f = line.split()
        if not f:
            continue
        after = None
        for i, e in enumerate(f[1:]):
            p = e.split('/')
            frm, to = int(p[0], 16), int(p[1], 16)
            n += 1
            got[(frm, to, True)] += 1
            if i == 0 and int(f[0], 16) != to:
                wrong += 1
            if len(p) > 6 and p[6] in TYPES and image.kind.get(frm - slide, TYPES[p[6]]) != TYPES[p[6]]:
                bad_type += 1
            if after is not None and to - slide in image.known:
                key = (to, after)
                if key not in seen:
                    seen[key] = straight(image, to - slide, after - slide)
                ranges += 1
                bad_range += not seen[key]
            after = frm
    odd = sum(c for k, c in got.items() if k not in edges)
    report('every branch of every stack was executed', odd == 0 and wrong == 0, '%d entries, %d not, %d ips off' %
           (n, odd, wrong))
    report('entries have the type that objdump tells', bad_type == 0, '%d wrong' % bad_type)
    report('between two entries the code runs straight on', bad_range == 0, '%d of %d do not' % (bad_range, ranges))
    exact = collections.Counter({k: c for k, c in edges.items() if k[2]})
    o = overlap(got, exact)
    report('branches of the stacks overlap with the exact taken ones', o > 0.9, '%.4f' % o)


def straight(image, a, b):
    """No branch that is always taken from a up to b."""
    if b < a or (b - a) % 4 or b not in image.known:
        return False
    i = bisect.bisect_left(image.branches, a)
    while i < len(image.branches) and image.branches[i] < b:
        if image.kind[image.branches[i]] not in ('cond', 'syscall'):
            return False
        i += 1
    return True


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument('folder')
    ap.add_argument('--binary')
    ap.add_argument('--perf', default='perf')
    ap.add_argument('--newer', help='a perf of 6.15 or newer')
    ap.add_argument('--damaged', action='store_true', help='records were cut: no reading of packets')
    ap.add_argument('--no-itrace', action='store_true', help='perf 6.1 cannot: metadata of version 2')
    a = ap.parse_args()
    data = os.path.join(a.folder, 'perf.data')
    binary = a.binary or os.path.join(a.folder, 'program')
    image = Image(binary)
    edges, kinds, slide = read_edges(os.path.join(a.folder, 'exact-edges.txt'))
    check_edges(image, edges, kinds, slide)
    records = os.path.join(a.folder, 'records.txt')
    if os.path.exists(records):
        meant = read_meant(records)
        extra = {'packets': 0, 'buffers': 0, 'levels': set()}
        queues = read_dump(a.perf, data, extra)
        if not a.damaged:
            report('perf sees EL0, non-secure addresses only', extra['levels'] == {('0', '1')}, str(extra['levels']))
        check_raw(data, meant)
        if not a.damaged:
            check_dump(queues, meant)
            timed = 'TIME' in ''.join(lines([a.perf, 'evlist', '-v', '-i', data]))
            if not a.no_itrace:
                check_samples(a.perf, data, meant, timed)
            if a.newer:
                check_dump(read_dump(a.newer, data, extra), meant, True)
                check_new_stacks(a.newer, data, meant)
        check_counts(edges, meant)
    else:
        check_stacks(a.perf, data, image, edges, slide)
    sys.exit(failed)


main()
