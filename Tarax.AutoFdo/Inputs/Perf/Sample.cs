namespace Tarax.AutoFdo.Inputs.Perf;

/// <summary>All fields of a PERF_RECORD_SAMPLE, in record order; those that the event does not record are zero or empty.</summary>
internal ref struct Sample
{
    public ulong Identifier;
    public ulong Ip;
    public uint Pid;
    public uint Tid;
    public ulong Time;
    public ulong Addr;
    public ulong Id;
    public ulong StreamId;
    public uint Cpu;
    public ulong Period;
    public ReadOnlySpan<byte> Read;
    public ReadOnlySpan<ulong> CallChain;
    public ReadOnlySpan<byte> Raw;
    public BranchStack BranchStack;
    public ulong UserRegistersAbi;
    public ReadOnlySpan<ulong> UserRegisters;
    public ReadOnlySpan<byte> UserStack;
    public ulong Weight;
    public ulong DataSource;
    public ulong Transaction;
    public ulong InterruptRegistersAbi;
    public ReadOnlySpan<ulong> InterruptRegisters;
    public ulong PhysicalAddress;
    public ulong CGroup;
    public ulong DataPageSize;
    public ulong CodePageSize;
    public ReadOnlySpan<byte> Aux;

    /// <summary>Bytes after the last known field: a sample bit that this reader does not know.</summary>
    public int SurplusBytes;
}
