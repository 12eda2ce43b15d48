using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Text;

namespace Tarax.Tool;

/// <summary>The command line in its own bytes: names of files need not be UTF-8, and the runtime replaces what is not.</summary>
internal static class RawArguments
{
    private const string CommandLine = "/proc/self/cmdline";
    private const char Replacement = '\ufffd';

    /// <summary>The arguments, where they hold other bytes than UTF-8 read again.</summary>
    public static string[] Of(string[] arguments)
    {
        if (!arguments.Any(a => a.Contains(Replacement, StringComparison.Ordinal)) || !FileSystem.IsRegular(CommandLine))
        {
            return arguments;
        }

        string[] words = Words();
        return words.Length >= arguments.Length ? words[^arguments.Length..] : arguments;
    }

    /// <summary>
    /// The word before the arguments, by which the executable was started. The runtime gives the name of the file, which behind a link is another; the system keeps the words.
    /// </summary>
    public static string StartName(string[] arguments)
    {
        if (!FileSystem.IsRegular(CommandLine))
        {
            return Environment.GetCommandLineArgs()[0];
        }

        string[] words = Words();
        int before = words.Length - 1 - arguments.Length;
        return before >= 0 ? words[before] : "";
    }

    private static string[] Words()
    {
        using var stream = FileSystem.OpenRead(CommandLine);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        var words = new List<string>();
        for (ReadOnlySpan<byte> rest = bytes.ToArray(); rest.IndexOf((byte)0) is >= 0 and var end; rest = rest[(end + 1)..])
        {
            words.Add(FileName.Decode(rest[..end]));
        }

        return [.. words];
    }
}
