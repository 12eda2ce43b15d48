using Tarax.AutoFdo.Binaries.Symbolization;

namespace Tarax.AutoFdo.Outputs.Propeller;

/// <summary>A function that ran, with the order that was found for its blocks.</summary>
internal sealed class LayoutFunction
{
    /// <summary>Its place in the address map.</summary>
    public required int Index { get; init; }

    /// <summary>Its symbols: the first is its name.</summary>
    public required SymbolAlias[] Names { get; init; }

    /// <summary>The file of its compile unit, where another function has its name; otherwise empty.</summary>
    public string Module { get; set; } = "";

    /// <summary>The file of its compile unit, where the layout is one of several; otherwise empty.</summary>
    public string Unit { get; set; } = "";

    /// <summary>Its blocks, as the address map has them.</summary>
    public required MappedBlock[] Blocks { get; init; }

    /// <summary>Blocks that belong where code runs, by their place in <see cref="Blocks"/>: the first, those that ran, and all landing pads if one ran.</summary>
    public required int[] Hot { get; init; }

    /// <summary>The hot blocks and the edges between them.</summary>
    public required FlowGraph Graph { get; init; }

    /// <summary>How often it was entered.</summary>
    public required ulong Entries { get; init; }

    /// <summary>The order of the hot blocks, by their place in <see cref="Hot"/>.</summary>
    public int[] Order { get; set; } = [];

    /// <summary>Bytes of the hot blocks.</summary>
    public ulong HotBytes => (ulong)Graph.Sizes.Sum(s => (long)s);

    /// <summary>Executions of all blocks.</summary>
    public double Weight => Graph.Counts.Sum(c => (double)c);
}
