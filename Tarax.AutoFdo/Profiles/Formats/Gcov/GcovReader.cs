using System.Text;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Text;

namespace Tarax.AutoFdo.Profiles.Formats.Gcov;

/// <summary>Reads profiles of versions 1 to 3, of this library and of others.</summary>
internal ref struct GcovReader
{
    /// <summary>Inlining deeper than this is damage; compilers stay below a hundred.</summary>
    private const int MaximumDepth = 1000;

    private const string Profile = "profile";

    private readonly uint _version;
    private SummaryRow _hotRow;
    private uint _hotCutoff;
    private WorkingSetRow[]? _workingSet;
    private readonly List<string> _names;
    private readonly List<string> _fileOfName;
    private ByteCursor _cursor;

    private GcovReader(ByteCursor cursor, uint version)
    {
        _cursor = cursor;
        _version = version;
        _names = [];
        _fileOfName = [];
    }

    /// <exception cref="InvalidFormatException">The bytes are not such a profile, or are damaged.</exception>
    public static SampleProfile Read(ReadOnlySpan<byte> bytes)
    {
        var cursor = new ByteCursor(bytes, Profile, 0, isBigEndian: false);
        if (cursor.Remaining < 4 || cursor.U32("magic") != GcovFormat.Magic)
        {
            throw new InvalidFormatException(GcovFormat.Name, "magic", 0, bytes.IsEmpty ? "the file is empty" : "this is not a profile for GCC");
        }

        uint version = cursor.U32("version");
        if (version is < 1 or > 3)
        {
            throw new InvalidFormatException(GcovFormat.Name, "version", 4, $"is {version}, where 1 to 3 are known");
        }

        cursor.Skip("reserved word", 4);
        var reader = new GcovReader(cursor, version);
        return reader.ReadProfile();
    }

    private SampleProfile ReadProfile()
    {
        if (_version >= 3)
        {
            ReadSummary();
        }

        ReadNames();
        ExpectTag(GcovFormat.FunctionsTag, "function section tag");
        _cursor.Skip("function section length", 4);
        uint count = Count("number of functions", _version >= 3 ? 28 : 20);
        var functions = new List<FunctionProfile>((int)count);
        for (uint i = 0; i < count; i++)
        {
            ulong head = _cursor.U64("head count");
            ulong time = _version >= 3 ? _cursor.U64("timestamp") : 0;
            int name = NameIndex(_cursor.U32("function name"));
            functions.Add(new FunctionProfile(_names[name], _fileOfName[name], head, time, InOrder(ReadBody(0))));
        }

        ExpectTag(GcovFormat.ModuleGroupingTag, "module grouping tag");
        ReadEnd();
        var profile = new SampleProfile(functions) { Format = GcovProfileFormat.Of((int)_version), WorkingSet = _workingSet };

        // In a small profile the rows are often equal by themselves.
        bool isStated = _hotCutoff > 0 && !ProfileSummary.Of(profile).Rows.Contains(_hotRow);
        return isStated ? profile.WithHotCutoff(_hotCutoff) : profile;
    }

    /// <summary>Nothing follows but what google/autofdo writes: module groups, which must be none, and the working set.</summary>
    private void ReadEnd()
    {
        _cursor.Skip("module grouping length", 4);
        if (_cursor.U32("number of module groups") is not 0 and var groups)
        {
            throw _cursor.Invalid("number of module groups", $"is {groups}, where GCC takes none");
        }

        if (!_cursor.AtEnd)
        {
            ExpectTag(GcovFormat.WorkingSetTag, "working set tag");
            ReadWorkingSet(_cursor.U32("working set length"));
        }

        if (!_cursor.AtEnd)
        {
            throw _cursor.Invalid("end of the profile", $"is followed by {_cursor.Remaining} more bytes, perhaps of a longer profile that was here before; write it anew");
        }
    }

    /// <param name="words">Its length in words of four bytes.</param>
    private void ReadWorkingSet(uint words)
    {
        if (words != 3 * GcovFormat.WorkingSetRows)
        {
            _cursor.Skip("working set", 4ul * words);
            return;
        }

        var rows = new WorkingSetRow[GcovFormat.WorkingSetRows];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = new WorkingSetRow(_cursor.U32("working set blocks"), _cursor.U64("working set minimum count"));
        }

        _workingSet = rows;
    }

    /// <summary>All of it follows from the profile, but for what is said to be hot: the row that says it may be a copy of another.</summary>
    private void ReadSummary()
    {
        ExpectTag(GcovFormat.SummaryTag, "summary tag");
        _cursor.Skip("summary", 40);
        ulong rows = _cursor.U64("number of summary rows");
        if (rows > (ulong)_cursor.Remaining / 20)
        {
            throw _cursor.Invalid("number of summary rows", $"is {rows}, where {_cursor.Remaining} bytes remain");
        }

        for (; rows > 0; rows--)
        {
            var row = new SummaryRow(_cursor.U32("summary cutoff"), _cursor.U64("summary minimum count"), _cursor.U64("summary positions"));
            _hotRow = row.Cutoff == ProfileSummary.NaturalHotCutoff ? row : _hotRow;
            _hotCutoff = _hotCutoff == 0 && row.Cutoff > ProfileSummary.NaturalHotCutoff && row == _hotRow with { Cutoff = row.Cutoff } && ProfileSummary.HasRow(row.Cutoff) ? row.Cutoff : _hotCutoff;
        }
    }

    private void ReadNames()
    {
        ExpectTag(GcovFormat.NamesTag, "name section tag");
        _cursor.Skip("name section length", 4);
        var files = new List<string>();
        if (_version >= 3)
        {
            for (uint left = Count("number of files", 5); left > 0; left--)
            {
                files.Add(String("file"));
            }
        }

        for (uint left = Count("number of names", 5); left > 0; left--)
        {
            _names.Add(String("name"));
            uint file = _version >= 3 ? _cursor.U32("file index") : GcovFormat.NoFile;
            if (file != GcovFormat.NoFile && file >= files.Count)
            {
                throw _cursor.Invalid("file index", $"is {file}, where there are {files.Count} files");
            }

            _fileOfName.Add(file == GcovFormat.NoFile ? "" : files[(int)file]);
        }
    }

    private FunctionBody ReadBody(int depth)
    {
        if (depth > MaximumDepth)
        {
            throw _cursor.Invalid("inlined call", $"is nested more than {MaximumDepth} deep");
        }

        uint positionCount = Count("number of positions", 16);
        uint callCount = Count("number of inlined calls", 16);
        var positions = new List<PositionCount>((int)positionCount);
        for (uint i = 0; i < positionCount; i++)
        {
            var position = GcovFormat.Decode(_cursor.U32("position"));
            uint targetCount = _cursor.U32("number of targets");
            ulong count = _cursor.U64("count");
            if (targetCount > (uint)_cursor.Remaining / 20)
            {
                throw _cursor.Invalid("number of targets", $"is {targetCount}, where {_cursor.Remaining} bytes remain");
            }

            var targets = new List<CallTarget>((int)targetCount);
            for (uint t = 0; t < targetCount; t++)
            {
                _cursor.Skip("histogram kind", 4);
                int name = NameIndex(_cursor.U64("target name"));
                targets.Add(new CallTarget(_names[name], _cursor.U64("target count")));
            }

            positions.Add(new PositionCount(position, count, targets));
        }

        var calls = new List<InlinedCall>();
        for (uint i = 0; i < callCount; i++)
        {
            var position = GcovFormat.Decode(_cursor.U32("call position"));
            int callee = NameIndex(_cursor.U32("callee name"));
            calls.Add(new InlinedCall(position, _names[callee], _fileOfName[callee], ReadBody(depth + 1)));
        }

        return new FunctionBody(positions, calls);
    }

    /// <summary>Other writers keep other orders, and may repeat a position.</summary>
    private static FunctionBody InOrder(FunctionBody read)
    {
        var body = new BodyAccumulator();
        body.Add(read, CountRule.Sum, p => p, n => n);
        return body.ToBody();
    }

    private void ExpectTag(uint tag, string field)
    {
        long offset = _cursor.Offset;
        uint found = _cursor.U32(field);
        if (found != tag)
        {
            throw new InvalidFormatException(GcovFormat.Name, field, offset, $"is 0x{found:x8}, not 0x{tag:x8}");
        }
    }

    /// <summary>A number of items that each take at least some bytes; more than the rest of the file could hold is damage.</summary>
    private uint Count(string field, int minimumSize)
    {
        uint count = _cursor.U32(field);
        return count <= (uint)(_cursor.Remaining / minimumSize)
            ? count
            : throw _cursor.Invalid(field, $"is {count}, where {_cursor.Remaining} bytes remain");
    }

    private readonly int NameIndex(ulong index) =>
        index < (ulong)_names.Count ? (int)index : throw _cursor.Invalid("name index", $"is {index}, where there are {_names.Count} names");

    private string String(string field)
    {
        ulong length = _cursor.U32(field);
        length = _version >= 2 ? length : length * 4;
        var bytes = _cursor.Child(field, length).Rest();
        var name = bytes.TrimEnd((byte)0);
        return name.Contains((byte)0) ? throw _cursor.Invalid(field, "holds a NUL, where a name would end") : FileName.Decode(name);
    }
}
