using System.Diagnostics;
using Tarax.AutoFdo.Binaries.Dwarf;
using Tarax.AutoFdo.Binaries.Elf;

namespace Tarax.AutoFdo.Binaries.Symbolization;

/// <summary>What a function is known by.</summary>
/// <param name="Name">The name by which the compiler looks it up.</param>
/// <param name="Entry">ELF virtual address of its first instruction.</param>
/// <param name="IsResumed">Whether it is a part of a coroutine that runs after it was suspended.</param>
internal sealed record FunctionIdentity(string Name, ulong Entry, bool IsResumed);

/// <summary>A function as code: its name, where it begins, and all its parts. There is one object for each function.</summary>
/// <param name="debug">Its entry in the debug information.</param>
/// <param name="find">Finds its name and first instruction, which is done when they are asked for.</param>
internal sealed class CodeFunction(DwarfFunction debug, Func<DwarfFunction, FunctionIdentity> find)
{
    private FunctionIdentity? _identity;

    /// <summary>The name by which the compiler looks it up.</summary>
    public string Name => Identity.Name;

    /// <summary>ELF virtual address of its first instruction.</summary>
    public ulong Entry => Identity.Entry;

    /// <summary>Whether it is a part of a coroutine that runs after it was suspended: what enters it does not enter the function of the source.</summary>
    public bool IsResumed => Identity.IsResumed;

    /// <summary>Whichever thread asks first finds it; others that ask meanwhile find the same.</summary>
    private FunctionIdentity Identity => Volatile.Read(ref _identity) ?? Interlocked.CompareExchange(ref _identity, find(Debug), null) ?? _identity!;

    /// <summary>Its entry in the debug information.</summary>
    public DwarfFunction Debug { get; } = debug;

    /// <summary>The function that it is a thunk for: code of its own, but in the source the same function. Null for all others.</summary>
    public CodeFunction? ThunkFor { get; init; }

    /// <summary>Whether it is a thunk for a function; covariant ones that GCC made a function of have an entry of their own in the debug information.</summary>
    public bool IsThunkFor(CodeFunction function) => ThunkFor == function || ThunkName.FunctionOf(Name) == function.Name;

    /// <summary>Whether it is a thunk that calls its function, and goes on behind it.</summary>
    public bool CallsOn { get; init; }

    /// <summary>Its parts by ascending address. Where damaged debug information has parts that overlap, each byte is of the first.</summary>
    public CodeRange[] PartsInOrder()
    {
        var parts = Debug.Ranges.ToArray();
        Array.Sort(parts, (a, b) => a.Start.CompareTo(b.Start));
        for (int i = 1; i < parts.Length; i++)
        {
            ulong start = Math.Max(parts[i].Start, parts[i - 1].End);
            parts[i] = new CodeRange(start, Math.Max(start, parts[i].End));
        }

        return parts;
    }

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

/// <summary>Code of which one thing holds: it is of one part of a function, or of none.</summary>
/// <param name="Function">The function; null where the debug information has none.</param>
/// <param name="Part">The part of the function that the code lies in.</param>
/// <param name="Start">ELF virtual address of the first byte.</param>
/// <param name="End">Address after the last byte.</param>
[DebuggerDisplay("{Start,h}-{End,h} {Function}")]
internal readonly record struct FunctionRange(CodeFunction? Function, CodeRange Part, ulong Start, ulong End);

/// <summary>
/// A piece of code with one source position.
/// </summary>
/// <param name="Start">ELF virtual address of its first byte.</param>
/// <param name="End">Address after its last byte.</param>
/// <param name="Scope">Index in <see cref="FunctionSource.Scopes"/> of the innermost function that it belongs to.</param>
/// <param name="Line">Source line; 0 for code that compilers made without one.</param>
/// <param name="Discriminator">Discriminator of the line, as profiles have it.</param>
/// <param name="DuplicationFactor">For how many executions of the source each of the code stands, where it was unrolled or vectorized; 1 otherwise.</param>
/// <param name="CopyId">Which copy of the code it is, where the compiler says: executions of copies add up. 0 otherwise.</param>
[DebuggerDisplay("{Start,h}-{End,h} line {Line}.{Discriminator}")]
internal readonly record struct CodeSegment(ulong Start, ulong End, int Scope, uint Line, uint Discriminator, uint DuplicationFactor, uint CopyId);

/// <summary>A function or inlined call of <see cref="FunctionSource"/>.</summary>
/// <param name="Parent">Index of the scope it was inlined into; −1 for the function itself.</param>
/// <param name="Function">What was called.</param>
/// <param name="CallLine">Line of the call; 0 where it is not known.</param>
/// <param name="CallDiscriminator">Discriminator of the call.</param>
/// <param name="Entry">ELF virtual address of the first instruction that an inlined call executes; 0 where it is not known.</param>
internal readonly record struct SourceScope(int Parent, FunctionDescription Function, uint CallLine, uint CallDiscriminator, ulong Entry)
{
    /// <summary>Number of the file that the call stands in, as the unit of the function has it; null where it is not known.</summary>
    public uint? CallFile { get; init; }
}

/// <summary>The source positions of a function's code.</summary>
internal sealed class FunctionSource(SourceScope[] scopes, CodeSegment[] segments)
{
    /// <summary>The function, then the calls inlined into it; parents before children.</summary>
    public SourceScope[] Scopes { get; } = scopes;

    /// <summary>Its code by ascending address. Code that the line table does not describe is left out.</summary>
    public CodeSegment[] Segments { get; } = segments;

    /// <summary>The segment that holds an address; −1 where none does.</summary>
    public int SegmentAt(ulong address)
    {
        int low = 0;
        int high = Segments.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (Segments[middle].Start <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low > 0 && address < Segments[low - 1].End ? low - 1 : -1;
    }
}
