namespace Tarax.Tool.Autofdo;

/// <summary>
/// The tools of google/autofdo, by their names and flags: started through a link of such a name, this executable does what the tool is for, so that makefiles and
/// scripts need no change. What the tools do wrong is not done here (an empty profile is a failure).
/// </summary>
internal static class AutofdoTool
{
    /// <summary>Runs the tool whose name the executable was started by.</summary>
    /// <param name="startedAs">The first word of the command line.</param>
    /// <param name="arguments">The others.</param>
    /// <param name="exitCode">What to return.</param>
    /// <returns>False where it is none of these names.</returns>
    public static bool TryRun(string startedAs, string[] arguments, out int exitCode)
    {
        string name = Path.GetFileName(startedAs);
        (AutofdoFlags Flags, Action<AutofdoFlags> Run)? tool = name switch
        {
            "create_gcov" => (new AutofdoFlags("binary", "profile", "profiler", "gcov", "gcov_version", "use_lbr?", "focus_binary_re", "dump_cutoff_percent"), AutofdoConversion.CreateGcov),
            "create_llvm_prof" => (new AutofdoFlags(
                "binary", "profile", "profiler", "gcov", "out", "format", "use_lbr?", "focus_binary_re", "prof_sym_list?", "gcov_version", "prefetch_hints", "dump_cutoff_percent"), AutofdoConversion.CreateLlvmProf),
            "dump_gcov" => (new AutofdoFlags("gcov_version", "dump_cutoff_percent"), AutofdoProfiles.Dump),
            "profile_merger" => (new AutofdoFlags("output_file", "gcov_version", "use_lbr?", "binary", "is_llvm?", "format", "merge_special_syms?", "prof_sym_list?", "dump_cutoff_percent"), AutofdoProfiles.Merge),
            "profile_diff" => (new AutofdoFlags("compare_function?", "gcov_version", "use_lbr?", "dump_cutoff_percent"), AutofdoProfiles.Diff),
            "sample_merger" => (new AutofdoFlags("binary", "profile", "profiler", "output_file", "use_lbr?", "gcov_version", "dump_cutoff_percent"), AutofdoConversion.MergeSamples),
            _ => null,
        };
        exitCode = tool is { } known ? Run(name, known.Flags, known.Run, arguments) : ExitCode.Good;
        return tool is not null;
    }

    private static int Run(string name, AutofdoFlags flags, Action<AutofdoFlags> run, string[] arguments)
    {
        try
        {
            flags.Parse(arguments);

            if (flags.WantsHelp)
            {
                Console.Out.WriteLine($"{name}: {string.Join(' ', flags.Names.Select(n => $"--{n}"))}");
                return ExitCode.Good;
            }

            if (flags.WantsVersion)
            {
                Console.Out.WriteLine($"{name} (tarax {typeof(AutofdoTool).Assembly.GetName().Version!.ToString(3)})");
                return ExitCode.Good;
            }

            run(flags);
            return ExitCode.Good;
        }
        catch (UsageException e)
        {
            Console.Error.WriteLine($"{name}: {e.Message}");
            return ExitCode.Usage;
        }
    }
}
