using System.Text;

namespace Tarax.Tool.Autofdo;

/// <summary>The name by which the executable was started.</summary>
internal static class StartName
{
    /// <summary>
    /// The word before the arguments on the command line. The runtime tells the name of the file, which behind a link is another; the system keeps the words.
    /// </summary>
    public static string Of(string[] arguments)
    {
        const string CommandLine = "/proc/self/cmdline";
        if (!File.Exists(CommandLine))
        {
            return Environment.GetCommandLineArgs()[0];
        }

        string[] words = Encoding.UTF8.GetString(File.ReadAllBytes(CommandLine)).Split('\0');
        int before = words.Length - 2 - arguments.Length;
        return before >= 0 ? words[before] : "";
    }
}
