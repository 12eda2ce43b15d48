using Tarax.AutoFdo.Binaries.Elf;

namespace Tarax.AutoFdo.Binaries.Dwarf;

/// <summary>The attributes of an entry that say which code is its own, while its attributes are read.</summary>
internal struct CodeAttributes
{
    private AttributeValue _lowPc;
    private AttributeValue _highPc;
    private AttributeValue _ranges;

    /// <summary>Keeps an attribute if it is one of them.</summary>
    public void Take(DwarfAttribute attribute, AttributeValue value)
    {
        switch (attribute)
        {
            case DwarfAttribute.LowPc:
                _lowPc = value;
                break;
            case DwarfAttribute.HighPc:
                _highPc = value;
                break;
            case DwarfAttribute.Ranges:
                _ranges = value;
                break;
        }
    }

    /// <summary>The code; see <see cref="RangeLists.Of"/>.</summary>
    public readonly CodeRange[] RangesIn(DwarfUnit unit) => RangeLists.Of(unit, _lowPc, _highPc, _ranges);

    /// <summary>The same, behind other code.</summary>
    public readonly void AddRangesIn(DwarfUnit unit, List<CodeRange> code) => RangeLists.Add(unit, _lowPc, _highPc, _ranges, code);
}
