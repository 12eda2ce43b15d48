using Tarax.AutoFdo.Dwarf;

namespace Tarax.AutoFdo.Symbolization;

/// <summary>A function as code: its name, where it begins, and all its parts. There is one object for each function.</summary>
internal sealed class CodeFunction(string name, ulong entry, DwarfFunction debug)
{
    /// <summary>The name that the linker knows, without part suffixes.</summary>
    public string Name { get; } = name;

    /// <summary>ELF virtual address of its first instruction.</summary>
    public ulong Entry { get; } = entry;

    /// <summary>Its entry in the debug information.</summary>
    public DwarfFunction Debug { get; } = debug;

    /// <summary>The part that holds an address; null where none does.</summary>
    public CodeRange? PartAt(ulong address)
    {
        foreach (var range in Debug.Ranges)
        {
            if (range.Contains(address))
            {
                return range;
            }
        }

        return null;
    }
}

/// <summary>
/// A piece of code with one source position.
/// </summary>
/// <param name="Start">ELF virtual address of its first byte.</param>
/// <param name="End">Address after its last byte.</param>
/// <param name="Scope">Index in <see cref="FunctionSource.Scopes"/> of the innermost function that it belongs to.</param>
/// <param name="Line">Source line.</param>
/// <param name="Discriminator">Discriminator of the line.</param>
internal readonly record struct CodeSegment(ulong Start, ulong End, int Scope, uint Line, uint Discriminator);

/// <summary>A function or inlined call of <see cref="FunctionSource"/>.</summary>
/// <param name="Parent">Index of the scope it was inlined into; −1 for the function itself.</param>
/// <param name="Function">What was called.</param>
/// <param name="CallLine">Line of the call; 0 where it is not known.</param>
/// <param name="CallDiscriminator">Discriminator of the call.</param>
internal readonly record struct SourceScope(int Parent, FunctionDescription Function, uint CallLine, uint CallDiscriminator);

/// <summary>The source positions of a function's code.</summary>
/// <param name="Scopes">The function, then the calls inlined into it; parents before children.</param>
/// <param name="Segments">Its code by ascending address. Code without a line is left out.</param>
internal sealed record FunctionSource(SourceScope[] Scopes, CodeSegment[] Segments);
