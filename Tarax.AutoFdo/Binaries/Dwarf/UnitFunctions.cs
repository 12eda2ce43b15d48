using Tarax.AutoFdo.Binaries.Elf;

namespace Tarax.AutoFdo.Binaries.Dwarf;

/// <summary>A subprogram with code: where its entry lies in .debug_info, and its parts.</summary>
internal sealed class DwarfFunction(DwarfUnit unit, ulong dieOffset, CodeRange[] ranges)
{
    public DwarfUnit Unit { get; } = unit;

    /// <summary>Its entry.</summary>
    public DieReference Die { get; } = new(unit.File, dieOffset);

    public CodeRange[] Ranges { get; } = ranges;
}

/// <summary>
/// The subprograms of a unit that have code, found by address. Those that stand in the unit itself or in its namespaces are read at first, and entries are passed over where a sibling is told: what
/// stands in types and in other subprograms (member functions of local classes, nested functions) is read when an address is asked for that the others do not have. Any number of threads may ask.
/// </summary>
internal sealed class UnitFunctions
{
    /// <summary>No functions: of a unit that cannot be read.</summary>
    public static readonly UnitFunctions None = new([], _ => []);

    private readonly List<DwarfFunction> _functions;
    private readonly RangeIndex<DwarfFunction> _byAddress;
    private readonly Lazy<(List<DwarfFunction> Functions, RangeIndex<DwarfFunction> ByAddress)> _nested;

    private UnitFunctions(List<DwarfFunction> functions, Func<HashSet<ulong>, List<DwarfFunction>> readNested)
    {
        _functions = functions;
        _byAddress = IndexOf(functions);
        _nested = new(() =>
        {
            var nested = readNested([.. functions.Select(f => f.Die.Offset)]);
            return (nested, IndexOf(nested));
        });
    }

    /// <summary>The code of all of them.</summary>
    public IEnumerable<CodeRange> Ranges => _functions.Concat(_nested.Value.Functions).SelectMany(f => f.Ranges);

    /// <summary>Reads the functions of a unit.</summary>
    /// <exception cref="Diagnostics.InvalidFormatException">An entry does not hold together.</exception>
    public static UnitFunctions Read(DwarfUnit unit)
    {
        var functions = new List<DwarfFunction>();
        bool isWhole = Walk(unit, functions, [], true);
        return new UnitFunctions(functions, known =>
        {
            var nested = new List<DwarfFunction>();
            if (!isWhole)
            {
                unit.ReadOrNoteDamage(() => Walk(unit, nested, known, false));
            }

            return nested;
        });
    }

    /// <summary>The function whose code holds an address; of several, the one that starts last, then the longest, then the first entry; those that stand in others only where no other does.</summary>
    public DwarfFunction? Find(ulong address) =>
        _byAddress.TryFind(address, out var function) || _nested.Value.ByAddress.TryFind(address, out function) ? function : null;

    /// <summary>Up to where <see cref="Find"/> gives the same.</summary>
    public ulong SameUntil(ulong address)
    {
        ulong until = _byAddress.SameUntil(address);
        return _byAddress.TryFind(address, out _) ? until : Math.Min(until, _nested.Value.ByAddress.SameUntil(address));
    }

    /// <summary>Of functions with the same code the first entry stands for all (identical code folded by the linker).</summary>
    private static RangeIndex<DwarfFunction> IndexOf(List<DwarfFunction> functions)
    {
        var ranges = new List<(CodeRange Range, DwarfFunction Function)>(functions.Count);
        foreach (var function in functions)
        {
            foreach (var range in function.Ranges)
            {
                ranges.Add((range, function));
            }
        }

        return new RangeIndex<DwarfFunction>(ranges);
    }

    /// <summary>Walks the entries of a unit.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="functions">Where functions with code are added.</param>
    /// <param name="known">Offsets of functions that are left out.</param>
    /// <param name="passesOver">Whether what stands in types and subprograms is passed over.</param>
    /// <returns>Whether nothing was passed over in which a function may stand.</returns>
    private static bool Walk(DwarfUnit unit, List<DwarfFunction> functions, HashSet<ulong> known, bool passesOver)
    {
        bool isWhole = true;
        var die = new DieCursor(unit, unit.FirstDie);
        while (die.MoveNext())
        {
            switch (die.Tag)
            {
                case DwarfTag.Subprogram:
                    if (die.ReadCode(out var code, out var sibling) && !known.Contains(die.Offset) && code.RangesIn(unit) is { Length: > 0 } ranges)
                    {
                        functions.Add(new DwarfFunction(unit, die.Offset, ranges));
                    }

                    if (passesOver)
                    {
                        isWhole &= !die.HasChildren;
                        die.SkipChildren(sibling);
                    }

                    break;
                case DwarfTag.EnumerationType or DwarfTag.ArrayType or DwarfTag.SubroutineType:
                    die.SkipChildren();
                    break;
                case DwarfTag.StructureType or DwarfTag.ClassType or DwarfTag.UnionType when passesOver:
                    isWhole &= !die.HasChildren;
                    die.SkipChildren();
                    break;
            }
        }

        return isWhole;
    }
}
