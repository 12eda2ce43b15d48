// Templates with local arguments, functions of the same code, operators, conversions, unnamed namespaces.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>
namespace tools {
template <class T, int N>
struct Ring {
    T items[N] = {};
    int at = 0;
    void put(T t) { items[at] = t; at = (at + 1) % N; }
    T sum() const
    {
        T s{};
        for (int i = 0; i < N; i++)
            s += items[i];
        return s;
    }
    template <class F>
    int match(F f) const
    {
        int n = 0;
        for (const T &t : items)
            n += f(t) ? 1 : 0;
        return n;
    }
};
static int within(int v, int low, int high) { return v < low ? low : v > high ? high : v; }
}
namespace {
struct Fraction {
    int over, under;
    Fraction operator+(const Fraction &o) const { return reduced(over * o.under + o.over * under, under * o.under); }
    bool operator<(const Fraction &o) const { return (long)over * o.under < (long)o.over * under; }
    operator double() const { return (double)over / under; }
    int operator()(int k) const { return k % under ? over : under; }
    static Fraction reduced(int a, int b)
    {
        int x = a, y = b;
        while (y != 0) {
            int r = x % y;
            x = y;
            y = r;
        }
        return x > 1 ? Fraction{a / x, b / x} : Fraction{a, b};
    }
    std::string text() const { return std::to_string(over) + "/" + std::to_string(under); }
};
template <class T>
T clamp(T v, T low, T high) { return v < low ? low : high < v ? high : v; }
enum class Color { Red, Green, Blue };
int weight(Color c, const std::vector<int> &v, const Fraction *f, char tag)
{
    int s = tag;
    for (int x : v)
        s += c == Color::Red ? x : c == Color::Green ? x >> 1 : f->over;
    return s;
}
}
int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 200, t = 0;
    struct Local {
        int v;
        bool operator()(int x) const { return (x ^ v) & 1; }
        int twist(int x) const { for (int i = 0; i < (x & 3); i++) x = x * 3 + v; return x; }
    } local{3};
    tools::Ring<int, 16> ints;
    tools::Ring<long, 8> longs;
    std::map<int, int> counts;
    std::vector<Fraction> fractions;
    for (int i = 1; i <= rounds; i++) {
        ints.put(i * 7 % 23);
        longs.put(i);
        t += ints.sum() + (int)longs.sum() + ints.match(local) + local.twist(i);
        Fraction f{i % 12 + 1, i % 9 + 2}, g = f + Fraction{1, 3};
        t += f(i) + (int)(double)g + (int)g.text().size() + tools::within(i, 3, 90) + clamp(i, 2, 77);
        fractions.push_back(g);
        counts[i % 17]++;
        t += weight((Color)(i % 3), {1, 2, 3, i}, &g, 'x');
    }
    std::sort(fractions.begin(), fractions.end());
    for (auto &[key, value] : counts)
        t += key * value;
    printf("%d %s\n", t, fractions[fractions.size() / 2].text().c_str());
}
