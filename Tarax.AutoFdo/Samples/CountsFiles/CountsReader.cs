using System.Buffers;
using System.Text;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Samples.CountsFiles;

/// <summary>Reads the binary form of counts.</summary>
internal ref struct CountsReader
{
    private ByteCursor _cursor;

    private CountsReader(ByteCursor cursor) => _cursor = cursor;

    /// <summary>Adds the counts of a file.</summary>
    /// <exception cref="InvalidFormatException">The bytes are damaged, or of another version.</exception>
    public static void Read(ReadOnlySpan<byte> bytes, MergedCounts target)
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
        if (checksum.U32("checksum") is var stated && stated != Crc32.Of(bytes[..length]))
        {
            throw checksum.Invalid("checksum", $"is 0x{stated:x8}, which is not that of the bytes before it: the file is damaged or incomplete");
        }

        var reader = new CountsReader(whole.Child("counts", (ulong)(length - whole.Position)));
        reader.Read(target);
    }

    private void Read(MergedCounts target)
    {
        string eventName = Text("event name");
        var totals = new SampleTotals
        {
            Samples = Number("samples"),
            SamplesWithBranchStack = Number("samples with branch stack"),
            BranchEntries = Number("branch entries"),
        };
        target.AddRecording(eventName, totals);
        for (ulong left = Count("number of binaries", 13); left > 0; left--)
        {
            ReadBinary(target);
        }
    }

    private void ReadBinary(MergedCounts target)
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
        var branches = Branches();
        var ranges = Ranges();
        var samples = Addresses("sample");
        var entries = Addresses("entry");
        target.Of(name, buildId, isKernel).AddSorted(branches, ranges, samples, entries, sums);
        ArrayPool<BranchCount>.Shared.Return(branches.Array!);
        ArrayPool<RangeCount>.Shared.Return(ranges.Array!);
        ArrayPool<AddressCount>.Shared.Return(samples.Array!);
        ArrayPool<AddressCount>.Shared.Return(entries.Array!);
    }

    private ArraySegment<BranchCount> Branches()
    {
        int count = (int)Count("number of branches", 3);
        var branches = ArrayPool<BranchCount>.Shared.Rent(count);
        ulong from = 0;
        for (int i = 0; i < count; i++)
        {
            from += _cursor.Uleb("branch source");
            branches[i] = new BranchCount(from, from + (ulong)_cursor.Sleb("branch target"), _cursor.Uleb("branch count"));
            CheckOrder("branch", i > 0 && (branches[i - 1].From, branches[i - 1].To).CompareTo((from, branches[i].To)) >= 0);
        }

        return new ArraySegment<BranchCount>(branches, 0, count);
    }

    private ArraySegment<RangeCount> Ranges()
    {
        int count = (int)Count("number of ranges", 4);
        var ranges = ArrayPool<RangeCount>.Shared.Rent(count);
        ulong begin = 0;
        ulong time = 0;
        for (int i = 0; i < count; i++)
        {
            begin += _cursor.Uleb("range begin");
            ulong end = begin + _cursor.Uleb("range length");
            ulong executions = _cursor.Uleb("range count");
            time += (ulong)_cursor.Sleb("range time");
            ranges[i] = new RangeCount(begin, end, executions, time);
            CheckOrder("range", end < begin || (i > 0 && (ranges[i - 1].Begin, ranges[i - 1].End).CompareTo((begin, end)) >= 0));
        }

        return new ArraySegment<RangeCount>(ranges, 0, count);
    }

    private ArraySegment<AddressCount> Addresses(string field)
    {
        int count = (int)Count("number of addresses", 3);
        var addresses = ArrayPool<AddressCount>.Shared.Rent(count);
        ulong address = 0;
        ulong time = 0;
        for (int i = 0; i < count; i++)
        {
            address += _cursor.Uleb(field);
            ulong executions = _cursor.Uleb(field);
            time += (ulong)_cursor.Sleb(field);
            addresses[i] = new AddressCount(address, executions, time);
            CheckOrder(field, i > 0 && addresses[i - 1].Address >= address);
        }

        return new ArraySegment<AddressCount>(addresses, 0, count);
    }

    private readonly void CheckOrder(string field, bool isWrong)
    {
        if (isWrong)
        {
            throw _cursor.Invalid(field, "is not behind the one before it");
        }
    }

    private ulong Count(string field, int minimumSize)
    {
        ulong count = _cursor.Uleb(field);
        return count <= (ulong)(_cursor.Remaining / minimumSize)
            ? count
            : throw _cursor.Invalid(field, $"is {count}, where {_cursor.Remaining} bytes remain");
    }

    private long Number(string field)
    {
        ulong number = _cursor.Uleb(field);
        return number <= long.MaxValue ? (long)number : throw _cursor.Invalid(field, $"is {number}, which no recording has");
    }

    private string Text(string field) => Encoding.UTF8.GetString(_cursor.Child(field, _cursor.Uleb(field)).Rest());
}
