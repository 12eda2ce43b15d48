/* Several small parts in several files.  cmulti ROUNDS [FIRST-SEED] */
#include "common.h"
#include <stdio.h>

static int cmp(const void *a, const void *b)
{
    const int *x = a, *y = b;

    return (*x & 0xffff) - (*y & 0xffff) ? (*x & 0xffff) - (*y & 0xffff) : (*x > *y) - (*x < *y);
}

static void add(const char *key, long value, void *arg)
{
    *(long *)arg += value * (unsigned char)key[0];
}

static long programs(uint32_t seed)
{
    static char text[20000];
    struct program p = { 0 };
    long vars[64] = { 0 }, r, i;

    text[text_generate(text, sizeof text, seed)] = 0;
    for (i = 0; i < 64; i++)
        vars[i] = i * 3;
    if (compile(&p, text))
        return -1;
    r = run(&p, vars, 60000);
    free(p.code);
    return r + text_search(text, "v1") + text_search(text, "line");
}

static long tables(uint32_t seed)
{
    struct table *t = table_new();
    char key[32];
    long total = 0;
    int i;

    for (i = 0; i < 4000; i++) {
        snprintf(key, sizeof key, "k%u", next_random(&seed) % 900);
        ++*table_at(t, key);
    }
    table_each(t, add, &total);
    table_free(t);
    return total;
}

static long orders(uint32_t seed)
{
    enum { N = 5000 };
    static int v[N], w[N];
    int i;

    for (i = 0; i < N; i++)
        v[i] = w[i] = next_random(&seed) >> 4;
    order_ints(v, N);
    order_any(w, N, sizeof *w, cmp);
    return v[N / 3] + (long)w[N / 2];
}

static long trees(uint32_t seed)
{
    struct tree *t = NULL;
    long s = 0;
    int i;

    for (i = 0; i < 3000; i++)
        t = tree_insert(t, next_random(&seed) % 100000);
    for (i = 0; i < 30; i++)
        s += tree_sum(t, i * 3000, i * 3000 + 4000);
    s += tree_height(t);
    tree_free(t);
    return s;
}

int main(int argc, char **argv)
{
    long (*const part[])(uint32_t) = { programs, tables, orders, trees };
    int rounds = argc > 1 ? atoi(argv[1]) : 10, first = argc > 2 ? atoi(argv[2]) : 0, i;
    unsigned k;
    long h = 0;

    for (i = 0; i < rounds; i++)
        for (k = 0; k < 4; k++)
            h = h * 31 + part[k]((first + i) * 7 + k);
    printf("%ld\n", h);
    return 0;
}
