namespace Tarax.AutoFdo.Binaries.Symbolization;

/// <summary>Paths of source files as debug information has them.</summary>
internal static class SourceFiles
{
    /// <summary>Whether two paths are likely to be of one file: units that were compiled in different folders call it by different paths.</summary>
    public static bool IsSame(string one, string other) =>
        one == other || (Path.IsPathRooted(one) && Path.IsPathRooted(other) ? Path.GetFullPath(one) == Path.GetFullPath(other) : Path.GetFileName(one) == Path.GetFileName(other));
}
