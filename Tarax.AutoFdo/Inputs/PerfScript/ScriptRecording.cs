using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Inputs.Perf;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Text;

namespace Tarax.AutoFdo.Inputs.PerfScript;

/// <summary>
/// Turns the text of <c>perf script</c> into the records that it was printed from, as far as it says: mappings, processes, and samples with
/// their branch stacks. Without mappings, addresses are taken for those of a binary as it was linked.
/// </summary>
internal sealed class ScriptRecording : IDisposable
{
    private const int MostEntries = 2048;
    private const string Format = "perf script output";

    /// <summary>Far more than 2,048 branches need.</summary>
    private const int LongestLine = 1 << 20;
    private const int ReadAtOnce = 1 << 30;

    /// <summary>A decimal number of fewer digits before branches may be a process instead.</summary>
    private const int ShortestAddress = 8;
    private const uint KernelPid = uint.MaxValue;

    private static readonly byte[] Mmap2 = "PERF_RECORD_MMAP2 "u8.ToArray();
    private static readonly byte[] Mmap = "PERF_RECORD_MMAP "u8.ToArray();
    private static readonly byte[] Fork = "PERF_RECORD_FORK"u8.ToArray();
    private static readonly byte[] Exec = "PERF_RECORD_COMM exec: "u8.ToArray();

    private readonly Spool _spool = new(PerfDataFile.Format);
    private readonly ByteWriter _record = new();
    private readonly BranchEntry[] _branches = new BranchEntry[MostEntries];
    private readonly HashSet<uint> _mappedPids = [];
    private uint _lastNewPid;
    private bool _hasMappings;
    private uint _pid;
    private ulong _time;
    private ulong _ip;
    private bool _hasIp;
    private bool _isPending;
    private bool _hasHeader;
    private string _eventName = "";
    private bool _hasSeveralEvents;

    private ScriptRecording()
    {
    }

    /// <summary>Reads a text, which is not needed any more then.</summary>
    public static PerfDataFile Open(ByteSource text)
    {
        try
        {
            var (records, head, form) = Read(text);
            return PerfDataFile.Of(records, head, form);
        }
        finally
        {
            text.Dispose();
        }
    }

