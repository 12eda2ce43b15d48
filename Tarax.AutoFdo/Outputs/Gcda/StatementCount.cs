using Tarax.AutoFdo.Numbers;
using Tarax.AutoFdo.Profiles;

namespace Tarax.AutoFdo.Outputs.Gcda;

/// <summary>How often a statement ran, as far as its code shows.</summary>
internal sealed class StatementCount
{
    /// <summary>At least: as often as its most executed piece.</summary>
    public ulong Least { get; private set; }

    /// <summary>At most: as often as all of its pieces, each of which may be a copy for other executions, as of a loop's condition, or a part of one.</summary>
    public ulong Most { get; private set; }

    /// <summary>The pieces.</summary>
    public List<PositionPiece> Pieces { get; } = [];

    /// <summary>Adds other executions.</summary>
    public void Add(PositionCount position)
    {
        ulong sum = 0;
        foreach (var piece in position.Pieces)
        {
            sum = SaturatingSum.Of(sum, piece.Count);
            Pieces.Add(piece);
        }

        Least = SaturatingSum.Of(Least, position.Count);
        Most = SaturatingSum.Of(Most, Math.Max(position.Count, sum));
    }

    /// <summary>Takes up another statement of the same line, where only lines are known.</summary>
    public void Join(StatementCount other)
    {
        Least = Math.Max(Least, other.Least);
        Most = Math.Max(Most, other.Most);
        Pieces.AddRange(other.Pieces);
    }

    /// <summary>The same without the pieces of some code; null where none is left.</summary>
    public StatementCount? Without(HashSet<ulong> code)
    {
        if (!Pieces.Exists(p => code.Contains(p.Code)))
        {
            return this;
        }

        var left = new StatementCount();
        foreach (var piece in Pieces)
        {
            if (!code.Contains(piece.Code))
            {
                left.Pieces.Add(piece);
                left.Least = Math.Max(left.Least, piece.Count);
                left.Most = SaturatingSum.Of(left.Most, piece.Count);
            }
        }

        return left.Pieces.Count == 0 ? null : left;
    }
}
