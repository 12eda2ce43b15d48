using System.Globalization;
using Tarax.AutoFdo.Attribution;
using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Binaries.Disassembly;
using Tarax.AutoFdo.Binaries.Dwarf;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Numbers;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Profiles.Formats.Gcov;
using Tarax.AutoFdo.Profiles.Formats.Llvm;
using Tarax.AutoFdo.Targets;
using Tarax.AutoFdo.Targets.Clang;
using Tarax.AutoFdo.Targets.Gcc;

namespace Tarax.AutoFdo.Conversion;

/// <summary>The second half of a conversion: from the counts of a binary to the profile that the target compiler needs.</summary>
internal static class ProfileConversion
{
    /// <param name="counts">The counts of the binary.</param>
    /// <param name="eventName">What was counted; empty where that is not known.</param>
    /// <param name="binary">The binary.</param>
    /// <param name="options">Choices.</param>
    /// <param name="report">Where it is written what was done; nothing is read there.</param>
    /// <returns>The profile, and the counts that it was made from.</returns>
    /// <exception cref="ConversionException">The binary has no debug information, or nothing of it ran, or the compiler is not known.</exception>
    public static (SampleProfile Profile, BinaryCounts Counts) Build(BinaryCounts counts, string eventName, Binary binary, ConversionOptions options, ConversionReport report)
    {
        var clock = new StageClock(options.Trace, options.CancellationToken);
        var symbolizer = binary.Symbolizer;
        CheckDebugInformation(binary);
        clock.End("open", () => $"{binary.Path}", () => $"{binary.Files.Paths.Count()} files");
        var bytes = new ExecutedBytes();
        counts = Checked(counts, binary, options, report, bytes, clock);
        counts = Inferred(counts, eventName, binary, options, report, clock);
        var graphs = binary.Graphs;
        var builder = ProfileBuilder.Of(counts, symbolizer, options.Threads, bytes, graphs is null ? null : new BranchKinds(graphs.Branches()));
        var statistics = builder.Statistics;
        clock.End("symbolize", () => $"{counts.Ranges.Count} ranges, {counts.Branches.Count} branches", () => $"{statistics.Producers.Count} producers");
        var (compiler, format) = TargetOf(statistics, options);
        var target = new TargetChoices
        {
            Compiler = compiler,
            Format = format ?? ProfileFormat.GcovV2,
            Inlined = options.Inlined,
            HeadCounts = options.HeadCounts,
            HotCutoff = options.HotCutoff,
            OmitZeroCounts = options.OmitZeroCounts,
            PassesOff = options.PassesOff,
        };
        var profile = builder.Build(ChoicesOf(target, graphs, options), options.MinimumCount);
        var code = CodeAccount.Of(bytes);
        report.Code = code;
        clock.End("attribute", () => $"{counts.Ranges.Count} ranges", () => $"{profile.Functions.Count} functions, {code.InPositions} of {code.Executed} executed bytes in positions");
        Note(code, statistics, symbolizer, report);
        if (profile.Functions.All(f => f.Body.MaximumCount() == 0))
        {
            throw new ConversionException(ConversionFailure.EmptyProfile, $"{binary.Path}: no line came into the profile{WhyEmpty(code, statistics, symbolizer, options)}");
        }

        report.MadeBy = ByWeight(statistics).FirstOrDefault() ?? "";
        report.Compiler = compiler;
        if (format is null)
        {
            throw new ConversionException(
                ConversionFailure.UnknownCompiler,
                $"{binary.Path}: was compiled by {string.Join("; ", ByWeight(statistics).DefaultIfEmpty("an unknown compiler"))}, so the compiler that will read the profile must be named: --for gcc-16, --for clang-22");
        }

        report.Format = format;
        NoteMissingDiscriminators(profile, compiler, CompilerOf(statistics), options, report);
        NotePseudoProbes(binary.File, format, report);
        LeftOutDiagnostics.NoteSameNames(code, statistics, format, report);
        if (format is not LlvmProfileFormat)
        {
            LeftOutDiagnostics.NoteUnknownNames(code, statistics, report);
        }

        profile = profile.With(profile.Functions, isFlowSensitive: symbolizer.IsFlowSensitive, symbolList: options.SymbolList && format is LlvmExtBinaryFormat ? symbolizer.FunctionNames() : []);
        profile = KeepsDiscriminators(statistics, options, format) ? profile : profile.WithoutDiscriminators();
        clock.End("prepare", () => $"{profile.Functions.Count} functions", () => $"{profile.SymbolList.Count} cold names");
        profile = TargetProfiles.For(profile, target, clock, out var passes);
        report.Passes = [.. PassesOfCode(target, graphs, options), .. passes];
        if (options.HotCutoff is not null && !format.HasSummary)
        {
            report.Warn(DiagnosticId.NoSummary, $"{format.Name} does not say what is hot, so what was asked for is without effect");
        }

        symbolizer.EnsureSplitUnchanged();
        report.FilesRead = [.. binary.Files.Paths, .. symbolizer.SplitFiles()];
        report.Functions = profile.Functions.Count;
        report.FunctionsLeftOut = statistics.FunctionsBelowThreshold;
        report.PositionsLeftOut = statistics.PositionsLeftOut;
        report.Positions = profile.Functions.Sum(f => f.Body.PositionTotal());
        report.TotalCount = profile.TotalCount();
        return (profile, counts);
    }

