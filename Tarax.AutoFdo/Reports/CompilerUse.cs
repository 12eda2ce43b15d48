using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Numbers;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats.Llvm;

namespace Tarax.AutoFdo.Reports;

/// <summary>A function of a profile, and what a compiler made of it.</summary>
/// <param name="Name">Linkage name.</param>
/// <param name="Count">
/// Sum of its counts: for GCC of its own lines, wherever they were inlined; for Clang of its code with all that was inlined into it.
/// </param>
/// <param name="UsedCount">
/// Sum of those that the compiler found code for, at most <paramref name="Count"/>. For Clang it is a lower bound: the counts of what it does not inline again go to
/// the function that was called.
/// </param>
/// <param name="IsSeen">Whether the compiler's report mentions it.</param>
/// <param name="IsTakenForCold">Whether the compiler took the function itself for one that never runs.</param>
public sealed record UsedFunction(string Name, ulong Count, ulong UsedCount, bool IsSeen, bool IsTakenForCold)
{
    /// <summary>The positions whose counts found code, as the compiler's report says them.</summary>
    internal IReadOnlyList<UsedPosition> Positions { get; init; } = [];
}

/// <summary>
/// What a compiler made of a profile, by its own report: GCC's dump of <c>-fdump-ipa-afdo-details</c>, or Clang's record of <c>-fsave-optimization-record</c>
/// (<c>-foptimization-record-passes=sample-profile</c> is enough). Several files are added up, one for each file that was compiled.
/// </summary>
public sealed class CompilerUse
{
    private const string Format = "compiler's report";

    private CompilerUse(IReadOnlyList<UsedFunction> functions, bool isOfClang)
    {
        Functions = functions;
        KnowsCold = !isOfClang;
        foreach (var function in functions)
        {
            Count = SaturatingSum.Of(Count, function.Count);
            UsedCount = SaturatingSum.Of(UsedCount, function.UsedCount);
            ColdCount = SaturatingSum.Of(ColdCount, function.IsTakenForCold ? function.Count : 0);
            UnseenCount = SaturatingSum.Of(UnseenCount, function.IsSeen ? 0 : function.Count);
        }
    }

    /// <summary>The functions of the profile, those that lose most counts first.</summary>
    public IReadOnlyList<UsedFunction> Functions { get; }

    /// <summary>Sum of all counts.</summary>
    public ulong Count { get; }

    /// <summary>Sum of the counts that the compiler found code for.</summary>
    public ulong UsedCount { get; }

    /// <summary>Whether the report says which functions the compiler took for ones that never run: GCC's does.</summary>
    public bool KnowsCold { get; }

    /// <summary>Sum of the counts of functions that it took for ones that never run, though they have some.</summary>
    public ulong ColdCount { get; }

    /// <summary>Sum of the counts of functions that the report does not mention: they are not in what was compiled, or under another name.</summary>
    public ulong UnseenCount { get; }

    /// <summary>The part of the counts that the compiler used: 0 to 1.</summary>
    public double UsedShare => Count == 0 ? 0 : (double)UsedCount / Count;

    /// <summary>Compares a profile with the compiler's reports.</summary>
    /// <param name="profile">The profile that it read.</param>
    /// <param name="reports">The reports' files; each is read once.</param>
    /// <exception cref="InvalidFormatException">A file is no such report, or some are of GCC and some of Clang.</exception>
    /// <exception cref="ConversionException">The reports say nothing of any function of the profile, or its names are hashes.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static CompilerUse Of(SampleProfile profile, IEnumerable<string> reports)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(reports);
        if (profile.HasHashedNames)
        {
            throw new ConversionException(ConversionFailure.EmptyProfile, "the profile has hashes for names, and the compiler's report has names: write the profile without --md5-names");
        }

        var report = new CompilerReport();
        bool? isOfClang = null;
        foreach (string path in reports)
        {
            // GCC writes an empty dump for a file without functions.
            if (Read(path) is { } file)
            {
                report.Add(file);
                isOfClang = (isOfClang ?? file.IsOfClang) == file.IsOfClang ? file.IsOfClang
                    : throw new InvalidFormatException(Format, "first line", 0, $"{path} is of another compiler than the files before it");
            }
        }

        if (isOfClang is not { } ofClang)
        {
            throw new InvalidFormatException(Format, "first line", 0, "all files are empty: compile with -fdump-ipa-afdo-details (GCC 16) or -fsave-optimization-record (Clang), and with the profile");
        }

        var functions = new List<UsedFunction>();
        foreach (var (name, function) in Counts(profile, ofClang))
        {
            var reported = report.Find(name);
            functions.Add(new UsedFunction(
                function.Name, function.Count, Math.Min(reported?.Count ?? 0, function.Count), reported is not null, reported is { IsCold: true } && function.Count > 0)
            {
                Positions = report.PositionsOf(name),
            });
        }

        if (functions.TrueForAll(f => !f.IsSeen))
        {
            throw new ConversionException(ConversionFailure.EmptyProfile, "the compiler's report says nothing of any function of the profile: is it of a file that was compiled with this profile?");
        }

        functions.Sort((a, b) => Lost(a) != Lost(b) ? Lost(b).CompareTo(Lost(a)) : string.CompareOrdinal(a.Name, b.Name));
        return new CompilerUse(functions, ofClang);
    }

    private static ulong Lost(UsedFunction function) => function.Count - function.UsedCount;

    /// <summary>Null for an empty file.</summary>
    private static FileReport? Read(string path)
    {
        using var lines = TextLines.Of(path, Format).GetEnumerator();
        if (!lines.MoveNext())
        {
            return null;
        }

        return lines.Current.StartsWith(ClangOptimizationRecord.Start, StringComparison.Ordinal)
            ? ClangOptimizationRecord.Read(Rest(lines))
            : GccAnnotationDump.Read(Rest(lines)) ?? throw new InvalidFormatException(
                Format, "first line", 0, $"{path} is neither a dump of GCC's -fdump-ipa-afdo-details (GCC 16) nor a record of Clang's -fsave-optimization-record");
    }

    private static IEnumerable<string> Rest(IEnumerator<string> lines)
    {
        do
        {
            yield return lines.Current;
        }
        while (lines.MoveNext());
    }

    /// <summary>Counts by name in reports.</summary>
    private static SortedDictionary<string, FunctionCount> Counts(SampleProfile profile, bool isByOutermost)
    {
        var counts = new SortedDictionary<string, FunctionCount>(StringComparer.Ordinal);
        foreach (var function in profile.Functions)
        {
            var count = Of(function.Name, counts);
            if (isByOutermost)
            {
                count.Count = SaturatingSum.Of(count.Count, function.Body.TotalCount());
            }
            else
            {
                Add(count, function.Body, counts);
            }
        }

        return counts;
    }

    private static FunctionCount Of(string name, SortedDictionary<string, FunctionCount> counts)
    {
        string key = CloneSuffix.Cut(name);
        if (!counts.TryGetValue(key, out var function))
        {
            function = new FunctionCount(name);
            counts.Add(key, function);
        }

        return function;
    }

    private static void Add(FunctionCount function, FunctionBody body, SortedDictionary<string, FunctionCount> counts)
    {
        foreach (var position in body.Positions)
        {
            function.Count = SaturatingSum.Of(function.Count, position.Count);
        }

        foreach (var call in body.Calls)
        {
            Add(Of(call.Callee, counts), call.Body, counts);
        }
    }

    private sealed class FunctionCount(string name)
    {
        public string Name => name;

        public ulong Count { get; set; }
    }
}
