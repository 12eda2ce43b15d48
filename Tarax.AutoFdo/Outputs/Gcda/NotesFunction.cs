namespace Tarax.AutoFdo.Outputs.Gcda;

/// <summary>An arc between two blocks of a function's notes.</summary>
/// <param name="From">Block that it leaves.</param>
/// <param name="To">Block that it leads to.</param>
/// <param name="IsOnTree">Whether it is of the spanning tree, whose counts follow from those of the others: it has no counter.</param>
/// <param name="IsFake">Whether it stands for a call that does not return.</param>
/// <param name="Guess">The compiler's guess how likely it is taken from its block, 0 to 1; 0.5 where it is not known.</param>
internal readonly record struct NotesArc(int From, int To, bool IsOnTree, bool IsFake, double Guess = 0.5);

/// <summary>A source position of a block.</summary>
/// <param name="Block">The block.</param>
/// <param name="File">Base name of the file: folders are named otherwise by other builds.</param>
/// <param name="Line">The line.</param>
/// <param name="Column">The column of a statement; 0 where only the line is known.</param>
/// <param name="Discriminator">Its discriminator; 0 where it has none.</param>
internal readonly record struct NotesPosition(int Block, string File, uint Line, uint Column, uint Discriminator);

/// <summary>A function as GCC's profile pass sees it: after early inlining, before all that reorders and clones (profile.cc, branch_prob).</summary>
internal sealed class NotesFunction
{
    /// <summary>Where the function is entered.</summary>
    public const int Entry = 0;

    /// <summary>Where it is left.</summary>
    public const int Exit = 1;

    /// <summary>By which GCC finds its counters; distinct within a unit.</summary>
    public required uint Ident { get; init; }

    /// <summary>Checksum of its name, file and line, which GCC compares.</summary>
    public required uint LineChecksum { get; init; }

    /// <summary>Checksum of its control flow, which GCC compares.</summary>
    public required uint FlowChecksum { get; init; }

    /// <summary>Assembler name.</summary>
    public required string Name { get; init; }

    /// <summary>The file that defines it, as the compiler was told its name.</summary>
    public required string Source { get; init; }

    /// <summary>Line of its declaration, to which positions of profiles are relative.</summary>
    public required uint StartLine { get; init; }

    /// <summary>Number of blocks, the entry and the exit included.</summary>
    public int Blocks { get; set; }

    /// <summary>All arcs in the order of the file; counters are of those that are not on the tree, in this order.</summary>
    public List<NotesArc> Arcs { get; } = [];

    /// <summary>Positions of blocks in the order of the file: of their statements where the compiler's dump is there, else their lines.</summary>
    public List<NotesPosition> Positions { get; set; } = [];

    /// <summary>Blocks without calls and stores, where the compiler's dump is there: what they do may be done though they are not entered.</summary>
    public HashSet<int> WithoutEffect { get; set; } = [];

    /// <summary>Functions that blocks call by name, where the compiler's dump is there.</summary>
    public List<(int Block, string Callee)> Calls { get; set; } = [];
}
