using System.Globalization;
using System.Text;
using System.Text.Json;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Binaries.Symbolization;

namespace Tarax.AutoFdo.Tests.Binaries.Symbolization;

/// <summary>Inline stacks beside those of llvm-symbolizer.</summary>
public sealed class InlineStackTests
{
    [TestCase("programs/cmulti-d5-pie/cmulti")]
    [TestCase("programs/cmulti-d4-nopie/cmulti-d4")]
    [TestCase("programs/threads-d5-pie/threads")]
    [TestCase("programs/stlmix-d5-pie/stlmix")]
    public void Inline_stack_of_every_instruction_equals_that_of_llvm_symbolizer(string program)
    {
        string path = TestEnvironment.Data(program);
        using var elf = ElfFile.Open(path);
        using var symbolizer = new Symbolizer(elf);
        var ours = new SortedDictionary<ulong, string>();
        foreach (ulong address in Instructions(path))
        {
            if (symbolizer.FindFunction(address) is { } function)
            {
                ours[address] = Stack(symbolizer, function, address);
            }
        }

        Assert.That(ours, Has.Count.GreaterThan(500));
        var theirs = LlvmSymbolizer(path, ours.Keys);
        var different = ours.Where(o => theirs[o.Key].Own != o.Value && theirs[o.Key].All != o.Value).Select(o => $"{o.Key:x}: ours {o.Value} llvm-symbolizer {theirs[o.Key].All}").ToList();

        Assert.That(different, Is.Empty);
    }

    private static readonly Dictionary<CodeFunction, FunctionSource> Sources = [];

    /// <summary>Lines from the innermost frame outwards.</summary>
    private static string Stack(Symbolizer symbolizer, CodeFunction function, ulong address)
    {
        if (!Sources.TryGetValue(function, out var source))
        {
            Sources.Add(function, source = symbolizer.Source(function));
        }

        var segment = Array.Find(source.Segments, s => address >= s.Start && address < s.End);
        if (segment.End == 0)
        {
            return "0";
        }

        var text = new StringBuilder(segment.Line.ToString(CultureInfo.InvariantCulture));
        for (int scope = segment.Scope; source.Scopes[scope].Parent >= 0; scope = source.Scopes[scope].Parent)
        {
            text.Append(CultureInfo.InvariantCulture, $" {source.Scopes[scope].CallLine}");
        }

        return text.ToString();
    }

    private static IEnumerable<ulong> Instructions(string path) =>
        TestEnvironment.Run("objdump", "-d", "--no-show-raw-insn", "-j", ".text", path).Split('\n')
            .Where(l => l.StartsWith("  ", StringComparison.Ordinal) && l.Contains(":\t", StringComparison.Ordinal))
            .Select(l => ulong.Parse(l.AsSpan(0, l.IndexOf(':', StringComparison.Ordinal)).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture));

    private static Dictionary<ulong, (string Own, string All)> LlvmSymbolizer(string path, IEnumerable<ulong> addresses)
    {
        string input = string.Join('\n', addresses.Select(a => $"0x{a:x}"));
        var run = TestEnvironment.Execute("llvm-symbolizer-22", input + "\n", $"--obj={path}", "--output-style=JSON", "--inlines", "--functions=linkage", "--no-demangle");
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        return addresses.Zip(run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)).ToDictionary(l => l.First, l => LinesOf(l.Second));
    }

    /// <summary>Lines from the innermost frame outwards, without and with parts that GCC split off a function and inlined again, which have its first line for a call (ipa-split.cc).</summary>
    private static (string Own, string All) LinesOf(string json)
    {
        using var document = JsonDocument.Parse(json);
        var frames = document.RootElement.GetProperty("Symbol").EnumerateArray()
            .Select(f => (Name: f.GetProperty("FunctionName").GetString(), Line: f.GetProperty("Line").GetInt32(), Start: f.GetProperty("StartLine").GetInt32())).ToList();
        string all = string.Join(' ', frames.Select(f => f.Line));
        for (int i = frames.Count - 1; i > 0; i--)
        {
            if (frames[i].Name == frames[i - 1].Name && frames[i].Line == frames[i].Start)
            {
                frames.RemoveAt(i);
            }
        }

        return (string.Join(' ', frames.Select(f => f.Line)), all);
    }
}
