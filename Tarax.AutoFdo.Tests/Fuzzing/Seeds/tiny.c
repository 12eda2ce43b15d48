/* A program small enough that a truncation at each of its bytes can be tried. */
struct pair { int first, second; };
static inline int add(struct pair p) { return p.first > 3 ? p.first + p.second : p.second; }
static inline int twice(int x) { struct pair p = { x, x }; return add(p) * add(p); }
__attribute__((noinline)) int work(int n) { int sum = 0; for (int i = 0; i < n; i++) sum += twice(i) ^ (i & 1 ? add((struct pair){ i, 1 }) : 7); return sum; }
void _start(void) { volatile int result = work(100); (void)result; for (;;) { } }
