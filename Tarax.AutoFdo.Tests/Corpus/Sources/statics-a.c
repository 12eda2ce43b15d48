/* Statics of one name in several files, as LTO renames them; with statics-b.c. */
#include <stdio.h>
#include <stdlib.h>
unsigned other(unsigned v, int n);
typedef unsigned (*step)(unsigned);
step choose(int which);
__attribute__((noinline)) static unsigned pick(unsigned v)
{
    for (int i = 0; i < 9; i++)
        v = v & 1 ? v * 3 + 1 : v >> 1;
    return v;
}
__attribute__((noinline)) static unsigned helper(unsigned v) { return (v ^ 5) % 7 ? v + 1 : pick(v); }
int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 3000;
    unsigned v = 7;
    for (int i = 0; i < rounds; i++) {
        v += helper(v) + pick(i);
        v ^= other(v, i & 7);
        v += choose(i & 1)(v);
    }
    printf("%u\n", v);
    return 0;
}
