using System.Globalization;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Outputs.Gcda;

/// <summary>
/// The notes (.gcno) of a build by GCC: the control flow of each function as <c>-fprofile-use</c> will see it. They are made by the rebuild's own command line with
/// <c>-fprofile-use -ftest-coverage -fdump-ipa-profile-lineno-blocks-details -Wno-missing-profile</c>, without counters; the last but one adds the places of statements, without which several blocks of
/// one line are told apart by the flow alone. Any thread may use it.
/// </summary>
/// <remarks>
/// <c>-ftest-coverage</c> alone splits functions before the notes are written (ipa-split.cc, gate), which <c>-fprofile-use</c> does not: <c>-fno-partial-inlining</c> avoids that too.
/// </remarks>
public sealed class GccNotes
{
    private const int MostFolders = 64;

    private GccNotes(string folder, List<(string Path, NotesFile Notes)> files, int functionsWithStatements)
    {
        (Folder, Files, FunctionsWithStatements) = (folder, files, functionsWithStatements);
        Index = new NotesIndex(files.Select(f => f.Notes));
        Compilers = [.. files.Select(f => VersionOf(f.Notes)).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>Absolute path of the folder that they were read from.</summary>
    public string Folder { get; }

    /// <summary>Number of files.</summary>
    public int FileCount => Files.Count;

    /// <summary>Number of functions.</summary>
    public int FunctionCount => Files.Sum(f => f.Notes.Functions.Count);

    /// <summary>Of these, the ones of which the compiler's dump has the statements.</summary>
    public int FunctionsWithStatements { get; }

    /// <summary>The compilers that made them, such as <c>GCC 12.2</c>.</summary>
    public IReadOnlyList<string> Compilers { get; }

    /// <summary>The files by their paths in the folder.</summary>
    internal List<(string Path, NotesFile Notes)> Files { get; }

    internal NotesIndex Index { get; }

    /// <summary>Reads all notes in a folder and the folders in it; links are not followed.</summary>
    /// <param name="folder">The folder of the build.</param>
    /// <param name="threads">Number of threads; the result does not depend on it.</param>
    /// <exception cref="InvalidFormatException">A file is not notes, or is damaged.</exception>
    /// <exception cref="ConversionException">There are none.</exception>
    /// <exception cref="IOException">A file or folder cannot be read.</exception>
    public static GccNotes Read(string folder, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        string root = Path.GetFullPath(folder);
        var found = new List<(string Notes, string? Dump)>();
        Find(root, 0, found);
        if (found.Count == 0)
        {
            throw new ConversionException(
                ConversionFailure.NoNotes,
                $"{folder}: has no notes of GCC (.gcno); compile with -fprofile-use -ftest-coverage -fdump-ipa-profile-lineno-blocks-details -Wno-missing-profile besides the options of the rebuild");
        }

        var files = new (string Path, NotesFile Notes)[found.Count];
        int[] described = new int[found.Count];
        ParallelLoop.Run(found.Count, threads, i =>
        {
            var notes = ReadFile(found[i].Notes);
            described[i] = found[i].Dump is { } dump ? NotesDump.AddTo(notes, TextLines.Of(dump, "dump of GCC")) : 0;
            files[i] = (Path.GetRelativePath(root, found[i].Notes), notes);
        });
        return new GccNotes(root, [.. files], described.Sum());
    }

    private static void Find(string folder, int depth, List<(string Notes, string? Dump)> found)
    {
        const string Suffix = ".gcno";
        var files = FileSystem.FilesIn(folder);
        foreach (string file in files)
        {
            if (file.EndsWith(Suffix, StringComparison.Ordinal))
            {
                // lex.gcno and lex.c.069i.profile: the number is that of the pass, and another in each version. Of several the newest is of the notes.
                string stem = file[..^(Suffix.Length - 1)];
                found.Add((file, files.Where(f => f.StartsWith(stem, StringComparison.Ordinal) && IsDump(f.AsSpan(stem.Length))).MaxBy(File.GetLastWriteTimeUtc)));
            }
        }

        foreach (string inner in depth < MostFolders ? FileSystem.FoldersIn(folder) : [])
        {
            Find(inner, depth + 1, found);
        }
    }

    /// <summary>Whether a name ends, behind that of the object, as <c>c.069i.profile</c>.</summary>
    private static bool IsDump(ReadOnlySpan<char> rest) => rest.EndsWith("i.profile") && rest.Count('.') <= 2;

    private static NotesFile ReadFile(string path)
    {
        try
        {
            using var source = ByteSource.Open(path, "notes");
            return NotesFile.Read(source.Span("notes", 0, source.Length));
        }
        catch (InvalidFormatException e)
        {
            throw new InvalidFormatException(path, e);
        }
    }

    private static string VersionOf(NotesFile notes) => string.Create(CultureInfo.InvariantCulture, $"GCC {notes.Major}.{((notes.Version >> 8) & 0xff) - '0'}");
}
