using System.Globalization;
using System.Text.RegularExpressions;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Profiles.Formats.Llvm;

namespace Tarax.Tool.Links;

/// <summary><c>llvm-profdata</c> for sampled profiles, which <c>--sample</c> asks for there: here the files themselves tell, so that Linux's own command line, which has no <c>--sample</c>, works too.</summary>
internal static class LlvmProfdata
{
    private static readonly TimeSpan LongestMatch = TimeSpan.FromSeconds(5);

    public static void Run(ToolFlags flags)
    {
        switch (flags.Files)
        {
            case ["merge", ..]:
                Merge(flags);
                break;
            case ["show", var path]:
                Show(flags, path);
                break;
            case ["show", ..]:
                throw new UsageException("show: needs one profile");
            case ["overlap", ..]:
                throw new UsageException("overlap: is not done here; tarax diff compares two profiles");
            default:
                throw new UsageException("please use: llvm-profdata merge|show PROFILE...");
        }
    }

    private static void Merge(ToolFlags flags)
    {
        var inputs = flags.Files.Skip(1).Select(f => (Path: f, Weight: 1UL)).Concat(flags.Values("weighted-input").Select(Weighted)).Concat(flags.Values("input-files").SelectMany(Listed)).ToList();
        if (inputs.Count == 0)
        {
            throw new UsageException("no input files specified. See llvm-profdata merge -help");
        }

        string output = flags.Value("output", "-");
        OutputCheck.Refuse(output, [.. inputs.Select(i => i.Path), .. flags.Values("input-files")]);
        var format = Format(flags);
        var merged = SampleProfile.Merge(Load(inputs, flags.Value("failure-mode", "any")));
        int all = merged.Functions.Count;
        foreach (var (flag, isWanted) in (ReadOnlySpan<(string, bool)>)[("function", true), ("no-function", false)])
        {
            if (flags.IsGiven(flag))
            {
                var expression = Expression(flag, flags.Value(flag, ""));
                merged = merged.Where(f => expression.IsMatch(f.Name) == isWanted);
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{all - merged.Functions.Count} of {all} functions in the original profile are filtered."));
            }
        }

        if (merged.Functions.Count == 0)
        {
            throw new ConversionException(ConversionFailure.EmptyProfile, $"no profile can be merged: no function is in these {inputs.Count}");
        }

        ProfileOutput.Write(merged, output, format);
        Diagnostics.Write(merged.Diagnostics, Console.Error);
    }

    private static IEnumerable<SampleProfile> Load(List<(string Path, ulong Weight)> inputs, string mode)
    {
        if (mode is not ("any" or "all" or "warn"))
        {
            throw new UsageException($"--failure-mode={mode}: is none of any, all, warn");
        }

        foreach (var (path, weight) in inputs)
        {
            SampleProfile profile;
            try
            {
                profile = SampleProfile.Load(path);
            }
            catch (Exception e) when (mode != "any" && e is InvalidFormatException or IOException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine($"warning: {path}: {e.Message}");
                continue;
            }

            yield return profile.Times(weight);
        }
    }

    private static (string Path, ulong Weight) Weighted(string text) =>
        text.IndexOf(',', StringComparison.Ordinal) is > 0 and var comma && ulong.TryParse(text.AsSpan(0, comma), NumberStyles.None, CultureInfo.InvariantCulture, out ulong weight) && weight > 0
            ? (text[(comma + 1)..], weight)
            : throw new UsageException($"--weighted-input={text}: is not of the form N,FILE, with N from 1");

    /// <summary>A list has one file a line, with a weight or without; behind <c>#</c> stand remarks.</summary>
    private static IEnumerable<(string Path, ulong Weight)> Listed(string list)
    {
        using var reader = new StreamReader(FileSystem.OpenRead(list));
        while (reader.ReadLine() is { } line)
        {
            string entry = line.Trim();
            if (entry.Length > 0 && entry[0] != '#')
            {
                yield return entry.Contains(',', StringComparison.Ordinal) ? Weighted(entry) : (entry, 1);
            }
        }
    }

    private static Regex Expression(string flag, string text)
    {
        try
        {
            return new Regex(text, RegexOptions.CultureInvariant, LongestMatch);
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"--{flag}={text}: is no regular expression: {e.Message}");
        }
    }

    private static ProfileFormat Format(ToolFlags flags) =>
        flags.IsSet("text") ? ProfileFormat.LlvmText
            : flags.IsSet("binary") ? ProfileFormat.LlvmBinary
            : new LlvmExtBinaryFormat { HashNames = flags.IsSet("use-md5"), Compress = flags.IsSet("compress-all-sections") };

    private static void Show(ToolFlags flags, string path)
    {
        var profile = SampleProfile.Load(path);
        string output = flags.Value("output", "-");
        if (output == "-")
        {
            LlvmProfileText.Write(profile, flags, Console.Out);
            return;
        }

        OutputCheck.Refuse(output, [path]);
        AtomicFile.Write(output, stream =>
        {
            using var writer = new StreamWriter(stream, leaveOpen: true);
            LlvmProfileText.Write(profile, flags, writer);
        });
    }
}
