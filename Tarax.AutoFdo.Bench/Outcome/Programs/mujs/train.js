// Objects, arrays, strings, closures, sorting and regular expressions.  train.js ROUNDS
var rounds = Number(scriptArgs[0]);
var seed = 42;
function random(n) { seed = (seed * 69069 + 12345) % 4294967296; return Math.floor(seed / 65536) % n; }

function Account(owner) { this.owner = owner; this.balance = 0; this.log = []; }
Account.prototype.deposit = function (v) { this.balance += v; this.log.push(v); return this; };
Account.prototype.total = function () { return this.log.reduce(function (a, b) { return a + b; }, 0); };

function word() {
    var s = "";
    for (var i = 1 + random(6); i > 0; i--)
        s += String.fromCharCode(97 + random(26));
    return s;
}

var out = 0;
for (var round = 0; round < rounds; round++) {
    var words = [];
    for (var i = 0; i < 400; i++)
        words.push(word());
    var counts = {};
    words.forEach(function (w) { var k = w.slice(0, 2); counts[k] = (counts[k] || 0) + 1; });
    var keys = Object.keys(counts).sort(function (a, b) { return counts[b] - counts[a] || (a < b ? -1 : 1); });
    var accounts = keys.slice(0, 40).map(function (k) { return new Account(k); });
    for (i = 0; i < 1500; i++)
        accounts[random(accounts.length)].deposit(random(100));
    out += accounts.filter(function (a) { return a.balance === a.total(); }).length;
    var text = words.join(" ");
    var found = text.match(/\b[aeiou]\w*[^aeiou\s]\b/g) || [];
    out += found.length + text.replace(/([a-m])([n-z])/g, "$2$1").indexOf("z") + text.split(/ [xyz]/).length;
    for (var name in counts)
        if (name.charCodeAt(0) % 2)
            out += counts[name];
}
print(out, keys.length, text.length);
