using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Outputs.Propeller;

/// <summary>
/// Reads the functions of one section of the address map, as LLVM's BBAddrMap.cpp does (versions 2 to 5, which Clang 17 and later write). The length of an entry follows from its content only, so
/// that what is not known ends the reading.
/// </summary>
/// <param name="cursor">The section.</param>
/// <param name="is64Bit">Whether addresses have 8 bytes.</param>
/// <param name="describes">Whether functions get their blocks; else they are checked alike, and passed over.</param>
internal ref struct AddressMapReader(ByteCursor cursor, bool is64Bit, bool describes = true)
{
    public const string Format = ".llvm_bb_addr_map";

    private const byte Oldest = 2;
    private const byte Newest = 5;

    /// <summary>Numbers that versions have features for, from the lowest.</summary>
    private static ReadOnlySpan<ushort> KnownFeatures => [0x1f, 0x3f, 0x7f, 0xff];

    private ByteCursor _cursor = cursor;
    private ulong _last;
    private int _count;

    /// <summary>Where the next function is in the section.</summary>
    public int Position
    {
        readonly get => _cursor.Position;
        set => _cursor.Position = value;
    }

    /// <summary>Reads the next function.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="InvalidFormatException">The entry is damaged, or of a version that is not known.</exception>
    public bool TryRead([NotNullWhen(true)] out MappedFunction? function)
    {
        function = null;
        if (_cursor.AtEnd)
        {
            return false;
        }

        var start = _cursor;
        byte version = _cursor.U8("version");
        if (version is < Oldest or > Newest)
        {
            throw start.Invalid("version", string.Create(CultureInfo.InvariantCulture, $"is {version} in the entry {Place()}, where {Oldest} to {Newest} are known; build with a Clang that writes one of them (17 to 23 do)"));
        }

        start = _cursor;
        var features = (MapFeatures)(version < Newest ? _cursor.U8("feature") : _cursor.U16("feature"));
        uint unknown = (uint)features & ~(uint)KnownFeatures[version - Oldest];
        if (unknown != 0)
        {
            throw start.Invalid("feature", string.Create(CultureInfo.InvariantCulture, $"has the bits 0x{unknown:x} in the entry {Place()}, which version {version} does not have"));
        }

        var ranges = new MappedRange[(features & MapFeatures.SeveralRanges) != 0 ? RangeCount() : 1];
        ulong blocks = 0;
        for (int i = 0; i < ranges.Length; i++)
        {
            ranges[i] = Range(features);
            blocks += (features & MapFeatures.BlocksOmitted) != 0 ? 0 : ranges[i].BlockCount;
        }

        function = new MappedFunction
        {
            Version = version,
            Features = features,
            Ranges = ranges,
            EntryCount = (features & MapFeatures.EntryCount) != 0 ? _cursor.Uleb("function entry count") : null,
            Assumed = Assumed(features, (int)blocks),
        };
        _last = function.Entry;
        _count++;
        return true;
    }

    private int RangeCount()
    {
        var start = _cursor;
        ulong count = _cursor.UlebCount("number of ranges", (is64Bit ? 8 : 4) + 1);
        return count > 0 ? (int)count : throw start.Invalid("number of ranges", $"is 0 in the entry {Place()}");
    }

    /// <summary>Where an entry is.</summary>
    private readonly string Place() => _count == 0 ? "of the first function" : string.Create(CultureInfo.InvariantCulture, $"behind that of the function at 0x{_last:x}");

    private MappedRange Range(MapFeatures features)
    {
        ulong address = is64Bit ? _cursor.U64("base address") : _cursor.U32("base address");
        if ((features & MapFeatures.BlocksOmitted) != 0)
        {
            return new MappedRange(address, _cursor.Uleb("number of blocks"), []) { End = address };
        }

        const int LeastBytes = 4;
        int count = (int)_cursor.UlebCount("number of blocks", LeastBytes);
        var blocks = describes ? new MappedBlock[count] : [];
        ulong end = address;
        bool isAscending = true;
        for (int i = 0; i < count; i++)
        {
            ulong before = end;
            var block = Block(features, ref end);
            isAscending &= block.Start >= before && end >= block.Start;
            if (describes)
            {
                blocks[i] = block;
            }
        }

        return new MappedRange(address, (ulong)count, blocks) { End = isAscending ? end : null };
    }

    private MappedBlock Block(MapFeatures features, ref ulong end)
    {
        uint id = Number("block id");
        ulong start = end + Number("block offset");
        uint[]? calls = null;
        uint size = 0;
        if ((features & MapFeatures.CallEnds) != 0)
        {
            int count = (int)_cursor.UlebCount("number of calls", 1);
            calls = count == 0 || !describes ? [] : new uint[count];
            for (int i = 0; i < count; i++)
            {
                size = Sum("end of a call", size);
                if (describes)
                {
                    calls[i] = size;
                }
            }
        }

        size = Sum("block size", size);
        var before = _cursor;
        ulong properties = _cursor.Uleb("block metadata");
        if ((properties & ~(ulong)BlockProperties.All) != 0)
        {
            throw before.Invalid("block metadata", string.Create(CultureInfo.InvariantCulture, $"has the bits 0x{properties & ~(ulong)BlockProperties.All:x} in block {id} at 0x{start:x}, which are not known"));
        }

        ulong hash = (features & MapFeatures.BlockHashes) != 0 ? _cursor.U64("block hash") : 0;
        end = start + size;
        return new MappedBlock(id, start, size, (BlockProperties)properties, calls, hash);
    }

    private AssumedBlock[] Assumed(MapFeatures features, int blocks)
    {
        if ((features & (MapFeatures.BlockFrequencies | MapFeatures.BranchProbabilities)) == 0)
        {
            return [];
        }

        bool hasCounts = (features & MapFeatures.PostLinkCounts) != 0;
        var assumed = describes ? new AssumedBlock[blocks] : [];
        for (int i = 0; i < blocks; i++)
        {
            ulong frequency = (features & MapFeatures.BlockFrequencies) != 0 ? _cursor.Uleb("block frequency") : 0;
            uint count = hasCounts ? Number("block count") : 0;
            AssumedSuccessor[] successors = [];
            if ((features & MapFeatures.BranchProbabilities) != 0)
            {
                int number = (int)_cursor.UlebCount("number of successors", hasCounts ? 3 : 2);
                successors = number == 0 || !describes ? [] : new AssumedSuccessor[number];
                for (int s = 0; s < number; s++)
                {
                    var successor = new AssumedSuccessor(Number("successor id"), Number("probability"), hasCounts ? Number("edge count") : 0);
                    if (describes)
                    {
                        successors[s] = successor;
                    }
                }
            }

            if (describes)
            {
                assumed[i] = new AssumedBlock(frequency, count, successors);
            }
        }

        return assumed;
    }

    private uint Sum(string field, uint before)
    {
        var start = _cursor;
        uint more = Number(field);
        return more <= uint.MaxValue - before ? before + more : throw start.Invalid(field, $"is {more} behind {before}, beyond 32 bits");
    }

    private uint Number(string field)
    {
        var start = _cursor;
        ulong value = _cursor.Uleb(field);
        return value <= uint.MaxValue ? (uint)value : throw start.Invalid(field, $"is {value}, beyond 32 bits");
    }
}
