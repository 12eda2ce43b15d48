using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Text;

namespace Tarax.AutoFdo.Outputs.Gcda;

/// <summary>
/// What GCC writes with <c>-ftest-coverage</c> beside each object (.gcno): the control flow of its functions, with the checksums by which <c>-fprofile-use</c> finds counters. The format is that of
/// gcov-io.h; lengths are in words of four bytes up to GCC 11, in bytes since.
/// </summary>
internal sealed class NotesFile
{
    private const string Format = "notes";
    private const uint Magic = 0x67636e6f;
    private const uint FunctionTag = 0x01000000;
    private const uint BlocksTag = 0x01410000;
    private const uint ArcsTag = 0x01430000;
    private const uint LinesTag = 0x01450000;
    private const uint OnTree = 1;
    private const uint Fake = 2;

    /// <summary>Blocks are what memory is taken for; each takes a record of at least twelve bytes, but for the exit.</summary>
    private const int LeastOfBlock = 8;

    private NotesFile()
    {
    }

    /// <summary>Version of GCC as four characters, the first in the highest byte (gcov-iov.c): <c>B22*</c> is 12.2.</summary>
    public uint Version { get; private set; }

    /// <summary>Of the compilation; counters repeat it.</summary>
    public uint Stamp { get; private set; }

    /// <summary>Byte order of the numbers.</summary>
    public bool IsBigEndian { get; private set; }

    /// <summary>Folder that the compiler ran in.</summary>
    public string Folder { get; private set; } = "";

    public List<NotesFunction> Functions { get; } = [];

    /// <summary>Major version of GCC.</summary>
    public int Major => MajorOf(Version);

    /// <summary>Whether lengths are in bytes, and the header has a checksum: since GCC 12.</summary>
    public bool CountsBytes => Major >= 12;

    /// <summary>Notes of functions.</summary>
    /// <param name="folder">Folder that the compiler ran in.</param>
    /// <param name="functions">The functions.</param>
    public static NotesFile Of(string folder, IEnumerable<NotesFunction> functions)
    {
        var notes = new NotesFile { Folder = folder };
        notes.Functions.AddRange(functions);
        return notes;
    }

    /// <exception cref="InvalidFormatException">The bytes are not notes of a version that is known, or are damaged.</exception>
    public static NotesFile Read(ReadOnlySpan<byte> bytes)
    {
        var notes = new NotesFile();
        if (bytes.Length < 4)
        {
            throw new InvalidFormatException(Format, "magic", 0, bytes.IsEmpty ? "the file is empty" : "these are not notes of GCC (.gcno)");
        }

        notes.IsBigEndian = bytes.StartsWith("gcno"u8);
        var cursor = new ByteCursor(bytes, Format, 0, notes.IsBigEndian);
        if (cursor.U32("magic") != Magic)
        {
            throw new InvalidFormatException(Format, "magic", 0, "these are not notes of GCC (.gcno)");
        }

        notes.Version = cursor.U32("version");
        if (notes.Major is < 9 or > 30)
        {
            throw new InvalidFormatException(Format, "version", 4, $"is 0x{notes.Version:x8}, where notes of GCC 9 and later are known");
        }

        notes.Stamp = cursor.U32("stamp");
        if (notes.CountsBytes)
        {
            cursor.Skip("checksum", 4);
        }

        notes.Folder = notes.String(ref cursor, "folder");
        cursor.Skip("flags", 4);
        NotesFunction? function = null;
        while (!cursor.AtEnd)
        {
            long offset = cursor.Offset;
            uint tag = cursor.U32("record tag");
            ulong length = cursor.U32("record length");
            var record = cursor.Child("record", notes.CountsBytes ? length : 4 * length);
            switch (tag)
            {
                case FunctionTag:
                    notes.Functions.Add(function = notes.Function(ref record));
                    break;
                case BlocksTag:
                    Of(function, offset).Blocks = Blocks(ref record, cursor.Remaining);
                    break;
                case ArcsTag:
                    Arcs(ref record, Of(function, offset));
                    break;
                case LinesTag:
                    notes.Lines(ref record, Of(function, offset));
                    break;
                default:
                    // Conditions, paths and what later versions add.
                    break;
            }
        }

        return notes.Functions.Find(f => f.Blocks == 0) is { } empty
            ? throw new InvalidFormatException(Format, "number of blocks", bytes.Length, $"is missing, of {empty.Name}")
            : notes;
    }

    private static NotesFunction Of(NotesFunction? function, long offset) =>
        function ?? throw new InvalidFormatException(Format, "record tag", offset, "stands before the first function");

    private NotesFunction Function(ref ByteCursor record)
    {
        uint ident = record.U32("function ident");
        uint line = record.U32("line checksum");
        uint flow = record.U32("control flow checksum");
        string name = String(ref record, "function name");
        record.Skip("artificial", 4);
        string source = String(ref record, "function source");
        return new NotesFunction { Ident = ident, LineChecksum = line, FlowChecksum = flow, Name = name, Source = source, StartLine = record.U32("start line") };
    }

    private static int Blocks(ref ByteCursor record, int remaining)
    {
        uint blocks = record.U32("number of blocks");
        return blocks >= 2 && blocks - 2 <= (uint)remaining / LeastOfBlock ? (int)blocks : throw record.Invalid("number of blocks", $"is {blocks}, where {remaining} bytes remain");
    }

    private static void Arcs(ref ByteCursor record, NotesFunction function)
    {
        int from = Block(ref record, "arc source", function);
        while (!record.AtEnd)
        {
            int to = Block(ref record, "arc destination", function);
            uint flags = record.U32("arc flags");
            function.Arcs.Add(new NotesArc(from, to, (flags & OnTree) != 0, (flags & Fake) != 0));
        }
    }

    private void Lines(ref ByteCursor record, NotesFunction function)
    {
        int block = Block(ref record, "block of lines", function);
        string file = "";
        while (!record.AtEnd)
        {
            uint line = record.U32("line");
            if (line != 0)
            {
                function.Positions.Add(new NotesPosition(block, file, line, 0, 0));
            }
            else if (String(ref record, "file of lines") is { Length: > 0 } next)
            {
                file = Path.GetFileName(next);
            }
            else
            {
                return;
            }
        }
    }

    private static int Block(ref ByteCursor record, string field, NotesFunction function)
    {
        uint block = record.U32(field);
        return block < (uint)function.Blocks ? (int)block : throw record.Invalid(field, $"is {block}, where the function has {function.Blocks} blocks");
    }

    /// <summary>A length with the NUL in bytes, and no filler, since GCC 12; in words before.</summary>
    private string String(ref ByteCursor cursor, string field)
    {
        uint length = cursor.U32(field);
        var text = cursor.Child(field, CountsBytes ? length : 4ul * length).Rest();
        int end = text.IndexOf((byte)0);
        return FileName.Decode(end < 0 ? text : text[..end]);
    }

    private static int MajorOf(uint version) => ((((int)(version >> 24) & 0xff) - 'A') * 10) + ((int)(version >> 16) & 0xff) - '0';
}
