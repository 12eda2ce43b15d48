namespace Tarax.AutoFdo.Binaries.Dwarf;

/// <summary>An entry that others stand in, or that stands in others: a namespace, a type, a function, a block.</summary>
/// <param name="Offset">Absolute offset of the entry in .debug_info.</param>
/// <param name="Tag">What it is.</param>
/// <param name="Parent">Index of the one around it; −1 for the unit's root.</param>
internal readonly record struct ScopeEntry(ulong Offset, DwarfTag Tag, int Parent);

/// <summary>
/// Which entry of a unit stands in which. Entries do not tell what is around them, so the unit is walked through once, where somebody asks.
/// </summary>
internal sealed class UnitScopes
{
    private readonly List<ScopeEntry> _entries = [];

    private UnitScopes()
    {
    }

    /// <summary>The entries in their order, the outer before the inner.</summary>
    public IReadOnlyList<ScopeEntry> Entries => _entries;

    /// <summary>Whether the unit has types, without which the signatures of functions are not stated (GCC, -g1).</summary>
    public bool HasTypes { get; private set; }

    public static UnitScopes Read(DwarfUnit unit)
    {
        var scopes = new UnitScopes();
        var open = new Stack<(int Depth, int Index)>();
        var die = new DieCursor(unit, unit.FirstDie);
        while (die.MoveNext())
        {
            if (!IsScope(die.Tag))
            {
                scopes.HasTypes |= die.Tag == DwarfTag.BaseType;
                continue;
            }

            while (open.TryPeek(out var last) && last.Depth >= die.Depth)
            {
                open.Pop();
            }

            scopes._entries.Add(new ScopeEntry(die.Offset, die.Tag, open.TryPeek(out var around) ? around.Index : -1));
            if (die.HasChildren)
            {
                open.Push((die.Depth, scopes._entries.Count - 1));
            }
        }

        return scopes;
    }

    /// <summary>Index of the entry at an offset; −1 where there is none.</summary>
    public int IndexOf(ulong offset)
    {
        int low = 0;
        int high = _entries.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = _entries[middle].Offset < offset ? (middle + 1, high) : (low, middle);
        }

        return low < _entries.Count && _entries[low].Offset == offset ? low : -1;
    }

    /// <summary>The entry around the one at an offset; null where there is none but the unit's root, or nothing at the offset.</summary>
    public ScopeEntry? Around(ulong offset) => IndexOf(offset) is >= 0 and var index && _entries[index].Parent is >= 0 and var parent ? _entries[parent] : null;

    private static bool IsScope(DwarfTag tag) => tag is DwarfTag.Namespace or DwarfTag.ClassType or DwarfTag.StructureType or DwarfTag.UnionType or DwarfTag.EnumerationType
        or DwarfTag.Subprogram or DwarfTag.LexicalBlock or DwarfTag.InlinedSubroutine;
}
