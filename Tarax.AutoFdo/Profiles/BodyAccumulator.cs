using Tarax.AutoFdo.Numbers;

namespace Tarax.AutoFdo.Profiles;

/// <summary>How a count that comes to a position which has one already is taken up.</summary>
internal enum CountRule
{
    /// <summary>Pieces of one copy of the code: the position ran as often as its most executed piece.</summary>
    Maximum,

    /// <summary>Different executions: their counts add up.</summary>
    Sum,
}

/// <summary>A function's counts while they are collected.</summary>
internal sealed class BodyAccumulator
{
    private SmallDictionary<SourcePosition, Position> _positions;
    private SmallDictionary<(SourcePosition Position, string Callee), Call> _calls;

    private ulong _total;
    private bool _hasTotal;
    private bool _lacksTotal;
    private ulong? _entries;
    private bool _lacksEntries;

    /// <summary>Positions that ran and are not in the body, known when it is made; without those of inlined functions.</summary>
    public int PositionsLeftOut { get; private set; }

    /// <summary>Adds to the total that is stated, see <see cref="FunctionBody.StatedTotal"/>.</summary>
    public void AddTotal(ulong total)
    {
        _total = SaturatingSum.Of(_total, total);
        _hasTotal = true;
    }

    /// <summary>Takes up how often the code of an inlined call was entered.</summary>
    public void AddEntries(ulong count, CountRule rule) => _entries = rule == CountRule.Sum ? SaturatingSum.Of(_entries ?? 0, count) : Math.Max(_entries ?? 0, count);

    /// <summary>
    /// Takes up how often the statement of a position began at an address: it ran no more often than at all of these, however often code of it ran that was moved elsewhere. Addresses ascend.
    /// </summary>
    /// <returns>Whether the position has code here.</returns>
    public bool TryAddBegin(SourcePosition position, ulong address, ulong count)
    {
        int index = _positions.IndexOf(position);
        if (index < 0)
        {
            return false;
        }

        ref var entry = ref _positions.Entries[index].Value;
        if (entry.PastLastBegin != address + 1)
        {
            entry.PastLastBegin = address + 1;
            entry.Begun = SaturatingSum.Of(entry.Begun, count);
        }

        return true;
    }

    /// <summary>Takes up a count for a position.</summary>
    public void AddCount(SourcePosition position, ulong count, ulong codeBytes, CountRule rule)
    {
        ref var entry = ref PositionAt(position);
        entry.Count = rule == CountRule.Sum ? SaturatingSum.Of(entry.Count, count) : Math.Max(entry.Count, count);
        entry.CodeBytes += codeBytes;
    }

    /// <summary>Takes up a piece of a position's code.</summary>
    /// <param name="position">The position.</param>
    /// <param name="code">The code that it runs together with: pieces of the same are one, whose count is the largest.</param>
    /// <param name="count">Its count.</param>
    public void AddPiece(SourcePosition position, ulong code, ulong count)
    {
        var pieces = PositionAt(position).Details.Pieces ??= [];
        pieces[code] = Math.Max(pieces.GetValueOrDefault(code), count);
    }

    /// <summary>Takes up a count of a piece of one copy of a position's code: of a copy the most executed piece counts, and copies add up, since each stands for other executions.</summary>
    public void AddCountOfCopy(SourcePosition position, uint copy, ulong count, ulong codeBytes)
    {
        ref var entry = ref PositionAt(position);
        entry.CodeBytes += codeBytes;
        var copies = entry.Details.Copies ??= [];
        copies[copy] = Math.Max(copies.GetValueOrDefault(copy), count);
    }

    /// <summary>Takes up that a position ran, but not how often: it is left out where it gets no count besides.</summary>
    public void AddWithoutCount(SourcePosition position, ulong codeBytes)
    {
        ref var entry = ref PositionAt(position);
        entry.CodeBytes += codeBytes;
        entry.RanWithoutCount = true;
    }

    /// <summary>The count of a position so far; 0 where it has none.</summary>
    public ulong CountAt(SourcePosition position) => _positions.IndexOf(position) is >= 0 and var index ? _positions.Entries[index].Value.CountOfCopies() : 0;

    /// <summary>Adds calls from a position to a function.</summary>
    public void AddTarget(SourcePosition position, string name, ulong count)
    {
        var targets = PositionAt(position).Details.Targets ??= new SortedDictionary<string, ulong>(StringComparer.Ordinal);
        targets[name] = SaturatingSum.Of(targets.GetValueOrDefault(name), count);
    }

    /// <summary>The counts of a function inlined at a position.</summary>
    /// <param name="position">The position.</param>
    /// <param name="callee">The function's name.</param>
    /// <param name="file">The file that defines it.</param>
    /// <param name="startLine">Line of its definition; 0 where it is not known.</param>
    public BodyAccumulator CallAt(SourcePosition position, string callee, string file, uint startLine = 0)
    {
        ref var call = ref _calls.ValueOf((position, callee), out bool isKnown);

        // Static functions of one name become one, which begins nowhere.
        call.StartLine = !isKnown || (call.StartLine == startLine && call.File == file) ? startLine : 0;
        call.File = isKnown ? ProfileTransformation.CommonFile(call.File, file) : file;
        return call.Body ??= new BodyAccumulator();
    }

