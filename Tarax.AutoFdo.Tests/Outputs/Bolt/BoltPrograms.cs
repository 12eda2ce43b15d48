using Tarax.AutoFdo.Tests.Builders;

namespace Tarax.AutoFdo.Tests.Outputs.Bolt;

/// <summary>A program with exceptions and a jump table, and a shared object, linked as BOLT needs it to move functions (-Wl,--emit-relocs), with recordings.</summary>
internal static class BoltPrograms
{
    private const int Period = 211;

    private const string Program = """
        #include <cstdio>
        #include <stdexcept>
        #include <string>
        struct Live { int *count; explicit Live(int *c) : count(c) { ++*count; } ~Live() { --*count; } };
        static int live;
        __attribute__((noinline)) static int digits(const std::string &text, int i) {
          if (i % 17 == 0) throw std::runtime_error("seventeen");
          int value = 0;
          for (char c : text) value = value * 10 + (c - '0');
          return value;
        }
        __attribute__((noinline)) static int choose(int kind, int value) {
          switch (kind) {
            case 0: return value + 1; case 1: return value * 3; case 2: return value ^ 5; case 3: return value - 7;
            case 4: return value << 1; case 5: return value >> 1; case 6: return ~value; default: return value / 3;
          }
        }
        __attribute__((noinline)) static long step(int i) {
          Live outer(&live);
          std::string text = std::to_string(i * 7919L % 100003);
          try {
            Live inner(&live);
            int value = digits(text, i);
            if (value & 1) { Live more(&live); value += digits(text + "1", i + 1); }
            return choose(value & 7, value);
          } catch (const std::exception &e) { return e.what()[0]; }
        }
        int main() {
          long sum = 0;
          for (int i = 1; i <= 4000; i++) sum += step(i);
          std::printf("%ld %d\n", sum, live);
        }
        """;

    private const string Library = """
        #include <stdlib.h>
        static int compare(const void *a, const void *b) { int x = *(const int *)a, y = *(const int *)b; return x < y ? -1 : x > y; }
        __attribute__((noinline)) static unsigned hash(const char *s) { unsigned h = 5381; while (*s) { h = h * 33 ^ (unsigned char)*s++; if (h & 0x80000000u) h ^= 7; } return h; }
        long work(int n) {
          long sum = 0; int values[64]; char text[17];
          for (int i = 0; i < n; i++) {
            for (int k = 0; k < 64; k++) { values[k] = (i * 31 + k * 17) % 101; text[k & 15] = 'a' + values[k] % 26; }
            text[16] = 0;
            qsort(values, 64, sizeof *values, compare);
            sum += values[i & 63] + hash(text);
          }
          return sum;
        }
        """;

    private const string Caller = """
        #include <stdio.h>
        long work(int);
        int main(void) { printf("%ld\n", work(300)); return 0; }
        """;

    /// <summary>Builds and records.</summary>
    /// <param name="kind"><c>nopie</c>, <c>pie</c> or <c>shared</c>.</param>
    /// <returns>The folder, what is profiled in it, and the program to run.</returns>
    public static (string Folder, string Binary, string Program) Make(string kind)
    {
        TestEnvironment.RequireTool("perf2bolt-22");
        TestEnvironment.RequireTool("g++-12");
        string folder = TestEnvironment.NewFolder();
        string PathOf(string name) => Path.Combine(folder, name);
        File.WriteAllText(PathOf("program.cc"), Program);
        File.WriteAllText(PathOf("library.c"), Library);
        File.WriteAllText(PathOf("caller.c"), Caller);
        string program = PathOf("program");
        string binary = program;
        if (kind == "shared")
        {
            binary = PathOf("libwork.so");
            TestEnvironment.Run("gcc-12", "-O2", "-g", "-fPIC", "-shared", "-Wl,--emit-relocs", PathOf("library.c"), "-o", binary);
            TestEnvironment.Run("gcc-12", "-O2", "-g", PathOf("caller.c"), "-o", program, $"-L{folder}", "-lwork", $"-Wl,-rpath,{folder}");
        }
        else
        {
            TestEnvironment.Run("g++-12", "-O2", "-g", kind == "pie" ? "-fPIE" : "-fno-pie", kind == "pie" ? "-pie" : "-no-pie", "-Wl,--emit-relocs", PathOf("program.cc"), "-o", program);
        }

        SimulatedRecording.Record(PathOf("perf.data"), Period, program);
        return (folder, binary, program);
    }
}
