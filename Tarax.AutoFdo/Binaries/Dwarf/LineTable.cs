using Tarax.AutoFdo.Binaries.Elf;

namespace Tarax.AutoFdo.Binaries.Dwarf;

/// <summary>A row of the line table: from its address on, code belongs to this line and discriminator. Line 0 means none.</summary>
internal readonly record struct LineRow(ulong Address, uint Line, uint Discriminator);

/// <summary>A run of rows, and of begins of statements, with ascending addresses, up to the address that ends it.</summary>
internal readonly record struct LineSequence(ulong Start, ulong End, int FirstRow, int RowCount, int FirstStatement, int StatementCount);

/// <summary>A source file or a directory of a line program's header; names are read when they are asked for. A kernel's units have hundreds each, so they are small.</summary>
internal readonly record struct LineFile
{
    private readonly ulong _number;
    private readonly ValueKind _kind;

    public LineFile(AttributeValue name, uint directoryIndex)
    {
        (_kind, _number) = (name.Kind, name.Number);
        DirectoryIndex = directoryIndex;
    }

    public AttributeValue Name => new(_kind, _number);

    /// <summary>Of a file: its directory.</summary>
    public uint DirectoryIndex { get; }
}

/// <summary>The decoded line program of a unit, and the files that it names.</summary>
internal sealed class LineTable
{
    private readonly DwarfUnit _unit;
    private readonly LineRow[] _rows;
    private readonly LineRow[] _statements;
    private readonly LineSequence[] _sequences;
    private readonly ulong[] _furthestEnd;
    private readonly LineFile[] _files;
    private readonly LineFile[] _directories;
    private readonly bool _countsFromZero;

    public LineTable(DwarfUnit unit, LineRow[] rows, LineRow[] statements, LineSequence[] sequences, LineFile[] files, LineFile[] directories, bool countsFromZero)
    {
        _furthestEnd = new ulong[sequences.Length];
        ulong furthest = 0;
        for (int i = 0; i < sequences.Length; i++)
        {
            furthest = Math.Max(furthest, sequences[i].End);
            _furthestEnd[i] = furthest;
        }

        _unit = unit;
        _rows = rows;
        _statements = statements;
        _sequences = sequences;
        _files = files;
        _directories = directories;
        _countsFromZero = countsFromZero;
    }

    /// <summary>MD5 of each file's content, as a number whose first byte is the highest; empty where the compiler gives none, and where they were not read.</summary>
    public UInt128[] Digests { get; init; } = [];

    /// <summary>All rows, sequence by sequence.</summary>
    public ReadOnlySpan<LineRow> Rows => _rows;

    /// <summary>
    /// Where statements begin (is_stmt; DWARF 5, section 6.2.2), sequence by sequence: GCC marks them where they stand in the control flow of the source, also where their code was moved
    /// away (-gstatement-frontiers, GCC 8 and later), so several may begin at one address. Empty where the compiler marks nothing, or every row.
    /// </summary>
    public ReadOnlySpan<LineRow> Statements => _statements;

    /// <summary>The statements of a sequence that begin in a range of addresses.</summary>
    public ReadOnlySpan<LineRow> StatementsIn(in LineSequence sequence, CodeRange range)
    {
        if (_statements.Length == 0)
        {
            return [];
        }

        var all = _statements.AsSpan(sequence.FirstStatement, sequence.StatementCount);
        int first = FirstAtOrAfter(all, range.Start);
        return all[first..][..FirstAtOrAfter(all[first..], range.End)];
    }

    private static int FirstAtOrAfter(ReadOnlySpan<LineRow> rows, ulong address)
    {
        int low = 0;
        int high = rows.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (rows[middle].Address < address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>The sequences, by ascending start.</summary>
    public ReadOnlySpan<LineSequence> Sequences => _sequences;

    /// <summary>Index of the first sequence from which on one may end after an address.</summary>
    public int FirstSequenceEndingAfter(ulong address)
    {
        int low = 0;
        int high = _sequences.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_furthestEnd[middle] <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>The last row of a sequence at or before an address in it.</summary>
    public int RowAt(in LineSequence sequence, ulong address)
    {
        int low = sequence.FirstRow + 1;
        int high = sequence.FirstRow + sequence.RowCount;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_rows[middle].Address <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low - 1;
    }

    /// <summary>
    /// Full path of a file by the number that DW_AT_decl_file gives: from 0 in DWARF 5, from 1 before. Empty where there is none.
    /// </summary>
    /// <param name="number">The number.</param>
    /// <param name="unit">The unit that gives it, whose compilation directory relative paths are relative to.</param>
    public string FilePath(ulong number, DwarfUnit unit)
    {
        ulong index = _countsFromZero ? number : number - 1;
        if (index >= (ulong)_files.Length)
        {
            return "";
        }

        var file = _files[index];
        string name = _unit.Text(file.Name);
        string directory = DirectoryPath(file.DirectoryIndex);
        return Joined(unit.CompilationDirectory, Joined(directory, name));
    }

    /// <summary>MD5 of a file's content by the number that <see cref="FilePath"/> takes; null where it is not known.</summary>
    public UInt128? DigestOf(ulong number) => (_countsFromZero ? number : number - 1) is var index && index < (ulong)Digests.Length ? Digests[index] : null;

    private static string Joined(string directory, string name) =>
        directory.Length == 0 || name.StartsWith('/') ? name : directory.EndsWith('/') ? directory + name : $"{directory}/{name}";

    /// <summary>Directory 0 is the compilation directory: named in the table by DWARF 5, understood before.</summary>
    private string DirectoryPath(ulong number)
    {
        ulong index = _countsFromZero ? number : number - 1;
        return index < (ulong)_directories.Length ? _unit.Text(_directories[index].Name) : "";
    }
}
