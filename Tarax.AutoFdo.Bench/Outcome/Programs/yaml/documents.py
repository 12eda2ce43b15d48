"""Documents.  documents.py settings|mixed SIZE > FILE.yaml"""
import sys

kind, size = sys.argv[1], int(sys.argv[2])
state = 5


def below(n):
    global state
    state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
    return (state >> 33) % n


def word():
    return "".join(chr(97 + below(26)) for _ in range(2 + below(9)))


def settings(depth, indent):
    """Maps in blocks, as programs are configured."""
    for _ in range(2 + below(5)):
        what = below(7)
        if what < 4 or depth == 0:
            print("%s%s: %s" % (indent, word(), (word(), below(10000), "true", below(1000) / 8, "%s %s" % (word(), word()))[below(5)]))
        elif what == 4:
            print("%s%s:" % (indent, word()))
            for _ in range(1 + below(4)):
                print("%s  - %s" % (indent, word()))
        elif what == 5:
            print("%s# %s %s" % (indent, word(), word()))
            print("%s%s: '%s'" % (indent, word(), word()))
        else:
            print("%s%s:" % (indent, word()))
            settings(depth - 1, indent + "  ")


def flow(depth):
    """Values within brackets."""
    what = below(8 if depth else 5)
    if what == 0:
        return '"%s\\n\\t\\u00e9 \\"%s\\""' % (word(), word())
    if what == 1:
        return "'%s''%s'" % (word(), word())
    if what < 5:
        return (word(), str(below(99999)), "~", "0x%x" % below(999), "!!str %d" % below(50))[below(5)]
    if what < 7:
        return "[" + ", ".join(flow(depth - 1) for _ in range(below(6))) + "]"
    return "{" + ", ".join("%s: %s" % (word(), flow(depth - 1)) for _ in range(below(5))) + "}"


if kind == "settings":
    print("name: %s" % word())
    for _ in range(size):
        print("%s:" % word())
        settings(3, "  ")
else:
    for i in range(size):
        print("---" if i % 3 else "%YAML 1.2\n--- !list")
        print("- &a%d %s" % (i, flow(2)))
        print("- ? %s\n  : [*a%d, %s]" % (word(), i, flow(3)))
        print("- |\n" + "".join("  %s %s\n" % (word(), word()) for _ in range(1 + below(6))), end="")
        print("- >-\n" + "".join("   %s\n" % word() if below(4) else "\n" for _ in range(6)) + "   %s" % word())
        print("- - %s\n  - !own {%s: *a%d}\n  - \"%s\n    %s\"" % (flow(2), word(), i, word(), word()))
        print("- plain %s\n  goes on %s" % (word(), word()))
        print("- %s" % flow(4))
        if i % 3 == 2:
            print("...")
