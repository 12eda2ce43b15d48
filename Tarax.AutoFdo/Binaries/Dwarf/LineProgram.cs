using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Numbers;

namespace Tarax.AutoFdo.Binaries.Dwarf;

/// <summary>Which rows of a line program are kept, and what of them.</summary>
internal enum LineRowChoice
{
    /// <summary>Of several rows for one address the last, which says what the code there is.</summary>
    Last,

    /// <summary>Of several rows for one address the first.</summary>
    First,

    /// <summary>The last, with their columns in place of their discriminators.</summary>
    Columns,

    /// <summary>The last, with the numbers of their files in place of their discriminators; and the digests of the files' contents.</summary>
    Files,
}

/// <summary>Decodes line programs of versions 2 to 5 (DWARF 5, section 6.2).</summary>
internal static class LineProgram
{
    private const int MinimumVersion = 2;
    private const int MaximumVersion = 5;

    /// <summary>The line program at an offset of .debug_line.</summary>
    /// <exception cref="InvalidFormatException">Its header or a sequence does not hold together.</exception>
    /// <param name="unit">The unit that refers to it.</param>
    /// <param name="offset">Its offset in .debug_line.</param>
    /// <param name="limit">Offset of the next program: a file in which many share what they hold would take time and memory of its square.</param>
    /// <param name="choice">Which rows are kept, and what of them.</param>
    public static LineTable Read(DwarfUnit unit, ulong offset, ulong limit, LineRowChoice choice = LineRowChoice.Last)
    {
        var section = unit.Sections.CursorAt(unit.Sections.Line, ".debug_line", offset);
        ulong length = DwarfUnit.ReadInitialLength(ref section, out byte offsetSize);
        if (offset + (ulong)section.Position + length is var end && end > limit)
        {
            throw new InvalidFormatException(DwarfSections.Format, ".debug_line unit_length", (long)offset, $"leads to offset {end}, beyond the start of the next program at {limit}");
        }

        var program = section.Child(".debug_line unit_length", length);
        var header = LineProgramHeader.Read(ref program, unit, offset + (ulong)section.Position - length, offsetSize, readsDigests: choice == LineRowChoice.Files);
        var machine = new Machine(header, unit, choice);
        machine.Run(ref program);
        return machine.ToTable(unit);
    }

    /// <summary>What the header of a line program says.</summary>
    private sealed class LineProgramHeader
    {
        public byte MinimumInstructionLength { get; private set; }

        public byte MaximumOperations { get; private set; } = 1;

        public bool DefaultIsStatement { get; private set; }

        public sbyte LineBase { get; private set; }

        public byte LineRange { get; private set; }

        public byte OpcodeBase { get; private set; }

        /// <summary>Number of LEB128 arguments of each standard opcode, from opcode 1.</summary>
        public byte[] OpcodeLengths { get; private set; } = [];

        public LineFile[] Directories { get; private set; } = [];

        public LineFile[] Files { get; private set; } = [];

        /// <summary>MD5 of each file's content; empty where the compiler gives none, and where they are not wanted.</summary>
        public UInt128[] Digests { get; private set; } = [];

        public bool CountsFromZero { get; private set; }

        /// <param name="cursor">A cursor over the unit's part of .debug_line after its length; left at the first opcode.</param>
        /// <param name="unit">The unit that refers to the program.</param>
        /// <param name="start">Offset of the cursor's position 0 in .debug_line.</param>
        /// <param name="offsetSize">Bytes of a section offset.</param>
        /// <param name="readsDigests">Whether digests of files are wanted.</param>
        public static LineProgramHeader Read(ref ByteCursor cursor, DwarfUnit unit, ulong start, byte offsetSize, bool readsDigests)
        {
            ushort version = cursor.U16("line table version");
            if (version is < MinimumVersion or > MaximumVersion)
            {
                throw cursor.Invalid("line table version", $"is {version}, where {MinimumVersion} to {MaximumVersion} are known");
            }

            byte addressSize = unit.Encoding.AddressSize;
            if (version >= 5)
            {
                addressSize = cursor.U8("address_size");
                cursor.Skip("segment_selector_size", 1);
            }

            ulong headerLength = cursor.Unsigned("header_length", offsetSize);
            int programStart = cursor.Position + (int)Math.Min(headerLength, int.MaxValue / 2);
            var header = new LineProgramHeader
            {
                CountsFromZero = version >= 5,
                MinimumInstructionLength = cursor.U8("minimum_instruction_length"),
                MaximumOperations = version >= 4 ? Math.Max(cursor.U8("maximum_operations_per_instruction"), (byte)1) : (byte)1,
            };
            header.DefaultIsStatement = cursor.U8("default_is_stmt") != 0;
            header.LineBase = (sbyte)cursor.U8("line_base");
            header.LineRange = cursor.U8("line_range");
            header.OpcodeBase = cursor.U8("opcode_base");
            header.OpcodeLengths = cursor.Bytes("standard_opcode_lengths", Math.Max(header.OpcodeBase - 1, 0)).ToArray();
            if (header.LineRange == 0 || header.OpcodeBase == 0)
            {
                throw cursor.Invalid("line_range", "or opcode_base is 0");
            }

            if (version >= 5)
            {
                header.ReadTables(ref cursor, new UnitEncoding(version, addressSize, offsetSize), start, readsDigests);
            }
            else
            {
                header.ReadOldTables(ref cursor, start);
            }

            cursor.Position = programStart;
            return header;
        }

