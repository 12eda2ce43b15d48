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

/// <summary>The subprograms of a unit that have code, found by address.</summary>
internal sealed class UnitFunctions
{
    /// <summary>No functions: of a unit that cannot be read.</summary>
    public static readonly UnitFunctions None = new([]);

    private readonly List<DwarfFunction> _functions;
    private readonly RangeIndex<DwarfFunction> _byAddress;

    private UnitFunctions(List<DwarfFunction> functions)
    {
        _functions = functions;

        // Of functions with the same code the first entry stands for all (identical code folded by the linker).
        var ranges = new List<(CodeRange Range, DwarfFunction Function)>();
        foreach (var function in functions)
        {
            foreach (var range in function.Ranges)
            {
                ranges.Add((range, function));
            }
        }

        _byAddress = new RangeIndex<DwarfFunction>(ranges);
    }

    /// <summary>The code of all of them.</summary>
    public IEnumerable<CodeRange> Ranges => _functions.SelectMany(f => f.Ranges);

    /// <summary>Walks all entries of the unit; subprograms may stand in namespaces, in types and in other subprograms.</summary>
    public static UnitFunctions Read(DwarfUnit unit)
    {
        var functions = new List<DwarfFunction>();
        var die = new DieCursor(unit, unit.FirstDie);
        while (die.MoveNext())
        {
            if (die.Tag == DwarfTag.Subprogram)
            {
                var code = default(CodeAttributes);
                while (die.NextAttribute(out var attribute, out var value))
                {
                    code.Take(attribute, value);
                }

                if (code.RangesIn(unit) is { Length: > 0 } ranges)
                {
                    functions.Add(new DwarfFunction(unit, die.Offset, ranges));
                }
            }
            else if (die.Tag is DwarfTag.EnumerationType or DwarfTag.ArrayType or DwarfTag.SubroutineType)
            {
                die.SkipChildren();
            }
        }

        return new UnitFunctions(functions);
    }

    /// <summary>The function whose code holds an address; of several, the one that starts last, then the longest, then the first entry.</summary>
    public DwarfFunction? Find(ulong address) => _byAddress.TryFind(address, out var function) ? function : null;

    /// <summary>Up to where <see cref="Find"/> gives the same.</summary>
    public ulong SameUntil(ulong address) => _byAddress.SameUntil(address);
}
