namespace Tarax.AutoFdo.Tests.Outputs.Propeller;

/// <summary>A small program with loops, calls, a switch and two static functions of one name, which Clang builds with an address map.</summary>
internal static class MappedProgram
{
    private const string Main = """
        int work(int n);
        int other(int n);
        int main(int argc, char **argv)
        {
            int sum = 0;
            for (int i = 0; i < 20000; i++)
                sum += i % 7 == 3 ? work(i) : other(i);
            return sum == argc;
        }
        """;

    private const string Work = """
        static __attribute__((noinline)) int step(int x)
        {
            if (x % 1000 == 999)
                return x / 3;
            switch (x % 11) {
            case 0: return x ^ 5;
            case 1: return x * 7;
            case 2: return x + 90;
            case 3: return x - 4;
            case 4: return x >> 2;
            }
            return x + 1;
        }
        __attribute__((noinline)) int NAME(int n)
        {
            int s = 0;
            for (int i = 0; i < (n & 15); i++) {
                if (i == 13)
                    s += step(n);
                else if (i & 1)
                    s ^= i;
                else
                    s += step(s + i) + 3;
            }
            return s;
        }
        """;

    /// <summary>Writes its sources into a folder: <c>main.c</c>, <c>work.c</c>, <c>other.c</c>.</summary>
    public static void Write(string folder)
    {
        File.WriteAllText(Path.Combine(folder, "main.c"), Main);
        File.WriteAllText(Path.Combine(folder, "work.c"), Work.Replace("NAME", "work", StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(folder, "other.c"), Work.Replace("NAME", "other", StringComparison.Ordinal));
    }

    /// <summary>Builds it in its folder.</summary>
    /// <returns>What was written to standard error.</returns>
    public static string Build(string folder, string compiler, string options, string output = "program")
    {
        TestEnvironment.RequireTool(compiler);
        var built = TestEnvironment.Shell(folder, $"{compiler} -O2 -g {options} -o {output} main.c work.c other.c");
        Assert.That(built.ExitCode, Is.Zero, built.Error);
        return built.Error;
    }
}
