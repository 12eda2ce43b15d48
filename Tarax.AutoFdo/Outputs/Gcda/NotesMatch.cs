using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Profiles;

namespace Tarax.AutoFdo.Outputs.Gcda;

/// <summary>
/// Joins counts of source positions with notes. In the binary, functions are inlined that in the notes are still for themselves: their counts are of their own blocks, summed over all places. What the
/// notes show as inlined already, since a function's blocks have lines of another's body, counts for that function's blocks.
/// </summary>
internal sealed class NotesMatch
{
    private readonly NotesIndex _index;
    private readonly Dictionary<IndexedFunction, SourceCounts> _counts = [];

    private ulong _callCode;

    private NotesMatch(NotesIndex index) => _index = index;

    /// <summary>Executions of all positions.</summary>
    public UInt128 Executed { get; private set; }

    /// <summary>Executions of positions of functions that no notes have, by function.</summary>
    public Dictionary<string, UInt128> WithoutNotes { get; } = new(StringComparer.Ordinal);

    /// <param name="functions">What ran, with columns in place of discriminators.</param>
    /// <param name="index">The notes.</param>
    public static NotesMatch Of(IEnumerable<FunctionProfile> functions, NotesIndex index)
    {
        var match = new NotesMatch(index);
        foreach (var function in functions)
        {
            string name = CloneSuffix.Cut(function.Name);
            var owners = index.Find(name, function.File, function.Unit);
            match.Enter(owners, function.HeadCount);
            match.Visit(new Occurrence(name, function.Body, function.StartLine, function.File, function.Unit), owners, 0);
        }

        return match;
    }

    /// <summary>What ran of a function of the notes; null where nothing did.</summary>
    public SourceCounts? CountsOf(IndexedFunction function) => _counts.GetValueOrDefault(function);

    private void Enter(IReadOnlyList<IndexedFunction> owners, ulong? entries)
    {
        foreach (var owner in owners)
        {
            CountsIn(owner).AddEntries(entries);
        }
    }

    private void Visit(Occurrence at, IReadOnlyList<IndexedFunction> owners, int path)
    {
        string file = Path.GetFileName(at.File);
        foreach (var position in at.Body.Positions)
        {
            Executed += position.Count;
            if (owners.Count == 0)
            {
                WithoutNotes[at.Name] = WithoutNotes.GetValueOrDefault(at.Name) + position.Count;
            }

            foreach (var owner in owners)
            {
                CountsIn(owner).Add(path, file, at.LineOf(position.Position), position);
            }
        }

        foreach (var call in at.Body.Calls)
        {
            string callee = CloneSuffix.Cut(call.Callee);
            var inner = new Occurrence(callee, call.Body, call.StartLine, call.File, at.Unit);
            var own = _index.Find(callee, call.File, at.Unit);
            if (owners.Count > 0 && (own.Count == 0 || IsInlinedEarly(inner, at, owners[0])))
            {
                int number = 0;
                foreach (var owner in owners)
                {
                    number = CountsIn(owner).NumberOf(new InlinePath(path, file, at.LineOf(call.Position), ColumnPosition.ColumnOf(call.Position.Discriminator)), callee);
                }

                Visit(inner, owners, number);
            }
            else
            {
                Enter(own, call.Body.Entries);
                foreach (var owner in call.Body.Entries is { } ? owners : [])
                {
                    // Of the call itself, which is in the notes, no code is left.
                    ulong entries = call.Body.Entries ?? 0;
                    CountsIn(owner).Add(path, file, at.LineOf(call.Position), new PositionCount(call.Position, entries, []) { Pieces = [new PositionPiece(--_callCode, entries)] });
                }

                Visit(inner, own, 0);
            }
        }
    }

    /// <summary>Whether a function's notes have lines of what was inlined into it, which are not lines of what is around it.</summary>
    private static bool IsInlinedEarly(Occurrence inner, Occurrence around, IndexedFunction owner)
    {
        string file = Path.GetFileName(inner.File);
        bool isSameFile = Path.GetFileName(around.File) == file;
        foreach (var position in inner.Body.Positions)
        {
            uint line = inner.LineOf(position.Position);
            if (owner.HasLine(file, line) && !(isSameFile && around.HasLine(line)))
            {
                return true;
            }
        }

        return inner.Body.Positions.Count == 0
            && inner.Body.Calls.Any(c => IsInlinedEarly(new Occurrence(c.Callee, c.Body, c.StartLine, c.File, inner.Unit), around, owner));
    }

    private SourceCounts CountsIn(IndexedFunction owner)
    {
        if (!_counts.TryGetValue(owner, out var counts))
        {
            _counts.Add(owner, counts = new SourceCounts());
        }

        return counts;
    }

    /// <summary>A function's code at one place: its own or an inlined copy's.</summary>
    private sealed class Occurrence(string name, FunctionBody body, uint startLine, string file, string unit)
    {
        private HashSet<uint>? _lines;

        public string Name => name;

        public FunctionBody Body => body;

        public string File => file;

        public string Unit => unit;

        public uint LineOf(SourcePosition position) => (uint)(startLine + position.LineOffset);

        public bool HasLine(uint line) => (_lines ??= [.. body.Positions.Select(p => LineOf(p.Position))]).Contains(line);
    }
}