    public static BinaryCounts Checked(BinaryCounts counts, Binary binary, ConversionOptions options, ConversionReport report, ExecutedBytes bytes, StageClock clock)
    {
        counts = WithRanges(counts, binary, options, report, clock);
        if (options is not { CheckRanges: true, UseBranchStacks: true, Input: InputKind.PerfData })
        {
            return counts;
        }

        var possible = RangeCheck.ApplyOrRefuse(counts, binary, report, bytes, options.Threads);
        clock.End("check-ranges", () => $"{counts.Ranges.Count} ranges", () => $"{possible.Ranges.Count} ranges");
        return possible;
    }

    /// <summary>Ranges for branches that were recorded one at a time.</summary>
    private static BinaryCounts WithRanges(BinaryCounts counts, Binary binary, ConversionOptions options, ConversionReport report, StageClock clock)
    {
        if (!options.UseBranchStacks || !RangesFromTargets.AreMissing(counts) || binary.Graphs is not { } graphs)
        {
            return counts;
        }

        var (ranges, branches) = (counts.Ranges.Count, counts.Branches.Count);
        counts = RangesFromTargets.Add(counts, binary.File, graphs.Lines());
        report.RangeExecutions = counts.Ranges.Aggregate(0UL, (sum, range) => SaturatingSum.Of(sum, range.Count));
        int made = counts.Ranges.Count;
        clock.End("ranges", () => $"{branches} branches, {ranges} ranges", () => $"{made} ranges");
        report.Note(DiagnosticId.SingleBranches, "branches were recorded one at a time, so code is counted from each target to the next branch");
        return counts;
    }

    public static BinaryCounts Inferred(BinaryCounts counts, string eventName, Binary binary, ConversionOptions options, ConversionReport report, StageClock clock)
    {
        if (!options.InfersFlow)
        {
            return counts;
        }

        var inferred = FlowInference.Apply(counts, eventName, binary, options, report);
        clock.End("infer-flow", () => $"{counts.Samples.Count} addresses, {counts.Ranges.Count} ranges", () => $"{inferred.Ranges.Count} ranges");
        return inferred;
    }

    /// <summary>The reason that weighs most, and what to do.</summary>
    private static string WhyEmpty(CodeAccount code, BuildStatistics statistics, Symbolizer symbolizer, ConversionOptions options)
    {
        if (code.LeftOut is not [var most, ..])
        {
            return $": {(code.Executed == 0 ? "nothing of it ran" : "all counts are 0")}";
        }

        string share = string.Create(CultureInfo.InvariantCulture, $": {100 * (double)most.Bytes / (double)code.Executed:0.0} % of the bytes that ran are left out: {most.Reason}");
        return most.Id == LeftOutReasons.IdOf(LeftOutReason.BelowMinimumCount) ? $"{share}. Is --min-count {options.MinimumCount} too much?"
            : most.Id == LeftOutReasons.IdOf(LeftOutReason.BelowThreshold) ? $"{share}. Record longer, or more often."
            : most.Id == LeftOutReasons.IdOf(LeftOutReason.NoStartLine)
                ? $"{share}. It was made by {string.Join("; ", ByWeight(statistics).DefaultIfEmpty("an unknown compiler"))}, whose debug information does not tell it: compile with full debug information; compilers of other languages may have profiles of their own (Go: go build -pgo)."
            : symbolizer.MissingSplitFiles().ToArray() is [var split, ..] ? $"{share}. Files of split debug information are not at hand, such as {split}: put them where they were, or a .dwp beside the binary."
            : $"{share}{LeftOutDiagnostics.Largest(statistics.WithoutDebugInformation)}. Is this the binary that was recorded, and was all of it compiled with -g?";
    }

