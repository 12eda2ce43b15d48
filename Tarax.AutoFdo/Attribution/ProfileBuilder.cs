using System.Collections.Concurrent;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Numbers;
using Tarax.AutoFdo.Profiles;

namespace Tarax.AutoFdo.Attribution;

/// <summary>
/// Joins counts and symbols: a source profile from what ran where. Counts are kept by function, not by name, until the end.
/// </summary>
internal sealed class ProfileBuilder
{
    private const int FunctionsForThreads = 32;

    private readonly Symbolizer _symbolizer;
    private readonly IReadOnlyList<RangeCount> _ranges;
    private readonly int _threads;
    private readonly BinaryCounts _binaryCounts;
    private readonly ExecutedBytes _bytes;
    private readonly BranchKinds? _branchKinds;
    private readonly Dictionary<CodeFunction, FunctionCounts> _counts = [];
    private readonly Lazy<ILookup<ulong, (ulong From, ulong Count)>> _branchesTo;
    private IReadOnlyCollection<(FunctionProfile Profile, UInt128 Bytes)> _functions = [];
    private AttributionChoices _choices = new();
    private byte[] _lastLengths = [];
    private int _positionsLeftOut;

    private ProfileBuilder(BinaryCounts counts, Symbolizer symbolizer, int threads, ExecutedBytes bytes, BranchKinds? branchKinds)
    {
        (_binaryCounts, _bytes, _branchKinds) = (counts, bytes, branchKinds);
        _symbolizer = symbolizer;
        _ranges = counts.Ranges;
        _branchesTo = new(BranchesByTarget);
        _threads = threads;
    }

    /// <summary>What is known of the code that ran, and, when the profile is built, what was left out of it.</summary>
    public BuildStatistics Statistics { get; } = new();

    /// <summary>The functions of the profile that was built, by name; those of one name, in several files, each for itself.</summary>
    public IReadOnlyList<FunctionProfile> Functions() =>
        [.. _functions.Select(f => f.Profile).OrderBy(f => f.Name, StringComparer.Ordinal).ThenBy(f => f.File, StringComparer.Ordinal).ThenBy(f => f.StartLine)];

    /// <summary>Finds out whose code ran.</summary>
    /// <param name="counts">What ran, by file offset.</param>
    /// <param name="symbolizer">The binary's symbols and debug information.</param>
    /// <param name="threads">Number of threads; the result does not depend on it.</param>
    /// <param name="bytes">Where what became of all that ran is summed up; null where nobody asks.</param>
    /// <param name="branchKinds">Knows what branches are; null where the code is not at hand.</param>
    public static ProfileBuilder Of(BinaryCounts counts, Symbolizer symbolizer, int threads = 1, ExecutedBytes? bytes = null, BranchKinds? branchKinds = null)
    {
        var builder = new ProfileBuilder(counts, symbolizer, threads, bytes ?? new ExecutedBytes(), branchKinds);
        symbolizer.ReadUnits(builder.Addresses(), threads);
        builder.AssignRanges();
        return builder;
    }

    /// <summary>Builds the profile, once.</summary>
    /// <param name="choices">How code is counted.</param>
    /// <param name="minimumCount">Functions whose positions all ran less often than this are left out.</param>
    public SampleProfile Build(AttributionChoices choices, ulong minimumCount = 0)
    {
        _choices = choices;
        ForEach([.. _counts.Keys], function => _ = function.Name);
        AssignSamples(_binaryCounts.Samples);
        var written = Written();
        Statistics.FunctionsBelowThreshold = _counts.Count - written.Count;
        AssignBranches(_binaryCounts.Branches, written);
        AssignEntries(_binaryCounts.Entries, written);
        _lastLengths = _choices.CountsWholeInstructions ? LastLengths(written.Values) : [];
        _choices.Filter?.Prepare([.. written.Keys]);
        _choices.Pieces?.Prepare([.. written.Keys]);
        var functions = new ConcurrentBag<(FunctionProfile Profile, UInt128 Bytes)>();
        ForEach([.. written.Keys], function =>
        {
            var profile = Build(function, written[function], out var became);
            if (profile.Body.MaximumCount() < minimumCount)
            {
                _bytes.AddLeftOut(LeftOutReason.BelowMinimumCount, written[function].Bytes);
                return;
            }

            _bytes.Add(became);
            if (profile.Body.Positions.Count > 0 || profile.Body.Calls.Count > 0)
            {
                functions.Add((profile, written[function].Bytes));
            }
        });
        Statistics.PositionsLeftOut = _positionsLeftOut;
        NoteSameNames(functions, Statistics);
        _functions = functions;
        return new SampleProfile(functions.Select(f => f.Profile));
    }

