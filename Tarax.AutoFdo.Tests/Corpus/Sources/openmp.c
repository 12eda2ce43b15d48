/* Outlined functions of OpenMP: parallel loops, sections, tasks. */
#include <stdio.h>
#include <stdlib.h>
static int step(int x) { return x % 3 == 0 ? x * 5 + 1 : x % 7 == 2 ? x - 9 : x >> 1; }
static long total(const int *a, int n)
{
    long t = 0;
#pragma omp parallel for reduction(+ : t)
    for (int i = 0; i < n; i++) {
        int v = step(a[i]);
        for (int k = 0; k < (v & 7); k++)
            t += k ^ v;
        if (v % 5 == 0)
            t -= v;
        else
            t += i;
    }
    return t;
}
static void sections(int *a, int n)
{
#pragma omp parallel sections
    {
#pragma omp section
        for (int i = 0; i < n / 2; i++)
            a[i] = step(a[i] + i);
#pragma omp section
        for (int i = n / 2; i < n; i++)
            if (a[i] & 1)
                a[i] = a[i] * 3 + 1;
            else
                a[i] >>= 1;
    }
}
int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 200, a[300];
    long t = 0;
    for (int i = 0; i < 300; i++)
        a[i] = i * 37 % 211;
    for (int i = 0; i < rounds; i++) {
        t += total(a, 300);
        sections(a, 300);
    }
    printf("%ld\n", t);
    return 0;
}
