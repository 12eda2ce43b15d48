using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tarax.AutoFdo.Inputs.Perf;

/// <summary>
/// Where the fields of a PERF_RECORD_SAMPLE lie, computed once per event from its attribute.
/// Fields up to PERIOD have fixed places; those after it follow each other by the lengths they carry
/// (perf_output_sample in kernel/events/core.c gives the order).
/// </summary>
internal sealed class SampleLayout
{
    private readonly SampleType _type;
    private readonly ReadFormat _readFormat;
    private readonly bool _hasHardwareIndex;
    private readonly bool _hasCounters;
    private readonly int _userRegisterBytes;
    private readonly int _interruptRegisterBytes;
    private readonly int _variablePart;

    public SampleLayout(in EventAttribute attribute)
    {
        _type = attribute.SampleType;
        _readFormat = attribute.ReadFormat;
        _hasHardwareIndex = attribute.BranchSampleType.HasFlag(BranchSampleType.HardwareIndex);
        _hasCounters = attribute.BranchSampleType.HasFlag(BranchSampleType.Counters);
        _userRegisterBytes = 8 * BitOperations.PopCount(attribute.SampleRegsUser);
        _interruptRegisterBytes = 8 * BitOperations.PopCount(attribute.SampleRegsIntr);

        int next = 0;
        int Place(SampleType bit)
        {
            if (!_type.HasFlag(bit))
            {
                return -1;
            }

            next += 8;
            return next - 8;
        }

        IdentifierOffset = Place(SampleType.Identifier);
        IpOffset = Place(SampleType.Ip);
        TidOffset = Place(SampleType.Tid);
        TimeOffset = Place(SampleType.Time);
        AddrOffset = Place(SampleType.Addr);
        IdOffset = Place(SampleType.Id);
        StreamIdOffset = Place(SampleType.StreamId);
        CpuOffset = Place(SampleType.Cpu);
        PeriodOffset = Place(SampleType.Period);
        _variablePart = next;
    }

    /// <summary>Offsets of the fixed fields in the record's body, −1 where absent.</summary>
    public int IdentifierOffset { get; }

    public int IpOffset { get; }

    public int TidOffset { get; }

    public int TimeOffset { get; }

    public int AddrOffset { get; }

    public int IdOffset { get; }

    public int StreamIdOffset { get; }

    public int CpuOffset { get; }

    public int PeriodOffset { get; }

    /// <summary>Where the id of the event lies, by which its attribute is found; −1 where there is none.</summary>
    public int EventIdOffset => IdentifierOffset >= 0 ? IdentifierOffset : IdOffset;

    /// <summary>Length of the fixed part; a shorter body is damaged.</summary>
    public int FixedLength => _variablePart;

    public bool HasBranchStack => _type.HasFlag(SampleType.BranchStack);

    /// <summary>A fixed 64-bit field of a body that has at least <see cref="FixedLength"/> bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Fixed64(ReadOnlySpan<byte> body, int offset) =>
        offset < 0 ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(body[offset..]);

    /// <summary>The 32-bit half of a fixed field: pid and cpu are the low halves, tid the high one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Fixed32(ReadOnlySpan<byte> body, int offset) =>
        offset < 0 ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(body[offset..]);

    /// <summary>Finds the branch stack without looking at what comes after it.</summary>
    /// <returns>False where the body is too short for what it says it holds.</returns>
    public bool TryReadBranchStack(ReadOnlySpan<byte> body, out BranchStack stack)
    {
        stack = default;
        int at = _variablePart;
        if (at > body.Length
            || (_type.HasFlag(SampleType.Read) && !TrySkipRead(body, ref at))
            || (_type.HasFlag(SampleType.CallChain) && !TryTakeCounted(body, ref at, 8, out _))
            || (_type.HasFlag(SampleType.Raw) && !TryTakeRaw(body, ref at, out _)))
        {
            return false;
        }

        return !HasBranchStack || TryTakeBranchStack(body, ref at, out stack);
    }