    /// <summary>The functions that ran enough, and have a name.</summary>
    private Dictionary<CodeFunction, FunctionCounts> Written()
    {
        var written = new Dictionary<CodeFunction, FunctionCounts>();
        foreach (var (function, functionCounts) in _counts)
        {
            if (functionCounts.Weight > _choices.LargestWeightLeftOut && function.Name.Length > 0)
            {
                written.Add(function, functionCounts);
            }
            else
            {
                _bytes.AddLeftOut(function.Name.Length == 0 ? LeftOutReason.NoName : LeftOutReason.BelowThreshold, functionCounts.Bytes);
            }
        }

        return written;
    }

    /// <summary>Statics of one name in several files. Compilers have one profile for them, or one for each file.</summary>
    private static void NoteSameNames(IEnumerable<(FunctionProfile Profile, UInt128 Bytes)> functions, BuildStatistics statistics)
    {
        foreach (var named in functions.GroupBy(f => CloneSuffix.Cut(f.Profile.Name), StringComparer.Ordinal))
        {
            if (named.Select(f => f.Profile.File).Where(f => f.Length > 0).Distinct(StringComparer.Ordinal).Skip(1).Any())
            {
                statistics.SameNames[named.Key] = named.Aggregate((UInt128)0, (sum, f) => sum + f.Bytes);
            }
        }
    }

    /// <summary>Threads take a few milliseconds to start, in which one alone is done with few functions.</summary>
    private void ForEach(CodeFunction[] functions, Action<CodeFunction> action) =>
        ParallelLoop.Run(functions.Length, functions.Length < FunctionsForThreads ? 1 : _threads, i => action(functions[i]));

    /// <summary>ELF virtual addresses of the ranges, in their order.</summary>
    private IEnumerable<ulong> Addresses()
    {
        ulong start = 0;
        ulong length = 0;
        ulong address = 0;
        foreach (var range in _ranges)
        {
            if (range.Start - start >= length && !_symbolizer.TryGetVirtualAddress(start = range.Start, out address, out length))
            {
                length = 0;
                continue;
            }

            yield return range.Start - start + address;
        }
    }

