using Tarax.AutoFdo.Profiles.Gcov;
using Tarax.AutoFdo.Profiles.Llvm;
using Tarax.AutoFdo.Samples;

namespace Tarax.AutoFdo.Profiles;

/// <summary>A function of a profile, and what a compiler made of it.</summary>
/// <param name="Name">Linkage name.</param>
/// <param name="Count">
/// Sum of its counts: for GCC of its own lines, wherever they were inlined; for Clang of its code with all that was inlined into it.
/// </param>
/// <param name="UsedCount">
/// Sum of those that the compiler found code for. For Clang it can be larger: the counts of what it does not inline again go to the function that was called.
/// </param>
/// <param name="IsSeen">Whether the compiler's report mentions it.</param>
/// <param name="IsTakenForCold">Whether the compiler took the function itself for one that never runs.</param>
public sealed record UsedFunction(string Name, ulong Count, ulong UsedCount, bool IsSeen, bool IsTakenForCold);

/// <summary>
/// What a compiler made of a profile, by its own report: GCC's dump of <c>-fdump-ipa-afdo-details</c>, or Clang's record of <c>-fsave-optimization-record</c>
/// (<c>-foptimization-record-passes=sample-profile</c> is enough). Several files are added up, one for each file that was compiled.
/// </summary>
public sealed class CompilerUse
{
    private CompilerUse(IReadOnlyList<UsedFunction> functions)
    {
        Functions = functions;
        foreach (var function in functions)
        {
            Count = SaturatingSum.Of(Count, function.Count);
            UsedCount = SaturatingSum.Of(UsedCount, function.UsedCount);
            ColdCount = SaturatingSum.Of(ColdCount, function.IsTakenForCold ? function.Count : 0);
            UnseenCount = SaturatingSum.Of(UnseenCount, function.IsSeen ? 0 : function.Count);
        }

        UsedCount = Math.Min(UsedCount, Count);
    }

    /// <summary>The functions of the profile, those that lose most counts first.</summary>
    public IReadOnlyList<UsedFunction> Functions { get; }

    /// <summary>Sum of all counts.</summary>
    public ulong Count { get; }

    /// <summary>Sum of the counts that the compiler found code for.</summary>
    public ulong UsedCount { get; }

    /// <summary>Sum of the counts of functions that it took for ones that never run, though they have some.</summary>
    public ulong ColdCount { get; }

    /// <summary>Sum of the counts of functions that the report does not mention: they are not in what was compiled, or under another name.</summary>
    public ulong UnseenCount { get; }

    /// <summary>The part of the counts that the compiler used: 0 to 1.</summary>
    public double UsedShare => Count == 0 ? 0 : (double)UsedCount / Count;

    /// <summary>Compares a profile with the compiler's reports.</summary>
    /// <param name="profile">The profile that it read.</param>
    /// <param name="reports">The reports' files.</param>
    /// <exception cref="InvalidFormatException">A file is no such report.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static CompilerUse Of(SampleProfile profile, IEnumerable<string> reports)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(reports);
        var report = new CompilerReport();
        foreach (string path in reports)
        {
            if (!TryRead(path, GccAnnotationDump.TryRead, report) && !TryRead(path, ClangOptimizationRecord.TryRead, report))
            {
                throw new InvalidFormatException(
                    "compiler's report", "first line", 0, $"{path} is neither a dump of GCC's -fdump-ipa-afdo-details (GCC 16) nor a record of Clang's -fsave-optimization-record");
            }
        }

        var counts = new SortedDictionary<string, FunctionCount>(StringComparer.Ordinal);
        foreach (var function in profile.Functions)
        {
            var count = Of(function.Name, counts);
            if (report.IsByOutermost)
            {
                count.Count = SaturatingSum.Of(count.Count, function.Body.TotalCount());
            }
            else
            {
                Add(count, function.Body, counts);
            }
        }

        var functions = new List<UsedFunction>(counts.Count);
        foreach (var (name, function) in counts)
        {
            // A function that several files of a program have is compiled in each.
            var reported = report.Find(name);
            ulong used = report.IsByOutermost ? reported?.Count ?? 0 : Math.Min(reported?.Count ?? 0, function.Count);
            functions.Add(new UsedFunction(function.Name, function.Count, used, reported is not null, reported is { IsCold: true } && function.Count > 0));
        }

        functions.Sort((a, b) => Lost(a) != Lost(b) ? Lost(b).CompareTo(Lost(a)) : string.CompareOrdinal(a.Name, b.Name));
        return new CompilerUse(functions);
    }

    private static ulong Lost(UsedFunction function) => function.Count - Math.Min(function.Count, function.UsedCount);

    private static bool TryRead(string path, Func<TextReader, CompilerReport, bool> read, CompilerReport report)
    {
        using var reader = new StreamReader(path);
        return read(reader, report);
    }

    private static FunctionCount Of(string name, SortedDictionary<string, FunctionCount> counts)
    {
        string key = CompilerReport.NameInReports(name);
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
