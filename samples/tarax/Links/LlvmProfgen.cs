using System.Globalization;
using Tarax.AutoFdo;
using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Profiles.Formats.Llvm;

namespace Tarax.Tool.Links;

/// <summary><c>llvm-profgen</c>: from recordings, or from counts that it calls an unsymbolized profile, to profiles for Clang.</summary>
internal static class LlvmProfgen
{
    public static void Run(ToolFlags flags)
    {
        string[] inputs = ["perfdata", "perfscript", "unsymbolized-profile", "llvm-sample-profile"];
        if (flags.Files is [var word, ..])
        {
            throw new UsageException($"unknown command line argument '{word}'");
        }

        if (flags.IsGiven("use-offset") && !flags.IsSet("use-offset"))
        {
            throw new UsageException("--use-offset=0 is not done here: addresses are distances from the first executable segment, as without it");
        }

        string[] given = [.. inputs.Where(flags.IsGiven)];
        if (given is not [var kind])
        {
            throw new UsageException(given.Length == 0 ? "perf input file is missing: give --perfdata, --perfscript or --unsymbolized-profile" : $"--{given[0]} and --{given[1]} cannot be used together");
        }

        string input = flags.Value(kind, "");
        string output = Required(flags, "output");
        string binary = kind == "llvm-sample-profile" ? flags.Value("binary", "") : Required(flags, "binary");
        OutputCheck.Refuse(output, [input, binary, flags.Value("debug-binary", "")]);
        if (kind == "llvm-sample-profile")
        {
            ProfileOutput.Write(SampleProfile.Load(input), output, Format(flags));
            return;
        }

        var options = new ConversionOptions
        {
            Input = kind == "unsymbolized-profile" ? InputKind.CountsText : InputKind.PerfData,
            Format = Format(flags),
            SymbolList = flags.IsSet("populate-profile-symbol-list"),
            DebugDirectories = flags.IsGiven("debug-binary") ? [Path.GetDirectoryName(Path.GetFullPath(flags.Value("debug-binary", "")))!] : [],
            MinimumSamples = 1,
        };
        if (flags.IsSet("skip-symbolization"))
        {
            WriteCounts(input, binary, output, options);
            return;
        }

        using var opened = Recordings.Open(input, options);
        var result = AutoFdoConverter.Convert(opened, binary, options);
        OutputCheck.Refuse(output, result.Report.FilesRead);
        ProfileOutput.Write(result.Profile, output, result.Report.Format);
        Diagnostics.Write(result.Report.Diagnostics, Console.Error);
    }

    private static void WriteCounts(string input, string binary, string output, ConversionOptions options)
    {
        using var opened = Recordings.Open(input, options);
        using var elf = Binary.Open(binary);
        var counts = options.Input == InputKind.CountsText ? AutoFdoConverter.CountsOf(opened, binary, options) : Recording.Count(opened, options).CountsOf(elf);
        ulong outside = 0;
        if (output == "-")
        {
            outside = UnsymbolizedProfile.Write(counts, elf, Console.Out);
        }
        else
        {
            AtomicFile.Write(output, stream =>
            {
                using var writer = new StreamWriter(stream, leaveOpen: true);
                outside = UnsymbolizedProfile.Write(counts, elf, writer);
            });
        }

        if (outside > 0)
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"warning: {outside} executions of ranges and branches outside of the executable segments are left out"));
        }
    }

    private static string Required(ToolFlags flags, string name) => flags.IsGiven(name) ? flags.Value(name, "") : throw new UsageException($"for the --{name} option: must be specified at least once!");

    private static ProfileFormat Format(ToolFlags flags) => flags.Value("format", "extbinary") switch
    {
        "extbinary" => flags.IsSet("use-md5") ? new LlvmExtBinaryFormat { HashNames = true } : ProfileFormat.LlvmExtBinary,
        "binary" => ProfileFormat.LlvmBinary,
        "text" => ProfileFormat.LlvmText,
        var other => throw new UsageException($"--format={other}: is none of text, binary, extbinary"),
    };
}
