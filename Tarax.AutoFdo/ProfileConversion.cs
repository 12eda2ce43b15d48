using System.Globalization;
using Tarax.AutoFdo.Elf;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Samples;
using Tarax.AutoFdo.Symbolization;

namespace Tarax.AutoFdo;

/// <summary>The second half of a conversion: from the counts of a binary to the profile that the target compiler needs.</summary>
internal static class ProfileConversion
{
    /// <exception cref="ConversionException">The binary has no debug information, or nothing of it ran, or the compiler is not known.</exception>
    public static SampleProfile Build(BinaryCounts counts, BinaryFiles files, ConversionOptions options, ConversionReport report)
    {
        var binary = files.Binary;
        using var symbolizer = new Symbolizer(files);
        CheckDebugInformation(binary, symbolizer);
        var (profile, statistics) = ProfileBuilder.Build(counts, symbolizer, options.MinimumCount, options.Threads);
        Note(statistics, symbolizer, report);
        if (profile.Functions.All(f => f.Body.MaximumCount() == 0))
        {
            throw new ConversionException(
                ConversionFailure.EmptyProfile,
                $"{binary.Path}: no line came into the profile: of {statistics.Ranges} executed ranges, {statistics.RangesOutsideCode} lie outside of its code and "
                + $"{statistics.RangesWithoutFunction} in code without debug information{Top(statistics)}, and {statistics.FunctionsBelowThreshold} functions ran too little. "
                + "Is this the binary that was recorded, and was all of it compiled with -g?");
        }

        Target(binary, statistics, options, report);
        bool keepsDiscriminators = options.Discriminators == DiscriminatorHandling.Keep
            || (options.Discriminators == DiscriminatorHandling.Auto && (report.Compiler?.KnowsDiscriminators ?? report.GcovVersion >= Profiles.Gcov.GcovVersion.V2));
        profile = keepsDiscriminators ? profile : profile.WithoutDiscriminators();
        profile = report.Compiler is { NeedsHeadCounts: true } ? profile.WithHeadCounts() : profile;
        profile = options.OmitZeroCounts ? profile.WithoutZeroCounts() : profile;
        report.Functions = profile.Functions.Count;
        report.FunctionsLeftOut = statistics.FunctionsBelowThreshold;
        report.Positions = profile.Functions.Sum(f => f.Body.PositionTotal());
        foreach (var function in profile.Functions)
        {
            report.TotalCount += function.Body.TotalCount();
        }

        return profile;
    }

    private static void CheckDebugInformation(ElfFile binary, Symbolizer symbolizer)
    {
        if (symbolizer.HasDebugInformation && symbolizer.HasLines)
        {
            return;
        }

        string found = symbolizer.Damage is { } damage ? $"debug information that cannot be read ({damage.Message})"
            : symbolizer.HasDebugInformation ? "debug information without line numbers"
            : binary.FindSection(".gnu_debugdata") is not null ? "only a compressed symbol table (MiniDebugInfo), no debug information"
            : binary.HasSymbolTable ? "symbols, but no debug information" : "neither symbols nor debug information (it is stripped)";
        throw new ConversionException(
            ConversionFailure.NoDebugInformation,
            $"{binary.Path}: has {found}. Give the same build before it was stripped, install its separate debug file{HowToGet(binary)}, or build it with -g (or -g1) and record again.");
    }

    /// <summary>Where the debug file of a distribution's binary can be had.</summary>
    private static string HowToGet(ElfFile binary) => binary.BuildId.IsEmpty
        ? ""
        : $" (package NAME-dbgsym on Debian, or debuginfod-find debuginfo {binary.BuildId}, then --debug-dir where it is not {DebugFileSearch.SystemDirectory})";

    private static void Note(BuildStatistics statistics, Symbolizer symbolizer, ConversionReport report)
    {
        report.Drop("outside of the executable segments", statistics.RangesOutsideCode);
        report.Drop("in code without debug information", statistics.RangesWithoutFunction);
        report.Drop("past the end of the function (cut there)", statistics.RangesCrossingFunctions);
        if (statistics.RangesWithoutFunction > statistics.Ranges / 100)
        {
            report.Warn(
                DiagnosticId.WithoutDebugInformation,
                $"{Rate.Of(statistics.RangesWithoutFunction, statistics.Ranges)} of the executed ranges lie in code that the debug information does not describe{Top(statistics)}; compile it with -g, or accept that it has no profile (assembly)");
        }

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

    private static string Top(BuildStatistics statistics)
    {
        const int Shown = 3;
        var executions = statistics.WithoutDebugInformation;
        string[] names = [.. executions.Keys.Where(n => n.Length > 0).OrderByDescending(n => executions[n]).ThenBy(n => n, StringComparer.Ordinal).Take(Shown)];
        return names.Length == 0 ? "" : $" (most: {string.Join(", ", names)})";
    }

    private static void Target(ElfFile binary, BuildStatistics statistics, ConversionOptions options, ConversionReport report)
    {
        report.Compiler = options.ForCompiler ?? (options.GcovVersion is null ? CompilerOf(binary, statistics) : null);
        if (report.Compiler is { Family: CompilerFamily.Clang })
        {
            throw new ConversionException(ConversionFailure.UnknownCompiler, $"profiles for {report.Compiler} cannot be written; name a GCC: --for gcc-16");
        }

        report.GcovVersion = options.GcovVersion ?? report.Compiler!.Value.GcovVersion;
    }

    /// <summary>The compiler of most of the code that ran.</summary>
    private static TargetCompiler CompilerOf(ElfFile binary, BuildStatistics statistics)
    {
        string[] producers = [.. statistics.Producers.Keys.OrderByDescending(p => statistics.Producers[p]).ThenBy(p => p, StringComparer.Ordinal)];
        foreach (string producer in producers)
        {
            if (TargetCompiler.TryParseProducer(producer, out var compiler))
            {
                if (compiler.Family == CompilerFamily.Gcc)
                {
                    return compiler;
                }

                break;
            }
        }

        throw new ConversionException(
            ConversionFailure.UnknownCompiler,
            string.Create(CultureInfo.InvariantCulture, $"{binary.Path}: was not compiled by GCC ({string.Join("; ", producers.DefaultIfEmpty("no producer is named"))}), so the compiler that will read the profile must be named: --for gcc-16"));
    }
}
