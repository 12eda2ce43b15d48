#!/usr/bin/env python3
"""report.py BUILT MADE HERE APPLICATION...: the tables of what was counted, and the chart MADE/report.svg; BUILT is where the kernels were built.

Costs are per request, in instructions: instructions + 2 x taken branches + 20 x misses of the instruction cache + 20 x misses of the iTLB, all of the kernel.
"""
import json
import pathlib
import re
import subprocess
import sys

ALL = ['redis', 'memcached', 'nginx', 'apache', 'postgresql', 'mariadb']
WEIGHTS = {'instructions': 1, 'taken_branches': 2, 'icache_misses': 20, 'itlb_misses': 20}
COLOURS = {'own': '#2f6db3', 'llvm': '#5aa469', 'laid': '#8d5fb8', 'other': '#e6a04b', 'all': '#bbbbbb'}
TITLES = {'own': "own profile", 'llvm': "own profile by llvm-profgen", 'laid': "own profile, laid out", 'other': "another application's", 'all': 'merged of all six'}


class Run:
    """What one run counted."""

    def __init__(self, folder, requests):
        lines = (folder / 'statistics').read_text().splitlines()
        self.counts = {name: int(count) / requests for name, count in (line.split() for line in lines)}
        self.cost = sum(weight * self.counts[name] for name, weight in WEIGHTS.items())
        self.messages = {pattern(line) for line in (folder / 'dmesg').read_text(errors='replace').splitlines() if is_warning(line)}


def is_warning(line):
    """Emergencies to warnings; what is below happens in every boot."""
    level = re.match(r'<(\d+)>', line)
    return level is not None and int(level[1]) & 7 <= 4


def pattern(line):
    """A message without times, addresses and numbers."""
    return re.sub(r'0x[0-9a-f]+|\d+', 'N', re.sub(r'^<\d+>(\[[^]]*\] )?', '', line))


def other(application):
    return ALL[(ALL.index(application) + 1) % len(ALL)]


def change(run, base, name=None):
    if run is None:
        return ''
    new, old = (run.cost, base.cost) if name is None else (run.counts[name], base.counts[name])
    return f'{(new / old - 1) * 100:+.1f}' if old else ''


def table(head, rows):
    print('| ' + ' | '.join(head) + ' |')
    print('|---|' + '---:|' * (len(head) - 1))
    for row in rows:
        print('| ' + ' | '.join(str(cell) for cell in row) + ' |')
    print()


def text_size(vmlinux):
    """Of all functions, since the section is filled up to a multiple of 2 MiB."""
    sizes = {}
    for line in subprocess.run(['nm', '-S', '--defined-only', str(vmlinux)], capture_output=True, text=True, check=True).stdout.splitlines():
        fields = line.split()
        if len(fields) == 4 and fields[2] in 'tT':
            sizes[fields[0]] = int(fields[1], 16)
    return sum(sizes.values())


def functions(report):
    found = re.search(r'([\d,]+) functions', report.read_text()) if report.exists() else None
    return found[1] if found else ''


def overlap(file):
    """Of all functions, and of the hundred that ran most."""
    if not file.exists():
        return '', ''
    compared = json.loads(file.read_text())
    hottest = sorted((f for f in compared['functions'] if f['rightRank'] > 0), key=lambda f: f['rightRank'])[:100]
    share = sum(f['rightShare'] for f in hottest)
    return f"{compared['overlap']:.4f}", f"{sum(f['overlap'] * f['rightShare'] for f in hottest) / share:.4f}"


def profile_warnings(log):
    """What the compilers said of the profile while a kernel was built."""
    lines = log.read_text(errors='replace').splitlines() if log.exists() else []
    return sorted({line for line in lines if 'profile' in line and re.search('warning|error', line)})


def more_seeds(made, applications):
    """The kernels beside the baseline with the same seed, for each seed that was run."""
    rows = []
    for a in applications:
        for kernel, name in (('own', a), ('llvm', f'{a}.llvm-profgen'), ('laid', f'{a}.laid')):
            folder = made / 'runs' / name
            runs = [(Run(folder / f'{a}{s}', 1), Run(made / 'runs' / 'baseline' / f'{a}{s}', 1)) for s in ('', *(f'.seed{n}' for n in range(3, 10))) if (folder / f'{a}{s}').exists()]
            changes = [(run.cost / base.cost - 1) * 100 for run, base in runs]
            if len(changes) > 1:
                rows.append([a, TITLES[kernel], ', '.join(f'{c:+.1f}' for c in changes), f'**{sum(changes) / len(changes):+.1f}**', f'{max(changes) - min(changes):.1f}'])
    if rows:
        print('With several seeds, each beside the baseline with the same seed:\n')
        table(['application', 'kernel', 'cost', 'mean', 'from least to most'], rows)


def seconds(made, name):
    file = made / (name + '.seconds')
    return int(file.read_text()) if file.exists() else None


