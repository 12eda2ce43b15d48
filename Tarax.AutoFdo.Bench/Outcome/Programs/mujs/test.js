// Numbers, recursion, a tokenizer and an evaluator, JSON, exceptions, switches, bits and a game of life.  test.js ROUNDS
var rounds = Number(scriptArgs[0]);

function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

function queens(n) {
    var all = (1 << n) - 1;
    function place(columns, left, right) {
        if (columns === all)
            return 1;
        var count = 0;
        for (var free = all & ~(columns | left | right); free; ) {
            var bit = free & -free;
            free ^= bit;
            count += place(columns | bit, (left | bit) << 1, (right | bit) >>> 1);
        }
        return count;
    }
    return place(0, 0, 0);
}

function evaluate(text) {
    var at = 0;
    function peek() { while (text.charAt(at) === " ") at++; return text.charAt(at); }
    function factor() {
        var c = peek();
        if (c === "(") {
            at++;
            var inner = sum();
            if (peek() !== ")")
                throw new SyntaxError("missing ) at " + at);
            at++;
            return inner;
        }
        var from = at;
        while (text.charAt(at) >= "0" && text.charAt(at) <= "9" || text.charAt(at) === ".")
            at++;
        if (from === at)
            throw new SyntaxError("unexpected " + c);
        return parseFloat(text.substring(from, at));
    }
    function product() {
        var value = factor();
        for (;;)
            switch (peek()) {
            case "*": at++; value *= factor(); break;
            case "/": at++; value /= factor(); break;
            case "%": at++; value %= factor(); break;
            default: return value;
            }
    }
    function sum() {
        var value = product();
        for (;;)
            switch (peek()) {
            case "+": at++; value += product(); break;
            case "-": at++; value -= product(); break;
            default: return value;
            }
    }
    return sum();
}

function life(size, generations) {
    var cells = [], x, y, i;
    for (i = 0; i < size * size; i++)
        cells[i] = (i * 7 + (i >> 3)) % 3 === 0 ? 1 : 0;
    while (generations--) {
        var next = [];
        for (y = 0; y < size; y++)
            for (x = 0; x < size; x++) {
                var near = 0;
                for (var dy = -1; dy <= 1; dy++)
                    for (var dx = -1; dx <= 1; dx++)
                        if (dx || dy)
                            near += cells[(y + dy + size) % size * size + (x + dx + size) % size];
                next.push(near === 3 || near === 2 && cells[y * size + x] ? 1 : 0);
            }
        cells = next;
    }
    var alive = 0;
    for (i = 0; i < cells.length; i++)
        alive += cells[i];
    return alive;
}

var total = 0, errors = 0;
for (var round = 0; round < rounds; round++) {
    total += fib(14) + queens(6) + life(12, 3);
    for (var i = 0; i < 60; i++)
        try {
            total += evaluate("(1.5 + " + i + ") * 2 - 7 / (3 + " + i % 5 + (i % 9 ? ")" : "") + " % 11");
        } catch (e) {
            errors += e instanceof SyntaxError ? 1 : 100;
        }
    var tree = { name: "root", children: [] };
    for (i = 0; i < 40; i++)
        tree.children.push({ name: "n" + i, value: i / 8, flag: i % 3 === 0, list: [i, i * i, null, "a\"b\n"] });
    var copy = JSON.parse(JSON.stringify(tree));
    total += JSON.stringify(copy, null, 2).length + copy.children[7].value;
    for (i = 1; i < 200; i++)
        total += Math.sqrt(i) + Math.sin(i) * (i ^ 5) + (i * 2654435761 >>> 7) % 13 + Number((i / 7).toFixed(3)) + i.toString(2).length;
}
print(total.toFixed(4), errors);
