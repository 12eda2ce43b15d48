using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Numbers;
using Tarax.AutoFdo.Profiles;

namespace Tarax.AutoFdo.Reports;

/// <summary>A function of a profile, and how much of it a binary still has.</summary>
/// <param name="Name">Linkage name.</param>
/// <param name="IsFound">Whether the binary has a function of this name, or code of it inlined into another.</param>
/// <param name="Count">Sum of its counts.</param>
/// <param name="MatchedCount">Sum of the counts at positions that the binary's line table has.</param>
public sealed record MatchedFunction(string Name, bool IsFound, ulong Count, ulong MatchedCount);

/// <summary>
/// How much of an old profile a new build can use: functions are found by name, positions by line and discriminator in the line table of their function, wherever
/// its code lies. When too little matches, it is time to record again.
/// </summary>
public sealed class ProfileMatch
{
    private ProfileMatch(IReadOnlyList<MatchedFunction> functions, int positions, int matchedPositions, bool comparesLinesOnly)
    {
        Functions = functions;
        Positions = positions;
        MatchedPositions = matchedPositions;
        ComparesLinesOnly = comparesLinesOnly;
        foreach (var function in functions)
        {
            Count = SaturatingSum.Of(Count, function.Count);
            MatchedCount = SaturatingSum.Of(MatchedCount, function.MatchedCount);
        }
    }

    /// <summary>The functions of the profile, those that lose most counts first.</summary>
    public IReadOnlyList<MatchedFunction> Functions { get; }

    /// <summary>Number of functions that the binary has.</summary>
    public int FunctionsFound => Functions.Count(f => f.IsFound);

    /// <summary>Number of positions in the profile.</summary>
    public int Positions { get; }

    /// <summary>Number of positions that the binary has.</summary>
    public int MatchedPositions { get; }

    /// <summary>Whether only lines were compared, since the profile has no discriminators.</summary>
    public bool ComparesLinesOnly { get; }

    /// <summary>Sum of all counts.</summary>
    public ulong Count { get; }

    /// <summary>Sum of the counts at positions that the binary has.</summary>
    public ulong MatchedCount { get; }

    /// <summary>The part of the counts that matches: 0 to 1.</summary>
    public double MatchedShare => Count == 0 ? 0 : (double)MatchedCount / Count;

    /// <summary>Compares a profile with a binary.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="binary">The binary, with debug information or with a separate file of it.</param>
    /// <param name="debugDirectories">Folders of separate debug files, searched before <c>/usr/lib/debug</c>.</param>
    /// <exception cref="InvalidFormatException">The binary is not an ELF file, or is damaged.</exception>
    /// <exception cref="ConversionException">It has no debug information.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ProfileMatch Of(SampleProfile profile, string binary, IEnumerable<string>? debugDirectories = null)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(binary);
        using var opened = Binary.Open(binary, debugDirectories);
        return opened.Use(b => Of(profile, b));
    }

    private static ProfileMatch Of(SampleProfile profile, Binary binary)
    {
        var symbolizer = binary.Symbolizer;
        ProfileConversion.CheckDebugInformation(binary);
        bool linesOnly = !profile.Functions.Any(f => f.Body.HasDiscriminators());
        var known = SourcePositions.Of(symbolizer, profile, linesOnly);
        var functions = new List<MatchedFunction>();
        var sum = new Sum(known);
        foreach (var function in profile.Functions)
        {
            var (count, matched) = sum.Add(function.Name, function.Body);
            functions.Add(new MatchedFunction(function.Name, known.Has(function.Name), count, matched));
        }

        functions.Sort((a, b) => (b.Count - b.MatchedCount) != (a.Count - a.MatchedCount)
            ? (b.Count - b.MatchedCount).CompareTo(a.Count - a.MatchedCount)
            : string.CompareOrdinal(a.Name, b.Name));
        return new ProfileMatch(functions, sum.Positions, sum.Matched, linesOnly);
    }

    /// <summary>Positions are looked for in the function that they are of, not in the one that it was inlined into.</summary>
    private sealed class Sum(SourcePositions known)
    {
        public int Positions { get; private set; }

        public int Matched { get; private set; }

        public (ulong Count, ulong Matched) Add(string name, FunctionBody body)
        {
            ulong count = 0;
            ulong matched = 0;
            foreach (var position in body.Positions)
            {
                bool isMatched = known.Has(name, position.Position);
                Positions++;
                Matched += isMatched ? 1 : 0;
                count = SaturatingSum.Of(count, position.Count);
                matched = SaturatingSum.Of(matched, isMatched ? position.Count : 0);
            }

            foreach (var call in body.Calls)
            {
                var inlined = Add(call.Callee, call.Body);
                count = SaturatingSum.Of(count, inlined.Count);
                matched = SaturatingSum.Of(matched, inlined.Matched);
            }

            return (count, matched);
        }
    }
}
