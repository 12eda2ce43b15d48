using System.Text.RegularExpressions;

namespace Tarax.Tool.Links;

/// <summary>LLVM's tools for sampled profiles and their flags, with or without a version behind their names.</summary>
internal static partial class LlvmTools
{
    /// <summary>Flags of all of LLVM's tools that change nothing here.</summary>
    private static readonly string[] OfAll = ["help?|h", "help-hidden?", "help-list?", "version?", "color?", "print-options?", "print-all-options?"];

    /// <summary>What llvm-profgen has for recordings with call chains, for pseudo-probes and for messages: a profile of lines from branch stacks is the same with each.</summary>
    private static readonly string[] IgnoredByProfgen =
    [
        "kernel?", "ignore-stack-samples?", "infer-missing-frames?", "max-search-depth", "csprof-max-cold-context-depth", "csprof-max-context-depth", "csprof-max-unsymbolized-context-depth",
        "csprof-merge-cold-context?", "gen-cs-nested-profile?", "csspgo-preinliner?", "use-context-cost-for-preinliner?", "csspgo-replay-preinline?", "compress-recursion",
        "load-function-from-symbol?", "use-dwarf-correlation?", "show-pseudo-probe?", "show-detailed-warning?", "show-density?", "profile-density-threshold", "profile-density-cutoff-hot",
        "show-canonical-fname?", "show-mmap-events?", "profile-summary-hot-count", "profile-summary-cold-count", "profile-summary-cutoff-hot", "profile-summary-cutoff-cold",
    ];

    private static readonly (string Flag, string Instead)[] RefusedByProfgen =
    [
        ("pid", "the counts of all processes that ran the binary are added up; perf script --pid takes out one, whose output --perfscript reads"),
        ("dwp", "a .dwp is found beside the binary"),
        ("trim-cold-profile?", "tarax convert --min-count leaves out functions that ran little"),
        ("update-total-samples?", "totals are sums over the bytes that ran, as without it"),
        ("fill-zero-for-all-funcs?", "--populate-profile-symbol-list tells of functions that did not run"),
        ("mark-all-context-preinlined?", "a profile of branch stacks alone has no contexts"),
        ("use-first-loadable-segment-as-base?", "addresses are distances from the first executable segment, as without it"),
        ("show-disassembly-only?", "llvm-objdump -d disassembles"),
        ("show-source-locations?", "llvm-objdump -dl shows lines"),
        ("disassemble-functions", "llvm-objdump --disassemble-symbols disassembles"),
        ("data-access-perftrace", "profiles of memory accesses are not made"),
    ];

    private static readonly (string Flag, string Instead)[] RefusedByProfdata =
    [
        ("gcc?", "profile encoding format unsupported for writing operations"),
        ("gen-partial-profile?", "profiles are of whole programs"),
        ("split-layout?", "all functions stand in one section"),
        ("prof-sym-list", "tarax convert --symbol-list on makes one of the binary"),
        ("convert-sample-profile-layout", "tarax merge --inlined flat makes functions of what was inlined"),
        ("show-sec-info-only?", "tarax show --json says what is in a profile"),
        ("json?", "tarax show --json says what is in a profile"),
        ("show-format", "tarax show --json says what is in a profile"),
        ("remapping-file|r", "names are not mapped to others"),
    ];

    private static readonly string[] IgnoredByProfdata =
    [
        "sparse?", "num-threads|j", "instr?", "sample?", "sample-merge-cold-context?", "sample-trim-cold-profile?", "sample-frame-depth-for-cold-context", "all-functions?", "counts?", "value-cutoff",
    ];

    /// <summary>A tool by its name; null where it is none.</summary>
    public static (ToolFlags Flags, Action<ToolFlags> Run)? Of(string name) => Version().Replace(name, "") switch
    {
        "llvm-profgen" => (new ToolFlags(
            [
                "binary", "output|o", "perfdata|pd", "perfscript|ps", "unsymbolized-profile|up", "llvm-sample-profile", "format", "debug-binary", "skip-symbolization?", "use-offset?", "use-md5?",
                "populate-profile-symbol-list?", .. OfAll,
            ],
            IgnoredByProfgen,
            RefusedByProfgen), LlvmProfgen.Run),
        "llvm-profdata" => (new ToolFlags(
            [
                "output|o", "text?", "binary?", "extbinary?", "weighted-input", "input-files|f", "use-md5?", "compress-all-sections?", "function", "no-function", "failure-mode", "detailed-summary?",
                "hot-func-list?", "topn", "show-prof-sym-list?", .. OfAll,
            ],
            IgnoredByProfdata,
            RefusedByProfdata), LlvmProfdata.Run),
        _ => null,
    };

    [GeneratedRegex("-[0-9]+$")]
    private static partial Regex Version();
}