    /// <summary>Gives each range to the function that it begins in. Ranges ascend, so many in a row are of one part of a function.</summary>
    private void AssignRanges()
    {
        ulong knownFrom = 0;
        ulong knownLength = 0;
        FunctionRange? functionRange = null;
        FunctionCounts? counts = null;
        for (int i = 0; i < _ranges.Count; i++)
        {
            var range = _ranges[i];
            Statistics.Ranges = SaturatingSum.Of(Statistics.Ranges, range.Count);
            UInt128 executed = (UInt128)range.Count * ((UInt128)(range.End - range.Start) + 1);
            _bytes.AddExecuted(executed);
            if (range.Start - knownFrom >= knownLength)
            {
                knownFrom = range.Start;
                functionRange = null;
                counts = null;
                if (_symbolizer.TryGetVirtualAddress(range.Start, out ulong address, out knownLength))
                {
                    functionRange = _symbolizer.FindFunctionRange(address);
                    knownLength = Math.Min(knownLength, functionRange.Value.End - address);
                    counts = functionRange.Value.Function is { } function ? CountsOf(function) : null;
                    counts?.Slices.Add(new RangeSlice(i, 0, address - range.Start, functionRange.Value.Part.End));
                }
            }

            if (functionRange is not { } known)
            {
                Statistics.RangesOutsideCode = SaturatingSum.Of(Statistics.RangesOutsideCode, range.Count);
                _bytes.AddLeftOut(LeftOutReason.OutsideCode, executed);
            }
            else if (counts is null)
            {
                NoteWithoutFunction(range.Start - knownFrom + known.Start, range.Count, executed);
            }
            else
            {
                var slice = counts.Slices[^1];
                counts.Slices[^1] = slice with { Count = slice.Count + 1 };
                ulong length = range.End - range.Start;
                ulong room = slice.PartEnd - 1 - (range.Start + slice.Bias);
                if (length > room)
                {
                    Statistics.RangesCrossingFunctions = SaturatingSum.Of(Statistics.RangesCrossingFunctions, range.Count);
                    _bytes.AddLeftOut(LeftOutReason.PastFunctionEnd, (UInt128)range.Count * (length - room));
                }

                counts.Executions = SaturatingSum.Of(counts.Executions, range.Count);
                counts.Weight += executed;
                counts.Bytes += (UInt128)range.Count * ((UInt128)Math.Min(length, room) + 1);
                counts.FirstTime = ProfileTransformation.Earliest(counts.FirstTime, range.FirstTime);
            }
        }

        foreach (var (function, functionCounts) in _counts)
        {
            string producer = function.Debug.Unit.Producer;
            Statistics.Producers[producer] = SaturatingSum.Of(Statistics.Producers.GetValueOrDefault(producer), functionCounts.Executions);
        }
    }

    private void NoteWithoutFunction(ulong address, ulong count, UInt128 executed)
    {
        if (_symbolizer.IsLinkerStub(address))
        {
            Statistics.RangesInStubs = SaturatingSum.Of(Statistics.RangesInStubs, count);
            _bytes.AddLeftOut(LeftOutReason.LinkerStubs, executed);
            return;
        }

        _bytes.AddLeftOut(LeftOutReason.NoFunction, executed);
        Statistics.RangesWithoutFunction = SaturatingSum.Of(Statistics.RangesWithoutFunction, count);
        string symbol = _symbolizer.FindSymbol(address)?.Aliases[0].Name ?? "";
        Statistics.WithoutDebugInformation[symbol] = Statistics.WithoutDebugInformation.GetValueOrDefault(symbol) + executed;
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
        // Few branches go to the start of a function; of the others nothing need be known.
        var entries = written.Keys.Select(f => f.Entry).ToHashSet();
        var forwarding = new Dictionary<CodeFunction, CodeFunction>();
        foreach (var branch in branches)
        {
            if (!_symbolizer.TryGetVirtualAddress(branch.To, out ulong to) || !entries.Contains(to)
                || _symbolizer.FindFunction(to) is not { } callee || callee.Entry != to || !written.TryGetValue(callee, out var calleeCounts))
            {
                continue;
            }

            var caller = _symbolizer.TryGetVirtualAddress(branch.From, out ulong from) ? _symbolizer.FindFunction(from) : null;
            var kind = caller is null ? BranchKind.Unknown : _branchKinds?.KindAt(from) ?? BranchKind.Unknown;
            if (caller?.ThunkFor is { } function && callee != caller && (callee == function || callee.IsThunkFor(function)) && (kind != BranchKind.Call || caller.CallsOn))
            {
                forwarding[caller] = callee;
                continue;
            }

            if (caller == callee && !EntersItself(kind, callee, from, to))
            {
                continue;
            }

            // The function of the source was entered when the coroutine began; that it goes on is no call of it.
            if (callee.IsResumed)
            {
                continue;
            }

            calleeCounts.HeadCount = SaturatingSum.Of(calleeCounts.HeadCount, branch.Count);
            if (kind is not (BranchKind.Interrupt or BranchKind.Return) && caller is not null && written.TryGetValue(caller, out var callerCounts))
            {
                callerCounts.Calls.Add((from, callee, branch.Count));
            }
        }

        LeaveOutForwarding(forwarding, written);
    }

