using Tarax.AutoFdo.Samples;
using Tarax.AutoFdo.Symbolization;

namespace Tarax.AutoFdo.Profiles;

/// <summary>What was left out while a profile was built, in executions of ranges and branches.</summary>
internal sealed class BuildStatistics
{
    /// <summary>Executions of ranges that begin in the binary's code.</summary>
    public ulong Ranges { get; set; }

    /// <summary>Of these, outside of the executable segments.</summary>
    public ulong RangesOutsideCode { get; set; }

    /// <summary>Of these, in code that the debug information does not describe.</summary>
    public ulong RangesWithoutFunction { get; set; }

    /// <summary>Of these, past the end of their function, where they were cut.</summary>
    public ulong RangesCrossingFunctions { get; set; }

    /// <summary>Executions in code without debug information, by symbol.</summary>
    public Dictionary<string, ulong> WithoutDebugInformation { get; } = new(StringComparer.Ordinal);

    /// <summary>Functions that ran too little to be written.</summary>
    public int FunctionsBelowThreshold { get; set; }

    /// <summary>Producers of the units of the functions that were counted, with their weight.</summary>
    public Dictionary<string, ulong> Producers { get; } = new(StringComparer.Ordinal);
}

/// <summary>
/// Joins counts and symbols: a source profile from what ran where. Counts are kept by function, not by name, until the end.
/// </summary>
internal sealed class ProfileBuilder
{
    /// <summary>
    /// A function is written where its ranges, each counted by its bytes, weigh more than this. It is create_gcov's rule, and keeps
    /// out functions that were seen once or twice.
    /// </summary>
    private const ulong WeightThreshold = 10;

    private readonly Symbolizer _symbolizer;
    private readonly Dictionary<CodeFunction, FunctionCounts> _counts = [];

    private ProfileBuilder(Symbolizer symbolizer) => _symbolizer = symbolizer;

    private BuildStatistics Statistics { get; } = new();

    /// <summary>Builds the profile of a binary.</summary>
    /// <param name="counts">What ran, by file offset.</param>
    /// <param name="symbolizer">Its symbols and debug information.</param>
    /// <param name="minimumCount">Functions whose positions all ran less often than this are left out.</param>
    public static (SampleProfile Profile, BuildStatistics Statistics) Build(BinaryCounts counts, Symbolizer symbolizer, ulong minimumCount)
    {
        var builder = new ProfileBuilder(symbolizer);
        builder.AssignRanges(counts.Ranges);
        builder.AssignSamples(counts.Samples);
        var written = new Dictionary<CodeFunction, FunctionCounts>();
        foreach (var (function, functionCounts) in builder._counts)
        {
            if (functionCounts.Weight > WeightThreshold && function.Name.Length > 0)
            {
                written.Add(function, functionCounts);
            }
        }

        builder.Statistics.FunctionsBelowThreshold = builder._counts.Count - written.Count;
        builder.AssignBranches(counts.Branches, written);
        builder.AssignEntries(counts.Entries, written);
        var functions = written.Keys.Select(f => builder.Build(f, written[f])).Where(f => f.Body.MaximumCount() >= minimumCount);
        return (new SampleProfile(functions), builder.Statistics);
    }

    private void AssignRanges(IReadOnlyList<RangeCount> ranges)
    {
        foreach (var range in ranges)
        {
            Statistics.Ranges = SaturatingSum.Of(Statistics.Ranges, range.Count);
            if (!_symbolizer.TryGetVirtualAddress(range.Begin, out ulong begin))
            {
                Statistics.RangesOutsideCode = SaturatingSum.Of(Statistics.RangesOutsideCode, range.Count);
                continue;
            }

            var function = _symbolizer.FindFunction(begin);
            if (function?.PartAt(begin) is not { } part)
            {
                Statistics.RangesWithoutFunction = SaturatingSum.Of(Statistics.RangesWithoutFunction, range.Count);
                string symbol = _symbolizer.FindSymbol(begin)?.Aliases[0].Name ?? "";
                Statistics.WithoutDebugInformation[symbol] = SaturatingSum.Of(Statistics.WithoutDebugInformation.GetValueOrDefault(symbol), range.Count);
                continue;
            }

            ulong length = range.End - range.Begin;
            ulong lengthInPart = part.End - 1 - begin;
            if (length > lengthInPart)
            {
                Statistics.RangesCrossingFunctions = SaturatingSum.Of(Statistics.RangesCrossingFunctions, range.Count);
            }

            var counts = CountsOf(function);
            counts.Ranges.Add(new ExecutedRange(begin, begin + Math.Min(length, lengthInPart), range.Count));
            counts.Weight += (UInt128)range.Count * ((UInt128)length + 1);
            counts.FirstTime = ProfileTransformation.Earliest(counts.FirstTime, range.FirstTime);
            string producer = function.Debug.Unit.Producer;
            Statistics.Producers[producer] = SaturatingSum.Of(Statistics.Producers.GetValueOrDefault(producer), range.Count);
        }
    }

