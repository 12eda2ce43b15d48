namespace Tarax.AutoFdo.Outputs.Propeller;

/// <summary>What the entry of a function in the address map has besides its blocks.</summary>
[Flags]
internal enum MapFeatures : ushort
{
    None = 0,

    /// <summary>How often the profile of this build says that the function was entered.</summary>
    EntryCount = 1,

    /// <summary>Frequencies of blocks that the compiler assumed.</summary>
    BlockFrequencies = 2,

    /// <summary>Probabilities of successors that the compiler assumed.</summary>
    BranchProbabilities = 4,

    /// <summary>The function lies in several sections.</summary>
    SeveralRanges = 8,

    /// <summary>Blocks are counted, and not described.</summary>
    BlocksOmitted = 0x10,

    /// <summary>Where calls end (from version 3).</summary>
    CallEnds = 0x20,

    /// <summary>Hashes of blocks (from version 4).</summary>
    BlockHashes = 0x40,

    /// <summary>Counts of the profile that this build was laid out by (from version 5).</summary>
    PostLinkCounts = 0x80,

    All = 0xff,
}