        /// <summary>Versions 2 to 4: directories, then files, each list ended by an empty name.</summary>
        private void ReadOldTables(ref ByteCursor cursor, ulong start)
        {
            var directories = new List<LineFile>();
            while (InPlace(ref cursor, start, out var directory))
            {
                directories.Add(new LineFile(directory, 0));
            }

            var files = new List<LineFile>();
            while (InPlace(ref cursor, start, out var name))
            {
                ulong directoryIndex = cursor.Uleb("directory index");
                cursor.Uleb("modification time");
                cursor.Uleb("file length");
                files.Add(new LineFile(name, (uint)Math.Min(directoryIndex, uint.MaxValue)));
            }

            (Directories, Files) = ([.. directories], [.. files]);
        }

        private static bool InPlace(ref ByteCursor cursor, ulong start, out AttributeValue value)
        {
            value = new AttributeValue(ValueKind.LineProgramString, start + (ulong)cursor.Position);
            return !cursor.NulTerminated("name").IsEmpty;
        }

        /// <summary>Version 5: each list says how its entries are made.</summary>
        private void ReadTables(ref ByteCursor cursor, UnitEncoding encoding, ulong start, bool readsDigests)
        {
            var digests = readsDigests ? new List<UInt128>() : null;
            Directories = ReadEntries(ref cursor, encoding, start, "directory", null);
            Files = ReadEntries(ref cursor, encoding, start, "file", digests);
            Digests = digests?.Count == Files.Length ? [.. digests] : [];
        }

        private static LineFile[] ReadEntries(ref ByteCursor cursor, UnitEncoding encoding, ulong start, string field, List<UInt128>? digests)
        {
            const ulong Digest = 5;
            const ulong Path = 1;
            const ulong DirectoryIndex = 2;
            var formats = new (ulong Content, AttributeSpecification Form)[cursor.U8("entry format count")];
            for (int i = 0; i < formats.Length; i++)
            {
                ulong content = cursor.Uleb("content type");
                var form = (DwarfForm)Math.Min(cursor.Uleb("content form"), ushort.MaxValue);
                formats[i] = (content, new AttributeSpecification(0, form, (sbyte)FormReader.FixedLength(form, encoding), 0));
            }

            ulong count = cursor.Uleb("entry count");
            if (formats.Length == 0 ? count > 0 : count > (ulong)cursor.Remaining)
            {
                throw cursor.Invalid($"{field} count", $"is {count}, where {cursor.Remaining} bytes remain");
            }

            var entries = new LineFile[count];
            for (int i = 0; i < entries.Length; i++)
            {
                AttributeValue name = default;
                ulong directory = 0;
                foreach (var (content, form) in formats)
                {
                    if (content == Digest && form.Form == DwarfForm.Data16 && digests is not null)
                    {
                        digests.Add(BinaryPrimitives.ReadUInt128BigEndian(cursor.Bytes("MD5", Md5.Length)));
                        continue;
                    }

                    var value = FormReader.Read(ref cursor, form, encoding, start);
                    if (content == Path)
                    {
                        // A string in place lies in this section, not in .debug_info.
                        name = value.Kind == ValueKind.InlineString ? value with { Kind = ValueKind.LineProgramString } : value;
                    }
                    else if (content == DirectoryIndex)
                    {
                        directory = value.Number;
                    }
                }

                entries[i] = new LineFile(name, (uint)Math.Min(directory, uint.MaxValue));
            }

            return entries;
        }
    }

