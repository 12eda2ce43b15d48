namespace Tarax.AutoFdo.Inputs.ArmSpe;

/// <summary>AUX data behind a PERF_RECORD_AUXTRACE.</summary>
/// <param name="Start">Offset of the data in the recording.</param>
/// <param name="Length">Length in bytes.</param>
/// <param name="Origin">Offset of the data in all AUX data of its buffer.</param>
/// <param name="Thread">The thread that was traced; none where <see cref="NoNumber"/>.</param>
/// <param name="Cpu">The processor that was traced; none where <see cref="NoNumber"/>.</param>
internal readonly record struct AuxTracePiece(long Start, long Length, long Origin, uint Thread, uint Cpu)
{
    /// <summary>Stands where there is no thread or processor.</summary>
    public const uint NoNumber = uint.MaxValue;
}
