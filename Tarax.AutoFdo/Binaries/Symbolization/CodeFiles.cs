using Tarax.AutoFdo.Binaries.Dwarf;
using Tarax.AutoFdo.Binaries.Elf;

namespace Tarax.AutoFdo.Binaries.Symbolization;

/// <summary>Code of one source file.</summary>
/// <param name="Start">ELF virtual address of its first byte.</param>
/// <param name="End">Address after its last byte.</param>
/// <param name="Path">The file.</param>
internal readonly record struct CodeOfFile(ulong Start, ulong End, string Path);

/// <summary>
/// Which lines of a function are of another file than the function itself: those of a file that is included within it, or that a <c>#line</c> says. A profile does not tell: it has distances of lines from
/// the function's first only. One thread asks at a time.
/// </summary>
/// <param name="source">The function's source positions.</param>
/// <param name="pieces">The files of its code, by ascending address.</param>
/// <param name="callFiles">For each scope the file that its call stands in; null where it is not known.</param>
internal sealed class CodeFiles(FunctionSource source, IReadOnlyList<CodeOfFile> pieces, IReadOnlyList<string?> callFiles)
{
    private (string Path, string Own, bool IsSame) _lastCompared = ("", "", true);

    /// <summary>Files, and the MD5 of the content that was compiled, where the debug information has it.</summary>
    public IReadOnlyList<(string Path, UInt128 Digest)> Digests { get; private init; } = [];

    /// <summary>The source positions of the function.</summary>
    public FunctionSource Source => source;

    /// <summary>Reads the files of a function's code.</summary>
    /// <exception cref="Diagnostics.InvalidFormatException">The debug information does not hold together.</exception>
    public static CodeFiles Read(CodeFunction function, FunctionSource source)
    {
        var unit = function.Debug.Unit;
        if (unit.FileRows is not { } lines)
        {
            return new CodeFiles(source, [], []);
        }

        var paths = new Dictionary<uint, string>();
        var digests = new List<(string, UInt128)>();
        string PathOf(uint number)
        {
            if (!paths.TryGetValue(number, out string? path))
            {
                path = lines.FilePath(number, unit);
                paths.Add(number, path);
                if (lines.DigestOf(number) is { } digest)
                {
                    digests.Add((path, digest));
                }
            }

            return path;
        }

        var pieces = new List<CodeOfFile>();
        foreach (var part in function.PartsInOrder())
        {
            Add(part, lines, PathOf, pieces);
        }

        return new CodeFiles(source, pieces, [.. source.Scopes.Select(s => s.CallFile is { } number ? PathOf(number) : null)]) { Digests = digests };
    }

    /// <summary>The file of a piece of code, where it is another than that of the function it belongs to; null for the same, and where either is not known.</summary>
    /// <param name="segment">The piece; code without a line is of no file.</param>
    /// <param name="address">An address in it.</param>
    public string? OtherFileAt(in CodeSegment segment, ulong address)
    {
        int at = IndexAt(address);
        return at < 0 || segment.Line == 0 ? null : Other(pieces[at].Path, segment.Scope);
    }

    /// <summary>The lines of the function and of what is inlined into it: the scope that each belongs to, and its file where that is another than its function's. A line may come several times.</summary>
    public IEnumerable<(int Scope, uint Line, string? OtherFile)> Lines()
    {
        int at = 0;
        foreach (var segment in source.Segments)
        {
            if (segment.Line == 0)
            {
                continue;
            }

            while (at < pieces.Count && pieces[at].End <= segment.Start)
            {
                at++;
            }

            for (int i = at; i < pieces.Count && pieces[i].Start < segment.End; i++)
            {
                yield return (segment.Scope, segment.Line, Other(pieces[i].Path, segment.Scope));
            }
        }

        for (int i = 1; i < callFiles.Count; i++)
        {
            if (callFiles[i] is { } file && source.Scopes[i].CallLine > 0)
            {
                yield return (source.Scopes[i].Parent, source.Scopes[i].CallLine, Other(file, source.Scopes[i].Parent));
            }
        }
    }

    private static void Add(CodeRange part, LineTable lines, Func<uint, string> pathOf, List<CodeOfFile> pieces)
    {
        ulong at = part.Start;
        for (int s = lines.FirstSequenceEndingAfter(at); s < lines.Sequences.Length && at < part.End && lines.Sequences[s].Start < part.End; s++)
        {
            ref readonly var sequence = ref lines.Sequences[s];
            at = Math.Max(at, sequence.Start);
            int pastLast = sequence.FirstRow + sequence.RowCount;
            for (int row = lines.RowAt(sequence, at); row < pastLast && at < part.End && at < sequence.End; row++)
            {
                ulong end = Math.Min(part.End, row + 1 < pastLast ? lines.Rows[row + 1].Address : sequence.End);
                if (end <= at)
                {
                    continue;
                }

                string path = pathOf(lines.Rows[row].Discriminator);
                if (pieces.Count > 0 && pieces[^1].End == at && ReferenceEquals(pieces[^1].Path, path))
                {
                    pieces[^1] = pieces[^1] with { End = end };
                }
                else
                {
                    pieces.Add(new CodeOfFile(at, end, path));
                }

                at = end;
            }
        }
    }

    private int IndexAt(ulong address)
    {
        int low = 0;
        int high = pieces.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (pieces[middle].Start <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low > 0 && address < pieces[low - 1].End ? low - 1 : -1;
    }

    /// <summary>A path, if it is not that of the scope's function.</summary>
    private string? Other(string path, int scope)
    {
        string own = source.Scopes[scope].Function.File;
        if (path == own || path.Length == 0 || own.Length == 0)
        {
            return null;
        }

        // Neighbours are of the same files, and paths that are not written alike are dear to compare.
        if (!ReferenceEquals(path, _lastCompared.Path) || !ReferenceEquals(own, _lastCompared.Own))
        {
            _lastCompared = (path, own, SourceFiles.IsSame(path, own));
        }

        return _lastCompared.IsSame ? null : path;
    }
}
