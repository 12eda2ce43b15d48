"""Tables of Unicode 3.2, which Python knows, where the archive has none.  tables.py groups|folds > FILE.cc"""
import sys
import unicodedata

known = unicodedata.ucd_3_2_0
runes = [r for r in range(0x20000) if known.category(chr(r)) != "Cn"]


def groups():
    found = {}
    for r in runes:
        category = known.category(chr(r))
        names = [category, category[0]]
        script = known.name(chr(r), "").split(" ")[0]
        if category[0] == "L" and script in ("LATIN", "GREEK", "CYRILLIC", "HEBREW", "ARABIC"):
            names.append(script.capitalize())
        elif script == "CJK":
            names.append("Han")
        for name in names:
            ranges = found.setdefault(name, [])
            if ranges and ranges[-1][1] == r - 1 and r != 0x10000:
                ranges[-1][1] = r
            else:
                ranges.append([r, r])
    rows = []
    for name, ranges in sorted(found.items()):
        row = '{ "%s", 1' % name
        for bits, part in (16, [p for p in ranges if p[0] < 0x10000]), (32, [p for p in ranges if p[0] >= 0x10000]):
            if part:
                print("static const URange%d %s%d[] = { %s };" % (bits, name, bits, ", ".join("{ %d, %d }" % (a, b) for a, b in part)))
            row += ", %s, %d" % ("%s%d" % (name, bits) if part else "nullptr", len(part))
        rows.append(row + " }")
    print("const UGroup unicode_groups[] = { %s };\nconst int num_unicode_groups = %d;" % (",\n".join(rows), len(rows)))


def table(name, pairs):
    ranges = []
    for a, b in sorted(pairs):
        # By one, up or down, is said by which of the two is even.
        delta = b - a if abs(b - a) != 1 else 1 if min(a, b) % 2 == 0 else -1
        if ranges and ranges[-1][1] == a - 1 and ranges[-1][2] == delta:
            ranges[-1][1] = a
        else:
            ranges.append([a, a, delta])
    print("const CaseFold unicode_%s[] = { %s };" % (name, ",\n".join("{ %d, %d, %d }" % tuple(r) for r in ranges)))
    print("const int num_unicode_%s = %d;" % (name, len(ranges)))


def folds():
    same = {}
    for r in runes:
        upper = chr(r).upper()
        lower = upper.lower() if len(upper) == 1 else chr(r).lower()
        if r != 0x131 and len(lower) == 1 and known.category(lower) != "Cn":
            same.setdefault(ord(lower), set()).update((r, ord(lower)))
    rounds = [sorted(s) for s in same.values() if len(s) > 1]
    table("casefold", [(s[i - 1], s[i]) for s in rounds for i in range(len(s))])
    table("tolower", [(r, lower) for lower, s in same.items() for r in s if r != lower])


print('#include "re2/unicode_%s.h"\nnamespace re2 {' % ("groups" if sys.argv[1] == "groups" else "casefold"))
(groups if sys.argv[1] == "groups" else folds)()
print("}")
