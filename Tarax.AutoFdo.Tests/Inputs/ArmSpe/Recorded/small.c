/*
 * A program without a library: a little of each kind of branch.
 * Conditional branches with known odds, a switch, calls through a table,
 * recursion, a tail call, functions that are inlined.
 */
typedef unsigned long u64;

static u64 state = 88172645463325252UL;

static u64 next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/* One in N times. */
static inline int seldom(unsigned n)
{
    return next() % n == 0;
}

static u64 square(u64 x) { return x * x; }
static u64 invert(u64 x) { return ~x; }
static u64 rotate(u64 x) { return x << 9 | x >> 55; }
static u64 (*const table[])(u64) = { square, invert, rotate, square };

/* The switch becomes a jump through a table. */
__attribute__((noinline)) static u64 interpret(const unsigned char *code, int n, u64 acc)
{
    for (int i = 0; i < n; i++)
        switch (code[i]) {
        case 0: acc += i; break;
        case 1: acc ^= acc >> 3; break;
        case 2: acc = acc * 31 + 7; break;
        case 3: acc -= code[(i + 1) % n]; break;
        case 4: if (acc & 1) acc = acc * 3 + 1; else acc >>= 1; break;
        case 5: acc = table[acc & 3](acc); break;
        case 6: i += acc % 3 == 0; break;
        case 7: acc *= 5; break;
        case 8: acc ^= 0x5555; break;
        case 9: if (acc & 6) acc += 9; break;
        case 10: acc = ~acc; break;
        case 11: acc -= acc >> 7; break;
        case 12: acc |= 1; break;
        case 13: acc = acc << 1 | acc >> 63; break;
        case 14: acc += acc % 10; break;
        case 15: acc ^= i * 77; break;
        case 16: while (acc & 3) acc--; break;
        default: acc += 0x9e3779b9; break;
        }
    return acc;
}

__attribute__((noinline)) static u64 fibonacci(unsigned n)
{
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

static inline void exchange(int *a, int *b)
{
    int t = *a;
    *a = *b;
    *b = t;
}

__attribute__((noinline)) static int sort(int *v, int n)
{
    int moves = 0;

    for (int i = 1; i < n; i++)
        for (int j = i; j > 0 && v[j - 1] > v[j]; j--) {
            exchange(&v[j - 1], &v[j]);
            moves++;
        }
    return moves;
}

__attribute__((noinline)) static u64 rare(u64 x) { return x / 7 + fibonacci(3); }

__attribute__((noinline)) static u64 common(u64 x)
{
    if (seldom(50))
        return rare(x);         /* a tail call */
    return x + 1;
}

static u64 work(int rounds)
{
    static unsigned char code[64];
    static int v[32];
    u64 total = 0;

    for (int r = 0; r < rounds; r++) {
        for (int i = 0; i < 64; i++)
            code[i] = next() % 18;
        for (int i = 0; i < 32; i++)
            v[i] = next() & 1023;
        total += interpret(code, 64, r);
        total += sort(v, 32);
        for (int i = 0; i < 40; i++)
            total = common(total);
        if (seldom(10))
            total += fibonacci(8);
    }
    return total;
}

static long system_call(long number, long a, long b, long c)
{
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;

    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
    return x0;
}

void start(void) __asm__("_start");
void start(void)
{
    u64 total = work(ROUNDS);
    char line[17];

    for (int i = 0; i < 16; i++)
        line[i] = "0123456789abcdef"[total >> (60 - 4 * i) & 15];
    line[16] = '\n';
    system_call(64, 1, (long)line, 17);
    system_call(94, 0, 0, 0);
}