def bars(applications, changes):
    """A bar for each application and kernel, to the left where it costs less than the baseline."""
    shown = {k: c for k, c in COLOURS.items() if any(changes[a].get(k) for a in applications)}
    row, bar, top, zero, scale = 8 + 12 * len(shown), 11, 46, 420, 16
    height = top + row * len(applications) + 10
    svg = [f'<svg xmlns="http://www.w3.org/2000/svg" width="640" height="{height}" viewBox="0 0 640 {height}" font-family="sans-serif" font-size="12">',
           f'<rect width="640" height="{height}" fill="white"/>']
    for i, (kernel, colour) in enumerate(shown.items()):
        svg.append(f'<rect x="{100 + 160 * i}" y="8" width="11" height="11" fill="{colour}"/><text x="{116 + 160 * i}" y="18">{TITLES[kernel]}</text>')
    svg.append('<text x="100" y="36">change of the kernel\'s cost for a request, in percent</text>')
    svg.append(f'<line x1="{zero}" y1="{top - 4}" x2="{zero}" y2="{height - 6}" stroke="black" stroke-width="0.5"/>')
    for i, application in enumerate(applications):
        y = top + row * i
        svg.append(f'<text x="92" y="{y + 22}" text-anchor="end">{application}</text>')
        for b, kernel in enumerate(shown):
            value = changes[application].get(kernel)
            if not value:
                continue
            length = abs(float(value)) * scale
            x = zero - length if value.startswith('-') else zero
            end = f'x="{x - 4}" text-anchor="end"' if value.startswith('-') else f'x="{x + length + 4}"'
            svg.append(f'<rect x="{x:.1f}" y="{y + b * (bar + 1)}" width="{length:.1f}" height="{bar}" fill="{COLOURS[kernel]}"/>'
                       f'<text {end} y="{y + b * (bar + 1) + 9}" font-size="9">{value}</text>')
    return '\n'.join(svg + ['</svg>', ''])


def main():
    built, made, here = (pathlib.Path(argument) for argument in sys.argv[1:4])
    applications = sys.argv[4:]
    is_complete = set(applications) == set(ALL)
    runs, rows, changes, notes = {}, [], {}, []
    for a in applications:
        requests = int(re.search(r'^requests=(\d+)', (here / 'applications' / f'{a}.sh').read_text(), re.M)[1])
        folders = {'base': f'baseline/{a}', 'recorded': f'baseline/{a}.recorded', 'own': f'{a}/{a}', 'llvm': f'{a}.llvm-profgen/{a}', 'laid': f'{a}.laid/{a}', 'other': f'{other(a)}/{a}', 'all': f'all/{a}'}
        runs[a] = {k: Run(made / 'runs' / f, requests) if (is_complete or k not in ('other', 'all')) and (k not in ('llvm', 'laid') or (made / 'runs' / f).exists()) else None for k, f in folders.items()}
        base = runs[a]['base']
        changes[a] = {k: change(runs[a][k], base) for k in COLOURS}
        rows.append([a, requests, *(f'{base.counts[name]:,.0f}' for name in list(WEIGHTS)[:3]), change(runs[a]['recorded'], base, 'instructions'), change(runs[a]['recorded'], base)])
        for kernel in COLOURS:
            new = runs[a][kernel].messages - base.messages if runs[a][kernel] else ()
            notes += [f'{a}, {TITLES[kernel]}: new in dmesg: {message}' for message in sorted(new)]

    print('The baseline, in the kernel, per request; and how far another run of it (other addresses, other order) is from it, in percent:\n')
    table(['application', 'requests', 'instructions', 'taken branches', 'i-cache misses', 'instructions again', 'cost again'], rows)
    print('Change beside the baseline, in percent:\n')
    table(['application', 'kernel', 'instructions', 'taken branches', 'i-cache misses', 'lines of code run', 'cost'],
          [[a, TITLES[k], *(change(runs[a][k], runs[a]['base'], n) for n in ('instructions', 'taken_branches', 'icache_misses', 'code_lines')), f'**{changes[a][k]}**']
           for a in applications for k in COLOURS if runs[a][k]])
    means = {k: [float(changes[a][k]) for a in applications if changes[a][k]] for k in COLOURS}
    means = {k: m for k, m in means.items() if m or k not in ('llvm', 'laid')}
    table(['mean change of the cost', *(TITLES[k] for k in means)], [['', *(f'{sum(m) / len(m):+.1f}' if m else '' for m in means.values())]])

    more_seeds(made, applications)
    kernels = ['baseline', *applications, *(f'{a}{k}' for a in applications for k in ('.llvm-profgen', '.mapped', '.laid')), *(['all'] if is_complete else [])]
    kernels = [k for k in kernels if (built / k / 'vmlinux').exists()]
    notes += [f'{k}: make said: {line}' for k in kernels for line in profile_warnings(built / f'{k}.log')]
    print('The kernels:\n')
    table(['kernel', 'functions, bytes', 'functions in the profile', 'seconds to record', 'to convert', 'to build'],
          [[k, f"{text_size(built / k / 'vmlinux'):,}", functions(made / 'profiles' / f'{k}.afdo.report'), *('' if seconds(made, n) is None else seconds(made, n) for n in (f'runs/baseline/{k}.recorded', f'profiles/{k}.afdo', f'kernels/{k}'))] for k in kernels])
    print('The sampled profile beside exact counts of the same run:\n')
    table(['application', 'samples', 'overlap', 'of the hottest 100 functions'],
          [[a, f"{runs[a]['recorded'].counts['samples'] * rows[i][1]:,.0f}", *overlap(made / 'profiles' / f'{a}.overlap')] for i, a in enumerate(applications)])
    if means.get('llvm'):
        print("The profile by llvm-profgen beside the same exact counts, and beside ours:\n")
        table(['application', 'overlap with exact counts', 'of the hottest 100 functions', 'overlap with ours', 'of the hottest 100 functions'],
              [[a, *overlap(made / 'profiles' / f'{a}.llvm-profgen.overlap'), *overlap(made / 'profiles' / f'{a}.between')] for a in applications])
    for note in notes or ['Every load came to its end, and dmesg has no new warning or error.']:
        print(note)
    (made / 'report.svg').write_text(bars(applications, changes))


main()