    /// <summary>
    /// Clang that reads a sampled profile numbers the pieces of code on a line (PGOOptions.h: sample use implies it), and looks counts up by these numbers; a binary has them only with
    /// -fdebug-info-for-profiling, and those of GCC are others.
    /// </summary>
    private static void NoteMissingDiscriminators(SampleProfile profile, TargetCompiler? compiler, TargetCompiler? made, ConversionOptions options, ConversionReport report)
    {
        const int Enough = 20;
        if (compiler?.Family != Compilers.Clang || options.Discriminators == DiscriminatorHandling.Drop)
        {
            return;
        }

        if (made?.Family == Compilers.Gcc)
        {
            report.Warn(DiagnosticId.NoDiscriminators, $"the binary was made by {made}, which numbers the code of a line in other ways than Clang, so much of the profile will not be found; record a build by Clang with -fdebug-info-for-profiling");
        }
        else if (profile.Functions.Sum(f => f.Body.PositionTotal()) >= Enough && !profile.Functions.Any(f => f.Body.HasDiscriminators()))
        {
            report.Warn(DiagnosticId.NoDiscriminators, "the binary tells no pieces of code on one line apart, so Clang will not find much of the profile; build it with -fdebug-info-for-profiling and record again");
        }
    }

    /// <summary>Clang matches a profile by the probes that a binary has (-fpseudo-probe-for-profiling), and one of lines then finds nothing.</summary>
    private static void NotePseudoProbes(ElfFile binary, ProfileFormat format, ConversionReport report)
    {
        if (format is LlvmProfileFormat && binary.FindSection(".pseudo_probe") is not null)
        {
            report.Warn(DiagnosticId.PseudoProbes, "the binary has pseudo-probes, by which Clang would take a profile; this one is of lines: rebuild without -fpseudo-probe-for-profiling, or convert with llvm-profgen");
        }
    }

    /// <exception cref="ConversionException">The binary has no debug information with line numbers.</exception>
    public static void CheckDebugInformation(Binary binary)
    {
        var (file, symbolizer) = (binary.File, binary.Symbolizer);
        if (symbolizer.HasDebugInformation && symbolizer.HasLines)
        {
            return;
        }

        string found = symbolizer.Damage is { } damage ? $"debug information that cannot be read ({damage.Message})"
            : symbolizer.HasDebugInformation ? "debug information without line numbers"
            : file.FindSection(".gnu_debugdata") is not null ? "only a compressed symbol table (MiniDebugInfo), no debug information"
            : file.HasSymbolTable ? "symbols, but no debug information" : "neither symbols nor debug information (it is stripped)";
        throw new ConversionException(
            ConversionFailure.NoDebugInformation,
            $"{binary.Path}: has {found}. Give the same build before it was stripped, its separate debug file{HowToGet(file, binary.Files.Search)}, or build it with -g (or -g1) and record again.");
    }

    /// <summary>Where the debug file of a distribution's binary can be had.</summary>
    private static string HowToGet(ElfFile binary, DebugFileSearch? search) => binary.BuildId.IsEmpty ? " (--debug-dir names its folder)"
        : search?.Problem is { } problem ? $" (--debug-dir names its folder; {problem})"
        : search is { AsksServers: true } ? $" (--debug-dir names its folder; no debuginfod server has build-id {binary.BuildId})"
        : " (--debug-dir names its folder; where a debuginfod server has it, --debuginfod URL fetches it)";

    private static void Note(CodeAccount code, BuildStatistics statistics, Symbolizer symbolizer, ConversionReport report)
    {
        report.Drop("outside of the executable segments", statistics.RangesOutsideCode);
        report.Drop("in code without debug information", statistics.RangesWithoutFunction);
        report.Drop("in the linker's stubs", statistics.RangesInStubs);
        report.Drop("past the end of the function (cut there)", statistics.RangesCrossingFunctions);
        LeftOutDiagnostics.Note(code, statistics, report);
        string[] missing = [.. symbolizer.MissingSplitFiles()];
        if (missing.Length > 0)
        {
            report.Warn(DiagnosticId.MissingSplitFiles, $"{missing.Length} files of split debug information are not at hand, so their functions are left out (first: {missing[0]}); keep the .dwo files, or put a .dwp beside the binary");
        }

        if (symbolizer.Damage is { } damage)
        {
            report.Warn(DiagnosticId.DamagedDebugInformation, $"debug information is unreadable from some unit on: {damage.Message}");
        }
    }