    /// <summary>Takes up a whole body.</summary>
    /// <param name="body">The body.</param>
    /// <param name="rule">What happens where both have a count.</param>
    /// <param name="mapPosition">Where a position goes.</param>
    /// <param name="mapName">What a name becomes.</param>
    public void Add(FunctionBody body, CountRule rule, Func<SourcePosition, SourcePosition> mapPosition, Func<string, string> mapName)
    {
        if (body.StatedTotal is { } total)
        {
            AddTotal(total);
        }

        _lacksTotal |= body.StatedTotal is null;
        _lacksEntries |= body.Entries is null;
        if (body.Entries is { } entries)
        {
            AddEntries(entries, rule);
        }

        foreach (var position in body.Positions.AsSpan())
        {
            var mapped = mapPosition(position.Position);
            AddCount(mapped, position.Count, position.CodeBytes, rule);
            foreach (var target in position.Targets.AsSpan())
            {
                AddTarget(mapped, mapName(target.Name), target.Count);
            }
        }

        foreach (var call in body.Calls.AsSpan())
        {
            CallAt(mapPosition(call.Position), mapName(call.Callee), call.File, call.StartLine).Add(call.Body, rule, mapPosition, mapName);
        }
    }

    public FunctionBody ToBody()
    {
        var positions = new PositionCount[_positions.Count];
        int next = 0;
        foreach (ref readonly var entry in _positions.Entries)
        {
            ref readonly var counts = ref entry.Value;
            ulong count = counts.CountOfCopies();
            if (count > 0 || !counts.RanWithoutCount || counts.HasTargets)
            {
                positions[next++] = new PositionCount(entry.Key, counts.CountsBegins ? Math.Min(count, counts.Begun) : count, counts.ToTargets()) { CodeBytes = counts.CodeBytes, Pieces = counts.ToPieces() };
            }
        }

        PositionsLeftOut = positions.Length - next;
        Array.Resize(ref positions, next);
        Array.Sort(positions, (a, b) => a.Position.CompareTo(b.Position));
        return new FunctionBody(positions, ToCalls()) { StatedTotal = _hasTotal && !_lacksTotal ? _total : null, Entries = _lacksEntries ? null : _entries };
    }

    private InlinedCall[] ToCalls()
    {
        if (_calls.Count == 0)
        {
            return [];
        }

        var calls = new InlinedCall[_calls.Count];
        int next = 0;
        foreach (ref readonly var entry in _calls.Entries)
        {
            ref readonly var call = ref entry.Value;
            calls[next++] = new InlinedCall(entry.Key.Position, entry.Key.Callee, call.File, call.Body!.ToBody()) { StartLine = call.StartLine };
        }

        Array.Sort(calls, (a, b) => a.Position != b.Position ? a.Position.CompareTo(b.Position) : string.CompareOrdinal(a.Callee, b.Callee));
        return calls;
    }

    /// <summary>A position's counts, until the next is asked for.</summary>
    private ref Position PositionAt(SourcePosition position) => ref _positions.ValueOf(position, out _);

    private struct Position
    {
        public ulong Count;

        public ulong CodeBytes;

        /// <summary>How often its statement began; 0 where that is not known.</summary>
        public ulong Begun;

        /// <summary>Address after the last place where it began.</summary>
        public ulong PastLastBegin;

        public bool RanWithoutCount;

        private PositionDetails? _details;

        /// <summary>What few positions have.</summary>
        public PositionDetails Details => _details ??= new PositionDetails();

        public readonly bool HasTargets => _details?.Targets is not null;

        /// <summary>Whether the position runs as often as its statement begins. Of code that was vectorized or unrolled, the marks of statements do not tell for how many executions they stand.</summary>
        public readonly bool CountsBegins => Begun > 0 && _details?.Copies is null;

        /// <summary>The count of all copies.</summary>
        public readonly ulong CountOfCopies()
        {
            ulong sum = Count;
            if (_details?.Copies is { } copies)
            {
                foreach (ulong count in copies.Values)
                {
                    sum = SaturatingSum.Of(sum, count);
                }
            }

            return sum;
        }

        public readonly CallTarget[] ToTargets() => _details?.Targets is { } targets ? [.. targets.Select(t => new CallTarget(t.Key, t.Value))] : [];

        public readonly PositionPiece[] ToPieces() => _details?.Pieces is { } pieces ? [.. pieces.Select(p => new PositionPiece(p.Key, p.Value))] : [];
    }

    private sealed class PositionDetails
    {
        public SortedDictionary<string, ulong>? Targets { get; set; }

        /// <summary>Counts of the pieces of its code, where they are asked for.</summary>
        public SortedDictionary<ulong, ulong>? Pieces { get; set; }

        /// <summary>Counts of the copies of its code, but for the first; null where there are none.</summary>
        public SortedDictionary<uint, ulong>? Copies { get; set; }
    }

    private struct Call
    {
        public string File;

        public uint StartLine;

        public BodyAccumulator? Body;
    }
}
