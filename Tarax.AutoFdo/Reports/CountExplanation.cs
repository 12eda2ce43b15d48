using System.Diagnostics;
using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Profiles;

namespace Tarax.AutoFdo.Reports;

/// <summary>Executions of a branch into or out of a range.</summary>
/// <param name="Address">ELF virtual address of its other end; null outside of the binary.</param>
/// <param name="Count">Executions.</param>
public sealed record ExplainedBranch(ulong? Address, ulong Count);

/// <summary>A straight-line range that covers a piece of code, and the branches at its ends.</summary>
/// <param name="Start">ELF virtual address of its first instruction.</param>
/// <param name="End">ELF virtual address of its last instruction, a taken branch.</param>
/// <param name="Count">Executions.</param>
/// <param name="Into">Branches to its start, the most frequent first.</param>
/// <param name="OutOf">Branches from its end, the most frequent first.</param>
[DebuggerDisplay("{Start,h}-{End,h}: {Count}")]
public sealed record ExplainedRange(
    ulong Start, ulong End, ulong Count, IReadOnlyList<ExplainedBranch> Into, IReadOnlyList<ExplainedBranch> OutOf);

/// <summary>A piece of code with one position.</summary>
/// <param name="Function">The function whose code it is.</param>
/// <param name="InlineStack">The calls inlined into it, the outermost first, as <c>position callee</c>; empty for its own code.</param>
/// <param name="Position">The position in the innermost function.</param>
/// <param name="Start">ELF virtual address of its first byte.</param>
/// <param name="End">Address after its last byte.</param>
/// <param name="Count">
/// Largest number of executions of its bytes; the count of a position is the largest of its pieces, but for GCC no larger than the number of times that its statement begins.
/// </param>
/// <param name="DuplicationFactor">For how many executions of the source one of the code stands.</param>
/// <param name="Ranges">The ranges that cover it, the most frequent first.</param>
public sealed record ExplainedCode(
    string Function, IReadOnlyList<string> InlineStack, SourcePosition Position, ulong Start, ulong End, ulong Count, uint DuplicationFactor, IReadOnlyList<ExplainedRange> Ranges)
{
    /// <summary>The source file of the position; empty where it is not known.</summary>
    public string File { get; init; } = "";

    /// <summary>The line of the position in that file.</summary>
    public uint Line { get; init; }
}

/// <summary>From a count in a profile back to the addresses, ranges and branches behind it.</summary>
public sealed class CountExplanation
{
    private CountExplanation(IReadOnlyList<ExplainedCode> code) => Code = code;

    /// <summary>The pieces of code that have the position, by address.</summary>
    public IReadOnlyList<ExplainedCode> Code { get; }

    /// <summary>Explains the counts of a function, or of one of its lines.</summary>
    /// <param name="counts">The counts that the profile was made of.</param>
    /// <param name="binary">The binary, with debug information or with a separate file of it.</param>
    /// <param name="function">Linkage name of the function; its code is also looked for where it was inlined.</param>
    /// <param name="lineOffset">Lines after the function's first; null for all.</param>
    /// <param name="discriminator">The discriminator; null for all of the line.</param>
    /// <param name="debugDirectories">Folders of separate debug files, searched before <c>/usr/lib/debug</c>.</param>
    /// <exception cref="InvalidFormatException">The binary is not an ELF file, or is damaged.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static CountExplanation Of(
        BinaryCounts counts, string binary, string function, int? lineOffset, uint? discriminator, IEnumerable<string>? debugDirectories = null)
    {
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentNullException.ThrowIfNull(function);
        using var opened = Binary.Open(binary, debugDirectories);
        return opened.Use(b => Of(counts, b.Symbolizer, function, lineOffset, discriminator));
    }

    private static CountExplanation Of(BinaryCounts counts, Symbolizer symbolizer, string function, int? lineOffset, uint? discriminator)
    {
        var executed = new ExecutedCode(counts, symbolizer);
        var code = new List<ExplainedCode>();
        foreach (var counted in executed.Functions())
        {
            var source = symbolizer.Source(counted);
            foreach (var segment in source.Segments)
            {
                var described = source.Scopes[segment.Scope].Function;
                string name = segment.Scope == 0 ? counted.Name : described.Name;
                var position = new SourcePosition((int)(segment.Line - described.DeclarationLine), segment.Discriminator);
                if (name == function && (lineOffset is null || (position.LineOffset & 0xffff) == (lineOffset & 0xffff))
                    && (discriminator is null || position.Discriminator == discriminator))
                {
                    code.Add(new ExplainedCode(
                        counted.Name, StackOf(source, segment.Scope), position, segment.Start, segment.End,
                        executed.LargestCount(counted, segment.Start, segment.End), segment.DuplicationFactor, executed.RangesOver(counted, segment.Start, segment.End))
                    { File = described.File, Line = segment.Line });
                }
            }
        }

        code.Sort((a, b) => a.Start.CompareTo(b.Start));
        return new CountExplanation(code);
    }

    private static List<string> StackOf(FunctionSource source, int scope)
    {
        var stack = new List<string>();
        for (; source.Scopes[scope].Parent >= 0; scope = source.Scopes[scope].Parent)
        {
            ref readonly var called = ref source.Scopes[scope];
            var position = new SourcePosition((int)(called.CallLine - source.Scopes[called.Parent].Function.DeclarationLine), called.CallDiscriminator);
            stack.Insert(0, $"{position} {called.Function.Name}");
        }

        return stack;
    }
}
