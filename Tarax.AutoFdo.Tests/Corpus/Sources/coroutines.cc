// A coroutine that is resumed.
#include <coroutine>
#include <cstdio>
#include <cstdlib>
struct Generator {
    struct promise_type {
        int current = 0;
        Generator get_return_object() { return Generator{std::coroutine_handle<promise_type>::from_promise(*this)}; }
        std::suspend_always initial_suspend() noexcept { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        std::suspend_always yield_value(int value) { current = value; return {}; }
        void return_void() {}
        void unhandled_exception() { abort(); }
    };
    std::coroutine_handle<promise_type> handle;
    explicit Generator(std::coroutine_handle<promise_type> h) : handle(h) {}
    Generator(const Generator &) = delete;
    ~Generator() { if (handle) handle.destroy(); }
    bool next() { handle.resume(); return !handle.done(); }
    int value() const { return handle.promise().current; }
};

Generator
collatz(int n)
{
    while (n != 1) {
        co_yield n;
        if (n % 2 == 0)
            n /= 2;
        else
            n = 3 * n + 1;
        for (int k = 0; k < (n & 3); k++)
            n ^= (k & 1) ? 0 : 2 * (k & 1);
    }
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 300;
    long sum = 0;
    for (int i = 1; i <= rounds; i++) {
        auto g = collatz(i);
        while (g.next())
            sum += g.value();
    }
    printf("%ld\n", sum);
}
