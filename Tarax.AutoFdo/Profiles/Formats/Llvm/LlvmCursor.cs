using System.Text;
using System.Text.Unicode;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Profiles.Formats.Llvm;

/// <summary>What occurs all over LLVM's binary formats.</summary>
internal static class LlvmCursor
{
    /// <summary>The version, of which one is known, and of the extensible binary form two.</summary>
    public static void CheckVersion(this ref ByteCursor cursor, byte newest = LlvmFormat.Version)
    {
        ulong version = cursor.Uleb("version");
        if (version < LlvmFormat.Version || version > newest)
        {
            throw cursor.Invalid("version", $"is {version}, where {(newest == LlvmFormat.Version ? "" : $"{LlvmFormat.Version} to ")}{newest} {(newest == LlvmFormat.Version ? "is" : "are")} known");
        }
    }

    /// <summary>A table of names, each ended by NUL.</summary>
    public static List<string> Names(this ref ByteCursor cursor)
    {
        var names = new List<string>();
        for (ulong left = cursor.UlebCount("number of names", 1); left > 0; left--)
        {
            names.Add(cursor.Name("name"));
        }

        return names;
    }

    /// <summary>A name, which must be UTF-8: others would become the same.</summary>
    public static string Name(this ref ByteCursor cursor, string field)
    {
        var bytes = cursor.NulTerminated(field);
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : throw cursor.Invalid(field, "is not UTF-8");
    }

    /// <summary>The summary, which is computed anew when it is needed.</summary>
    public static void SkipSummary(this ref ByteCursor cursor)
    {
        foreach (string field in (ReadOnlySpan<string>)["total count", "largest count", "largest head count", "number of counts", "number of functions"])
        {
            cursor.Uleb(field);
        }

        for (ulong left = cursor.UlebCount("number of summary rows", 3); left > 0; left--)
        {
            cursor.Uleb("cutoff");
            cursor.Uleb("minimum count");
            cursor.Uleb("number of counts");
        }
    }
}