    /// <summary>Whether a source is such a text: its beginning has a line with a branch stack, a sample's header or a mapping.</summary>
    public static bool IsText(ByteSource source)
    {
        const int LookedAt = 1 << 16;
        const int LinesLookedAt = 1000;
        var beginning = source.Span("text", 0, Math.Min(LookedAt, source.Length));
        if (beginning.IndexOfAnyInRange((byte)0, (byte)8) >= 0)
        {
            return false;
        }

        bool isFirst = true;
        for (int i = 0; i < LinesLookedAt && !beginning.IsEmpty; i++)
        {
            var line = TakeLine(ref beginning);
            if (isFirst && IsFunctionOfProfile(line))
            {
                return false;
            }

            isFirst &= line.IsEmpty || line.StartsWith("#"u8);
            if (line.IndexOf(Mmap2) >= 0 || line.IndexOf(Mmap) >= 0)
            {
                return true;
            }

            while (ScriptLine.TryTakeWord(ref line, out var word))
            {
                if (ScriptLine.TryReadBranch(word, out _) || ScriptLine.TryReadTime(word, out _))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary><c>name:total:head</c>, by which a profile in LLVM's text begins (SampleProfReader.h): its positions look like times.</summary>
    private static bool IsFunctionOfProfile(ReadOnlySpan<byte> line)
    {
        int head = line.LastIndexOf((byte)':');
        int total = head < 0 ? -1 : line[..head].LastIndexOf((byte)':');
        return total > 0 && line.IndexOf((byte)' ') < 0 && IsNumber(line[(total + 1)..head]) && IsNumber(line[(head + 1)..]);
    }

    private static bool IsNumber(ReadOnlySpan<byte> text) => !text.IsEmpty && text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;

    /// <summary>Reads a whole text.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The records, and the one event that they are of.</returns>
    public static (ByteSource Records, RecordingHead Head, RecordingForm Form) Read(ByteSource text)
    {
        using var recording = new ScriptRecording();
        long lost = 0;
        for (long at = 0; at < text.Length;)
        {
            var rest = text.Span("text", at, Math.Min(ReadAtOnce, text.Length - at));
            int before = rest.Length;
            while (!rest.IsEmpty && (before - rest.Length < ReadAtOnce / 2))
            {
                long offset = at + before - rest.Length;
                var line = TakeLine(ref rest);
                if (line.Length > LongestLine)
                {
                    throw new InvalidFormatException(Format, "line", offset, $"has {line.Length} bytes or more, where perf script prints at most {LongestLine}");
                }

                if (rest.IsEmpty && text.Length > 0 && offset + line.Length == text.Length)
                {
                    // perf script ends every line: this one was cut, perhaps within an address.
                    lost = line.Length;
                    break;
                }

                recording.TakeLine(line);
            }

            at += before - rest.Length;
        }

        recording.WritePending();
        if (!recording._hasMappings)
        {
            recording.WriteMapping(RecordType.Mmap, new ScriptMapping { Pid = KernelPid, Length = ulong.MaxValue, FileName = Encoding.ASCII.GetBytes(MappingName.AsLinked) });
        }

        var attribute = new EventAttribute
        {
            SampleType = SampleType.Ip | SampleType.Tid | SampleType.Time | SampleType.BranchStack,
            BranchSampleType = BranchSampleType.Any,
        };
        var sampled = new PerfEvent(0, attribute, []) { Name = recording._eventName.Length > 0 ? recording._eventName : "samples" };
        var records = recording._spool.ToSource();
        return (records, new RecordingHead([sampled], new PerfFeatures(), 0, records.Length), new RecordingForm { IsText = true, HasSeveralEventsInText = recording._hasSeveralEvents, LostBytes = lost });
    }

    public void Dispose() => _spool.Dispose();

    private static ReadOnlySpan<byte> TakeLine(scoped ref ReadOnlySpan<byte> text)
    {
        int end = text.IndexOf((byte)'\n');
        var line = end < 0 ? text : text[..end];
        text = end < 0 ? default : text[(end + 1)..];
        return line.TrimEnd((byte)'\r');
    }

    private void TakeLine(ReadOnlySpan<byte> line)
    {
        // Comments are those of perf script --header.
        if (line.StartsWith("#"u8))
        {
            return;
        }

        int record = line.IndexOf("PERF_RECORD_"u8);
        if (record < 0)
        {
            TakeSampleLine(line);
            return;
        }

        WritePending();
        var text = line[record..];
        byte[]? mark = text.StartsWith(Mmap2) ? Mmap2 : text.StartsWith(Mmap) ? Mmap : null;
        if (mark is null)
        {
            TakeProcessRecord(text);
        }
        else if (ScriptLine.TryReadMapping(text[mark.Length..], out var mapping))
        {
            NoteMapping(mapping);
            WriteMapping(mark == Mmap2 ? RecordType.Mmap2 : RecordType.Mmap, mapping);
        }
    }

    private void TakeProcessRecord(ReadOnlySpan<byte> record)
    {
        if (record.StartsWith(Fork) && ScriptLine.TryReadFork(record[Fork.Length..], out uint pid, out uint parent))
        {
            NotePid(pid);
            Begin();
            _record.U32(pid);
            _record.U32(parent);
            _record.U32(pid);
            _record.U32(parent);
            _record.U64(0);
            End(RecordType.Fork, 0);
        }
        else if (record.StartsWith(Exec))
        {
            int colon = record.LastIndexOf((byte)':');
            if (ScriptLine.TryReadPid(record[(colon + 1)..], out pid))
            {
                const ushort CommExec = 1 << 13;
                Begin();
                _record.U32(pid);
                _record.U32(pid);
                _record.U64(0);
                End(RecordType.Comm, CommExec);
            }
        }
    }

    /// <summary>
    /// A line of a sample: the header with process, time and event, a frame of the call chain, or the branch stack; or all of it on one line.
    /// </summary>
    private void TakeSampleLine(ReadOnlySpan<byte> line)
    {
        var words = line;
        ReadOnlySpan<byte> previous = default;
        uint number = 0;
        bool hasNumber = false;
        bool hasTime = false;
        ulong address = 0;
        bool hasAddress = false;
        bool isAfterAddress = false;
        bool mayBeNumber = false;
        int branches = 0;
        while (ScriptLine.TryTakeWord(ref words, out var word))
        {
            bool mayBeAddress = branches == 0 && (previous.IsEmpty || previous.EndsWith(":"u8) || isAfterAddress) && !(hasTime && IsPeriod(words));
            if (ScriptLine.TryReadBranch(word, out var branch))
            {
                if (branches < MostEntries)
                {
                    _branches[branches++] = branch;
                }
            }
            else if (ScriptLine.TryReadTime(word, out ulong time))
            {
                // A header. What looked like an address before it was the name of a program.
                WritePending();
                (hasTime, hasAddress, isAfterAddress) = (true, false, false);
                (_time, _isPending, _hasHeader) = (time, true, true);
                _pid = hasNumber ? number : 0;
            }
            else
            {
                // Of several numbers in a row, such as process or period and address, the last is the address.
                isAfterAddress = false;
                if (mayBeAddress && ScriptLine.TryReadHexadecimal(word, out ulong value))
                {
                    (address, hasAddress, isAfterAddress) = (value, true, true);
                    mayBeNumber = !hasTime && word.Length < ShortestAddress && word.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;
                }

                // The last number before the time, but for that of the CPU in brackets, is the process or thread.
                if (ScriptLine.TryReadPid(word, out uint pid))
                {
                    (number, hasNumber) = (pid, true);
                }
                else if (hasTime && !hasAddress && word.EndsWith(":"u8) && word.Length > 1)
                {
                    NoteEvent(ScriptLine.Text(word[..^1]));
                }
            }

            previous = word;
        }

        if (previous.IsEmpty)
        {
            // An empty line ends a sample with a call chain.
            WritePending();
            return;
        }

        if (line[0] == '\t' && branches == 0 && !hasTime)
        {
            // A frame of a call chain (sample__fprintf_callchain of tools/perf), which perf prints relative to its file: it is no sample, and does not tell where one is.
            return;
        }

        if (!hasTime && branches == 0 && hasAddress && !_hasHeader)
        {
            // Without times, each line with an address is a sample.
            WritePending();
        }

        bool isAddress = hasAddress && !(mayBeNumber && branches > 0);
        if (isAddress && !_hasIp && (hasTime || branches > 0 || !_hasHeader))
        {
            // Frames of a call chain, on lines after their header, are not taken: perf prints them relative to their files.
            // Where no times are printed, a sample begins with its address.
            (_ip, _hasIp, _isPending) = (address, true, true);
        }

        if (branches > 0)
        {
            WriteSample(_branches.AsSpan(0, branches));
        }
    }

    /// <summary>Whether a number after the time is the period: then the event's name follows, with a colon.</summary>
    private static bool IsPeriod(ReadOnlySpan<byte> rest) => ScriptLine.TryTakeWord(ref rest, out var next) && next.EndsWith(":"u8);

    private void NoteMapping(in ScriptMapping mapping)
    {
        _hasMappings = true;
        if (mapping.Pid != KernelPid)
        {
            NotePid(mapping.Pid);
        }
    }

    private void NotePid(uint pid)
    {
        if (_mappedPids.Add(pid))
        {
            _lastNewPid = pid;
        }
    }

    /// <summary>A sample of which no branch stack came.</summary>
    private void WritePending()
    {
        if (_isPending && _hasIp)
        {
            WriteSample([]);
        }

        (_isPending, _hasIp, _hasHeader) = (false, false, false);
    }

    /// <summary>Events are not distinguished; that there are several is reported.</summary>
    private void NoteEvent(string name)
    {
        _hasSeveralEvents |= _eventName.Length > 0 && name != _eventName;
        _eventName = _eventName.Length > 0 ? _eventName : name;
    }

    private void WriteSample(ReadOnlySpan<BranchEntry> branches)
    {
        // A thread's number alone does not tell its process; most texts are of one.
        uint pid = _mappedPids.Count == 1 ? _lastNewPid : _pid;
        Begin();
        _record.U64(_hasIp ? _ip : branches.IsEmpty ? 0 : branches[0].To);
        _record.U32(pid);
        _record.U32(pid);
        _record.U64(_time);
        _record.U64((ulong)branches.Length);
        foreach (ref readonly var branch in branches)
        {
            _record.U64(branch.From);
            _record.U64(branch.To);
            _record.U64(branch.Flags);
        }

        End(RecordType.Sample, (ushort)CpuMode.User);
        (_isPending, _hasIp, _hasHeader) = (false, false, false);
    }

    private void WriteMapping(RecordType type, in ScriptMapping mapping)
    {
        const int LongestName = 4096;
        const ushort BuildIdBit = 1 << 14;
        const ushort DataBit = 1 << 13;
        const int MaximumBuildIdSize = 20;
        Begin();
        _record.U32(mapping.Pid);
        _record.U32(mapping.Pid);
        _record.U64(mapping.Start);
        _record.U64(mapping.Length);
        _record.U64(mapping.PageOffset);
        ushort misc = (ushort)(mapping.Pid == KernelPid ? CpuMode.Kernel : CpuMode.User);
        if (type == RecordType.Mmap2)
        {
            Span<byte> buildId = stackalloc byte[MaximumBuildIdSize];
            int length = ReadBuildId(mapping.BuildId, buildId);
            misc |= length > 0 ? BuildIdBit : (ushort)0;
            _record.U8((byte)length);
            _record.Zeros(3);
            _record.Bytes(buildId);
            _record.U32(mapping.IsExecutable ? 5u : 1u);
            _record.U32(2);
        }
        else if (!mapping.IsExecutable && _hasMappings)
        {
            misc |= DataBit;
        }

        _record.Bytes(mapping.FileName[..Math.Min(mapping.FileName.Length, LongestName)]);
        _record.U8(0);
        End(type, misc);
    }

    private static int ReadBuildId(ReadOnlySpan<byte> digits, Span<byte> buildId)
    {
        int length = 0;
        for (; length < buildId.Length && (2 * length) + 1 < digits.Length; length++)
        {
            if (!Utf8Parser.TryParse(digits.Slice(2 * length, 2), out byte value, out int read, 'x') || read != 2)
            {
                return 0;
            }

            buildId[length] = value;
        }

        return length;
    }

    private void Begin() => _record.Clear();

    private void End(RecordType type, ushort misc)
    {
        Span<byte> header = stackalloc byte[RecordReader.HeaderSize];
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)type);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], misc);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], (ushort)(header.Length + _record.Written.Length));
        _spool.Write(header);
        _spool.Write(_record.Written);
    }
}
