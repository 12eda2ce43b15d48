/* IFUNC and clones for other processors; a shared library with a PLT, and one that is opened at run time: dispatch-library.c. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
unsigned library_step(unsigned v, int n);
#ifdef CLONES
__attribute__((target_clones("avx2", "default")))
#endif
__attribute__((noinline)) unsigned scale(const unsigned *from, int n)
{
    unsigned s = 0;
    for (int i = 0; i < n; i++)
        s += from[i] * 3;
    return s;
}
static unsigned slow(unsigned v) { for (int i = 0; i < 5; i++) v = v * 7 + 3; return v; }
static unsigned fast(unsigned v) { return v * 16807 + 3; }
typedef unsigned hash_function(unsigned);
__attribute__((used)) static hash_function *resolve(void) { __builtin_cpu_init(); return __builtin_cpu_supports("sse4.2") ? fast : slow; }
unsigned hash(unsigned v) __attribute__((ifunc("resolve")));
int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 1000;
    unsigned values[64], v = 1;
    hash_function *opened = 0;
    void *library = argc > 2 ? dlopen(argv[2], RTLD_NOW) : 0;
    if (library)
        opened = (hash_function *)dlsym(library, "library_opened");
    for (int i = 0; i < 64; i++)
        values[i] = i * 5;
    for (int i = 0; i < rounds; i++) {
        v += scale(values, 64) + hash(v) + library_step(v, i & 15);
        values[i & 63] ^= v;
        if (opened)
            v ^= opened(v);
    }
    printf("%u\n", v);
    return 0;
}
