"""What a server might write.  log.py LINES > FILE"""
import sys

state = 31


def below(n):
    global state
    state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
    return (state >> 33) % n


def one(*words):
    return words[below(len(words))]


def name():
    return "".join(chr(97 + below(26)) for _ in range(3 + below(6)))


for i in range(int(sys.argv[1])):
    what = below(6)
    text = ("GET /%s/%s%s HTTP/1.1 status %d took %dms" % (name(), name(), one("", "?q=" + name()), one(200, 200, 304, 404, 500), below(3000)) if what < 3 else
            "user=%s%s logged %s" % (name(), one("", " ip=%d.%d.%d.%d" % tuple(below(256) for _ in range(4))), one("in", "out")) if what == 3 else
            "connection to %s: %s" % (name(), one("timeout", "Refused", "closed", "ok")) if what == 4 else
            "session %08x-%04x mail to %s@%s.%s" % (below(2**31), below(2**16), name(), name(), one("com", "org", "net")))
    print("2024-%02d-%02dT%02d:%02d:%02dZ %-5s [%s] %s" % (1 + below(12), 1 + below(28), below(24), below(60), below(60), one("INFO", "INFO", "INFO", "WARN", "ERROR"), one("web", "db-main", "auth"), text))