    /// <summary>Reads every field.</summary>
    /// <returns>False where the body is too short for what it says it holds.</returns>
    public bool TryDecode(ReadOnlySpan<byte> body, out Sample sample)
    {
        sample = default;
        int at = _variablePart;
        if (at > body.Length)
        {
            return false;
        }

        sample.Identifier = Fixed64(body, IdentifierOffset);
        sample.Ip = Fixed64(body, IpOffset);
        sample.Pid = Fixed32(body, TidOffset);
        sample.Tid = TidOffset < 0 ? 0 : Fixed32(body, TidOffset + 4);
        sample.Time = Fixed64(body, TimeOffset);
        sample.Addr = Fixed64(body, AddrOffset);
        sample.Id = Fixed64(body, IdOffset);
        sample.StreamId = Fixed64(body, StreamIdOffset);
        sample.Cpu = Fixed32(body, CpuOffset);
        sample.Period = Fixed64(body, PeriodOffset);

        int readStart = at;
        if (_type.HasFlag(SampleType.Read))
        {
            if (!TrySkipRead(body, ref at))
            {
                return false;
            }

            sample.Read = body[readStart..at];
        }

        if (_type.HasFlag(SampleType.CallChain))
        {
            if (!TryTakeCounted(body, ref at, 8, out var chain))
            {
                return false;
            }

            sample.CallChain = MemoryMarshal.Cast<byte, ulong>(chain);
        }

        if ((_type.HasFlag(SampleType.Raw) && !TryTakeRaw(body, ref at, out sample.Raw))
            || (HasBranchStack && !TryTakeBranchStack(body, ref at, out sample.BranchStack))
            || (_type.HasFlag(SampleType.RegsUser)
                && !TryTakeRegisters(body, ref at, _userRegisterBytes, out sample.UserRegistersAbi, out sample.UserRegisters))
            || (_type.HasFlag(SampleType.StackUser) && !TryTakeStack(body, ref at, out sample.UserStack))
            || ((_type & (SampleType.Weight | SampleType.WeightStruct)) != 0 && !TryTake64(body, ref at, out sample.Weight))
            || (_type.HasFlag(SampleType.DataSrc) && !TryTake64(body, ref at, out sample.DataSource))
            || (_type.HasFlag(SampleType.Transaction) && !TryTake64(body, ref at, out sample.Transaction))
            || (_type.HasFlag(SampleType.RegsIntr)
                && !TryTakeRegisters(body, ref at, _interruptRegisterBytes, out sample.InterruptRegistersAbi, out sample.InterruptRegisters))
            || (_type.HasFlag(SampleType.PhysAddr) && !TryTake64(body, ref at, out sample.PhysicalAddress))
            || (_type.HasFlag(SampleType.CGroup) && !TryTake64(body, ref at, out sample.CGroup))
            || (_type.HasFlag(SampleType.DataPageSize) && !TryTake64(body, ref at, out sample.DataPageSize))
            || (_type.HasFlag(SampleType.CodePageSize) && !TryTake64(body, ref at, out sample.CodePageSize))
            || (_type.HasFlag(SampleType.Aux) && !TryTakeCounted(body, ref at, 1, out sample.Aux)))
        {
            return false;
        }

        sample.SurplusBytes = body.Length - at;
        return true;
    }

    /// <summary>
    /// Puts right what is no word of 64 bits behind the fixed fields of a sample that was swapped as words: raw data, branch flags, and the bytes
    /// of stacks and traces.
    /// </summary>
    /// <param name="body">The body; it is followed as far as it holds together.</param>
    public void SwapBack(Span<byte> body)
    {
        int at = _variablePart;
        if (at > body.Length
            || (_type.HasFlag(SampleType.Read) && !TrySkipRead(body, ref at))
            || (_type.HasFlag(SampleType.CallChain) && !TryTakeCounted(body, ref at, 8, out _)))
        {
            return;
        }

        if (_type.HasFlag(SampleType.Raw))
        {
            if (body.Length - at < sizeof(ulong))
            {
                return;
            }

            // The size and the first four bytes of the data share a word.
            RecordSwapper.ExchangeHalves(body[at..]);
            body.Slice(at + sizeof(uint), sizeof(uint)).Reverse();
            int start = at + sizeof(ulong);
            if (!TryTakeRaw(body, ref at, out _))
            {
                return;
            }

            RecordSwapper.SwapWords(body[start..Math.Max(start, at)]);
        }

        if (HasBranchStack)
        {
            int start = at;
            if (!TryTakeBranchStack(body, ref at, out var stack))
            {
                return;
            }

            int flags = start + sizeof(ulong) + (stack.Entries.Length > 0 && _hasHardwareIndex ? sizeof(ulong) : 0) + (2 * sizeof(ulong));
            for (int i = 0; i < stack.Entries.Length; i++, flags += BranchEntry.Size)
            {
                var word = body.Slice(flags, sizeof(ulong));
                BinaryPrimitives.WriteUInt64LittleEndian(word, BranchEntry.FlagsOfOtherByteOrder(BinaryPrimitives.ReadUInt64LittleEndian(word)));
            }
        }

        if (_type.HasFlag(SampleType.RegsUser) && !TryTakeRegisters(body, ref at, _userRegisterBytes, out _, out _))
        {
            return;
        }

        if (_type.HasFlag(SampleType.StackUser))
        {
            int start = at + sizeof(ulong);
            if (!TryTakeCounted(body, ref at, 1, out var bytes))
            {
                return;
            }

            RecordSwapper.SwapWords(body.Slice(start, bytes.Length & ~7));
        }
    }

