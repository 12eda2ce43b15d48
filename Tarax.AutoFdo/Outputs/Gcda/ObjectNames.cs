using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Outputs.Gcda;

/// <summary>The names under which GCC looks for counters (coverage.cc, coverage_init; gcov-io.cc, mangle_path; the same in GCC 11, 12 and 16).</summary>
internal static class ObjectNames
{
    /// <summary>What <c>-fprofile-use=DIR</c> looks for in DIR: the path of the object, of which slashes are <c>#</c> and folders above <c>^</c>.</summary>
    /// <param name="path">Absolute path of the object, without its suffix.</param>
    public static string Mangled(string path) => string.Join('#', path.Split('/').Select(p => p == ".." ? "^" : p)) + ".gcda";

    /// <summary>
    /// The names of an object's counters. They depend on how the compiler was told the object's: <c>a/b.o</c>, <c>./a/b.o</c> (which is another name), or an absolute path (which is not mangled, but
    /// leads to folders in DIR). The idents of functions that other units do not see hold it; where there are none, it may be any.
    /// </summary>
    /// <param name="notes">The notes.</param>
    /// <param name="path">Absolute path of the object, without its suffix.</param>
    public static IReadOnlyList<string> Of(NotesFile notes, string path)
    {
        if (!notes.Folder.StartsWith('/'))
        {
            // The compiler was told to forget its folder (-ffile-prefix-map).
            return [Mangled(path)];
        }

        string folder = notes.Folder.TrimEnd('/');
        string relative = Path.GetRelativePath(notes.Folder, path);
        (string Told, string Name)[] all = [(relative, Mangled($"{folder}/{relative}")), ($"./{relative}", Mangled($"{folder}/./{relative}")), (path, $"{path.TrimStart('/')}.gcda")];
        foreach (var function in notes.Functions)
        {
            foreach (var (told, name) in all)
            {
                if (function.Ident == GccChecksum.IdentOfLocal(function.Source, function.Name, told))
                {
                    return [name];
                }
            }
        }

        return [.. all.Select(a => a.Name)];
    }

    /// <summary>
    /// The folder that stood, when the notes were made, where the folder that they were read from stands now: objects are named by it. The compiler's own folder, which notes have, ends as the way
    /// to them begins.
    /// </summary>
    /// <param name="folder">Absolute path of the folder that notes were read from.</param>
    /// <param name="notes">The notes, each with its path in the folder.</param>
    public static string FolderOf(string folder, IEnumerable<(string Path, string CompilerFolder)> notes)
    {
        var found = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var (path, compilerFolder) in notes)
        {
            string root = RootOf(folder, path, compilerFolder);
            found[root] = found.GetValueOrDefault(root) + 1;
        }

        return found.Count == 0 ? folder : found.MaxBy(f => f.Value).Key;
    }

    private static string RootOf(string folder, string path, string compilerFolder)
    {
        if (!compilerFolder.StartsWith('/') || FileSystem.IsFolder(compilerFolder) || IsIn(folder, compilerFolder) || IsIn(compilerFolder, folder))
        {
            return folder;
        }

        string[] way = path.Split('/')[..^1];
        string[] compiled = compilerFolder.TrimEnd('/').Split('/');
        for (int parts = Math.Min(way.Length, compiled.Length - 1); parts > 0; parts--)
        {
            if (compiled.AsSpan()[^parts..].SequenceEqual(way.AsSpan(0, parts)))
            {
                return string.Join('/', compiled[..^parts]);
            }
        }

        return string.Join('/', compiled);
    }

    private static bool IsIn(string path, string folder) => path == folder || path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);
}
