namespace Tarax.Tool.Links;

/// <summary>The tools of google/autofdo and their flags.</summary>
internal static class AutofdoTools
{
    /// <summary>Flags of the tools and of their log that change nothing here, and those of gflags; those of truths end with a question mark.</summary>
    private static readonly string[] Ignored =
    [
        "cutoff_percent", "max_ggc_memory", "debug_dump?", "sample_threshold_frac", "strip_dup_backedge_stride_limit", "suffix_elision_policy",
        "use_discriminator_encoding?", "use_discriminator_multiply_factor?", "use_base_only_in_fs_discriminator?", "use_fs_discriminator?", "symbol_list_size_coverage_ratio",
        "check_lbr_entry?", "ignore_build_id?", "propeller_verbose_stats?", "legacy_symbol_map?",
        "disassemble_arm_branches?", "compress_symbol_list?", "demangle_symbol_names?", "profiled_binary_name",
        "alsologtoemail", "alsologtostderr?", "colorlogtostderr?", "colorlogtostdout?", "drop_log_memory?", "log_backtrace_at", "log_dir", "log_link", "log_prefix?",
        "log_utc_time?", "log_year_in_prefix?", "logbuflevel", "logbufsecs", "logcleansecs", "logemaillevel", "logfile_mode", "logmailer", "logtostderr?", "logtostdout?",
        "max_log_size", "minloglevel", "stderrthreshold", "stop_logging_if_full_disk?", "timestamp_in_logfile_name?", "symbolize_stacktrace?", "v", "vmodule", "fromenv", "tryfromenv", "undefok",
        "tab_completion_columns", "tab_completion_word",
    ];

    /// <summary>Flags that each of them has.</summary>
    private static readonly string[] OfAll = ["help?", "helpfull?", "helpshort?", "helppackage?", "helpxml?", "helpmatch", "helpon", "version?", "flagfile"];

    /// <summary>A tool by its name; null where it is none.</summary>
    public static (ToolFlags Flags, Action<ToolFlags> Run)? Of(string name) => name switch
    {
        "create_gcov" => (Flags("binary", "profile", "profiler", "gcov", "gcov_version", "use_lbr?", "focus_binary_re", "dump_cutoff_percent"), AutofdoConversion.CreateGcov),
        "create_llvm_prof" => (Flags(
            "binary", "profile", "profiler", "gcov", "out", "format", "use_lbr?", "focus_binary_re", "prof_sym_list?", "gcov_version", "prefetch_hints", "dump_cutoff_percent",
            "propeller_symorder", "propeller_output_module_name?"), AutofdoConversion.CreateLlvmProf),
        "generate_propeller_profiles" => (new ToolFlags(
            ["binary", "profile", "profiler", "profile_type", "format", "out", "cc_profile", "propeller_symorder", "ld_profile", "propeller_output_module_name?", .. OfAll], Ignored,
            [
                ("propeller_options", "options of its own are not read; what is asked for most has flags: --propeller_output_module_name"),
                ("use_ml?", "merges are chosen by their score"), ("training_log", "nothing is trained"), ("log_decisions?", "nothing is trained"),
            ]), PropellerConversion.Run),
        "dump_gcov" => (Flags("gcov_version", "dump_cutoff_percent"), AutofdoProfiles.Dump),
        "profile_merger" => (Flags("output_file", "gcov_version", "use_lbr?", "binary", "is_llvm?", "format", "merge_special_syms?", "prof_sym_list?", "dump_cutoff_percent"), AutofdoProfiles.Merge),
        "profile_diff" => (Flags("compare_function?", "gcov_version", "use_lbr?", "dump_cutoff_percent"), AutofdoProfiles.Diff),
        "sample_merger" => (Flags("binary", "profile", "profiler", "output_file", "use_lbr?", "gcov_version", "dump_cutoff_percent"), AutofdoConversion.MergeSamples),
        _ => null,
    };

    private static ToolFlags Flags(params string[] names) => new([.. names, .. OfAll], Ignored);
}
