"""Inputs that are always the same.  inputs.py json|xml|records SEED SIZE"""
import json
import sys


class Random:
    def __init__(self, seed):
        self.state = seed

    def below(self, n):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % n

    def word(self, longest=9):
        return "".join(chr(97 + self.below(26)) for _ in range(1 + self.below(longest)))


def value(r, depth):
    kind = r.below(8 if depth else 5)
    if kind < 2:
        return r.below(100000)
    if kind == 2:
        return r.below(1000000) / 64
    if kind < 5:
        return " ".join(r.word() for _ in range(1 + r.below(4))) + ("\n\u00e9\"" if r.below(6) == 0 else "")
    if kind == 5:
        return [value(r, depth - 1) for _ in range(r.below(6))]
    return {r.word(): value(r, depth - 1) for _ in range(r.below(6))}


def element(r, depth, out):
    name = r.word(5)
    out.append("<%s id='%d' kind=\"%s\">" % (name, r.below(1000), r.word()))
    for _ in range(1 + r.below(5)):
        if depth and r.below(2):
            element(r, depth - 1, out)
        else:
            out.append("<i>%s &amp; %d</i>\n" % (r.word(), r.below(100)))
    out.append("</%s>\n" % name)


kind, seed, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
random = Random(seed)
if kind == "json":
    print(json.dumps({"items": [value(random, 3) for _ in range(size)], "name": random.word()}, indent=seed % 3 or None))
elif kind == "xml":
    parts = ["<?xml version='1.0'?>\n<root>"]
    for _ in range(size):
        element(random, 4, parts)
    print("".join(parts) + "</root>")
else:
    for i in range(size):
        print(json.dumps({"id": i, "user": random.word(), "tags": [random.word(4) for _ in range(random.below(5))], "score": random.below(1000) / 8, "ok": random.below(3) > 0}))
