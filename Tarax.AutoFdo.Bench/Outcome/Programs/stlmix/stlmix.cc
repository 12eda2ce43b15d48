// Work for the standard library: containers, algorithms, lambdas, virtual and
// type-erased calls, variants, templates over templates, a few exceptions.
// stlmix ROUNDS
#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <queue>
#include <random>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

namespace {

struct Random {
    uint64_t s;
    explicit Random(uint64_t seed) : s(seed * 0x9e3779b97f4a7c15ull + 1) {}
    uint32_t next() { s = s * 6364136223846793005ull + 1442695040888963407ull; return s >> 33; }
    uint32_t below(uint32_t n) { return next() % n; }
};

std::string make_text(Random &r, size_t words)
{
    static const char *const syl[] = { "ka", "to", "mi", "ren", "sol", "qu", "ix", "vel", "da", "un" };
    std::string t;
    for (size_t i = 0; i < words; i++) {
        unsigned n = 1 + r.below(3);
        while (n--)
            t += syl[r.below(10) * r.below(10) / 10];
        t += r.below(9) ? ' ' : r.below(3) ? ',' : '\n';
    }
    return t;
}

template <class F> void for_each_word(std::string_view t, F &&f)
{
    auto it = t.begin();
    while (it != t.end()) {
        it = std::find_if(it, t.end(), [](unsigned char c) { return std::isalpha(c); });
        auto e = std::find_if_not(it, t.end(), [](unsigned char c) { return std::isalpha(c); });
        if (it != e)
            f(std::string_view(&*it, e - it));
        it = e;
    }
}

uint64_t word_counts(const std::string &text)
{
    std::unordered_map<std::string, int> count;
    std::map<int, std::set<std::string>, std::greater<>> by_count;
    for_each_word(text, [&](std::string_view w) { ++count[std::string(w)]; });
    for (auto &[w, n] : count)
        by_count[n].insert(w);
    uint64_t h = 0;
    for (auto &[n, ws] : by_count)
        for (auto &w : ws)
            h = h * 31 + n + w.size();
    return h;
}

struct Person { std::string name; int age; double score; };

uint64_t sorting(Random &r, size_t n)
{
    std::vector<Person> v;
    v.reserve(n);
    for (size_t i = 0; i < n; i++)
        v.push_back({ "p" + std::to_string(r.below(5000)), int(r.below(90)), r.below(1000) / 7.0 });
    std::sort(v.begin(), v.end(), [](const Person &a, const Person &b) {
        return std::tie(a.age, a.name) < std::tie(b.age, b.name);
    });
    std::stable_sort(v.begin(), v.end(), [](auto &a, auto &b) { return a.score < b.score; });
    auto mid = std::stable_partition(v.begin(), v.end(), [](auto &p) { return p.age % 2; });
    std::nth_element(v.begin(), v.begin() + (mid - v.begin()) / 2, mid,
                     [](auto &a, auto &b) { return a.name < b.name; });
    return std::accumulate(v.begin(), v.end(), uint64_t(0), [](uint64_t h, const Person &p) {
        return h * 17 + p.age + p.name.back();
    });
}

struct Graph {
    struct Edge { int to, cost; };
    std::vector<std::vector<Edge>> out;
    Graph(Random &r, int n, int m) : out(n)
    {
        for (int i = 0; i < m; i++)
            out[r.below(n)].push_back({ int(r.below(n)), 1 + int(r.below(100)) });
    }
    std::vector<int> distances(int from) const
    {
        using Item = std::pair<int, int>;
        std::vector<int> d(out.size(), 1 << 30);
        std::priority_queue<Item, std::vector<Item>, std::greater<Item>> q;
        q.push({ d[from] = 0, from });
        while (!q.empty()) {
            auto [dist, u] = q.top();
            q.pop();
            if (dist > d[u])
                continue;
            for (auto &e : out[u])
                if (dist + e.cost < d[e.to])
                    q.push({ d[e.to] = dist + e.cost, e.to });
        }
        return d;
    }
};

struct Shape {
    virtual ~Shape() = default;
    virtual double area() const = 0;
    virtual int sides() const { return 0; }
};
struct Circle final : Shape {
    double r;
    explicit Circle(double r) : r(r) {}
    double area() const override { return 3.14159 * r * r; }
};
struct Rect : Shape {
    double a, b;
    Rect(double a, double b) : a(a), b(b) {}
    double area() const override { return a * b; }
    int sides() const override { return 4; }
};
struct Square final : Rect {
    explicit Square(double a) : Rect(a, a) {}
    double area() const override { return a * a + 0.5; }
};

double shapes(Random &r, int n)
{
    std::vector<std::unique_ptr<Shape>> v;
    for (int i = 0; i < n; i++)
        switch (r.below(8)) {
        case 0: case 1: v.push_back(std::make_unique<Circle>(r.below(10))); break;
        case 2: v.push_back(std::make_unique<Square>(r.below(10))); break;
        default: v.push_back(std::make_unique<Rect>(r.below(10), r.below(10)));
        }
    double t = 0;
    for (int k = 0; k < 20; k++)
        for (auto &s : v)
            t += s->area() + s->sides();
    return t;
}

using Value = std::variant<int, double, std::string, std::vector<int>>;

struct Measure {
    uint64_t operator()(int i) const { return i; }
    uint64_t operator()(double d) const { return uint64_t(d * 2); }
    uint64_t operator()(const std::string &s) const { return s.size(); }
    uint64_t operator()(const std::vector<int> &v) const { return std::accumulate(v.begin(), v.end(), 0); }
};

uint64_t variants(Random &r, int n)
{
    std::deque<Value> d;
    uint64_t h = 0;
    for (int i = 0; i < n; i++) {
        switch (r.below(4)) {
        case 0: d.emplace_back(int(r.below(100))); break;
        case 1: d.emplace_back(r.below(100) * 0.5); break;
        case 2: d.emplace_back(std::string(r.below(30), 'x')); break;
        default: d.emplace_back(std::vector<int>(r.below(10), 3));
        }
        if (d.size() > 100)
            d.pop_front();
        h += std::visit(Measure{}, d[r.below(d.size())]);
    }
    return h;
}

template <class T, size_t N> struct Matrix {
    std::array<std::array<T, N>, N> a{};
    friend Matrix operator*(const Matrix &x, const Matrix &y)
    {
        Matrix z;
        for (size_t i = 0; i < N; i++)
            for (size_t k = 0; k < N; k++)
                for (size_t j = 0; j < N; j++)
                    z.a[i][j] += x.a[i][k] * y.a[k][j];
        return z;
    }
};

template <class T> uint64_t matrices(Random &r, int n)
{
    Matrix<T, 12> m, p;
    for (auto &row : m.a)
        for (auto &x : row)
            x = T(r.below(3));
    p = m;
    for (int i = 0; i < n; i++) {
        p = p * m;
        for (auto &row : p.a)
            for (auto &x : row)
                x = T(int64_t(x) & 15);
    }
    return uint64_t(p.a[3][4]) + uint64_t(p.a[5][6]);
}

int parse_number(std::string_view s)
{
    if (s.empty() || s.size() > 6)
        throw std::invalid_argument("length");
    int v = 0;
    for (char c : s) {
        if (c < '0' || c > '9')
            throw std::out_of_range("digit");
        v = v * 10 + (c - '0');
    }
    return v;
}

std::optional<int> try_parse(std::string_view s)
{
    try {
        return parse_number(s);
    } catch (const std::invalid_argument &) {
        return std::nullopt;
    } catch (const std::exception &) {
        return -1;
    }
}

uint64_t parsing(Random &r, int n)
{
    uint64_t h = 0;
    std::ostringstream os;
    for (int i = 0; i < n; i++) {
        os.str("");
        os << r.below(100000);
        if (r.below(50) == 0)
            os << (r.below(2) ? "x" : "1234567");
        h = h * 7 + try_parse(os.str()).value_or(3);
    }
    return h;
}

uint64_t functions(Random &r, int n)
{
    std::vector<std::function<uint64_t(uint64_t)>> f;
    for (unsigned i = 0; i < 16; i++) {
        uint64_t k = r.next();
        if (i % 3 == 0) f.push_back([k](uint64_t x) { return x * 3 + k; });
        else if (i % 3 == 1) f.push_back([k](uint64_t x) { return (x ^ k) >> 1; });
        else f.push_back([k, m = r.below(9)](uint64_t x) { return x % (k | 1) + m; });
    }
    uint64_t h = 1;
    for (int i = 0; i < n; i++)
        h = f[h % f.size()](h) + i;
    return h;
}

uint64_t regexes(const std::string &text)
{
    static const std::regex re("([kmt]i)(ka|to)?[a-z]*(sol|ren)");
    uint64_t n = 0;
    std::sregex_iterator it(text.begin(), text.end(), re), end;
    for (; it != end; ++it)
        n += it->length() + (*it)[1].length();
    return n;
}

uint64_t lists(Random &r, int n)
{
    std::list<int> a, b;
    std::unordered_set<int> seen;
    for (int i = 0; i < n; i++)
        (i % 3 ? a : b).push_back(r.below(n));
    a.sort();
    b.sort([](int x, int y) { return x < y; });
    a.merge(b);
    a.unique();
    a.remove_if([&](int x) { return x % 7 == 0 || !seen.insert(x / 2).second; });
    std::vector<int> v(a.begin(), a.end());
    std::make_heap(v.begin(), v.end());
    uint64_t h = 0;
    while (v.size() > 10) {
        std::pop_heap(v.begin(), v.end());
        h = h * 5 + v.back();
        v.pop_back();
    }
    return h + std::binary_search(v.begin(), v.end(), 3);
}

} // namespace

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? std::atoi(argv[1]) : 10;
    int first = argc > 2 ? std::atoi(argv[2]) : 1;
    uint64_t h = 0;
    for (int i = 0; i < rounds; i++) {
        Random r(first + i);
        std::string text = make_text(r, 4000);
        h = h * 131 + word_counts(text);
        h = h * 131 + sorting(r, 3000);
        Graph g(r, 1500, 9000);
        for (int k = 0; k < 3; k++)
            h = h * 131 + g.distances(k)[7];
        h = h * 131 + uint64_t(shapes(r, 800));
        h = h * 131 + variants(r, 8000);
        h = h * 131 + matrices<int>(r, 40) + matrices<double>(r, 30);
        h = h * 131 + parsing(r, 3000);
        h = h * 131 + functions(r, 20000);
        h = h * 131 + regexes(text.substr(0, 4000));
        h = h * 131 + lists(r, 3000);
    }
    std::printf("%016lx\n", (unsigned long)h);
}
