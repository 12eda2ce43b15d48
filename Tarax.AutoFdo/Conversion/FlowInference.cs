using System.Diagnostics;
using Tarax.AutoFdo.Attribution.Inference;
using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Options;

namespace Tarax.AutoFdo.Conversion;

/// <summary>The step of a conversion in which control flow makes counts consistent.</summary>
internal static class FlowInference
{
    public static BinaryCounts Apply(BinaryCounts counts, string eventName, Binary binary, ConversionOptions options, ConversionReport report)
    {
        long start = Stopwatch.GetTimestamp();
        if (binary.Graphs is not { } graphs)
        {
            report.Warn(DiagnosticId.NoControlFlow, "counts could not be made consistent: the file has no code of x86 or AArch64; give the binary that ran, not only its debug information");
            return counts;
        }

        if (options.UseBranchStacks)
        {
            counts = RangeInference.Run(counts, binary.File, graphs, binary.Symbolizer, options.Threads);
        }
        else
        {
            (counts, bool skids) = SampleInference.Run(counts, binary.File, graphs, binary.Symbolizer, AreOfTime(eventName), options.Threads);
            report.Note(
                DiagnosticId.AddressesOnly,
                $"counts were inferred from the samples' addresses and the control flow; indirect calls are not known; samples {(skids ? "name the instruction after the one that took the time (a precise event, such as cycles:pp, does not)" : "seem to name the instruction that took the time")}");
        }

        report.InferenceTime = Stopwatch.GetElapsedTime(start);
        return counts;
    }

    /// <summary>
    /// Whether an event counts time or cycles, by its name: of perf (<c>cycles:u</c>, <c>cpu-clock</c>, <c>cpu/cpu-cycles/</c>, <c>ibs_op//</c>), of dotnet-trace (<c>cpu</c>), or by type and config where it
    /// has none (PERF_COUNT_HW_CPU_CYCLES, PERF_COUNT_SW_CPU_CLOCK and PERF_COUNT_SW_TASK_CLOCK of perf_event_open(2)).
    /// </summary>
    private static bool AreOfTime(string eventName) =>
        (eventName.Contains("cycles", StringComparison.OrdinalIgnoreCase) && !eventName.Contains("stall", StringComparison.OrdinalIgnoreCase) && !eventName.Contains("activity", StringComparison.OrdinalIgnoreCase))
        || eventName.Contains("clock", StringComparison.OrdinalIgnoreCase)
        || eventName.StartsWith("ibs_op", StringComparison.Ordinal)
        || eventName is "cpu" or "type 0 config 0x0" or "type 1 config 0x0" or "type 1 config 0x1";
}
