"""Problems in the DIMACS format.  problem.py random SEED VARIABLES CLAUSES | pigeons HOLES | colors SEED NODES COLORS | product NUMBER BITS | parity SEED VARIABLES"""
import sys


class Random:
    def __init__(self, seed):
        self.state = seed

    def below(self, n):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % n


variables = 0
clauses = []


def new():
    global variables
    variables += 1
    return variables


def add(*literals):
    clauses.append(literals)


def xor(a, b):
    c = new()
    add(-a, -b, -c), add(a, b, -c), add(a, -b, c), add(-a, b, c)
    return c


def both(a, b):
    c = new()
    add(-a, -b, c), add(a, -c), add(b, -c)
    return c


def either(a, b):
    return -both(-a, -b)


kind, numbers = sys.argv[1], [int(a) for a in sys.argv[2:]]
if kind == "random":
    random = Random(numbers[0])
    variables = numbers[1]
    for _ in range(numbers[2]):
        three = set()
        while len(three) < 3:
            three.add(1 + random.below(variables))
        add(*(v if random.below(2) else -v for v in sorted(three)))
elif kind == "pigeons":
    holes = numbers[0]
    sits = [[new() for _ in range(holes)] for _ in range(holes + 1)]
    for pigeon in sits:
        add(*pigeon)
    for hole in range(holes):
        for a in range(holes + 1):
            for b in range(a):
                add(-sits[a][hole], -sits[b][hole])
elif kind == "colors":
    random, nodes, colors = Random(numbers[0]), numbers[1], numbers[2]
    has = [[new() for _ in range(colors)] for _ in range(nodes)]
    for node in has:
        add(*node)
    for _ in range(nodes * 9 // 4):
        a, b = random.below(nodes), random.below(nodes)
        if a != b:
            for color in range(colors):
                add(-has[a][color], -has[b][color])
elif kind == "product":
    number, bits = numbers
    a, b = [new() for _ in range(bits)], [new() for _ in range(bits)]
    row = [both(x, b[0]) for x in a]
    result = []
    for i in range(1, bits):
        result.append(row[0])
        carry, sums = None, []
        for x, y in zip(row[1:] + [None], [both(x, b[i]) for x in a]):
            terms = [t for t in (x, y, carry) if t is not None]
            total, carry = terms[0], None
            for t in terms[1:]:
                over = both(total, t)
                total = xor(total, t)
                carry = over if carry is None else either(carry, over)
            sums.append(total)
        row = sums + ([carry] if carry is not None else [])
    result += row
    for i, bit in enumerate(result):
        add(bit if number >> i & 1 else -bit)
    add(*a[1:]), add(*b[1:])
else:
    random, count = Random(numbers[0]), numbers[1]
    variables = count
    for _ in range(count):
        total = 1 + random.below(count)
        for _ in range(3):
            total = xor(total, 1 + random.below(count))
        add(total if random.below(2) else -total)
print("p cnf", variables, len(clauses))
for clause in clauses:
    print(*clause, 0)
