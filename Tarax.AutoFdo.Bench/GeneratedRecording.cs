using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Tarax.AutoFdo.Counting;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Inputs.Perf;

namespace Tarax.AutoFdo.Bench;

/// <summary>
/// Recordings of any size, made of a small one: its samples again and again, later each time, or samples with branches that are all different.
/// To a file they are written in perf's regular format, to standard output as perf writes into a pipe.
/// </summary>
internal sealed class GeneratedRecording : IDisposable
{
    private readonly PerfDataFile _template;
    private readonly RecordingStart _start;
    private readonly Stream _output;
    private readonly bool _isPipe;
    private long _written;

    private GeneratedRecording(string template, string output)
    {
        _template = PerfDataFile.Open(template);
        _start = new RecordingStart(template, _template);
        _isPipe = output == "-";
        _output = _isPipe ? Console.OpenStandardOutput() : new FileStream(output, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
    }

    /// <summary>Runs <c>generate repeat TEMPLATE BYTES OUT</c> or <c>generate distinct TEMPLATE BRANCHES OUT</c>.</summary>
    public static int Run(string kind, string template, string amount, string output)
    {
        long number = long.Parse(amount, CultureInfo.InvariantCulture);
        using var recording = new GeneratedRecording(template, output);
        recording._output.Write(recording._isPipe ? recording._start.OfPipe() : recording._start.OfFile());
        if (kind == "repeat")
        {
            recording.Repeat(number);
        }
        else
        {
            recording.WriteDistinct(number);
        }

        recording.WriteEnd();
        return 0;
    }

    public void Dispose()
    {
        _output.Dispose();
        _template.Dispose();
    }

    /// <summary>The template's records, then its samples and rounds until there are enough bytes.</summary>
    private void Repeat(long bytes)
    {
        var repeated = new RepeatedSamples(_template);
        Write(repeated.Others);
        while (_written < bytes)
        {
            Write(repeated.Samples);
            repeated.MoveOn();
        }
    }

    /// <summary>Samples like the template's first, whose branches go from anywhere to anywhere in the code that has most samples.</summary>
    private void WriteDistinct(long branches)
    {
        const int RoundEvery = 1000;
        var mapping = LargestMapping();
        var random = new Random(1);
        byte[] sample = [];
        byte[] round = [];
        var records = _template.Records();
        while (records.TryRead(out var record))
        {
            if (record.Type == RecordType.Sample)
            {
                sample = sample.Length == 0 && HasFullStack(record) ? record.Whole().ToArray() : sample;
            }
            else if (record.Type == RecordType.FinishedRound)
            {
                round = record.Whole().ToArray();
            }
            else
            {
                Write(record.Whole());
            }
        }

        var layout = _template.Events[0].Layout;
        layout.TryReadBranchStack(sample.AsSpan(RecordReader.HeaderSize), out var stack);
        var entries = MemoryMarshal.Cast<byte, ulong>(sample.AsSpan(sample.Length - (stack.Entries.Length * BranchEntry.Size)));
        ulong time = SampleLayout.Fixed64(sample.AsSpan(RecordReader.HeaderSize), layout.TimeOffset);
        for (long written = 0; written < branches; written += stack.Entries.Length)
        {
            ulong next = 0;
            for (int i = 0; i < entries.Length; i += 3)
            {
                // Newest first: before the branch that was taken next there is a straight line of some bytes.
                ulong to = next == 0 ? Address() : next - Math.Min((ulong)random.Next(4096), next - mapping.Start);
                ulong from = Address();
                (entries[i], entries[i + 1]) = (from, to);
                next = from;
            }

            BinaryPrimitives.WriteUInt64LittleEndian(sample.AsSpan(RecordReader.HeaderSize + layout.IpOffset), entries[1]);
            BinaryPrimitives.WriteUInt64LittleEndian(sample.AsSpan(RecordReader.HeaderSize + layout.TimeOffset), time += 1000);
            Write(sample);
            if (written / stack.Entries.Length % RoundEvery == 0)
            {
                Write(round);
            }
        }

        ulong Address() => mapping.Start + (ulong)random.NextInt64((long)(mapping.End - mapping.Start));
    }

    private bool HasFullStack(in PerfRecord record) =>
        _template.Events[0].Layout.TryReadBranchStack(record.Body, out var stack) && stack.Entries.Length >= 32;

    private Mapping LargestMapping()
    {
        var counter = RecordingCounter.Run(_template, _ => true, threads: 1, progress: null);
        var file = counter.CountsOf(_template.Events[0]).SamplesByFile().MaxBy(f => f.Value).Key;
        var records = _template.Records();
        while (records.TryRead(out var record))
        {
            if (record.Type is RecordType.Mmap2 && MappingRecord.TryRead(record, _template.Events[0].SampleId.WithoutTrailer(record.Body), out var mapping)
                && mapping.IsExecutable && mapping.FileName.SequenceEqual(System.Text.Encoding.UTF8.GetBytes(file.Name)))
            {
                return new Mapping(mapping.Start, mapping.Start + mapping.Length, mapping.PageOffset, file);
            }
        }

        throw new InvalidOperationException($"{file.Name} is not mapped by an MMAP2 record");
    }

    /// <summary>A regular file gives the length of its records in its header.</summary>
    private void WriteEnd()
    {
        _output.Flush();
        if (!_isPipe)
        {
            const int DataSizeOffset = 48;
            Span<byte> size = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(size, (ulong)_written);
            _output.Position = DataSizeOffset;
            _output.Write(size);
        }
    }

    private void Write(ReadOnlySpan<byte> record)
    {
        _output.Write(record);
        _written += record.Length;
    }
}