    /// <summary>What comes to a thunk that goes on to its function, or to another thunk of it, enters the function there, and nothing of the function's own code runs in it.</summary>
    private void LeaveOutForwarding(Dictionary<CodeFunction, CodeFunction> thunks, Dictionary<CodeFunction, FunctionCounts> written)
    {
        foreach (var (thunk, target) in thunks)
        {
            var function = target;
            for (int i = 0; i < thunks.Count && thunks.TryGetValue(function, out var next); i++)
            {
                function = next;
            }

            if (written.Remove(thunk, out var counts))
            {
                _bytes.AddLeftOut(LeftOutReason.Thunks, counts.Bytes);
                if (written.TryGetValue(function, out var entered))
                {
                    entered.HeadCount = SaturatingSum.Of(entered.HeadCount, counts.HeadCount);
                }
            }
        }
    }

    /// <summary>
    /// Whether a branch from a function to its own first instruction enters it anew, as the instruction says: a call does, from whatever part; a jump does where it cannot be that of a loop, which
    /// begins with the function. Where the instruction is not known, a branch from another part is none.
    /// </summary>
    private bool EntersItself(BranchKind kind, CodeFunction function, ulong from, ulong to) => kind switch
    {
        BranchKind.Call => true,
        BranchKind.Jump => _branchKinds!.HasPrologueAt(to) && function.PartAt(from) == function.PartAt(to),
        BranchKind.Unknown => function.PartAt(from) == function.PartAt(to),
        _ => false,
    };

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

    private FunctionProfile Build(CodeFunction function, FunctionCounts counts, out FunctionBytes became)
    {
        became = default;
        UInt128 described = 0;
        var source = _symbolizer.Source(function, _choices.ByColumn);
        var bodies = new BodyAccumulator?[source.Scopes.Length];
        bodies[0] = new BodyAccumulator();
        var ranges = new ExecutedRanges(counts.Slices, _ranges);
        var executed = ranges.CountsOf(source.Segments);
        bool[] misleads = _choices.Filter?.LeftOut(function, source, executed) ?? [];
        ulong[] pieces = _choices.Pieces?.Of(function, source) ?? [];
        var totals = new ulong[source.Scopes.Length];
        bool isWhole = _choices.CountsWholeInstructions;
        for (int i = 0; i < source.Segments.Length; i++)
        {
            ref readonly var segment = ref source.Segments[i];
            UInt128 executedBytes = executed[i].ExactOfBytes;
            described += executedBytes;
            if (BodyOf(source, bodies, segment.Scope) is { } body && PositionOf(source, segment) is { } position)
            {
                totals[segment.Scope] = SaturatingSum.Of(totals[segment.Scope], SaturatingSum.Times(executed[i].OfBytes, isWhole ? 1 : segment.DuplicationFactor));
                if (misleads.Length > 0 && misleads[i])
                {
                    became.Suppressed += executedBytes;
                    body.AddWithoutCount(position, segment.End - segment.Start);
                    continue;
                }

                became.InPositions += executedBytes;
                NoteUnknownName(source, segment.Scope, executedBytes);
                AddTo(body, position, segment, SaturatingSum.Times(executed[i].Maximum, segment.DuplicationFactor));
                if (pieces.Length > 0)
                {
                    body.AddPiece(position, pieces[i], SaturatingSum.Times(executed[i].Maximum, segment.DuplicationFactor));
                }
            }
            else if (executedBytes > 0)
            {
                AddWithoutPosition(ref became, source, segment, executedBytes, function);
            }
        }

        became.NoRow = counts.Bytes - described;
        if (became.NoRow > 0)
        {
            Statistics.WithoutRow.AddOrUpdate(function.Name, became.NoRow, (_, sum) => sum + counts.Bytes - described);
        }

        if (isWhole)
        {
            AddLastInstructions(source, counts.Slices, totals);
        }

        AddTotals(source, bodies, totals);
        AddEntries(function, source, bodies, ranges);

        foreach (var (from, callee, count) in counts.Calls)
        {
            if (source.SegmentAt(from) is >= 0 and var index
                && BodyOf(source, bodies, source.Segments[index].Scope) is { } body && PositionOf(source, source.Segments[index]) is { } position)
            {
                body.AddTarget(position, callee.Name, count);
            }
        }

        var whole = bodies[0]!.ToBody();
        foreach (var part in bodies)
        {
            Interlocked.Add(ref _positionsLeftOut, part?.PositionsLeftOut ?? 0);
        }

        return new FunctionProfile(function.Name, source.Scopes[0].Function.File, counts.HeadCount, counts.FirstTime, whole) { StartLine = source.Scopes[0].Function.DeclarationLine, Unit = function.Debug.Unit.SourcePath };
    }

