using System.Text;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Text;

namespace Tarax.AutoFdo.Counts;

/// <summary>Reads the binary form of counts.</summary>
internal ref struct CountsReader
{
    private ByteCursor _cursor;

    private CountsReader(ByteCursor cursor) => _cursor = cursor;

    /// <summary>Adds the counts of a file.</summary>
    /// <exception cref="InvalidFormatException">The bytes are damaged, or of another version.</exception>
    public static void Read(ReadOnlySpan<byte> bytes, CountsCollector target)
    {
        int length = bytes.Length - CountsFormat.ChecksumLength;
        var whole = new ByteCursor(bytes, CountsFormat.Name, 0, isBigEndian: false);
        whole.Skip("magic", (ulong)CountsFormat.Magic.Length);
        byte version = whole.U8("version");
        if (version != CountsFormat.Version)
        {
            throw whole.Invalid("version", $"is {version}, where {CountsFormat.Version} is known");
        }

        var checksum = whole;
        checksum.Position = Math.Max(length, whole.Position);
        if (checksum.U32("checksum") is var stated && stated != Crc32C.Of(bytes[..length]))
        {
            throw checksum.Invalid("checksum", $"is 0x{stated:x8}, which is not that of the bytes before it: the file is damaged or incomplete");
        }

        var reader = new CountsReader(whole.Child("counts", (ulong)(length - whole.Position)));
        reader.Read(target);
    }

    private void Read(CountsCollector target)
    {
        string eventName = Text("event name");
        var totals = new SampleTotals
        {
            Samples = Number("samples"),
            SamplesWithBranchStack = Number("samples with branch stack"),
            BranchEntries = Number("branch entries"),
        };
        target.Target.AddRecording(eventName, totals);
        for (ulong left = _cursor.UlebCount("number of binaries", 13); left > 0; left--)
        {
            ReadBinary(target);
        }
    }

    private void ReadBinary(CountsCollector target)
    {
        string name = Text("name");
        string hexadecimal = Text("build-id");
        if (!BuildId.TryParse(hexadecimal, out var buildId))
        {
            throw _cursor.Invalid("build-id", $"is \"{hexadecimal}\", not hexadecimal");
        }

        bool isKernel = (_cursor.U8("flags") & 1) != 0;
        var sums = new FileSums
        {
            Samples = _cursor.Uleb("samples"),
            BranchesInto = _cursor.Uleb("branches"),
            RangesSeen = _cursor.Uleb("ranges"),
            RangesLeaving = _cursor.Uleb("leaving ranges"),
            RangesBackward = _cursor.Uleb("backward ranges"),
            RangesTooLong = _cursor.Uleb("too long ranges"),
        };
        var tables = target.Of(name, buildId, isKernel);
        tables.Sums += sums;
        ReadBranches(tables);
        ReadRanges(tables);
        ReadSamples(tables);
        ReadEntries(tables);
    }

    private void ReadBranches(CountsTables tables)
    {
        ulong from = 0;
        ulong to = 0;
        ulong count = _cursor.UlebCount("number of branches", 3);
        for (ulong i = 0; i < count; i++)
        {
            var (lastFrom, lastTo) = (from, to);
            from += _cursor.Uleb("branch source");
            to = from + (ulong)_cursor.Sleb("branch target");
            tables.AddBranch(from, to, _cursor.Uleb("branch count"));
            CheckOrder("branch", i > 0 && (lastFrom > from || (lastFrom == from && lastTo >= to)));
        }
    }

    private void ReadRanges(CountsTables tables)
    {
        ulong start = 0;
        ulong end = 0;
        ulong time = 0;
        ulong count = _cursor.UlebCount("number of ranges", 4);
        for (ulong i = 0; i < count; i++)
        {
            var (lastStart, lastEnd) = (start, end);
            start += _cursor.Uleb("range begin");
            end = start + _cursor.Uleb("range length");
            ulong executions = _cursor.Uleb("range count");
            time += (ulong)_cursor.Sleb("range time");
            tables.AddRange(start, end, executions, time);
            CheckOrder("range", end < start || (i > 0 && (lastStart > start || (lastStart == start && lastEnd >= end))));
        }
    }

    private void ReadSamples(CountsTables tables)
    {
        var last = default(AddressCount);
        ulong count = _cursor.UlebCount("number of samples", 3);
        for (ulong i = 0; i < count; i++)
        {
            last = Next(last, "sample", isFirst: i == 0);
            tables.AddSample(last.Address, last.Count, last.FirstTime);
        }
    }

    private void ReadEntries(CountsTables tables)
    {
        var last = default(AddressCount);
        ulong count = _cursor.UlebCount("number of entries", 3);
        for (ulong i = 0; i < count; i++)
        {
            last = Next(last, "entry", isFirst: i == 0);
            tables.AddEntry(last.Address, last.Count, last.FirstTime);
        }
    }

    private AddressCount Next(AddressCount last, string field, bool isFirst)
    {
        ulong address = last.Address + _cursor.Uleb(field);
        CheckOrder(field, !isFirst && address <= last.Address);
        return new AddressCount(address, _cursor.Uleb(field), last.FirstTime + (ulong)_cursor.Sleb(field));
    }

    private readonly void CheckOrder(string field, bool isWrong)
    {
        if (isWrong)
        {
            throw _cursor.Invalid(field, "is not behind the one before it");
        }
    }

    private long Number(string field)
    {
        ulong number = _cursor.Uleb(field);
        return number <= long.MaxValue ? (long)number : throw _cursor.Invalid(field, $"is {number}, which no recording has");
    }

    private string Text(string field) => FileName.Decode(_cursor.Child(field, _cursor.Uleb(field)).Rest());
}
