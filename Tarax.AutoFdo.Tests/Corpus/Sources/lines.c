/* Functions made by macros, #line, inline assembly, several statements on a line, lines before the function's. */
#include <stdio.h>
#include <stdlib.h>
#define STEP(name, op) static unsigned name(unsigned v, int n) { for (int i = 0; i < n; i++) { if (v & 1) v = v op 5; else v ^= i; } return v; }
STEP(mixing, *) STEP(adding, +)
#define BODY(v) do { \
        (v) = (v) * 3 + 1; \
        if ((v) & 4) \
            (v) >>= 2; \
    } while (0)
static unsigned counted(unsigned v, int n)
{
    for (int i = 0; i < n; i++) { BODY(v); if (v % 5 == 0) v += 7; else if (v % 3 == 0) v -= 1; }
    return v;
}
static unsigned assembled(unsigned v)
{
    unsigned r;
    __asm__ volatile(
        "mov %1, %0\n"
        "test $1, %0\n"
        "jz 1f\n"
        "add $3, %0\n"
        "1: rol $3, %0\n" : "=r"(r) : "r"(v) : "cc");
    return r ^ 1;
}
#line 3 "generated.y"
static unsigned generated(unsigned v)
{
    while (v > 100)
#line 90 "generated.y"
        v = v / 3 + (v & 1);
#line 1 "generated.y"
    return v;
}
#line 200 "lines.c"
int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 1500;
    unsigned v = 1;
    for (int i = 0; i < rounds; i++)
        v += mixing(v, i & 15) + adding(v, 12) + counted(v, 9) + assembled(v) + generated(v);
    printf("%u\n", v);
    return 0;
}
