// Lambdas: capturing, generic, nested, immediately called, in classes and templates, in variables.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <vector>
template <class F>
__attribute__((noinline)) int each(const std::vector<int> &v, F f)
{
    int t = 0;
    for (int x : v)
        t += f(x);
    return t;
}
__attribute__((noinline)) int call(const std::function<int(int)> &f, int n)
{
    int t = 0;
    for (int i = 0; i < n; i++)
        t += f(i);
    return t;
}
struct Filter {
    int limit;
    int count(const std::vector<int> &v) const
    {
        return std::count_if(v.begin(), v.end(), [this](int x) {
            int s = x;
            while (s > limit)
                s -= limit / 2 + 1;
            return s & 1;
        });
    }
};
auto square = [](int x) { return x % 3 ? x * x : -x; };
int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 60, t = 0;
    std::vector<int> a(100);
    for (int i = 0; i < rounds; i++) {
        for (int k = 0; k < 100; k++)
            a[k] = (k * i) % 53;
        t += each(a, [i](int x) {
            int s = x;
            for (int k = 0; k < (x & 7); k++) {
                if ((s ^ k) % 3 == 0)
                    s += k;
                else
                    s ^= i;
            }
            return s;
        });
        t += call([i](int x) {
            int s = 1;
            for (int k = 0; k < (x & 7); k++)
                s = s * 3 + (k ^ i);
            return s;
        }, 60);
        auto outer = [&](int k) {
            auto inner = [&, k](int z) { return z > k ? z - k : z + t; };
            int s = 0;
            for (int z = 0; z < 10; z++)
                s += inner(z);
            return s;
        };
        t ^= outer(i & 7);
        const int start = [&] {
            int s = 0;
            for (int z : a)
                s += z & 3;
            return s;
        }();
        auto generic = [start](auto x) { return x + start > 100 ? x - 1 : x + 1; };
        t += generic(i) + int(generic(2.5 * i));
        std::sort(a.begin(), a.end(), [](int x, int y) { return (x * 7 % 31) < (y * 7 % 31); });
        t += Filter{5 + i % 9}.count(a) + square(i);
    }
    printf("%d\n", t);
}