    private static AttributionChoices ChoicesOf(TargetChoices target, FunctionGraphs? graphs, ConversionOptions options)
    {
        bool phiArguments = target.Runs(GccPasses.PhiArguments);
        bool ifConvertedLoops = target.Runs(GccPasses.IfConvertedLoops);
        var choices = new AttributionChoices
        {
            KeepsLineZero = target.Runs(ClangPasses.LineZero),
            CountsWholeInstructions = target.Runs(ClangPasses.InstructionBytes),
            CountsIsStmtRows = target.Runs(GccPasses.IsStmtRows) && options.UseBranchStacks,
            Filter = graphs is not null && (phiArguments || ifConvertedLoops) ? new SuppressedPositions(graphs, phiArguments, ifConvertedLoops) : null,
        };
        return target.Format is LlvmProfileFormat ? choices with { LargestWeightLeftOut = 0 } : choices;
    }

    /// <summary>The passes that were run on counts of code.</summary>
    private static IEnumerable<PassResult> PassesOfCode(TargetChoices target, FunctionGraphs? graphs, ConversionOptions options) => ProfilePasses.Known(target.Compiler)
        .Where(p => p.IsOfCode && target.Runs(p) && (p != GccPasses.IsStmtRows || options.UseBranchStacks) && (graphs is not null || (p != GccPasses.PhiArguments && p != GccPasses.IfConvertedLoops)))
        .Select(p => new PassResult(p.Id, null));

    /// <summary>
    /// The compiler and the format that the profile is for; no format where neither the options nor the code that ran tell it. A version of GCC's format is asked for where the profile is to be as it
    /// was counted, so the compiler is then the one that is named, if any.
    /// </summary>
    private static (TargetCompiler? Compiler, ProfileFormat? Format) TargetOf(BuildStatistics statistics, ConversionOptions options)
    {
        var compiler = options.ForCompiler ?? CompilerOf(statistics);
        if (compiler is not null && ((options.ForFamily is { } family && compiler.Family != family) || (options.Format is { } format && !compiler.Family.Reads(format))))
        {
            compiler = options.ForCompiler is null ? null : throw new ConversionException(ConversionFailure.UnknownCompiler, $"{compiler} does not read the format that was asked for");
        }

        return options.Format is GcovProfileFormat ? (options.ForCompiler, options.Format)
            : (compiler, options.Format ?? compiler?.Format ?? (IsOfLlvm(statistics) && options.ForFamily is null ? ProfileFormat.LlvmExtBinary : null));
    }

    /// <summary>Whether another compiler than Clang that has LLVM make its code, such as rustc, made most of what ran: it reads what Clang reads.</summary>
    private static bool IsOfLlvm(BuildStatistics statistics) =>
        ByWeight(statistics).FirstOrDefault() is { } producer && UnitProducer.Of(producer).Family == ProducerFamily.Llvm;

    /// <summary>The compiler of most of the code that ran; null where its producer is not one that is known.</summary>
    private static TargetCompiler? CompilerOf(BuildStatistics statistics)
    {
        foreach (string producer in ByWeight(statistics))
        {
            if (TargetCompiler.TryParseProducer(producer, out var compiler))
            {
                return compiler;
            }
        }

        return null;
    }

    private static IEnumerable<string> ByWeight(BuildStatistics statistics) =>
        statistics.Producers.Keys.OrderByDescending(p => statistics.Producers[p]).ThenBy(p => p, StringComparer.Ordinal);

    /// <summary>
    /// GCC and Clang number the pieces of code on a line in different ways. GCC up to 12 masks the numbers off and takes the last piece's count for the line (auto-profile.cc), which does more
    /// for its programs than the largest (docs/outcome.md).
    /// </summary>
    private static bool KeepsDiscriminators(BuildStatistics statistics, ConversionOptions options, ProfileFormat format)
    {
        if (options.Discriminators != DiscriminatorHandling.Auto)
        {
            return options.Discriminators == DiscriminatorHandling.Keep;
        }

        return CompilerOf(statistics) is not { } made || made.Family.Reads(format);
    }
}
