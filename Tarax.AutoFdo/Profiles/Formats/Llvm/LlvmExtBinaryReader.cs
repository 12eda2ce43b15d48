using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Profiles.Formats.Llvm;

/// <summary>Reads LLVM's extensible binary form: a table of sections in the order in which they are read, then the sections.</summary>
internal ref struct LlvmExtBinaryReader
{
    /// <summary>Names and counts do not become more than this many times as long; what does is made to fill the memory.</summary>
    private const ulong MostExpansion = 128;

    /// <summary>Bytes that are decompressed at once: no length is believed before they are there.</summary>
    private const int ChunkLength = 1 << 16;

    private readonly ReadOnlySpan<byte> _file;
    private readonly List<FunctionProfile> _functions = [];
    private readonly List<string> _symbolList = [];
    private List<string> _names = [];
    private bool _isFlowSensitive;
    private bool _hasHashedNames;
    private bool _hasVtables;
    private long _vtables;
    private int _unknownSections;
    private ulong _sizes;
    private ulong _unknownFlags;

    private LlvmExtBinaryReader(ReadOnlySpan<byte> file) => _file = file;

    /// <exception cref="InvalidFormatException">The bytes are damaged, of another version, or of a kind that is not supported.</exception>
    public static SampleProfile Read(ReadOnlySpan<byte> bytes)
    {
        var cursor = new ByteCursor(bytes, LlvmFormat.Name, 0, isBigEndian: false);
        cursor.Skip("magic", (ulong)LlvmFormat.ExtBinaryMagic.Length);
        cursor.CheckVersion(LlvmFormat.NewestExtBinaryVersion);
        ulong sections = cursor.U64("number of sections");
        if (sections > (ulong)cursor.Remaining / 32)
        {
            throw cursor.Invalid("number of sections", $"is {sections}, where {cursor.Remaining} bytes remain");
        }

        var reader = new LlvmExtBinaryReader(bytes);
        for (; sections > 0; sections--)
        {
            reader.ReadSection(cursor.U64("section type"), cursor.U64("section flags"), cursor.U64("section offset"), cursor.U64("section size"));
        }

        return new SampleProfile(reader._functions)
        {
            Format = LlvmExtBinaryFormat.Instance,
            IsFlowSensitive = reader._isFlowSensitive,
            HasHashedNames = reader._hasHashedNames,
            SymbolList = reader._symbolList,
            Diagnostics = [.. LlvmDiagnostics.OfVtables(reader._vtables), .. LlvmDiagnostics.OfSections(reader._unknownSections), .. LlvmDiagnostics.OfFlags(reader._unknownFlags)],
        };
    }

    private void ReadSection(ulong type, ulong flags, ulong offset, ulong size)
    {
        if (offset > (ulong)_file.Length || size > (ulong)_file.Length - offset)
        {
            throw new InvalidFormatException(LlvmFormat.Name, "section", (long)Math.Min(offset, long.MaxValue), $"of type {type} has {size} bytes there, where the file has {_file.Length}");
        }

        _sizes += size;
        if (_sizes > (ulong)_file.Length)
        {
            throw new InvalidFormatException(LlvmFormat.Name, "section", (long)offset, $"of type {type} lies over others");
        }

        if (size == 0 || (type == LlvmFormat.TypeMetadata && (flags & LlvmFormat.FlagProbes) == 0) || type == LlvmFormat.TypeOffsets)
        {
            // All functions are read anyway.
            return;
        }

        if (!IsKnown(type))
        {
            _unknownSections++;
            return;
        }

        var section = new ByteCursor(_file.Slice((int)offset, (int)size), LlvmFormat.Name, (long)offset, isBigEndian: false);
        if ((flags & LlvmFormat.FlagCompressed) != 0)
        {
            section = new ByteCursor(Decompress(section), $"{LlvmFormat.Name}, decompressed section", (long)offset, isBigEndian: false);
        }

        switch (type)
        {
            case LlvmFormat.TypeSummary:
                ReadSummary(section, flags);
                break;
            case LlvmFormat.TypeNames:
                ReadNames(section, flags);
                break;
            case LlvmFormat.TypeContexts:
                CheckContexts(section);
                break;
            case LlvmFormat.TypeFunctions:
                var bodies = new LlvmBodyReader(section, _names, _hasVtables);
                bodies.ReadAll(_functions);
                _vtables += bodies.Vtables;
                break;
            case LlvmFormat.TypeSymbolList:
                ReadSymbolList(section);
                break;
            default:
                throw section.Invalid("function metadata", LlvmFormat.NoProbes);
        }
    }

    private static bool IsKnown(ulong type) => type is LlvmFormat.TypeSummary or LlvmFormat.TypeNames or LlvmFormat.TypeContexts or LlvmFormat.TypeFunctions
        or LlvmFormat.TypeSymbolList or LlvmFormat.TypeMetadata;

    private static ReadOnlySpan<byte> Decompress(ByteCursor section)
    {
        ulong length = section.Uleb("uncompressed size");
        ulong compressed = section.Uleb("compressed size");
        if (compressed != (ulong)section.Remaining || compressed < sizeof(uint) || length > compressed * MostExpansion)
        {
            throw section.Invalid("compressed size", $"is {compressed} for {length} bytes, where {section.Remaining} remain");
        }

        var stream = section.Bytes("compressed section", (int)compressed);
        var bytes = new ArrayBufferWriter<byte>();
        try
        {
            using var zlib = new ZLibStream(new MemoryStream(stream.ToArray()), CompressionMode.Decompress);
            for (int read; (ulong)bytes.WrittenCount <= length && (read = zlib.Read(bytes.GetSpan(ChunkLength))) > 0;)
            {
                bytes.Advance(read);
            }
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw section.Invalid("compressed section", "is damaged");
        }

        if ((ulong)bytes.WrittenCount != length)
        {
            throw section.Invalid("compressed section", $"has {((ulong)bytes.WrittenCount < length ? "fewer" : "more")} than the {length} bytes that it states");
        }

        // ZLibStream takes an early end for the end.
        return Adler32(bytes.WrittenSpan) == BinaryPrimitives.ReadUInt32BigEndian(stream[^sizeof(uint)..])
            ? bytes.WrittenSpan
            : throw section.Invalid("compressed section", "does not end with the checksum of its content");
    }

    /// <summary>The checksum at the end of a zlib stream (RFC 1950, 2.2).</summary>
    private static uint Adler32(ReadOnlySpan<byte> bytes)
    {
        const uint Modulus = 65521;
        uint sum = 1;
        uint sums = 0;
        foreach (byte value in bytes)
        {
            sum = (sum + value) % Modulus;
            sums = (sums + sum) % Modulus;
        }

        return (sums << 16) | sum;
    }

    private void ReadSummary(ByteCursor section, ulong flags)
    {
        if ((flags & LlvmFormat.FlagContexts) != 0)
        {
            throw section.Invalid("summary flags", LlvmFormat.NoContexts);
        }

        _unknownFlags = flags & ~LlvmFormat.KnownSummaryFlags;
        _isFlowSensitive = (flags & LlvmFormat.FlagFlowSensitive) != 0;
        _hasVtables = (flags & LlvmFormat.FlagVtables) != 0;
        section.SkipSummary();
    }

    private void ReadNames(ByteCursor section, ulong flags)
    {
        if ((flags & LlvmFormat.FlagOrderedForSearch) != 0)
        {
            throw section.Invalid("name table", "is laid out as LLVM after 23 does, which is not known; write the profile with -sample-profile-format-version=103");
        }

        _hasHashedNames = (flags & LlvmFormat.FlagHashedNames) != 0;
        bool isFixedLength = (flags & LlvmFormat.FlagFixedLengthHashes) != 0;
        _names = !_hasHashedNames ? section.Names() : Hashes(ref section, isFixedLength);
        if (!section.AtEnd)
        {
            throw section.Invalid("name table", $"is followed by {section.Remaining} bytes more");
        }
    }

    private static List<string> Hashes(ref ByteCursor section, bool isFixedLength)
    {
        var names = new List<string>();
        for (ulong left = section.UlebCount("number of names", isFixedLength ? sizeof(ulong) : 1); left > 0; left--)
        {
            names.Add(HashedNames.ToName(isFixedLength ? section.U64("name hash") : section.Uleb("name hash")));
        }

        return names;
    }

    private static void CheckContexts(ByteCursor section)
    {
        if (section.Uleb("number of contexts") != 0)
        {
            throw section.Invalid("number of contexts", LlvmFormat.NoContexts);
        }
    }

    private void ReadSymbolList(ByteCursor section)
    {
        while (!section.AtEnd)
        {
            string symbol = section.Name("symbol");
            if (symbol.Length == 0 || (_symbolList.Count > 0 && _symbolList[^1] == symbol))
            {
                throw section.Invalid("symbol", "is empty, or is there twice");
            }

            _symbolList.Add(symbol);
        }
    }
}
