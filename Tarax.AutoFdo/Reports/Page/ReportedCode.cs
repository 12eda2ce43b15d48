namespace Tarax.AutoFdo.Reports.Page;

/// <summary>Instructions of one part of a function, and how often each ran.</summary>
/// <param name="Start">ELF virtual address of the first, in hexadecimal.</param>
/// <param name="Lengths">Bytes of each.</param>
/// <param name="Texts">Each as an assembler has it.</param>
/// <param name="Counts">Executions of each.</param>
/// <param name="Bodies">Index of the body that each belongs to.</param>
/// <param name="Lines">Line of each, relative to the first of the body's function.</param>
/// <param name="Branches">Taken branches from and to them.</param>
internal sealed record ReportedCode(string Start, int[] Lengths, string[] Texts, ulong[] Counts, int[] Bodies, int[] Lines, ReportedBranch[] Branches)
{
    /// <summary>Instructions of another file than the body's function: index of the instruction and index of the file, one behind the other. Null for none.</summary>
    public int[]? Files { get; init; }

    /// <summary>What was kept from the compiler; null for nothing.</summary>
    public ReportedWithheld[]? Withheld { get; init; }
}

/// <summary>An instruction whose count was kept from the compiler.</summary>
/// <param name="At">Its index.</param>
/// <param name="Pass">The pass that did.</param>
internal sealed record ReportedWithheld(int At, string Pass);

/// <summary>Executions of a taken branch at one of its ends.</summary>
/// <param name="At">Index of the instruction.</param>
/// <param name="IsInto">Whether it arrives there; otherwise it leaves.</param>
/// <param name="Other">Its other end: function and distance, or an address; null outside of the binary.</param>
/// <param name="Count">Executions.</param>
internal sealed record ReportedBranch(int At, bool IsInto, string? Other, ulong Count);
