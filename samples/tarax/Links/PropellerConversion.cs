using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Outputs.Propeller;

namespace Tarax.Tool.Links;

/// <summary>
/// <c>generate_propeller_profiles</c> and <c>create_llvm_prof --format=propeller</c>: from recordings to a layout. Linux's documentation gives both the flags of the second; the first has two of its own
/// for the outputs.
/// </summary>
internal static class PropellerConversion
{
    public static void Run(ToolFlags flags)
    {
        string binary = flags.Value("binary", "a.out");
        string clusters = flags.Value("cc_profile", flags.Value("out", ""));
        string order = flags.Value("ld_profile", flags.Value("propeller_symorder", ""));
        if (clusters.Length == 0 || order.Length == 0)
        {
            throw new UsageException("use --out and --propeller_symorder (or --cc_profile and --ld_profile) to specify the output files");
        }

        if (flags.Value("format", "propeller") is var format and not "propeller")
        {
            throw new UsageException($"--format={format}: only propeller is written here");
        }

        if (flags.Value("profile_type", "PERF_LBR") is var type and not ("PERF_LBR" or "PERF_SPE"))
        {
            throw new UsageException($"--profile_type={type}: is none of PERF_LBR and PERF_SPE");
        }

        string[] inputs = Profiles(flags.Value("profile", "perf.data"));
        string[] read = [.. inputs, binary, .. flags.FlagFiles];
        OutputCheck.Refuse(clusters, read);
        OutputCheck.Refuse(order, read);
        OutputCheck.RefuseSame(clusters, order);
        var options = AutofdoConversion.Options(flags, binary);
        var result = LayoutCommand.Of(inputs, binary, options, new CodeLayoutOptions { AllModules = flags.IsSet("propeller_output_module_name"), Threads = options.Threads });
        OutputCheck.Refuse(clusters, result.Report.FilesRead);
        OutputCheck.Refuse(order, result.Report.FilesRead);
        using (var outputs = new OutputSet())
        {
            result.Layout.AddTo(outputs, clusters, order);
            outputs.Commit();
        }

        Diagnostics.Write(result.Report.Diagnostics, Console.Error);
        LayoutOutput.Report(result.Layout.Report, Console.Error);
        LayoutOutput.Next(clusters, order, result.Report.IsKernel, Console.Error);
    }

    /// <summary>Names of recordings between commas; <c>@FILE</c> has them in its lines.</summary>
    private static string[] Profiles(string value)
    {
        var names = value.StartsWith('@') ? File.ReadLines(value[1..]) : [value];
        string[] profiles = [.. names.SelectMany(n => n.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
        return profiles.Length > 0 ? profiles : throw new UsageException($"--profile={value}: names no recording");
    }
}
