"""Text that is always the same: paragraphs, headings and lists, some code, few links.  text.py SECTIONS > FILE.md"""
import sys


class Random:
    def __init__(self, seed):
        self.state = seed

    def below(self, n):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % n


random = Random(2024)


def word():
    return "".join(("ba", "ren", "ti", "lo", "su", "kem", "a", "dor", "ith", "ne")[random.below(10)] for _ in range(1 + random.below(4)))


def sentence():
    words = [word() for _ in range(5 + random.below(12))]
    at = random.below(len(words))
    style = random.below(12)
    if style == 0:
        words[at] = "*" + words[at] + "*"
    elif style == 1:
        words[at] = "`" + words[at] + "()`"
    elif style == 2:
        words[at] = "[%s](http://example.org/%s)" % (words[at], word())
    elif style == 3:
        words[at] += ","
    return " ".join(words).capitalize() + "."


def paragraph(indent=""):
    for _ in range(1 + random.below(6)):
        print(indent + sentence())


def items(depth, indent=""):
    number = random.below(2)
    for i in range(2 + random.below(5)):
        mark = "%d. " % (i + 1) if number else "- "
        print(indent + mark + sentence())
        if random.below(3) == 0:
            print(indent + " " * len(mark) + sentence())
        if depth and random.below(4) == 0:
            print()
            items(depth - 1, indent + " " * len(mark))
    print()


for section in range(int(sys.argv[1])):
    print("#" * (1 + section % 3), word().capitalize(), word(), "\n")
    for _ in range(1 + random.below(4)):
        paragraph()
        print()
    if random.below(3):
        items(2)
    if random.below(4) == 0:
        for _ in range(3 + random.below(6)):
            print("    %s(%s, %d);" % (word(), word(), random.below(100)))
        print()
