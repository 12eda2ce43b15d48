"""A document in UTF-16 with declarations, entities, comments, instructions and sections.  mixed.py PARTS > FILE.xml"""
import sys

parts = int(sys.argv[1])
state = 77


def below(n):
    global state
    state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
    return (state >> 33) % n


def word():
    return "".join("aeioust\u00e4\u00e9\u03b1\u0416\u6f22nrl"[below(15)] for _ in range(1 + below(8)))


out = ["<?xml version='1.0' encoding='UTF-16'?>\n<!DOCTYPE book [\n"]
for i in range(60):
    out.append("<!ELEMENT part%d (#PCDATA|part%d|part%d)*>\n<!ATTLIST part%d kind (a|b|c) 'b' id CDATA #IMPLIED n NMTOKENS 'x  y'>\n" % (i, (i * 7 + 1) % 60, (i * 3 + 2) % 60, i))
    out.append("<!ENTITY e%d \"%s%s\">\n" % (i, word(), " &e%d;" % (i - 1) if i % 5 else ""))
out.append("<!ELEMENT book ANY>\n<!NOTATION gif SYSTEM 'viewer'>\n]>\n<book>")


def part(depth):
    number = below(60)
    out.append("<part%d" % number)
    if below(2):
        out.append(" id='%s &lt; &#%d;'" % (word(), 200 + below(9000)))
    if below(3) == 0:
        out.append(" kind=\"%s\"" % "abc"[below(3)])
    out.append(">")
    for _ in range(1 + below(5)):
        kind = below(9)
        if kind < 3:
            out.append("%s %s\n" % (word(), word()))
        elif kind == 3:
            out.append("&e%d;&amp;" % below(60))
        elif kind == 4:
            out.append("<!-- %s -->" % word())
        elif kind == 5:
            out.append("<![CDATA[<%s> ]] &]]>" % word())
        elif kind == 6:
            out.append("<?%s %s?>" % ("go", word()))
        elif depth:
            part(depth - 1)
    out.append("</part%d>\n" % number)


for _ in range(parts):
    part(6)
sys.stdout.buffer.write(("".join(out) + "</book>\n").encode("utf-16"))
