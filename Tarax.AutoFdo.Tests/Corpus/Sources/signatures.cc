// Functions that no other file can see, of which GCC's debug information has plain names only: what they take and are templates of makes their linkage names.
#include <algorithm>
#include <cstdio>
#include <vector>
struct Item {
    int a;
    long b;
    Item(int x, long y) : a(x), b(y) {}
    Item(const Item &o) : a(o.a + 1), b(o.b) {}
    ~Item() { a = 0; }
};
namespace {
template <class... A> long by_value(const char *p, A... a) { return p[0] + (0L + ... + long(a)); }
template <class... A> long by_reference(int k, const A &...a) { return k + (0L + ... + long(a)); }
template <class T, class... A> long by_pointer(T *t, A *...a) { return *t + (0L + ... + long(*a)); }
template <class F, class... A> long forwarded(F &&f, A &&...a) { return f(a...); }
template <class... A> long nothing_but(A... a) { return (1L + ... + long(a)); }
template <class T> struct Box {
    T t;
    struct Inner {
        int n;
        long get(const T &x) const { return n + long(x); }
    };
    long add(T x) & { return t += x; }
    template <class U> long both(U u, const T *x) volatile { return long(u) + *x; }
    Box &operator+=(const Box &o) { t += o.t; return *this; }
    explicit operator bool() const { return t != 0; }
};
template <int N> int times(int x) { return x * N; }
int table[3] = {1, 2, 3};
int sum(const int (&v)[3]) { return v[0] + v[1] + v[2]; }
int apply(int (*f)(int), int x) { return f(x); }
enum class Color { red, green };
int number(Color c) { return int(c) + 1; }
} // namespace
static auto cube = [](int x, long y) { return x * x * y; };
static int (*steps[])(int) = {[](int a) { return a + 11; }, [](int a) { return a + 12; }};
static long (*kept)(int) = [](int x) { return x / 2L; };
namespace outer {
const auto again = [](auto x) { return 5 * x; };
namespace {
auto hidden = [](unsigned x) { return x / 3; };
struct Holder {
    int (*f)(int) = [](int x) { return x ^ 7; };
    static inline auto shared = [](char c) { return c + 1; };
};
} // namespace
} // namespace outer
static long plain(std::vector<Item> &v, Item by_copy, const volatile int *p, unsigned char c) { return v[0].a + by_copy.b + *p + c; }
static long use(std::vector<Item> &v, int n)
{
    std::sort(v.begin(), v.end(), [](const auto &x, const auto &y) { return x.a % 13 < y.a % 13; });
    auto three = [n](const auto &x, auto *y, auto &&z) { return x + *y + z + n; };
    auto pack = [](auto... x) { return (0L + ... + x); };
    auto some = [](int first, auto &&...x) { return (first + ... + x); };
    Item held(n, 2);
    auto holds = [held, n](int z) { return held.a + held.b * z + n; };
    auto copy = holds;
    struct Local {
        int x;
        int twice(int y) { return x + 2 * y; }
    } local{n};
    short s = 3;
    long w = n;
    long t = three(s, &w, n) + three(w, &n, s) + pack(n, w, s) + pack(n) + some(1, n, w) + copy(3) + holds(4) + local.twice(n);
    t += by_value("x", n, w) + by_reference(n, w, s) + by_pointer(&n, &w, &s) + forwarded([](int x, long y) { return x + y; }, n, w) + nothing_but(n, s);
    Box<long> box{1};
    Box<long>::Inner inner{2};
    t += box.add(n) + box.both(s, &w) + inner.get(w) + (box += box).t + bool(box) + times<3>(n) + sum(table) + apply(times<5>, n) + number(Color::green);
    t += [](Color c, Box<short> *p) { return number(c) + (p ? p->t : 0); }(Color::red, nullptr);
    outer::Holder holder;
    t += cube(n, w) + steps[0](n) + steps[1](n) + kept(n) + outer::again(n) + outer::again(s) + outer::hidden(n) + holder.f(n) + outer::Holder::shared('c');
    return t + plain(v, held, &n, 'c');
}
int main()
{
    std::vector<Item> v;
    for (int i = 0; i < 50; i++)
        v.push_back(Item(i * 7919 % 211, i));
    printf("%ld\n", use(v, 7));
}
