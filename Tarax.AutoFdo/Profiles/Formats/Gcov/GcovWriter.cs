using System.Text;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Text;

namespace Tarax.AutoFdo.Profiles.Formats.Gcov;

/// <summary>
/// Writes a profile for GCC. Names, files, positions and calls stand in a fixed order, so the same profile gives the same bytes.
/// </summary>
internal sealed class GcovWriter
{
    /// <summary>The first version whose strings are counted in bytes, not in words.</summary>
    private const int FirstWithBytes = 2;

    private readonly int _version;
    private readonly ByteWriter _writer = new();
    private readonly Dictionary<string, uint> _nameIndex = new(StringComparer.Ordinal);
    private uint _functionWords = 1;

    private GcovWriter(int version) => _version = version;

    public static ReadOnlySpan<byte> Write(SampleProfile profile, int version)
    {
        // Positions that fall together in 16 bits must be one, or a reader would keep the last.
        var workingSet = profile.WorkingSet;
        profile = version < GcovProfileFormat.FirstWithSummary ? GcovNames.WithoutCollisions(profile) : profile;
        profile = GcovPositions.WithoutCollisions(profile);
        var writer = new GcovWriter(version);
        writer.WriteProfile(profile, workingSet ?? WorkingSet.Of(profile));
        return writer._writer.Written;
    }

    private void WriteProfile(SampleProfile profile, IReadOnlyList<WorkingSetRow> workingSet)
    {
        _writer.U32(GcovFormat.Magic);
        _writer.U32((uint)_version);
        _writer.U32(0);
        if (_version >= GcovProfileFormat.FirstWithSummary)
        {
            WriteSummary(ProfileSummary.Of(profile));
        }

        WriteNames(GcovNames.Of(profile));
        WriteFunctions(profile);
        _writer.U32(GcovFormat.ModuleGroupingTag);
        _writer.U32(0);
        _writer.U32(0);
        WriteWorkingSet(workingSet);
    }

    private void WriteSummary(ProfileSummary summary)
    {
        _writer.U32(GcovFormat.SummaryTag);
        _writer.U64(summary.TotalCount);
        _writer.U64(summary.MaximumCount);
        _writer.U64(summary.MaximumHeadCount);
        _writer.U64(summary.Positions);
        _writer.U64(summary.Functions);
        _writer.U64((ulong)summary.Rows.Count);
        foreach (var row in summary.Rows)
        {
            _writer.U32(row.Cutoff);
            _writer.U64(row.MinimumCount);
            _writer.U64(row.Positions);
        }
    }

    private void WriteNames(List<(string Name, string File)> names)
    {
        // The length is in words of version 1 whatever the version, and leaves out files; readers ignore it.
        uint words = 1;
        foreach (var (name, _) in names)
        {
            words += 1 + ((uint)FileName.ByteCount(name) + 4) / 4;
        }

        _writer.U32(GcovFormat.NamesTag);
        _writer.U32(words);
        var indexOfFile = new Dictionary<string, uint>(StringComparer.Ordinal) { [""] = GcovFormat.NoFile };
        if (_version >= GcovProfileFormat.FirstWithSummary)
        {
            WriteFiles(names, indexOfFile);
        }

        _writer.U32((uint)names.Count);
        foreach (var (name, file) in names)
        {
            _nameIndex.Add(name, (uint)_nameIndex.Count);
            WriteString(name);
            if (_version >= GcovProfileFormat.FirstWithSummary)
            {
                _writer.U32(indexOfFile[file]);
            }
        }
    }

    /// <summary>
    /// Writes the files in the order in which names need them. GCC 16 looks for a function's file by its base name and takes the first one of that name, so that of two <c>util.c</c> it finds no function of
    /// the second ("No afdo profile for" in its dump): they are written as one, by what they have in common.
    /// </summary>
    private void WriteFiles(List<(string Name, string File)> names, Dictionary<string, uint> indexOfFile)
    {
        var files = new List<string>();
        var indexOfBaseName = new Dictionary<string, uint>(StringComparer.Ordinal);
        foreach (var (_, file) in names)
        {
            if (indexOfFile.ContainsKey(file))
            {
                continue;
            }

            string baseName = Path.GetFileName(file);
            if (indexOfBaseName.TryGetValue(baseName, out uint index))
            {
                files[(int)index] = baseName;
            }
            else
            {
                index = (uint)files.Count;
                files.Add(file);
                indexOfBaseName.Add(baseName, index);
            }

            indexOfFile.Add(file, index);
        }

        _writer.U32((uint)files.Count);
        foreach (string file in files)
        {
            WriteString(file);
        }
    }

    /// <summary>Version 1 counts and pads in words, always with a NUL; later versions count the bytes with the NUL.</summary>
    private void WriteString(string text)
    {
        int length = FileName.ByteCount(text);
        int padded = _version >= FirstWithBytes ? length + 1 : (length + 4) / 4 * 4;
        _writer.U32((uint)(_version >= FirstWithBytes ? padded : padded / 4));
        _writer.Text(text);
        _writer.Zeros(padded - length);
    }

    private void WriteFunctions(SampleProfile profile)
    {
        foreach (var function in profile.Functions.AsSpan())
        {
            _functionWords += 2;
            CountWords(function.Body);
        }

        _writer.U32(GcovFormat.FunctionsTag);
        _writer.U32(_functionWords);
        _writer.U32((uint)profile.Functions.Count);
        foreach (var function in profile.Functions.AsSpan())
        {
            _writer.U64(function.HeadCount);
            if (_version >= GcovProfileFormat.FirstWithSummary)
            {
                _writer.U64(function.FirstTime);
            }

            _writer.U32(_nameIndex[function.Name]);
            WriteBody(function.Body);
        }
    }

    private void CountWords(FunctionBody body)
    {
        _functionWords += 3 + (4 * (uint)body.Positions.Count) + (uint)body.Calls.Count;
        foreach (var position in body.Positions.AsSpan())
        {
            _functionWords += 5 * (uint)position.Targets.Count;
        }

        foreach (var call in body.Calls.AsSpan())
        {
            CountWords(call.Body);
        }
    }

    private void WriteBody(FunctionBody body)
    {
        _writer.U32((uint)body.Positions.Count);
        _writer.U32((uint)body.Calls.Count);
        foreach (var position in body.Positions.AsSpan())
        {
            _writer.U32(GcovFormat.Encode(position.Position));
            _writer.U32((uint)position.Targets.Count);
            _writer.U64(position.Count);
            foreach (var target in position.Targets.AsSpan())
            {
                _writer.U32(GcovFormat.IndirectCallHistogram);
                _writer.U64(_nameIndex[target.Name]);
                _writer.U64(target.Count);
            }
        }

        foreach (var call in body.Calls.AsSpan())
        {
            _writer.U32(GcovFormat.Encode(call.Position));
            _writer.U32(_nameIndex[call.Callee]);
            WriteBody(call.Body);
        }
    }

    private void WriteWorkingSet(IReadOnlyList<WorkingSetRow> rows)
    {
        _writer.U32(GcovFormat.WorkingSetTag);
        _writer.U32(3 * GcovFormat.WorkingSetRows);
        foreach (var (blocks, minimum) in rows)
        {
            _writer.U32(blocks);
            _writer.U64(minimum);
        }
    }
}