    private static void AddTo(BodyAccumulator body, SourcePosition position, in CodeSegment segment, ulong count)
    {
        if (segment.CopyId != 0)
        {
            body.AddCountOfCopy(position, segment.CopyId, count, segment.End - segment.Start);
        }
        else
        {
            body.AddCount(position, count, segment.End - segment.Start, CountRule.Maximum);
        }
    }

    /// <summary>A range covers its last instruction's first byte; adds the others.</summary>
    private void AddLastInstructions(FunctionSource source, List<RangeSlice> slices, ulong[] totals)
    {
        foreach (var slice in slices)
        {
            for (int i = slice.First; i < slice.First + slice.Count; i++)
            {
                ulong last = _ranges[i].End + slice.Bias;
                if (last < slice.PartEnd && source.SegmentAt(last) is >= 0 and var segment)
                {
                    int scope = source.Segments[segment].Scope;
                    totals[scope] = SaturatingSum.Of(totals[scope], SaturatingSum.Times(_ranges[i].Count, (ulong)Math.Max(_lastLengths[i] - 1, 0)));
                }
            }
        }
    }

    /// <summary>Bytes of the last instruction of each range; 0 where the code is not at hand.</summary>
    private byte[] LastLengths(IEnumerable<FunctionCounts> functions)
    {
        byte[] lengths = new byte[_ranges.Count];
        foreach (var slice in functions.SelectMany(f => f.Slices))
        {
            for (int i = slice.First; i < slice.First + slice.Count; i++)
            {
                lengths[i] = (byte)(_branchKinds?.LengthAt(_ranges[i].End + slice.Bias) ?? 0);
            }
        }

        return lengths;
    }

    private void AddEntries(CodeFunction function, FunctionSource source, BodyAccumulator?[] bodies, ExecutedRanges ranges)
    {
        if (_choices.ByColumn)
        {
            IsStmtRows.AddEntries(source, bodies, ranges, CountRule.Sum, (address, scope) => BranchesWithin(source, scope, address));
        }
        else if (_choices.CountsIsStmtRows)
        {
            IsStmtRows.Add(function, source, bodies, ranges);
        }
    }

    /// <summary>Branches to an address from code of the same inlined call.</summary>
    private ulong BranchesWithin(FunctionSource source, int scope, ulong to)
    {
        ulong sum = 0;
        foreach (var (from, count) in _branchesTo.Value[to])
        {
            int at = source.SegmentAt(from) is >= 0 and var segment ? source.Segments[segment].Scope : -1;
            while (at > scope)
            {
                at = source.Scopes[at].Parent;
            }

            sum = SaturatingSum.Of(sum, at == scope ? count : 0);
        }

        return sum;
    }

    private ILookup<ulong, (ulong From, ulong Count)> BranchesByTarget()
    {
        var branches = new List<(ulong To, ulong From, ulong Count)>();
        foreach (var branch in _binaryCounts.Branches)
        {
            if (_symbolizer.TryGetVirtualAddress(branch.From, out ulong from) && _symbolizer.TryGetVirtualAddress(branch.To, out ulong to))
            {
                branches.Add((to, from, branch.Count));
            }
        }

        return branches.ToLookup(b => b.To, b => (b.From, b.Count));
    }

