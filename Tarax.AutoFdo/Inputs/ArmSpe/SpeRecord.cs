namespace Tarax.AutoFdo.Inputs.ArmSpe;

/// <summary>
/// What the Statistical Profiling Extension recorded of one operation, as far as branches are concerned (Arm Architecture Reference Manual, DDI 0487, "The Statistical Profiling Extension Sample Record
/// Specification").
/// </summary>
internal struct SpeRecord
{
    /// <summary>Events bit 1: the operation was retired, not only speculated.</summary>
    private const ulong RetiredBit = 1 << 1;

    /// <summary>Events bit 6: the condition was false.</summary>
    private const ulong NotTakenBit = 1 << 6;

    /// <summary>Operation type payload bit 0 of a branch.</summary>
    private const byte ConditionalBit = 1;

    /// <summary>Runtime address of the operation.</summary>
    public ulong Address;

    /// <summary>Runtime address of where execution went on: the branch's target, or the next instruction.</summary>
    public ulong Target;

    /// <summary>The events packet.</summary>
    public ulong Events;

    /// <summary>The timestamp in ticks of the system counter; 0 for none.</summary>
    public ulong Timestamp;

    /// <summary>The context packet: of Linux a thread id.</summary>
    public uint Context;

    /// <summary>The payload of the operation type packet.</summary>
    public byte Operation;

    public bool HasAddress;
    public bool HasTarget;
    public bool HasContext;
    public bool IsBranch;

    public readonly bool IsRetired => (Events & RetiredBit) != 0;

    /// <summary>Some processors set the event for unconditional branches too, which are always taken (google/autofdo, perf_spe_data_reader.cc, says so).</summary>
    public readonly bool IsNotTaken => (Events & NotTakenBit) != 0 && (Operation & ConditionalBit) != 0;
}
