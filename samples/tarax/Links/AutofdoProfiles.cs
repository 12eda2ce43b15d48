using System.Globalization;
using Tarax.AutoFdo;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Profiles.Formats.Gcov;
using Tarax.AutoFdo.Profiles.Formats.Llvm;

namespace Tarax.Tool.Links;

/// <summary><c>dump_gcov</c>, <c>profile_merger</c> and <c>profile_diff</c>: profiles of any format.</summary>
internal static class AutofdoProfiles
{
    /// <summary>The merger leaves out functions whose counts add up to no more than this.</summary>
    private const ulong LargestDropped = 10;

    public static void Dump(ToolFlags flags)
    {
        if (flags.Files is not [var path])
        {
            throw new UsageException("please use: dump_gcov file_path");
        }

        foreach (var function in ByTotal(SampleProfile.Load(path)))
        {
            Line($"{function.Name} total:{function.Body.TotalCount()} head:{function.HeadCount}");
            Dump(function.Body, 1);
        }
    }

    public static void Merge(ToolFlags flags)
    {
        if (flags.Files.Count == 0)
        {
            throw new UsageException("please at least specify an input profile");
        }

        ProfileFormat? first = null;
        var merged = SampleProfile.Merge(flags.Files.Select(path =>
        {
            var profile = SampleProfile.Load(path);
            first ??= profile.Format;
            return profile;
        }));
        string output = flags.Value("output_file", "fbdata.afdo");
        var kept = merged.Where(f => f.Body.TotalCount() > LargestDropped);
        if (kept.Functions.Count == 0)
        {
            throw new ConversionException(ConversionFailure.EmptyProfile, $"no function of these {flags.Files.Count} profiles ran more than {LargestDropped} times");
        }

        ProfileOutput.Write(kept, output, FormatOf(flags, first!));
        Diagnostics.Write(merged.Diagnostics, Console.Error);
    }

    /// <summary>The overlap by functions, and with <c>--compare_function</c> their totals as percentages of the largest.</summary>
    public static void Diff(ToolFlags flags)
    {
        if (flags.Files is not [var leftPath, var rightPath])
        {
            throw new UsageException("please specify two files to compare");
        }

        var diff = SampleProfile.Diff(SampleProfile.Load(leftPath), SampleProfile.Load(rightPath));
        if (flags.IsSet("compare_function"))
        {
            ulong left = 1;
            ulong right = 1;
            foreach (var function in diff.Functions)
            {
                (left, right) = (Math.Max(left, function.LeftTotal), Math.Max(right, function.RightTotal));
            }

            double cutoff = flags.Number("dump_cutoff_percent", 2);
            foreach (var function in diff.Functions.OrderByDescending(f => f.LeftTotal).ThenBy(f => f.Name, StringComparer.Ordinal))
            {
                var (a, b) = (100.0 * function.LeftTotal / left, 100.0 * function.RightTotal / right);
                if (Math.Max(a, b) >= cutoff)
                {
                    Line($"{a:0.0000}% {b:0.0000}% {function.Name}");
                }
            }
        }

        Line($"{diff.Functions.Sum(f => Math.Min(f.LeftShare, f.RightShare)):0.0000}");
    }

    private static ProfileFormat FormatOf(ToolFlags flags, ProfileFormat first)
    {
        if (flags.IsGiven("format"))
        {
            return flags.Value("format", "") switch
            {
                "text" => ProfileFormat.LlvmText,
                "binary" => ProfileFormat.LlvmBinary,
                "extbinary" => ProfileFormat.LlvmExtBinary,
                var other => throw new UsageException($"--format={other}: is none of text, binary, extbinary"),
            };
        }

        return first is LlvmProfileFormat || !flags.IsGiven("gcov_version") ? first
            : flags.Number("gcov_version", 0) is >= 1 and <= 3 and var version ? GcovProfileFormat.Of((int)version)
            : throw new UsageException("--gcov_version is not a number from 1 to 3");
    }

    private static IEnumerable<FunctionProfile> ByTotal(SampleProfile profile) =>
        profile.Functions.OrderByDescending(f => f.Body.TotalCount()).ThenBy(f => f.Name, StringComparer.Ordinal);

    private static void Dump(FunctionBody body, int depth)
    {
        string indent = new(' ', 2 * depth);
        foreach (var position in body.Positions)
        {
            Line($"{indent}{position.Position}: {position.Count}{Targets(position)}");
        }

        foreach (var call in body.Calls)
        {
            Line($"{indent}{call.Position}: {call.Callee} total:{call.Body.TotalCount()}");
            Dump(call.Body, depth + 1);
        }
    }

    private static string Targets(PositionCount position)
    {
        List<CallTarget> targets = [.. position.Targets];
        targets.Sort((a, b) => a.Count != b.Count ? b.Count.CompareTo(a.Count) : string.CompareOrdinal(a.Name, b.Name));
        return string.Concat(targets.ConvertAll(t => string.Create(CultureInfo.InvariantCulture, $"  {t.Name}:{t.Count}")));
    }

    private static void Line(FormattableString text) => Console.Out.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