    /// <summary>The state machine that makes rows.</summary>
    private sealed class Machine(LineProgramHeader header, DwarfUnit unit, LineRowChoice choice)
    {
        /// <summary>What the file register holds where a sequence begins (DWARF 5, section 6.2.2).</summary>
        private const uint FirstFile = 1;

        private LineRow[] _rows = ArrayPool<LineRow>.Shared.Rent(1 << 12);
        private int _count;
        private LineRow[] _statements = ArrayPool<LineRow>.Shared.Rent(1 << 11);
        private int _statementCount;
        private bool _isStatement = header.DefaultIsStatement;
        private bool _tellsStatements;
        private readonly List<LineSequence> _sequences = [];
        private ulong _address;
        private uint _operation;
        private uint _line = 1;
        private uint _column;
        private uint _file = FirstFile;
        private uint _discriminator;
        private int _firstRow;
        private int _firstStatement;
        private bool _isAscending = true;

        public void Run(ref ByteCursor cursor)
        {
            // The address advance of each special opcode is looked up, since division is the dearest part of decoding.
            Span<byte> advances = stackalloc byte[256];
            Span<short> lines = stackalloc short[256];
            for (int opcode = header.OpcodeBase; opcode < 256; opcode++)
            {
                advances[opcode] = (byte)((opcode - header.OpcodeBase) / header.LineRange);
                lines[opcode] = (short)(header.LineBase + ((opcode - header.OpcodeBase) % header.LineRange));
            }

            while (!cursor.AtEnd)
            {
                byte opcode = cursor.U8("opcode");
                if (opcode >= header.OpcodeBase)
                {
                    Advance(advances[opcode]);
                    _line = (uint)(_line + lines[opcode]);
                    AddRow();
                }
                else if (opcode == 0)
                {
                    Extended(ref cursor);
                }
                else
                {
                    Standard(opcode, ref cursor, advances[255]);
                }
            }
        }

