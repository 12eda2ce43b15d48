using System.Collections.Concurrent;

namespace Tarax.AutoFdo.Attribution;

/// <summary>What was left out while a profile was built, in executions of ranges and branches.</summary>
internal sealed class BuildStatistics
{
    /// <summary>Executions of ranges that begin in the binary's code.</summary>
    public ulong Ranges { get; set; }

    /// <summary>Of these, outside of the executable segments.</summary>
    public ulong RangesOutsideCode { get; set; }

    /// <summary>Of these, in code that the debug information does not describe.</summary>
    public ulong RangesWithoutFunction { get; set; }

    /// <summary>Of these, in the linker's stubs.</summary>
    public ulong RangesInStubs { get; set; }

    /// <summary>Of these, past the end of their function, where they were cut.</summary>
    public ulong RangesCrossingFunctions { get; set; }

    /// <summary>Executed bytes without debug information, by symbol.</summary>
    public Dictionary<string, UInt128> WithoutDebugInformation { get; } = new(StringComparer.Ordinal);

    /// <summary>Executed bytes of functions without a first line, by function; of inlined ones too.</summary>
    public ConcurrentDictionary<string, UInt128> WithoutStartLine { get; } = new(StringComparer.Ordinal);

    /// <summary>Executed bytes of inlined functions whose linkage name is not known, with what is inlined into them, by function: they are in the profile, but not found.</summary>
    public ConcurrentDictionary<string, UInt128> UnknownLinkageName { get; } = new(StringComparer.Ordinal);

    /// <summary>Executed bytes that the line table does not describe, by function.</summary>
    public ConcurrentDictionary<string, UInt128> WithoutRow { get; } = new(StringComparer.Ordinal);

    /// <summary>Executed bytes of functions whose names functions of other files have too.</summary>
    public Dictionary<string, UInt128> SameNames { get; } = new(StringComparer.Ordinal);

    /// <summary>Functions that ran too little to be written.</summary>
    public int FunctionsBelowThreshold { get; set; }

    /// <summary>Positions that ran, but whose counts would mislead the compiler, and which are not written therefore.</summary>
    public int PositionsLeftOut { get; set; }

    /// <summary>Producers of the units of the functions that were counted, with their weight.</summary>
    public Dictionary<string, ulong> Producers { get; } = new(StringComparer.Ordinal);
}
