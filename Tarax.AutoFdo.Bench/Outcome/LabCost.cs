using System.Globalization;
using System.Text.RegularExpressions;

namespace Tarax.AutoFdo.Bench.Outcome;

/// <summary>What a program's runs cost: events that the QEMU plugin counts exactly, with caches that it simulates.</summary>
/// <param name="Instructions">Instructions of the program.</param>
/// <param name="TakenBranches">Branches that went elsewhere than to the next instruction.</param>
/// <param name="InstructionCacheMisses">Misses of 32 KiB in 8 ways of 64 bytes.</param>
/// <param name="InstructionTlbMisses">Misses of 64 pages of 4 KiB in 8 ways.</param>
internal sealed partial record LabCost(ulong Instructions, ulong TakenBranches, ulong InstructionCacheMisses, ulong InstructionTlbMisses)
{
    /// <summary>
    /// All in one figure, in instructions. The weights were set before anything was measured: a processor that does two instructions in a cycle loses one cycle where
    /// a branch ends what it fetches, ten where the second-level cache has to answer, and ten for a page that the second-level TLB knows.
    /// </summary>
    public double Combined => Instructions + (2.0 * TakenBranches) + (20.0 * InstructionCacheMisses) + (20.0 * InstructionTlbMisses);

    /// <summary>Sum.</summary>
    public static LabCost operator +(LabCost a, LabCost b) => new(
        a.Instructions + b.Instructions, a.TakenBranches + b.TakenBranches, a.InstructionCacheMisses + b.InstructionCacheMisses, a.InstructionTlbMisses + b.InstructionTlbMisses);

    /// <summary>Reads what the plugin wrote.</summary>
    public static LabCost Of(string statistics)
    {
        ulong Figure(string name) => ulong.Parse(Line().Matches(statistics).First(m => m.Groups[1].Value == name).Groups[2].ValueSpan, CultureInfo.InvariantCulture);
        return new LabCost(Figure("insns"), Figure("taken"), Figure("icache_misses"), Figure("itlb_misses"));
    }

    [GeneratedRegex(@"^qemu-lbr\.([\w.]+) (\d+)", RegexOptions.Multiline)]
    private static partial Regex Line();
}
