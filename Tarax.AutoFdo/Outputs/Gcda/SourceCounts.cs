using System.Runtime.InteropServices;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Numbers;
using Tarax.AutoFdo.Profiles;

namespace Tarax.AutoFdo.Outputs.Gcda;

/// <summary>A chain of inlined calls within a function of the notes; the function itself is path 0.</summary>
/// <param name="Parent">What it was inlined into; −1 for the function itself.</param>
/// <param name="File">Base name of the file of the call.</param>
/// <param name="Line">Line of the call.</param>
/// <param name="Column">Its column.</param>
internal readonly record struct InlinePath(int Parent, string File, uint Line, uint Column);

/// <summary>
/// How often the statements of a function of the notes ran: its own, and those of what was inlined into it before the notes were written, wherever the function's code was put.
/// </summary>
internal sealed class SourceCounts
{
    private readonly Dictionary<(string File, uint Line), SortedDictionary<(int Path, uint Column, uint Discriminator), StatementCount>> _lines = [];
    private readonly Dictionary<(int Parent, uint Line, uint Column, string Callee), int> _pathNumbers = [];
    private ulong _entries;
    private bool _lacksEntries;
    private readonly List<InlinePath> _paths = [new InlinePath(-1, "", 0, 0)];

    /// <summary>How often the function was entered; 0 where that is not known of all its code.</summary>
    public ulong Entries => _lacksEntries ? 0 : _entries;

    /// <summary>Whether it was seen to run at all.</summary>
    public bool Ran => Executions > 0;

    /// <summary>Executions of all statements.</summary>
    public double Executions { get; private set; }

    /// <summary>Adds how often some code of it was entered; null where that is not known.</summary>
    public void AddEntries(ulong? entries)
    {
        _lacksEntries |= entries is null;
        _entries = SaturatingSum.Of(_entries, entries ?? 0);
    }

    /// <summary>The number of a path.</summary>
    /// <param name="path">The call.</param>
    /// <param name="callee">What is inlined there.</param>
    public int NumberOf(InlinePath path, string callee)
    {
        ref int number = ref CollectionsMarshal.GetValueRefOrAddDefault(_pathNumbers, (path.Parent, path.Line, path.Column, callee), out bool isKnown);
        if (!isKnown)
        {
            number = _paths.Count;
            _paths.Add(path);
        }

        return number;
    }

    public InlinePath PathAt(int number) => _paths[number];

    /// <summary>Adds executions of a position, which has a column beside its discriminator.</summary>
    public void Add(int path, string file, uint line, PositionCount position)
    {
        ref var counts = ref CollectionsMarshal.GetValueRefOrAddDefault(_lines, (file, line), out _);
        counts ??= [];
        var key = (path, ColumnPosition.ColumnOf(position.Position.Discriminator), ColumnPosition.DiscriminatorOf(position.Position.Discriminator));
        if (!counts.TryGetValue(key, out var count))
        {
            counts.Add(key, count = new StatementCount());
        }

        count.Add(position);
        Executions += position.Count;
    }

    /// <summary>The paths on which a position has code, in order.</summary>
    /// <param name="file">Base name of the file.</param>
    /// <param name="line">The line.</param>
    /// <param name="column">The column; 0 for all of the line.</param>
    public List<int> PathsOf(string file, uint line, uint column)
    {
        var paths = new List<int>();
        if (_lines.TryGetValue((file, line), out var counts))
        {
            foreach (var (path, at, _) in counts.Keys)
            {
                if ((column == 0 || at == column) && (paths.Count == 0 || paths[^1] != path))
                {
                    paths.Add(path);
                }
            }
        }

        return paths;
    }

    /// <summary>How often the statements of a position ran on a path, by their discriminators.</summary>
    /// <param name="path">The path.</param>
    /// <param name="file">Base name of the file.</param>
    /// <param name="line">The line.</param>
    /// <param name="column">The column; 0 for all of the line.</param>
    public List<(uint Discriminator, StatementCount Count)> CountsOf(int path, string file, uint line, uint column)
    {
        var counts = new List<(uint, StatementCount)>();
        foreach (var (at, count) in _lines[(file, line)])
        {
            if (at.Path == path && (column == 0 || at.Column == column))
            {
                counts.Add((at.Discriminator, count));
            }
        }

        return counts;
    }
}