    private void NoteUnknownName(FunctionSource source, int scope, UInt128 bytes)
    {
        for (; scope > 0 && bytes > 0; scope = source.Scopes[scope].Parent)
        {
            if (source.Scopes[scope].Function is { HasUnknownLinkageName: true, Name: var name })
            {
                AddUnknownName(name, bytes);
                return;
            }
        }
    }

    private void AddUnknownName(string name, UInt128 bytes) => Statistics.UnknownLinkageName.AddOrUpdate(name, bytes, (_, sum) => sum + bytes);

    private void AddWithoutPosition(ref FunctionBytes became, FunctionSource source, in CodeSegment segment, UInt128 bytes, CodeFunction function)
    {
        if (source.Scopes[segment.Scope].Function.DeclarationLine == 0)
        {
            became.NoStartLine += bytes;
            string name = segment.Scope == 0 ? function.Name : source.Scopes[segment.Scope].Function.Name;
            Statistics.WithoutStartLine.AddOrUpdate(name, bytes, (_, sum) => sum + bytes);
        }
        else if (function.ThunkFor is not null)
        {
            became.Thunks += bytes;
        }
        else if (segment.Line == 0)
        {
            became.NoLine += bytes;
        }
        else
        {
            became.UnknownCall += bytes;
        }
    }

    /// <summary>The total of a function holds those of what was inlined into it. Parents stand before children.</summary>
    private static void AddTotals(FunctionSource source, BodyAccumulator?[] bodies, ulong[] totals)
    {
        for (int scope = totals.Length - 1; scope >= 0; scope--)
        {
            bodies[scope]?.AddTotal(totals[scope]);
            if (source.Scopes[scope].Parent is >= 0 and var parent)
            {
                totals[parent] = SaturatingSum.Of(totals[parent], totals[scope]);
            }
        }
    }

    /// <summary>Where a piece of code lies in its innermost function; null where that function's first line is not known.</summary>
    private SourcePosition? PositionOf(FunctionSource source, in CodeSegment segment)
    {
        uint first = source.Scopes[segment.Scope].Function.DeclarationLine;
        return first == 0 || (segment.Line == 0 && !_choices.KeepsLineZero) ? null : new SourcePosition((int)(segment.Line - first), segment.Discriminator);
    }

    /// <summary>The counts of a scope, within those of what it was inlined into; null where the call's place or name is not known.</summary>
    private BodyAccumulator? BodyOf(FunctionSource source, BodyAccumulator?[] bodies, int scope)
    {
        if (bodies[scope] is { } known)
        {
            return known;
        }

        ref readonly var called = ref source.Scopes[scope];
        if ((called.CallLine == 0 && !_choices.KeepsLineZero) || called.Function.Name.Length == 0 || BodyOf(source, bodies, called.Parent) is not { } parent)
        {
            return null;
        }

        // Functions that the compiler made itself have no line; what is inlined into them stands at their start.
        uint first = source.Scopes[called.Parent].Function.DeclarationLine;
        int offset = first == 0 ? 0 : (int)(called.CallLine - first);
        return bodies[scope] = parent.CallAt(new SourcePosition(offset, called.CallDiscriminator), called.Function.Name, called.Function.File, called.Function.DeclarationLine);
    }

    /// <summary>What ran of one function.</summary>
    private sealed class FunctionCounts
    {
        public List<RangeSlice> Slices { get; } = [];

        public List<(ulong From, CodeFunction Callee, ulong Count)> Calls { get; } = [];

        /// <summary>Executions of the ranges.</summary>
        public ulong Executions { get; set; }

        /// <summary>Executions of the ranges, each counted by its bytes.</summary>
        public UInt128 Weight { get; set; }

        /// <summary>The same, without what lies behind the end of the function.</summary>
        public UInt128 Bytes { get; set; }

        public ulong HeadCount { get; set; }

        public ulong FirstTime { get; set; }
    }
}
