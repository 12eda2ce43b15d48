using System.Text;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Text;

namespace Tarax.AutoFdo.Counts;

/// <summary>Writes the binary form of counts.</summary>
internal sealed class CountsWriter
{
    private readonly ByteWriter _writer = new();

    private CountsWriter()
    {
    }

    public static ReadOnlySpan<byte> Write(string eventName, IReadOnlyList<MappedFile> files, RecordedCounts counts)
    {
        var writer = new CountsWriter();
        writer.WriteHead(eventName, counts.Totals);
        writer._writer.Uleb((ulong)files.Count);
        foreach (var file in files)
        {
            writer.Write(file, counts.Of(file));
        }

        writer._writer.U32(Crc32C.Of(writer._writer.Written));
        return writer._writer.Written;
    }

    private void WriteHead(string eventName, SampleTotals totals)
    {
        _writer.Bytes(CountsFormat.Magic);
        _writer.U8(CountsFormat.Version);
        Write(eventName);
        _writer.Uleb((ulong)totals.Samples);
        _writer.Uleb((ulong)totals.SamplesWithBranchStack);
        _writer.Uleb((ulong)totals.BranchEntries);
    }

    private void Write(MappedFile file, FileCounts counts)
    {
        Write(file.Name);
        Write(file.BuildId.ToString());
        _writer.U8(file.IsKernel ? (byte)1 : (byte)0);
        var sums = counts.Sums;
        foreach (ulong sum in (ReadOnlySpan<ulong>)[sums.Samples, sums.BranchesInto, sums.RangesSeen, sums.RangesLeaving, sums.RangesBackward, sums.RangesTooLong])
        {
            _writer.Uleb(sum);
        }

        Write(counts.Branches.ToList());
        Write(counts.Ranges.ToList());
        Write(counts.Samples.ToList());
        Write(counts.Entries.ToList());
    }

    private void Write(ChunkedList<BranchCount> branches)
    {
        _writer.Uleb((ulong)branches.Count);
        ulong from = 0;
        foreach (var branch in branches)
        {
            _writer.Uleb(branch.From - from);
            _writer.Sleb((long)(branch.To - branch.From));
            _writer.Uleb(branch.Count);
            from = branch.From;
        }
    }

    private void Write(ChunkedList<RangeCount> ranges)
    {
        _writer.Uleb((ulong)ranges.Count);
        ulong start = 0;
        ulong time = 0;
        foreach (var range in ranges)
        {
            _writer.Uleb(range.Start - start);
            _writer.Uleb(range.End - range.Start);
            _writer.Uleb(range.Count);
            _writer.Sleb((long)(range.FirstTime - time));
            (start, time) = (range.Start, range.FirstTime);
        }
    }

    private void Write(ChunkedList<AddressCount> addresses)
    {
        _writer.Uleb((ulong)addresses.Count);
        ulong address = 0;
        ulong time = 0;
        foreach (var counted in addresses)
        {
            _writer.Uleb(counted.Address - address);
            _writer.Uleb(counted.Count);
            _writer.Sleb((long)(counted.FirstTime - time));
            (address, time) = (counted.Address, counted.FirstTime);
        }
    }

    private void Write(string text)
    {
        byte[] bytes = FileName.Encode(text);
        _writer.Uleb((ulong)bytes.Length);
        _writer.Bytes(bytes);
    }
}
