/* Loops that are vectorized, unrolled, peeled, versioned, unswitched. */
#include <stdio.h>
#include <stdlib.h>
#define NOINLINE __attribute__((noinline, noclone))
enum { N = 1003 };
static int a[N], b[N], c[N];
static unsigned char bytes[N];
static float x[N], y[N];
NOINLINE static void add(int *to, const int *from, int n) { for (int i = 0; i < n; i++) to[i] += from[i] * 3; }
NOINLINE static int sum(const int *from, int n)
{
    int s = 0;
    for (int i = 0; i < n; i++)
        s += from[i];
    return s;
}
NOINLINE static int largest(const int *from, int n)
{
    int most = from[0];
    for (int i = 1; i < n; i++)
        if (from[i] > most)
            most = from[i];
    return most;
}
NOINLINE static void saxpy(float k, int n)
{
    for (int i = 0; i < n; i++)
        y[i] = k * x[i] + y[i];
}
NOINLINE static int length(const unsigned char *s)
{
    int n = 0;
    while (s[n])
        n++;
    return n;
}
NOINLINE static int few(const int *from)
{
    int s = 0;
    for (int i = 0; i < 7; i++)
        s = s * 5 + from[i];
    return s;
}
NOINLINE static void choose(int *to, const int *from, int n, int how)
{
    for (int i = 0; i < n; i++) {
        if (how)
            to[i] = from[i] + how;
        else
            to[i] ^= from[i];
    }
}
NOINLINE static long nest(int n)
{
    long s = 0;
    for (int i = 0; i < n; i++)
        for (int k = 0; k < i; k++)
            if ((i ^ k) % 7 == 0)
                s += i * k;
    return s;
}
int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 60;
    long total = 0;
    for (int i = 0; i < N; i++) {
        a[i] = i * 7 % 113;
        b[i] = i * 5 % 91;
        bytes[i] = i < N - 1 ? 1 + i % 200 : 0;
        x[i] = i;
        y[i] = i / 2.0f;
    }
    for (int i = 0; i < rounds; i++) {
        add(a, b, N - i % 5);
        total += sum(a, N - i % 3) + largest(a, N);
        saxpy(0.5f, N - 1 - i % 4);
        total += length(bytes + i % 64) + few(a + i % 50);
        choose(c, b, 100 + i % 9, i & 1);
        total += nest(40);
    }
    printf("%ld %f\n", total + sum(c, N), y[7]);
    return 0;
}