        public LineTable ToTable(DwarfUnit unit)
        {
            // Overlapping sequences keep the order of the program.
            _sequences.Sort((a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : a.FirstRow.CompareTo(b.FirstRow));
            var rows = Taken(ref _rows, _count);
            var statements = Taken(ref _statements, _tellsStatements ? _statementCount : 0);
            return new LineTable(unit, rows, statements, [.. _sequences], header.Files, header.Directories, header.CountsFromZero) { Digests = header.Digests };
        }

        private static LineRow[] Taken(ref LineRow[] rows, int count)
        {
            var taken = rows.AsSpan(0, count).ToArray();
            ArrayPool<LineRow>.Shared.Return(rows);
            rows = [];
            return taken;
        }

        private void Standard(byte opcode, ref ByteCursor cursor, byte constantAdvance)
        {
            switch (opcode)
            {
                case 1: // DW_LNS_copy
                    AddRow();
                    break;
                case 2: // DW_LNS_advance_pc
                    Advance(cursor.Uleb("DW_LNS_advance_pc"));
                    break;
                case 3: // DW_LNS_advance_line
                    _line = (uint)(_line + cursor.Sleb("DW_LNS_advance_line"));
                    break;
                case 5: // DW_LNS_set_column
                    _column = (uint)Math.Min(cursor.Uleb("DW_LNS_set_column"), uint.MaxValue);
                    break;
                case 4: // DW_LNS_set_file
                    _file = (uint)Math.Min(cursor.Uleb("DW_LNS_set_file"), uint.MaxValue);
                    break;
                case 12: // DW_LNS_set_isa
                    cursor.Uleb("opcode argument");
                    break;
                case 6: // DW_LNS_negate_stmt
                    _isStatement = !_isStatement;
                    _tellsStatements = true;
                    break;
                case 7 or 10 or 11: // DW_LNS_set_basic_block, set_prologue_end, set_epilogue_begin
                    break;
                case 8: // DW_LNS_const_add_pc
                    Advance(constantAdvance);
                    break;
                case 9: // DW_LNS_fixed_advance_pc
                    _address += cursor.U16("DW_LNS_fixed_advance_pc");
                    _operation = 0;
                    break;
                default:
                    for (int i = header.OpcodeLengths[opcode - 1]; i > 0; i--)
                    {
                        cursor.Uleb("opcode argument");
                    }

                    break;
            }
        }

        private void Extended(ref ByteCursor cursor)
        {
            ulong length = cursor.Uleb("extended opcode length");
            if (length == 0)
            {
                return;
            }

            var arguments = cursor.Child("extended opcode", length);
            switch (arguments.U8("extended opcode"))
            {
                case 1: // DW_LNE_end_sequence
                    EndSequence();
                    break;
                case 2: // DW_LNE_set_address
                    _address = arguments.Unsigned("DW_LNE_set_address", arguments.Remaining);
                    _operation = 0;
                    break;
                case 4: // DW_LNE_set_discriminator
                    _discriminator = (uint)Math.Min(arguments.Uleb("DW_LNE_set_discriminator"), uint.MaxValue);
                    break;
            }
        }

        /// <summary>Sorts rows by address; those of one address keep their order.</summary>
        private static void SortRows(Span<LineRow> rows)
        {
            var keys = new (ulong Address, int Index)[rows.Length];
            for (int i = 0; i < rows.Length; i++)
            {
                keys[i] = (rows[i].Address, i);
            }

            keys.AsSpan().Sort(rows);
        }

        /// <summary>
        /// Drops rows that say the same as the row before them: compilers begin rows for columns, statements and views too. Statements
        /// are kept apart, the others are not.
        /// </summary>
        /// <returns>The number of rows that are left.</returns>
        private static int Merge(Span<LineRow> rows)
        {
            int kept = 1;
            for (int i = 1; i < rows.Length; i++)
            {
                if (rows[i].Line != rows[kept - 1].Line || rows[i].Discriminator != rows[kept - 1].Discriminator)
                {
                    rows[kept++] = rows[i];
                }
            }

            return kept;
        }

        private void Advance(ulong operations)
        {
            if (header.MaximumOperations == 1)
            {
                _address += operations * header.MinimumInstructionLength;
                return;
            }

            ulong total = _operation + operations;
            _address += header.MinimumInstructionLength * (total / header.MaximumOperations);
            _operation = (uint)(total % header.MaximumOperations);
        }

        private void AddRow()
        {
            var row = new LineRow(_address, _line, choice switch { LineRowChoice.Columns => _column, LineRowChoice.Files => _file, _ => _discriminator });
            _discriminator = 0;
            if (_isStatement && (_statementCount == _firstStatement || _statements[_statementCount - 1] != row))
            {
                Add(row, ref _statements, ref _statementCount);
            }

            if (_count > _firstRow)
            {
                ulong last = _rows[_count - 1].Address;
                if (last == _address)
                {
                    // Of several rows for one address, the last says what the code there is.
                    _rows[_count - 1] = choice == LineRowChoice.First ? _rows[_count - 1] : row;
                    return;
                }

                _isAscending &= last < _address;
            }

            Add(row, ref _rows, ref _count);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Add(LineRow row, ref LineRow[] rows, ref int count)
        {
            if (count == rows.Length)
            {
                Enlarge(ref rows);
            }

            rows[count++] = row;
        }

        private static void Enlarge(ref LineRow[] rows)
        {
            var larger = ArrayPool<LineRow>.Shared.Rent(rows.Length * 2);
            rows.CopyTo(larger, 0);
            ArrayPool<LineRow>.Shared.Return(rows);
            rows = larger;
        }

        private void EndSequence()
        {
            int count = _count - _firstRow;
            if (count > 0)
            {
                int statements = _statementCount - _firstStatement;
                if (!_isAscending)
                {
                    SortRows(_rows.AsSpan(_firstRow, count));
                    SortRows(_statements.AsSpan(_firstStatement, statements));
                }

                count = Merge(_rows.AsSpan(_firstRow, count));
                _count = _firstRow + count;
                ulong start = _rows[_firstRow].Address;
                if (unit.IsLiveCode(start, _address))
                {
                    _sequences.Add(new LineSequence(start, _address, _firstRow, count, _firstStatement, statements));
                }
                else
                {
                    _count = _firstRow;
                    _statementCount = _firstStatement;
                }
            }

            _firstRow = _count;
            _firstStatement = _statementCount;
            _isStatement = header.DefaultIsStatement;
            _isAscending = true;
            _address = 0;
            _operation = 0;
            _line = 1;
            _column = 0;
            _file = FirstFile;
            _discriminator = 0;
        }
    }
}
