using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Reports;

namespace Tarax.Tool;

/// <summary>Profiles in the formats of other viewers.</summary>
internal static class ViewerOutput
{
    private const string StandardOutput = "-";

    private static readonly Dictionary<string, ViewerFormat> Formats = new(StringComparer.Ordinal)
    {
        ["pprof"] = ViewerFormat.Pprof,
        ["speedscope"] = ViewerFormat.Speedscope,
        ["firefox-profiler"] = ViewerFormat.FirefoxProfiler,
    };

    /// <summary>The formats by what they are called.</summary>
    public static string[] Names => [.. Formats.Keys];

    /// <param name="profile">The profile.</param>
    /// <param name="path">Where it was read.</param>
    /// <param name="binary">The binary that was profiled; null for none.</param>
    /// <param name="debugDirectories">Folders of separate debug files.</param>
    /// <param name="mangled">Whether names are those of the linker.</param>
    /// <param name="format">What the format is called.</param>
    /// <param name="output">The file to write; null for standard output.</param>
    /// <exception cref="UsageException">Standard output is a terminal, and the format is not text.</exception>
    public static void Write(SampleProfile profile, string path, string? binary, IEnumerable<string> debugDirectories, bool mangled, string format, string? output)
    {
        output ??= StandardOutput;
        if (output == StandardOutput && Terminal.IsTerminal && Formats[format] == ViewerFormat.Pprof)
        {
            throw new UsageException("standard output is a terminal, and pprof's format is not text; write a file with -o");
        }

        OutputCheck.Refuse(output, binary is null ? [path] : [path, binary]);
        if (binary is not null)
        {
            FileKinds.ExpectBinary(binary);
        }

        using var opened = binary is null ? null : Binary.Open(binary, debugDirectories);
        var report = ProfileReport.Of(new ProfileReportInputs(profile)
        {
            Title = Path.GetFileName(path),
            Binary = opened,
            ShowsSources = false,
            ShortName = mangled ? null : Demangled.Short,
        });
        if (output == StandardOutput)
        {
            using var stream = new OpenDescriptor(OpenDescriptor.StandardOutput, "standard output");
            using var buffered = new BufferedStream(stream);
            report.Write(buffered, Formats[format]);
        }
        else
        {
            AtomicFile.Write(output, stream => report.Write(stream, Formats[format]));
        }
    }
}
