using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Reports.Page;

namespace Tarax.AutoFdo.Reports;

/// <summary>The lines of source files that a report shows.</summary>
/// <param name="paths">What the beginnings of paths are here.</param>
/// <param name="filesRead">Where the files that are read are added.</param>
/// <param name="compiled">What was compiled of them.</param>
internal sealed class SourceExcerpts(IReadOnlyList<SourcePath> paths, List<string> filesRead, CompiledSources compiled)
{
    /// <summary>Files of source are smaller, and other files are not shown.</summary>
    private const long LargestFile = 16 << 20;

    private const int LongestLine = 500;
    private const int LinesBefore = 1;
    private const int LinesBehind = 3;

    private readonly SortedDictionary<string, List<(int First, int Last)>> _wanted = new(StringComparer.Ordinal);

    /// <summary>Files that are not here, in order.</summary>
    public List<string> Missing { get; } = [];

    /// <summary>Files that are not what was compiled, in order.</summary>
    public List<string> Changed { get; } = [];

    /// <summary>Asks for lines of a file.</summary>
    public void Want(string file, long first, long last)
    {
        if (!_wanted.TryGetValue(file, out var pieces))
        {
            pieces = [];
            _wanted.Add(file, pieces);
        }

        pieces.Add(((int)Math.Clamp(first - LinesBefore, 1, int.MaxValue), (int)Math.Clamp(last + LinesBehind, 1, int.MaxValue)));
    }

    /// <summary>Reads what was asked for.</summary>
    /// <param name="names">The report's names, of which the files get their index.</param>
    public ReportedSource[] Read(ReportNames names)
    {
        var sources = new List<ReportedSource>();
        foreach (var (file, wanted) in _wanted)
        {
            if (Content(file) is { } content)
            {
                bool isChanged = compiled.AreOthers(file, content);
                var lines = new SourceLines(content);
                sources.Add(new ReportedSource(names.File(file), [.. Joined(wanted, lines.Count).Select(p => new ReportedLines(p.First, lines.From(p.First, p.Last, Shown)))]) { IsChanged = isChanged ? true : null });
                if (isChanged)
                {
                    Changed.Add(file);
                }
            }
            else
            {
                Missing.Add(file);
            }
        }

        return [.. sources];
    }

    private byte[]? Content(string file)
    {
        string path = paths.FirstOrDefault(p => file.StartsWith(p.From, StringComparison.Ordinal)) is { From.Length: > 0 } moved ? moved.To + file[moved.From.Length..] : file;
        if (FileSystem.StatusOf(path) is not { IsRegular: true, Size: <= LargestFile })
        {
            return null;
        }

        try
        {
            using var stream = FileSystem.OpenRegular(path);
            using var content = new MemoryStream();
            stream.CopyTo(content);
            filesRead.Add(path);
            return content.ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static List<(int First, int Last)> Joined(List<(int First, int Last)> pieces, int lines)
    {
        pieces.Sort();
        var joined = new List<(int First, int Last)>();
        foreach (var (first, last) in pieces)
        {
            int end = Math.Min(last, lines);
            if (joined.Count > 0 && first <= joined[^1].Last + 1)
            {
                joined[^1] = (joined[^1].First, Math.Max(joined[^1].Last, end));
            }
            else if (first <= end)
            {
                joined.Add((first, end));
            }
        }

        return joined;
    }

    private static string Shown(string line)
    {
        line = line.TrimEnd('\r', ' ', '\t');
        if (line.Length <= LongestLine)
        {
            return ReportNames.Valid(line);
        }

        int end = char.IsHighSurrogate(line[LongestLine - 1]) ? LongestLine - 1 : LongestLine;
        return ReportNames.Valid($"{line[..end]} … ({line.Length - end} more characters)");
    }
}
