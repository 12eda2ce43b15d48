using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Inputs.Perf;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Tests.Fuzzing;

/// <summary>Where the lengths, counts and offsets of a valid input lie, by which readers go: mutations there reach further than elsewhere.</summary>
internal static class FieldOffsets
{
    public static int[] Of(FuzzSeed seed) => seed.Format switch
    {
        FuzzFormat.PerfData => OfRecording(seed.Bytes),
        FuzzFormat.Elf or FuzzFormat.Package or FuzzFormat.Supplementary => OfBinary(seed.Bytes),
        FuzzFormat.Counts when seed.Bytes[0] != (byte)'t' => [.. Enumerable.Range(CountsFormat.Magic.Length, seed.Bytes.Length - CountsFormat.Magic.Length)],
        FuzzFormat.Gcov or FuzzFormat.Notes => [.. Enumerable.Range(0, seed.Bytes.Length / 4).Select(i => 4 * i)],
        _ => OfText(seed.Bytes),
    };

    /// <summary>Start and size of each record of a recording of this byte order.</summary>
    public static List<(int Start, int Size)> RecordsOf(byte[] recording)
    {
        using var source = ByteSource.FromArray(recording, PerfDataFile.Format);
        bool isPipe = source.Cursor("header", 8, 8).U64("header size") == PipeHeader.Size;
        var head = isPipe ? PipeHeader.Read(source, isForeign: false) : RegularHeader.Read(source, isForeign: false);
        var result = new List<(int Start, int Size)>();
        var records = new RecordReader(source, head.DataStart, head.DataEnd);
        while (records.TryRead(out var record))
        {
            result.Add(((int)record.Offset, RecordReader.HeaderSize + record.Body.Length));
        }

        return result;
    }

    /// <summary>The file's header, the attributes, the features' table, and the header and first words of each record.</summary>
    private static int[] OfRecording(byte[] bytes)
    {
        if (bytes[0] is not ((byte)'P' or (byte)'2'))
        {
            return [.. Enumerable.Range(0, bytes.Length)];
        }

        var offsets = new List<int>();
        bool isForeign = bytes[0] == '2';
        using var source = ByteSource.FromArray(bytes, PerfDataFile.Format);
        bool isPipe = source.Cursor("header", 8, 8, isForeign).U64("header size") == PipeHeader.Size;
        var head = isPipe ? PipeHeader.Read(source, isForeign) : RegularHeader.Read(source, isForeign);
        for (int at = 0; at < head.DataStart; at += 8)
        {
            offsets.Add(at);
        }

        for (int at = (int)head.DataEnd; at < bytes.Length; at += 8)
        {
            offsets.Add(at);
        }

        var records = new RecordReader(source, head.DataStart, head.DataEnd, isForeign);
        while (records.TryRead(out var record))
        {
            int start = (int)record.Offset;
            offsets.AddRange([start, start + 4, start + 6]);
            for (int at = start + RecordReader.HeaderSize; at < start + RecordReader.HeaderSize + record.Body.Length; at += 8)
            {
                offsets.Add(at);
            }
        }

        return [.. offsets];
    }

    /// <summary>The ELF header, the section headers, the symbols, and every byte of the debug sections, whose numbers have no alignment.</summary>
    private static int[] OfBinary(byte[] bytes)
    {
        var offsets = Enumerable.Range(0, 64).ToList();
        using var elf = ElfFile.Read("/nowhere/binary", ByteSource.FromArray(bytes, ElfFile.Format));
        int headers = (int)BitConverter.ToUInt64(bytes, 40);
        for (int at = headers; at + 4 <= bytes.Length; at += 4)
        {
            offsets.Add(at);
        }

        foreach (var section in elf.Sections.Where(s => s.HasContent && (s.Name.StartsWith(".debug", StringComparison.Ordinal) || s.Name is ".symtab" or ".note.gnu.build-id")))
        {
            offsets.AddRange(Enumerable.Range((int)section.Offset, (int)section.Size));
        }

        return [.. offsets];
    }

    /// <summary>The digits.</summary>
    private static int[] OfText(byte[] bytes) => [.. Enumerable.Range(0, bytes.Length).Where(i => char.IsAsciiHexDigit((char)bytes[i]))];
}