    /// <summary>Samples add nothing to the counts where there are branch stacks, but they may have seen a function first.</summary>
    private void AssignSamples(IReadOnlyList<AddressCount> samples)
    {
        foreach (var sample in samples)
        {
            if (sample.FirstTime != 0 && _symbolizer.TryGetVirtualAddress(sample.Address, out ulong address)
                && _symbolizer.FindFunction(address) is { } function && _counts.TryGetValue(function, out var counts))
            {
                counts.FirstTime = ProfileTransformation.Earliest(counts.FirstTime, sample.FirstTime);
            }
        }
    }

    private void AssignBranches(IReadOnlyList<BranchCount> branches, Dictionary<CodeFunction, FunctionCounts> written)
    {
        foreach (var branch in branches)
        {
            if (!_symbolizer.TryGetVirtualAddress(branch.To, out ulong to)
                || _symbolizer.FindFunction(to) is not { } callee || callee.Entry != to || !written.TryGetValue(callee, out var calleeCounts))
            {
                continue;
            }

            var caller = _symbolizer.TryGetVirtualAddress(branch.From, out ulong from) ? _symbolizer.FindFunction(from) : null;

            // A jump from the cold part of a function back to its first instruction is no call.
            if (caller == callee && callee.PartAt(from) != callee.PartAt(to))
            {
                continue;
            }

            calleeCounts.HeadCount = SaturatingSum.Of(calleeCounts.HeadCount, branch.Count);
            if (caller is not null && written.TryGetValue(caller, out var callerCounts))
            {
                callerCounts.Calls.Add((from, callee, branch.Count));
            }
        }
    }

    private void AssignEntries(IReadOnlyList<AddressCount> entries, Dictionary<CodeFunction, FunctionCounts> written)
    {
        foreach (var entry in entries)
        {
            if (_symbolizer.TryGetVirtualAddress(entry.Address, out ulong to)
                && _symbolizer.FindFunction(to) is { } callee && callee.Entry == to && written.TryGetValue(callee, out var counts))
            {
                counts.HeadCount = SaturatingSum.Of(counts.HeadCount, entry.Count);
            }
        }
    }

    private FunctionCounts CountsOf(CodeFunction function)
    {
        if (!_counts.TryGetValue(function, out var counts))
        {
            counts = new FunctionCounts();
            _counts.Add(function, counts);
        }

        return counts;
    }

    private FunctionProfile Build(CodeFunction function, FunctionCounts counts)
    {
        var source = _symbolizer.Source(function);
        var bodies = new BodyAccumulator?[source.Scopes.Length];
        bodies[0] = new BodyAccumulator();
        var executed = counts.CountsOf(source.Segments);
        for (int i = 0; i < source.Segments.Length; i++)
        {
            ref readonly var segment = ref source.Segments[i];
            if (BodyOf(source, bodies, segment.Scope) is { } body && PositionOf(source, segment) is { } position)
            {
                body.AddCount(position, executed[i], segment.End - segment.Start, CountRule.Maximum);
            }
        }

        foreach (var (from, callee, count) in counts.Calls)
        {
            int index = Array.BinarySearch(source.Segments, new CodeSegment(from, 0, 0, 0, 0), SegmentByAddress.Instance);
            index = index < 0 ? ~index - 1 : index;
            if (index >= 0 && from < source.Segments[index].End
                && BodyOf(source, bodies, source.Segments[index].Scope) is { } body && PositionOf(source, source.Segments[index]) is { } position)
            {
                body.AddTarget(position, callee.Name, count);
            }
        }

        return new FunctionProfile(function.Name, source.Scopes[0].Function.File, counts.HeadCount, counts.FirstTime, bodies[0]!.ToBody());
    }

