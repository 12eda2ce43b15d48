/* Tail calls, mutual recursion, recursion from a cold part, loops that begin with the function, calls through pointers. */
#include <stdio.h>
#include <stdlib.h>
#define NOINLINE __attribute__((noinline, noclone))
static int even(unsigned n);
NOINLINE static int odd(unsigned n) { return n == 0 ? 0 : even(n - 1); }
NOINLINE static int even(unsigned n) { return n == 0 ? 1 : odd(n - 1); }
NOINLINE static unsigned spin(unsigned x)
{
    do {
        x = x * 3 + 1;
        x ^= x >> 5;
    } while (x & 0x38);
    return x;
}
NOINLINE __attribute__((cold)) static void complain(int depth) { if (depth > 1000000) abort(); }
NOINLINE static unsigned walk(unsigned depth, unsigned seed)
{
    if (__builtin_expect(depth == 0, 0)) {
        complain(seed & 7);
        return seed;
    }
    unsigned sum = seed & 3;
    if (__builtin_expect((seed & 7) == 5, 0)) {
        complain((int)depth);
        sum += walk(depth - 1, seed * 7 + 1);
        complain((int)sum & 3);
    }
    sum += walk(depth - 1, seed * 5 + 3);
    return sum;
}
NOINLINE static unsigned finish(unsigned a, unsigned b) { return (a ^ b) * 9; }
NOINLINE static unsigned start(unsigned a, unsigned b) { return a & 1 ? finish(a, b + 1) : finish(b, a); }
static unsigned ack(unsigned m, unsigned n)
{
    if (m == 0)
        return n + 1;
    if (n == 0)
        return ack(m - 1, 1);
    return ack(m - 1, ack(m, n - 1));
}
NOINLINE static unsigned twice(unsigned x) { return x * 2; }
NOINLINE static unsigned half(unsigned x) { return x / 2 + 1; }
NOINLINE static unsigned same(unsigned x) { return x ^ 1; }
int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 400;
    unsigned (*const table[])(unsigned) = { twice, half, same, half };
    unsigned sum = 0;
    for (int i = 0; i < rounds; i++) {
        sum += even(i & 31) + spin(i) + walk(6, i) + start(i, sum) + ack(2, i & 3);
        for (int k = 0; k < 20; k++)
            sum = table[(sum + k) & 3](sum);
    }
    printf("%u\n", sum);
    return 0;
}
