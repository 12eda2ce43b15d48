using System.Globalization;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Outputs.Propeller;
using Tarax.AutoFdo.Text;

namespace Tarax.Tool;

/// <summary>Where layouts go, and what is said of them.</summary>
internal static class LayoutOutput
{
    /// <summary>The files of a prefix.</summary>
    public static (string Clusters, string Order) FilesOf(string prefix) => (prefix + CodeLayout.ClusterSuffix, prefix + CodeLayout.OrderSuffix);

    /// <summary>Refuses to write over what is read.</summary>
    public static void Refuse(string prefix, IReadOnlyCollection<string> inputs)
    {
        var (clusters, order) = FilesOf(prefix);
        OutputCheck.Refuse(clusters, inputs);
        OutputCheck.Refuse(order, inputs);
    }

    /// <summary>The report for people.</summary>
    /// <param name="report">The report.</param>
    /// <param name="writer">Where to write.</param>
    public static void Report(CodeLayoutReport report, TextWriter writer)
    {
        writer.WriteLine(Invariant($"layout     {report.Functions:N0} of {report.FunctionsInMap:N0} functions ran, of their {report.Blocks:N0} blocks {report.HotBlocks:N0} ({report.HotBytes:N0} bytes)"));
        foreach (var unplaced in report.Unplaced)
        {
            writer.WriteLine(Invariant($"           {unplaced.Executions:N0} {unplaced.Reason}"));
        }

        writer.WriteLine(Invariant($"           score (ext-TSP) {report.Before.Score:0.000}, then {report.After.Score:0.000}; taken branches between blocks {report.Before.TakenBranches:N0}, then {report.After.TakenBranches:N0}{Change(report.Before.TakenBranches, report.After.TakenBranches)}; pages of code {report.Before.Pages:N0}, then {report.After.Pages:N0}"));
    }

    /// <summary>What to do with the files.</summary>
    /// <param name="clusters">Where the profile for Clang was written.</param>
    /// <param name="order">Where the order for lld was written.</param>
    /// <param name="isKernel">Whether the binary is a kernel's.</param>
    /// <param name="writer">Where to write.</param>
    public static void Next(string clusters, string order, bool isKernel, TextWriter writer) =>
        writer.WriteLine(isKernel && clusters.EndsWith(CodeLayout.ClusterSuffix, StringComparison.Ordinal) && order == clusters[..^CodeLayout.ClusterSuffix.Length] + CodeLayout.OrderSuffix
            ? $"next       make LLVM=1 CLANG_PROPELLER_PROFILE_PREFIX={Printable.Quoted(Path.GetFullPath(clusters[..^CodeLayout.ClusterSuffix.Length]))}, with CONFIG_PROPELLER_CLANG=y and all else as it was"
            : $"next       rebuild with -fbasic-block-sections=list={Printable.Quoted(clusters)} in place of -fbasic-block-address-map, and all else as it was; link with -fuse-ld=lld -Wl,--symbol-ordering-file={Printable.Quoted(order)} -Wl,--no-warn-symbol-ordering (with ThinLTO also -Wl,--lto-basic-block-sections={Printable.Quoted(clusters)})");

    private static string Change(ulong before, ulong after) => before == 0 ? "" : Invariant($" ({100 * ((after / (double)before) - 1):+0.0;-0.0;0.0} %)");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
