using Tarax.AutoFdo.Binaries.Disassembly;

namespace Tarax.AutoFdo.Attribution.Inference;

/// <summary>How many samples an execution of an instruction of each kind is expected to get, in proportion to each other.</summary>
/// <param name="ofKind">By <see cref="InstructionKind"/>.</param>
/// <param name="skids">
/// Whether a sample names the instruction after the one whose time it stands for: an interrupt is taken when that one is done. Precise events (PEBS, IBS) do not skid.
/// </param>
internal sealed class InstructionTimes(double[] ofKind, bool skids)
{
    /// <summary>Number of kinds.</summary>
    public const int Kinds = (int)InstructionKind.Misprediction + 1;

    /// <summary>Samples that a first guess is worth.</summary>
    private const double WeightOfGuess = 50;

    /// <summary>Each instruction is as likely to be sampled as any other, but for some: what an event that counts instructions would see.</summary>
    public static InstructionTimes Guess(bool skids)
    {
        double[] times = new double[Kinds];
        Array.Fill(times, 1);
        times[(int)InstructionKind.Slow] = 4;
        times[(int)InstructionKind.Divide] = 2;
        times[(int)InstructionKind.Misprediction] = 0.25;
        return new InstructionTimes(times, skids);
    }

    /// <summary>
    /// Cycles that instructions of today's processors take beyond those of others that run at the same time. Samples of time are too much blurred to calibrate them by: on real recordings
    /// the misprediction's cycles fall on several instructions behind it.
    /// </summary>
    public static InstructionTimes OfProcessors(bool skids)
    {
        double[] times = new double[Kinds];
        Array.Fill(times, 0.4);
        times[(int)InstructionKind.Padding] = 0.1;
        times[(int)InstructionKind.Multiply] = 1;
        times[(int)InstructionKind.Divide] = 20;
        times[(int)InstructionKind.Branch] = 1.5;
        times[(int)InstructionKind.IndirectBranch] = 3;
        times[(int)InstructionKind.Return] = 3;
        times[(int)InstructionKind.Atomic] = 20;
        times[(int)InstructionKind.Slow] = 20;
        times[(int)InstructionKind.Misprediction] = 10;
        return new InstructionTimes(times, skids);
    }

    /// <summary>Whether a sample names the next instruction.</summary>
    public bool Skids => skids;

    /// <summary>Samples expected for one execution.</summary>
    public double this[int kind] => ofKind[kind];

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
}
