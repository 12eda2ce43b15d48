// Exceptions that are thrown, caught, passed on; cleanups.
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
namespace {
int alive;
struct Guard {
    int value;
    explicit Guard(int v) : value(v) { alive += v & 1; }
    ~Guard()
    {
        for (int i = 0; i < (value & 3); i++)
            alive ^= i;
    }
};
struct Stop : std::runtime_error {
    int where;
    explicit Stop(int w) : std::runtime_error("stop"), where(w) {}
};
__attribute__((noinline)) int risky(int n)
{
    Guard guard(n);
    if (n % 11 == 0)
        throw Stop(n);
    int s = 0;
    for (int i = 0; i < (n & 15); i++)
        s += i * n;
    return s;
}
__attribute__((noinline)) int careful(int n)
{
    Guard guard(n + 1);
    try {
        return risky(n) + risky(n + 1);
    } catch (const Stop &e) {
        int s = e.where;
        while (s > 20)
            s -= 7;
        if (s == 3)
            throw;
        return s;
    }
}
}
int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 500, sum = 0;
    for (int i = 0; i < rounds; i++) {
        try {
            sum += careful(i);
        } catch (const std::exception &e) {
            sum ^= (int)std::string(e.what()).size();
        }
    }
    printf("%d %d\n", sum, alive);
}
