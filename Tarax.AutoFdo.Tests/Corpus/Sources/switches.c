/* Jump tables, computed goto, ranges of cases. */
#include <stdio.h>
#include <stdlib.h>
static unsigned state = 12345;
static unsigned next(void) { state = state * 1103515245u + 12345u; return state >> 16 & 0x7fff; }
static int classify(int c)
{
    switch (c) {
    case 'a' ... 'f': return c - 'a' + 10;
    case 'A' ... 'F': return c - 'A' + 10;
    case '0' ... '9': return c - '0';
    case ' ': case '\t': case '\n': return -1;
    case '+': return -2;
    case '-': return -3;
    case '(': return -4;
    case ')': return -5;
    default: return -9;
    }
}
static long interpret(const unsigned char *code, int length)
{
    static const void *const targets[] = { &&op_add, &&op_sub, &&op_mul, &&op_shift, &&op_swap, &&op_skip, &&op_jump, &&op_halt };
    long a = 1, b = 2;
    int at = 0, left = 400;
#define NEXT do { if (--left == 0 || at >= length) goto op_halt; goto *targets[code[at++] & 7]; } while (0)
    NEXT;
op_add: a += b; NEXT;
op_sub: a -= b >> 1; NEXT;
op_mul: a = a * 3 + 1; NEXT;
op_shift:
    if (a & 1)
        a >>= 1;
    else
        b ^= a;
    NEXT;
op_swap: { long t = a; a = b; b = t; } NEXT;
op_skip: at++; NEXT;
op_jump: at = at > 8 ? at - 7 : 0; NEXT;
op_halt:
    return a ^ b;
}
int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 2000;
    unsigned char code[64];
    long sum = 0;
    for (int i = 0; i < rounds; i++) {
        for (int k = 0; k < 64; k++)
            code[k] = next() % 17 < 14 ? next() % 6 : next() % 8;
        sum += interpret(code, 64);
        for (int k = 0; k < 64; k++)
            sum += classify(code[k] * 5 + (k & 31) + 32);
    }
    printf("%ld\n", sum);
    return 0;
}
