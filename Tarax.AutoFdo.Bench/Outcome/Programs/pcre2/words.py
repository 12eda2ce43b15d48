"""Words of several scripts.  words.py LINES > FILE"""
import sys

scripts = ["abcdefghijklmnopqrstuvwxyz", "\u00e0\u00e9\u00ef\u00f6\u00fc\u00dfnrst", "\u03b1\u03b2\u03b3\u03b4\u03b5\u03c3\u03af\u03c5\u03c6\u03bf", "\u0430\u043a\u043e\u0440\u0441\u0442\u0438\u0432", "\u6f22\u5b57\u4eee\u540d", "a\u0301e\u0308"]
state = 99


def below(n):
    global state
    state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
    return (state >> 33) % n


for _ in range(int(sys.argv[1])):
    line = []
    for _ in range(3 + below(12)):
        script = scripts[below(6) if below(2) else 0]
        word = "".join(script[below(len(script))] for _ in range(1 + below(9)))
        kind = below(10)
        line.append(word.capitalize() if kind < 3 else "%d,%02d" % (below(1000), below(100)) if kind == 3 else "\u0441\u0442\u0440\u043e\u043a\u0430" if kind == 4 and below(4) == 0 else word)
    sys.stdout.buffer.write((" ".join(line) + "\n").encode())