    /// <summary>Where a piece of code lies in its innermost function; null where that function's first line is not known.</summary>
    private static SourcePosition? PositionOf(FunctionSource source, in CodeSegment segment)
    {
        uint first = source.Scopes[segment.Scope].Function.DeclarationLine;
        return first == 0 ? null : new SourcePosition((int)(segment.Line - first), segment.Discriminator);
    }

    /// <summary>The counts of a scope, within those of what it was inlined into; null where the call's place or name is not known.</summary>
    private static BodyAccumulator? BodyOf(FunctionSource source, BodyAccumulator?[] bodies, int scope)
    {
        if (bodies[scope] is { } known)
        {
            return known;
        }

        ref readonly var called = ref source.Scopes[scope];
        if (called.CallLine == 0 || called.Function.Name.Length == 0 || BodyOf(source, bodies, called.Parent) is not { } parent)
        {
            return null;
        }

        // Functions that the compiler made itself have no line; what is inlined into them stands at their start.
        uint first = source.Scopes[called.Parent].Function.DeclarationLine;
        int offset = first == 0 ? 0 : (int)(called.CallLine - first);
        return bodies[scope] = parent.CallAt(new SourcePosition(offset, called.CallDiscriminator), called.Function.Name, called.Function.File);
    }

    private readonly record struct ExecutedRange(ulong Begin, ulong End, ulong Count);

    /// <summary>What ran of one function.</summary>
    private sealed class FunctionCounts
    {
        public List<ExecutedRange> Ranges { get; } = [];

        public List<(ulong From, CodeFunction Callee, ulong Count)> Calls { get; } = [];

        public UInt128 Weight { get; set; }

        public ulong HeadCount { get; set; }

        public ulong FirstTime { get; set; }

        /// <summary>
        /// For each segment the largest number of executions among its bytes. A range covers its bytes from the begin to the first byte
        /// of its last instruction.
        /// </summary>
        public ulong[] CountsOf(CodeSegment[] segments)
        {
            // Every place where the number of running ranges changes, in order.
            var changes = new List<(ulong Address, bool IsEnd, ulong Count)>(Ranges.Count * 2);
            foreach (var range in Ranges)
            {
                changes.Add((range.Begin, false, range.Count));
                changes.Add((range.End + 1, true, range.Count));
            }

            changes.Sort((a, b) => a.Address.CompareTo(b.Address));
            var result = new ulong[segments.Length];
            UInt128 running = 0;
            int next = 0;
            for (int i = 0; i < segments.Length; i++)
            {
                while (next < changes.Count && changes[next].Address <= segments[i].Start)
                {
                    Apply(ref running, ref next, changes);
                }

                var maximum = running;
                while (next < changes.Count && changes[next].Address < segments[i].End)
                {
                    Apply(ref running, ref next, changes);
                    maximum = UInt128.Max(maximum, running);
                }

                result[i] = (ulong)UInt128.Min(maximum, ulong.MaxValue);
            }

            return result;
        }

        /// <summary>Applies all changes at one address.</summary>
        private static void Apply(ref UInt128 running, ref int next, List<(ulong Address, bool IsEnd, ulong Count)> changes)
        {
            ulong address = changes[next].Address;
            for (; next < changes.Count && changes[next].Address == address; next++)
            {
                running = changes[next].IsEnd ? running - changes[next].Count : running + changes[next].Count;
            }
        }
    }

    private sealed class SegmentByAddress : IComparer<CodeSegment>
    {
        public static readonly SegmentByAddress Instance = new();

        public int Compare(CodeSegment x, CodeSegment y) => x.Start.CompareTo(y.Start);
    }
}
