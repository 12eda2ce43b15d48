using Tarax.AutoFdo.Disassembly;

namespace Tarax.AutoFdo.Inference;

/// <summary>How many samples an execution of an instruction of each kind is expected to get, in proportion to each other.</summary>
/// <param name="ofKind">By <see cref="InstructionKind"/>.</param>
/// <param name="skids">
/// Whether a sample names the instruction after the one whose time it stands for: an interrupt is taken when that one is done. Precise events (PEBS, IBS) do not skid.
/// </param>
internal sealed class InstructionTimes(double[] ofKind, bool skids)
{
    private const int Kinds = (int)InstructionKind.Slow + 1;

    /// <summary>Samples that a first guess is worth.</summary>
    private const double WeightOfGuess = 50;

    /// <summary>Each instruction is as likely to be sampled as any other: an event that counts them.</summary>
    public static InstructionTimes Guess(bool skids)
    {
        double[] times = new double[Kinds];
        Array.Fill(times, 1);
        times[(int)InstructionKind.Slow] = 4;
        times[(int)InstructionKind.Divide] = 2;
        return new InstructionTimes(times, skids);
    }

    /// <summary>Whether a sample names the next instruction.</summary>
    public bool Skids => skids;

    /// <summary>The kind whose time a sample of an instruction stands for.</summary>
    /// <param name="instructions">All instructions of the function.</param>
    /// <param name="index">The sampled one.</param>
    /// <param name="isFirst">Whether it begins a block, to which something jumped or fell through.</param>
    public InstructionKind KindAt(IReadOnlyList<CodeInstruction> instructions, int index, bool isFirst) =>
        !skids ? instructions[index].Kind : isFirst ? InstructionKind.Branch : instructions[index - 1].Kind;

    public double Of(InstructionKind kind) => ofKind[(int)kind];

    /// <summary>Times that make so many samples of so many executions.</summary>
    /// <param name="samples">Of each kind.</param>
    /// <param name="executions">Of each kind.</param>
    public InstructionTimes Calibrated(double[] samples, double[] executions)
    {
        double[] times = new double[Kinds];
        for (int kind = 0; kind < Kinds; kind++)
        {
            times[kind] = (samples[kind] + WeightOfGuess) / (executions[kind] + (WeightOfGuess / ofKind[kind]));
        }

        return new InstructionTimes(times, skids);
    }

    public static double[] NewSums() => new double[Kinds];
}
