// Formulas that are read and then computed for many values.  formulas sums|functions COUNT VALUES
#include "muParser.h"

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <string>
#include <vector>

namespace {

struct Random {
    uint64_t state;
    int below(int n)
    {
        state = state * 6364136223846793005ull + 1442695040888963407ull;
        return int((state >> 33) % uint64_t(n));
    }
};

const char *const names[] = { "x", "y", "width", "rate", "n" };

// The parts come in the order in which they are written.
std::string all(std::initializer_list<std::string> parts)
{
    std::string text;
    for (const auto &part : parts)
        text += part;
    return text;
}

// Numbers, variables and what stands between them.
std::string sum(Random &random, int depth)
{
    std::string text;
    const int terms = 1 + random.below(4);
    for (int i = 0; i < terms; i++) {
        if (i)
            text += all({ " ", std::string(1, "+-*/"[random.below(4)]), " " });
        const int kind = random.below(depth ? 6 : 4);
        if (kind < 2)
            text += names[random.below(5)];
        else if (kind < 4)
            text += all({ std::to_string(1 + random.below(99)), random.below(3) ? "" : "." + std::to_string(random.below(100)) });
        else
            text += all({ "(", sum(random, depth - 1), ")", random.below(5) ? "" : "^2" });
    }
    return text;
}

double clamp(double value, double low, double high) { return value < low ? low : value > high ? high : value; }
double length(const char *text) { return double(std::strlen(text)); }
double percent(double value) { return value / 100; }
double opposite(double value) { return value == 0; }
double modulo(double a, double b) { return b == 0 ? 0 : std::fmod(a, b); }
double mean(const double *values, int count)
{
    double total = 0;
    for (int i = 0; i < count; i++)
        total += values[i];
    return total / count;
}

// Calls, comparisons, choices, and operators of the program's own.
std::string call(Random &random, int depth)
{
    if (depth == 0)
        return random.below(2) ? names[random.below(5)] : all({ std::to_string(random.below(100)), random.below(4) ? "" : "%" });
    const auto next = [&] { return call(random, depth - 1); };
    switch (random.below(11)) {
    case 0: return all({ "abs(", next(), ")" });
    case 1: return all({ "sqrt(abs(", next(), "))+cos(", next(), ")" });
    case 2: return all({ "min(", next(), ",", next(), ",", next(), ")" });
    case 3: return all({ "clamp(", next(), ", -", std::to_string(random.below(50)), ", ", next(), ")" });
    case 4: return all({ "(", next(), random.below(2) ? " < " : " >= ", next(), " ? ", next(), " : ", next(), ")" });
    case 5: return all({ "((", next(), " != 3 && ", next(), " > 1) || ", next(), " <= _pi)" });
    case 6: return all({ "mean(", next(), ",", next(), ",", next(), ",", next(), ")" });
    case 7: return all({ "length(\"", std::string(size_t(random.below(20)), 'a'), "\") * ", next() });
    case 8: return all({ "!(", next(), ") - (", next(), ")" });
    case 9: return all({ "(", next(), " mod ", std::to_string(2 + random.below(9)), ")" });
    default: return all({ "sum(", next(), ",", next(), ") - sign(", next(), ")" });
    }
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    const bool is_sums = std::strcmp(argv[1], "sums") == 0;
    const int count = std::atoi(argv[2]), values = std::atoi(argv[3]);
    Random random { 3 };
    std::vector<double> columns[5];
    for (auto &column : columns)
        for (int i = 0; i < values; i++)
            column.push_back(1 + random.below(1000) / 8.0);
    double variables[5] {}, total = 0;
    int errors = 0;
    mu::Parser parser;
    for (int i = 0; i < 5; i++)
        parser.DefineVar(names[i], is_sums ? &variables[i] : columns[i].data());
    if (!is_sums) {
        parser.DefineFun("clamp", clamp);
        parser.DefineFun("length", length);
        parser.DefineFun("mean", mean);
        parser.DefinePostfixOprt("%", percent);
        parser.DefineInfixOprt("!", opposite);
        parser.DefineOprt("mod", modulo, 6);
    }
    std::vector<double> results(size_t(values), 0.0);
    for (int i = 0; i < count; i++) {
        try {
            parser.SetExpr(is_sums ? sum(random, 3) : all({ call(random, 3), random.below(9) ? "" : " +" }));
            if (is_sums) {
                for (int v = 0; v < values; v++) {
                    for (int k = 0; k < 5; k++)
                        variables[k] = columns[k][size_t(v)];
                    results[size_t(v)] = parser.Eval();
                }
            } else {
                parser.Eval(results.data(), values);
            }
            for (const double result : results)
                total += std::isfinite(result) && std::fabs(result) < 1e9 ? result : 1;
        } catch (const mu::Parser::exception_type &error) {
            errors += int(error.GetCode());
        }
    }
    std::printf("%.6g %d\n", total, errors);
}
