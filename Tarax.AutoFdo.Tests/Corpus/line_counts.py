#!/usr/bin/env python3
"""line_counts.py EXACT BINARY PROFILE.txt plain|gcc16|clang: which share of the executed instructions has the right count in a profile.

An oracle that shares nothing with the converter: exact executions of each block (the QEMU plugin's counts), instruction addresses by objdump, positions by llvm-symbolizer.
A position runs as often as its most executed instruction, times the factor in its discriminator; of GCC 16, whose discriminators tell copies apart, copies add up. PROFILE.txt is LLVM's text form, nested, with discriminators.
"""
import collections, json, re, subprocess, sys

exact, binary, profile = sys.argv[1:4]
encoding = sys.argv[4]

def component(d):
    if d & 1:
        return 0, d >> 1
    return ((d >> 1) & 0x1f, d >> 7) if not d & 0x40 else (((d >> 1) & 0x1f) | ((d >> 2) & 0xfe0), d >> 14)

def decoded(d):
    """Number, factor and copy of a discriminator (gcc/input.h of GCC 16; llvm/IR/DebugInfoMetadata.h)."""
    if encoding == 'gcc16':
        return d & 0xff, max((d >> 8) & 0x7f, 1), (d >> 15) & 0x7ff
    if encoding == 'clang' and d:
        number, d = component(d)
        return number, max(component(d)[0], 1), 0
    return d, 1, 0

def instructions():
    text = subprocess.run(['objdump', '-d', '--no-show-raw-insn', binary], capture_output=True, text=True, check=True).stdout
    return sorted(int(m.group(1), 16) for m in re.finditer(r'^\s*([0-9a-f]+):\t', text, re.M))

def blocks():
    slide = 0
    runs = collections.Counter()
    for line in open(exact):
        if line.startswith('# slide'):
            slide = int(line.split()[2], 16)
        elif not line.startswith('#'):
            f = line.split()
            yield int(f[0], 16) - slide, int(f[2], 16) - slide, int(f[6])

def symbolizer():
    for name in ('llvm-symbolizer-22', 'llvm-symbolizer'):
        try:
            subprocess.run([name, '--version'], capture_output=True, check=True)
            return name
        except FileNotFoundError:
            pass
    raise SystemExit('no llvm-symbolizer')

def functions():
    """Starts of the functions of the symbol table. The cold part of a function is its own."""
    text = subprocess.run(['nm', '--defined-only', binary], capture_output=True, text=True, check=True).stdout
    symbols = sorted((int(l.split()[0], 16), l.split()[2]) for l in text.splitlines() if len(l.split()) == 3 and l.split()[1] in 'tTwWiu')
    names = {n: a for a, n in symbols}
    return [a for a, _ in symbols], [names.get(n[:-len('.cold')], a) if n.endswith('.cold') else a for a, n in symbols]

def thunk_bodies():
    """Thunks that GCC put a virtual function into, with the name of that function: its first line is all that is known of them."""
    text = subprocess.run(['objdump', '-d', '--no-show-raw-insn', binary], capture_output=True, text=True, check=True).stdout
    result = {}
    for code in text.split('\n\n'):
        offset = r'(?:hn?\d+_|vn?\d+_n?\d+_)'
        m = re.match(rf'\s*[0-9a-f]+ <(_ZT(?:c{offset})?{offset}(\w+))>:\n', code)
        if m and f'<_Z{m.group(2)}>' not in code[m.end():]:
            result[m.group(1)] = '_Z' + m.group(2)
    return result

addresses = instructions()
starts, homes = functions()
import bisect
counts = collections.Counter()
lo, hi = addresses[0], addresses[-1]
for start, last, runs in blocks():
    if lo <= start <= hi:
        for i in range(bisect.bisect_left(addresses, start), bisect.bisect_right(addresses, last)):
            counts[addresses[i]] += runs
ordered = sorted(counts)
out = subprocess.run([symbolizer(), '--obj=' + binary, '--output-style=JSON', '--inlines', '--functions=linkage', '--no-demangle'],
                     input='\n'.join(hex(a) for a in ordered), capture_output=True, text=True, check=True).stdout
bodies_of_thunks = thunk_bodies()
maxima = {}
weights = collections.Counter()
unknown = collections.Counter()
for address, line in zip(ordered, out.splitlines()):
    frames = json.loads(line)['Symbol']
    if frames and not frames[0].get('StartLine') and frames[0]['FunctionName'] in bodies_of_thunks:
        frames = [{'FunctionName': bodies_of_thunks[frames[0]['FunctionName']], 'StartLine': 1, 'Line': 1}]
    if not frames or any(not f.get('StartLine') for f in frames):
        unknown['no start line'] += counts[address]
        continue
    if any(not f.get('Line') for f in frames):
        unknown['line 0'] += counts[address]
        continue
    frames.reverse()
    merged = [frames[0]]
    for f in frames[1:]:
        # A part that GCC split off a function and inlined again is the function's.
        if encoding != 'clang' and f['FunctionName'] == merged[-1]['FunctionName'] and merged[-1]['Line'] == f['StartLine'] and not merged[-1].get('Discriminator'):
            merged[-1] = f
        else:
            merged.append(f)
    path = [(f['Line'] - f['StartLine'], decoded(f.get('Discriminator', 0))[0]) for f in merged]
    key = (re.sub(r'\.(cold|part\.\d+|isra\.\d+|constprop\.\d+|lto_priv\.\d+)(\.\d+)?$', '', frames[0]['FunctionName']), tuple(path))
    _, times, copy = decoded(frames[-1].get('Discriminator', 0))
    # Functions of one name are added up.
    home = homes[max(bisect.bisect_right(starts, address) - 1, 0)]
    maxima.setdefault(key, {})
    maxima[key][home, copy] = max(maxima[key].get((home, copy), 0), counts[address] * times)
    weights[key] += counts[address]
oracle = {k: sum(v.values()) for k, v in maxima.items()}

# The profile.
ours = collections.Counter()
function = {}
path = []
name = ''
for line in open(profile):
    depth = len(line) - len(line.lstrip(' '))
    text = line.strip()
    if depth == 0:
        ours.update(function)
        function = {}
        name = re.sub(r'\.(part\.\d+|isra\.\d+|constprop\.\d+|lto_priv\.\d+)(\.\d+)?$', '', text.rsplit(':', 2)[0])
        path = []
        continue
    m = re.match(r'(-?\d+)(?:\.(\d+))?: (.*)$', text)
    if not m:
        continue
    offset = int(m.group(1)); offset = offset - 65536 if offset > 32767 else offset
    position = (offset, int(m.group(2) or 0))
    path = path[:depth - 1]
    rest = m.group(3)
    if re.match(r'\d+( |$)', rest):
        key = (name, tuple(path + [position]))
        function[key] = max(function.get(key, 0), int(rest.split()[0]))
    else:
        path = path + [position]
# Clones of a function are functions of their own, and add up.
ours.update(function)
total = sum(weights.values())
good = sum(w for k, w in weights.items() if ours[k] == oracle[k])
worst = sorted((k for k in weights if ours[k] != oracle[k]), key=lambda k: -weights[k])[:12]
print(json.dumps({'share': good / total if total else 1, 'compared': total, 'unknown': dict(unknown),
                  'worst': [[k[0], ' '.join(f'{o}.{d}' for o, d in k[1]), round(weights[k] / total, 5), oracle[k], ours[k]] for k in worst]}))
