typedef unsigned (*step)(unsigned);
__attribute__((noinline)) static unsigned pick(unsigned v)
{
    do {
        v ^= v << 3;
        v -= v >> 2;
    } while ((v & 7) == 3);
    return v;
}
__attribute__((noinline)) static unsigned helper(unsigned v) { return pick(v) + pick(v + 1); }
static unsigned one(unsigned v) { return v * 5; }
static unsigned two(unsigned v) { return v % 3 ? v : v + 9; }
step choose(int which) { return which ? one : two; }
unsigned other(unsigned v, int n)
{
    for (int i = 0; i < n; i++)
        v += i & 1 ? helper(v) : pick(v);
    return v;
}
