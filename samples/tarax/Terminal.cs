using System.Runtime.InteropServices;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Text;

namespace Tarax.Tool;

/// <summary>What standard output is shown on: how wide it is, and whether it takes colours.</summary>
internal static partial class Terminal
{
    private const int NarrowestName = 16;

    /// <summary>What --color says: auto, always or never.</summary>
    public static string Color { get; set; } = "auto";

    /// <summary>What --wide says: nothing is cut.</summary>
    public static bool IsWide { get; set; }

    /// <summary>Whether standard output is a terminal.</summary>
    public static bool IsTerminal { get; } = !Console.IsOutputRedirected;

    /// <summary>Columns that a line may have; null where lines may be of any length.</summary>
    public static int? Width => IsWide || !IsTerminal ? null : Columns(OpenDescriptor.StandardOutput);

    /// <summary>Whether colours are written: at a terminal that can, where NO_COLOR (no-color.org) is not set; or as --color says.</summary>
    public static bool IsColored => Color == "always"
        || (Color == "auto" && IsTerminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb"));

    /// <summary>Writes a line to standard output, of which a part is strong.</summary>
    /// <param name="start">What comes first.</param>
    /// <param name="strong">The part that is shown strong, or in a colour by its share.</param>
    /// <param name="end">What comes last.</param>
    /// <param name="share">A share from 0 to 1: what is much is red, what is little is plain; null for bold.</param>
    public static void WriteLine(string start, string strong, string end, double? share = null)
    {
        if (!IsColored)
        {
            Console.Out.WriteLine(start + strong + end);
            return;
        }

        const string Reset = "\u001b[0m";
        string code = share switch { null => "\u001b[1m", >= 0.1 => "\u001b[1;31m", >= 0.01 => "\u001b[33m", _ => "" };
        string text = $"{Printable.Of(start)}{code}{Printable.Of(strong)}{(code.Length > 0 ? Reset : "")}{Printable.Of(end)}\n";
        StandardStreams.Output.WriteRaw(text);
    }

    /// <summary>A bar for a share, at terminals only.</summary>
    public static string Bar(double share, int width = 10)
    {
        if (!IsTerminal)
        {
            return "";
        }

        int filled = (int)Math.Round(Math.Clamp(share, 0, 1) * width);
        return $"{new string('█', filled)}{new string('·', width - filled)} ";
    }

    /// <summary>A name in what is left of a line, cut in its middle where it is longer.</summary>
    /// <param name="name">The name.</param>
    /// <param name="used">Columns that are used already.</param>
    public static string Fit(string name, int used)
    {
        name = Printable.Of(name);
        if (Width is not { } width)
        {
            return name;
        }

        int room = Math.Max(width - used, NarrowestName);
        if (name.Length <= room)
        {
            return name;
        }

        int head = room / 2;
        return $"{name[..head]}…{name[^(room - head - 1)..]}";
    }

    /// <summary>Enough of a build-id to tell it from others; all of it with --wide.</summary>
    public static string BuildId(string buildId) => IsWide || buildId.Length <= 12 ? buildId : $"{buildId[..12]}…";

    /// <summary>Columns of the terminal that a descriptor leads to.</summary>
    public static int Columns(int descriptor)
    {
        const int Usual = 100;
        if (int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), out int told) && told > 0)
        {
            return told;
        }

        const nuint WindowSize = 0x5413; // TIOCGWINSZ
        var size = default(Size);
        return OperatingSystem.IsLinux() && ioctl(descriptor, WindowSize, ref size) == 0 && size.Columns > 0 ? size.Columns : Usual;
    }

    [LibraryImport("libc")]
    private static partial int ioctl(int descriptor, nuint request, ref Size size);

    [StructLayout(LayoutKind.Sequential)]
    private struct Size
    {
        public ushort Rows;
        public ushort Columns;
        public ushort Width;
        public ushort Height;
    }
}
