using System.Diagnostics;

namespace Tarax.AutoFdo.Binaries.Elf;

/// <summary>ELF virtual addresses from Start up to, not including, End.</summary>
[DebuggerDisplay("{Start,h}-{End,h}")]
internal readonly record struct CodeRange(ulong Start, ulong End)
{
    public bool Contains(ulong address) => address >= Start && address < End;

    /// <summary>The part that both have; empty (Start ≥ End) where they have none.</summary>
    public CodeRange Intersect(CodeRange other) => new(Math.Max(Start, other.Start), Math.Min(End, other.End));
}
