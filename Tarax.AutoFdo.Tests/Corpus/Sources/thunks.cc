// Virtual functions that are called through secondary and virtual bases: small ones, whose body GCC puts into the thunk, and large ones, to which the thunk jumps; and one that returns another base.
#include <cstdio>
#include <cstdlib>
struct First {
    long pad = 1;
    virtual long first(long) = 0;
    virtual ~First() = default;
};
struct Second {
    long seed = 2;
    virtual long second(long) = 0;
    virtual long large(long) = 0;
    virtual Second *self() { return this; }
    virtual ~Second() = default;
};
struct Nested : First, Second {
    long first(long x) override { return x + pad; }
    long second(long x) override { return (x ^ seed) + 3 * pad; }
    __attribute__((noinline)) long large(long x) override
    {
        long t = 0;
        for (long i = 0; i < (x & 15); i++)
            t += i % 3 ? seed * i : pad - i;
        return t;
    }
    Nested *self() override { return this; }
};
struct Shared : First, virtual Second {
    long first(long x) override { return x - pad; }
    long second(long x) override
    {
        if (x & 1)
            return x ^ seed;
        return x * pad;
    }
    __attribute__((noinline)) long large(long x) override { return x % 7 ? seed + x : pad * x; }
    Shared *self() override { return this; }
};
__attribute__((noinline)) long run(Second *s, long n)
{
    long t = 0;
    for (long i = 0; i < n; i++) {
        t += s->second(i);
        if (i % 5 == 0)
            t ^= s->large(i);
        if (i % 11 == 0)
            s = s->self();
    }
    return t;
}
int main(int argc, char **argv)
{
    long n = argc > 1 ? atol(argv[1]) : 6000;
    Nested nested;
    Shared shared;
    Second *both[] = {&nested, &shared};
    long t = 0;
    for (int i = 0; i < 4; i++)
        t += run(both[i & 1], n);
    printf("%ld\n", t);
}
