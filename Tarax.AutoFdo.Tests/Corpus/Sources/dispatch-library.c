static unsigned inner(unsigned v) { return v % 5 ? v * 3 : v / 5; }
unsigned library_step(unsigned v, int n)
{
    for (int i = 0; i < n; i++)
        v = inner(v) + i;
    return v;
}
unsigned library_opened(unsigned v)
{
    while (v > 1000)
        v = v & 1 ? v / 3 : v >> 2;
    return v;
}
