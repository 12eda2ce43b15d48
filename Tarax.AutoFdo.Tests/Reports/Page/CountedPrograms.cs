using System.Globalization;
using System.Text;

namespace Tarax.AutoFdo.Tests.Reports.Page;

/// <summary>Small programs with counts of them: <c>program</c>, its sources, <c>counts</c> as text and <c>profile</c> in a folder.</summary>
internal static class CountedPrograms
{
    private const int Count = 50;

    /// <summary>A file is included within the function <c>work</c>.</summary>
    public static void Included(string folder, string compiler)
    {
        // The function begins at line 8, so that line 12 of the included file is as far from there as line 12 of its own.
        Write(folder, "main.c", "volatile long a, b, c;", "", "", "", "", "", "", "__attribute__((noinline)) long work(long n)", "{", "  for (long i = 0; i < n; i++)", "  {", "    a += i;", "#include \"body.inc\"", "    b += a;", "  }", "  return a + b;", "}", "int main(void) { return (int)work(9); }");
        Write(folder, "body.inc", "c += i; /* first of the include */", "", "", "", "", "", "", "", "", "", "", "c += a; /* second of the include */");
        TestEnvironment.Run(compiler, "-O1", "-g", "-no-pie", "-o", Path.Combine(folder, "program"), Path.Combine(folder, "main.c"));
        Convert(folder, "work");
    }

    /// <summary>Two files have a static function <c>step</c> each.</summary>
    public static void Statics(string folder, params string[] ran)
    {
        Write(folder, "a.c", "volatile long a;", "static __attribute__((noinline)) void step(long n) { for (; n; n--)", "  a += n; }", "void fa(long n) { step(n); a++; }");
        Write(folder, "b.c", "volatile long b;", "", "", "", "", "", "static __attribute__((noinline)) void step(long n) { for (; n; n--)", "  b -= n; }", "void fb(long n) { step(n); b++; }");
        Write(folder, "main.c", "void fa(long); void fb(long); int main(void) { fa(9); fb(9); return 0; }");
        TestEnvironment.Run("gcc", "-O1", "-fno-ipa-icf", "-g", "-no-pie", "-o", Path.Combine(folder, "program"), Path.Combine(folder, "a.c"), Path.Combine(folder, "b.c"), Path.Combine(folder, "main.c"));
        Convert(folder, ran.Length == 0 ? ["fa", "fb", "step", "step"] : ran);
    }

    /// <summary>Counts of functions that ran from their first to their last instruction: as many of a name as there are in the list, in the order of their addresses.</summary>
    private static void Convert(string folder, params string[] functions)
    {
        const ulong Base = 0x400000;
        var symbols = TestEnvironment.Run("nm", "-n", "-S", Path.Combine(folder, "program")).Split('\n').Select(l => l.Split(' ')).Where(f => f.Length == 4).ToLookup(f => f[3], f => (Start: Hex(f[0]) - Base, Size: Hex(f[1])));
        var ranges = functions.GroupBy(f => f).SelectMany(g => symbols[g.Key].Take(g.Count())).Order().ToList();
        var text = new StringBuilder($"{ranges.Count}\n");
        foreach (var (start, size) in ranges)
        {
            // The last instruction is a return.
            text.Append(CultureInfo.InvariantCulture, $"{start:x}-{start + size - 1:x}:{Count}\n");
        }

        File.WriteAllText(Path.Combine(folder, "counts"), text.Append("0\n0\n").ToString());
        var made = TestEnvironment.Tarax("convert", Path.Combine(folder, "counts"), "--binary", Path.Combine(folder, "program"), "-o", Path.Combine(folder, "profile"));
        Assert.That(made.ExitCode, Is.Zero, made.Error);
    }

    private static void Write(string folder, string name, params string[] lines) => File.WriteAllText(Path.Combine(folder, name), string.Join('\n', lines) + "\n");

    private static ulong Hex(string text) => ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