    private static bool TryTake64(ReadOnlySpan<byte> body, scoped ref int at, out ulong value)
    {
        if (body.Length - at < 8)
        {
            value = 0;
            return false;
        }

        value = BinaryPrimitives.ReadUInt64LittleEndian(body[at..]);
        at += 8;
        return true;
    }

    /// <summary>u64 count, then that many items.</summary>
    private static bool TryTakeCounted(ReadOnlySpan<byte> body, scoped ref int at, int itemSize, out ReadOnlySpan<byte> items)
    {
        items = default;
        if (!TryTake64(body, ref at, out ulong count) || count > (ulong)(body.Length - at) / (ulong)itemSize)
        {
            return false;
        }

        items = body.Slice(at, (int)count * itemSize);
        at += items.Length;
        return true;
    }

    private static bool TryTakeRaw(ReadOnlySpan<byte> body, scoped ref int at, out ReadOnlySpan<byte> raw)
    {
        raw = default;
        if (body.Length - at < 4)
        {
            return false;
        }

        uint size = BinaryPrimitives.ReadUInt32LittleEndian(body[at..]);
        at += 4;
        if (size > (uint)(body.Length - at))
        {
            return false;
        }

        raw = body.Slice(at, (int)size);
        at += (int)size;
        return true;
    }

    private static bool TryTakeRegisters(ReadOnlySpan<byte> body, scoped ref int at, int length, out ulong abi, out ReadOnlySpan<ulong> registers)
    {
        registers = default;
        if (!TryTake64(body, ref at, out abi))
        {
            return false;
        }

        if (abi == 0)
        {
            return true;
        }

        if (length > body.Length - at)
        {
            return false;
        }

        registers = MemoryMarshal.Cast<byte, ulong>(body.Slice(at, length));
        at += length;
        return true;
    }

    private static bool TryTakeStack(ReadOnlySpan<byte> body, scoped ref int at, out ReadOnlySpan<byte> stack) =>
        TryTakeCounted(body, ref at, 1, out stack) && (stack.Length == 0 || TryTake64(body, ref at, out _));

    private bool TrySkipRead(ReadOnlySpan<byte> body, scoped ref int at)
    {
        int times = BitOperations.PopCount((ulong)(_readFormat & (ReadFormat.TotalTimeEnabled | ReadFormat.TotalTimeRunning)));
        int values = 1 + BitOperations.PopCount((ulong)(_readFormat & (ReadFormat.Id | ReadFormat.Lost)));
        ulong words = (ulong)(values + times);
        if (_readFormat.HasFlag(ReadFormat.Group))
        {
            if (!TryTake64(body, ref at, out ulong members) || members > (ulong)body.Length)
            {
                return false;
            }

            words = (ulong)times + (members * (ulong)values);
        }

        if (words > (ulong)(body.Length - at) / 8)
        {
            return false;
        }

        at += (int)words * 8;
        return true;
    }

    private bool TryTakeBranchStack(ReadOnlySpan<byte> body, scoped ref int at, out BranchStack stack)
    {
        stack = default;
        if (!TryTake64(body, ref at, out ulong count))
        {
            return false;
        }

        // Without branch data the kernel writes the zero count alone, even where the event asks for hw_idx.
        if (count == 0)
        {
            return true;
        }

        ulong hardwareIndex = 0;
        if (_hasHardwareIndex && !TryTake64(body, ref at, out hardwareIndex))
        {
            return false;
        }

        int entrySize = _hasCounters ? BranchEntry.Size + 8 : BranchEntry.Size;
        if (count > (ulong)((body.Length - at) / entrySize))
        {
            return false;
        }

        var entries = body.Slice(at, (int)count * BranchEntry.Size);
        at += entries.Length;
        var counters = _hasCounters ? body.Slice(at, (int)count * 8) : default;
        at += counters.Length;
        stack = new BranchStack(entries, hardwareIndex, counters);
        return true;
    }
}
