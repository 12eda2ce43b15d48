using System.IO.Compression;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Profiles.Formats.Llvm;

/// <summary>
/// Writes LLVM's extensible binary form in its default layout. The table lists the sections in the order in which they are read; in the file the offsets of the
/// functions stand last, since they are known last.
/// </summary>
internal sealed class LlvmExtBinaryWriter
{
    private static readonly ulong[] ReadingOrder =
    [
        LlvmFormat.TypeSummary, LlvmFormat.TypeNames, LlvmFormat.TypeContexts, LlvmFormat.TypeOffsets, LlvmFormat.TypeFunctions, LlvmFormat.TypeSymbolList, LlvmFormat.TypeMetadata,
    ];

    private readonly SampleProfile _profile;
    private readonly LlvmBodyWriter _bodies;
    private readonly bool _isCompressed;
    private readonly ByteWriter _sections = new();
    private readonly Dictionary<ulong, (ulong Flags, ulong Offset, ulong Size)> _table = [];

    private LlvmExtBinaryWriter(SampleProfile profile, bool isCompressed)
    {
        _profile = profile;
        _bodies = new LlvmBodyWriter(profile);
        _isCompressed = isCompressed;
    }

    /// <exception cref="ProfileNotExpressibleException">The format has no place for what the profile holds.</exception>
    public static ReadOnlySpan<byte> Write(SampleProfile profile, bool isCompressed) => new LlvmExtBinaryWriter(profile, isCompressed).Write();

    private ReadOnlySpan<byte> Write()
    {
        var offsets = new ByteWriter();
        Add(LlvmFormat.TypeSummary, _profile.IsFlowSensitive ? LlvmFormat.FlagFlowSensitive : 0, _bodies.WriteSummary);
        Add(LlvmFormat.TypeNames, NameFlags(), WriteNames);
        Add(LlvmFormat.TypeContexts, 0, section => section.Uleb(0));
        Add(LlvmFormat.TypeFunctions, 0, section => WriteFunctions(section, offsets));
        Add(LlvmFormat.TypeSymbolList, 0, WriteSymbolList);
        Add(LlvmFormat.TypeOffsets, 0, section => section.Bytes(offsets.Written));
        Add(LlvmFormat.TypeMetadata, 0, _ => { });

        var file = new ByteWriter();
        file.Bytes(LlvmFormat.ExtBinaryMagic);
        file.Uleb(LlvmFormat.Version);
        file.U64((ulong)ReadingOrder.Length);
        ulong start = (ulong)file.Written.Length + (ulong)(4 * sizeof(ulong) * ReadingOrder.Length);
        foreach (ulong type in ReadingOrder)
        {
            var (flags, offset, size) = _table[type];
            file.U64(type);
            file.U64(flags);
            file.U64(start + offset);
            file.U64(size);
        }

        file.Bytes(_sections.Written);
        return file.Written;
    }

    private void Add(ulong type, ulong flags, Action<ByteWriter> write)
    {
        var section = new ByteWriter();
        write(section);
        ulong offset = (ulong)_sections.Written.Length;
        flags |= _isCompressed ? LlvmFormat.FlagCompressed : 0;
        if (_isCompressed && section.Written.Length > 0)
        {
            using var compressed = new MemoryStream();
            using (var zlib = new ZLibStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
            {
                zlib.Write(section.Written);
            }

            _sections.Uleb((ulong)section.Written.Length);
            _sections.Uleb((ulong)compressed.Length);
            _sections.Bytes(compressed.GetBuffer().AsSpan(0, (int)compressed.Length));
        }
        else
        {
            _sections.Bytes(section.Written);
        }

        _table.Add(type, (flags, offset, (ulong)_sections.Written.Length - offset));
    }

    private ulong NameFlags() =>
        _profile.HasHashedNames ? LlvmFormat.FlagHashedNames | LlvmFormat.FlagFixedLengthHashes
        : _bodies.Names.Any(n => n.Contains(LlvmFormat.UniqueSuffix, StringComparison.Ordinal)) ? LlvmFormat.FlagUniqueSuffix
        : 0;

    private void WriteNames(ByteWriter section)
    {
        if (!_profile.HasHashedNames)
        {
            _bodies.WriteNames(section);
            return;
        }

        section.Uleb((ulong)_bodies.Names.Count);
        foreach (string name in _bodies.Names)
        {
            section.U64(HashedNames.ToHash(name));
        }
    }

    private void WriteFunctions(ByteWriter section, ByteWriter offsets)
    {
        offsets.Uleb((ulong)_profile.Functions.Count);
        foreach (var function in _bodies.Functions)
        {
            offsets.Uleb(_bodies.IndexOf(function.Name));
            offsets.Uleb((ulong)section.Written.Length);
            _bodies.WriteFunction(function, section);
        }
    }

    private void WriteSymbolList(ByteWriter section)
    {
        foreach (string symbol in _profile.SymbolList)
        {
            LlvmBodyWriter.WriteString(symbol, section);
        }
    }
}
