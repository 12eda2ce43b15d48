namespace Tarax.AutoFdo.Outputs.Propeller;

/// <summary>Blocks that stand one behind the other.</summary>
internal sealed class BlockChain(int id, int block, uint size)
{
    /// <summary>Number of the chain: its lowest one where chains were joined.</summary>
    public int Id { get; } = id;

    /// <summary>The blocks in their order.</summary>
    public int[] Blocks { get; set; } = [block];

    /// <summary>Bytes of all blocks.</summary>
    public long Size { get; set; } = size;

    /// <summary>Score of the edges within the chain.</summary>
    public double Score { get; set; }

    /// <summary>Changes whenever the chain does.</summary>
    public int Version { get; set; }

    /// <summary>What splits of this version of the chain gain within it; null where that was not asked for.</summary>
    public SplitGains? Gains { get; set; }

    /// <summary>Whether its neighbours were not all considered again when it was joined, since there are many.</summary>
    public bool IsHub { get; set; }

    /// <summary>The edges within the chain.</summary>
    public List<FlowEdge> Inner { get; set; } = [];

    /// <summary>The edges between this chain and others, in both directions, by the other's number.</summary>
    public Dictionary<int, List<FlowEdge>> Outer { get; } = [];
}
