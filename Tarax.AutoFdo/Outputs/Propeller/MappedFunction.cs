using System.Diagnostics;

namespace Tarax.AutoFdo.Outputs.Propeller;

/// <summary>A block of a function.</summary>
/// <param name="Id">Its number in the compiler, by which profiles name it.</param>
/// <param name="Start">ELF virtual address of its first byte.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Properties">What is known of it.</param>
/// <param name="CallEnds">Addresses behind its calls, from its start; null where the map does not have them.</param>
/// <param name="Hash">Hash of its code as the compiler had it; 0 where the map has none.</param>
[DebuggerDisplay("{Id}: {Start,h}+{Size}")]
internal readonly record struct MappedBlock(uint Id, ulong Start, uint Size, BlockProperties Properties, uint[]? CallEnds, ulong Hash)
{
    /// <summary>Address after the last byte.</summary>
    public ulong End => Start + Size;
}

/// <summary>Blocks in one section.</summary>
/// <param name="Base">ELF virtual address where they begin.</param>
/// <param name="BlockCount">How many there are, described or not.</param>
/// <param name="Blocks">The blocks by ascending address; empty where they are not described, and of functions that were passed over.</param>
internal sealed record MappedRange(ulong Base, ulong BlockCount, MappedBlock[] Blocks)
{
    /// <summary>Address after the last block; null where they pass the end of all addresses, as those of damaged maps do.</summary>
    public ulong? End { get; init; }
}

/// <summary>What the compiler took an edge out of a block for.</summary>
/// <param name="Id">The block that it leads to.</param>
/// <param name="Probability">Of 2^31.</param>
/// <param name="Count">Executions in the profile that the build was laid out by; 0 where the map does not have them.</param>
internal readonly record struct AssumedSuccessor(uint Id, uint Probability, uint Count);

/// <summary>What the compiler assumed of a block.</summary>
/// <param name="Frequency">How often it runs, beside the others.</param>
/// <param name="Count">Executions in the profile that the build was laid out by; 0 where the map does not have them.</param>
/// <param name="Successors">The successors.</param>
internal readonly record struct AssumedBlock(ulong Frequency, uint Count, AssumedSuccessor[] Successors);

/// <summary>A function of the address map.</summary>
internal sealed class MappedFunction
{
    /// <summary>Version of its entry.</summary>
    public required byte Version { get; init; }

    /// <summary>What the entry has.</summary>
    public required MapFeatures Features { get; init; }

    /// <summary>Its code; the first begins with the first instruction.</summary>
    public required MappedRange[] Ranges { get; init; }

    /// <summary>ELF virtual address of the first instruction.</summary>
    public ulong Entry => Ranges[0].Base;

    /// <summary>How often the profile of this build says that it was entered; null where the map does not say.</summary>
    public ulong? EntryCount { get; init; }

    /// <summary>What the compiler assumed of all blocks, in their order; empty where the map does not say.</summary>
    public AssumedBlock[] Assumed { get; init; } = [];
}
