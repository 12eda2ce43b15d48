using System.Globalization;
using Tarax.AutoFdo.Attribution;
using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Profiles.Formats.Gcov;
using Tarax.AutoFdo.Profiles.Formats.Llvm;
using Tarax.AutoFdo.Text;

namespace Tarax.Tool;

/// <summary>A conversion's report for people.</summary>
internal static class ReportText
{
    /// <param name="report">The report.</param>
    /// <param name="binary">The binary that was profiled.</param>
    /// <param name="profile">Where the profile was written.</param>
    /// <param name="writer">Where to write.</param>
    public static void Write(ConversionReport report, string binary, string profile, TextWriter writer)
    {
        var lines = Recorded(report, binary);
        lines.Add(Invariant($"profile    {report.Functions:N0} functions, {report.Positions:N0} positions, total count {report.TotalCount:N0}; {FormatName(report)}{(report.Compiler is { } compiler ? compiler.ReadsProfiles ? $" for {compiler}" : $", of a binary by {compiler}" : report.MadeBy.Length > 0 ? $", of a binary by {Producer(report.MadeBy)}" : "")}"));
        if (report.PositionsLeftOut > 0)
        {
            lines.Add(Invariant($"           {report.PositionsLeftOut:N0} positions that ran left out, since they would mislead the compiler"));
        }

        if (report.Passes.Count > 0)
        {
            lines.Add($"passes     {string.Join(", ", report.Passes.Select(p => p.FunctionsChanged is > 0 and var changed ? Invariant($"{p.Id} ({changed:N0} functions)") : p.Id))}");
        }

        lines.Add(Invariant($"time       {report.CountingTime.TotalMilliseconds:N0} ms counting, {report.SymbolizingTime.TotalMilliseconds:N0} ms symbolizing{(report.InferenceTime > TimeSpan.Zero ? Invariant($", of that {report.InferenceTime.TotalMilliseconds:N0} ms on control flow") : "")}"));
        foreach (var diagnostic in report.Diagnostics)
        {
            lines.Add(Diagnostics.Line(diagnostic));
        }

        if (report.Compiler is { } reader)
        {
            lines.Add(report.IsKernel && reader.Family == Compilers.Clang
                ? $"next       make LLVM=1 CLANG_AUTOFDO_PROFILE={(profile == "-" ? "PROFILE" : Printable.Quoted(Path.GetFullPath(profile)))}, with CONFIG_AUTOFDO_CLANG=y"
                : reader.ReadsProfiles
                ? $"next       rebuild with {reader.RebuildOptions(profile == "-" ? "PROFILE" : Printable.Quoted(profile))}"
                : $"next       convert again with --for and the compiler that will read the profile, such as gcc-16: {reader}, which made the binary, reads none");
        }

        else if (report.MadeBy.Contains("rustc", StringComparison.Ordinal) && report.Format is LlvmProfileFormat)
        {
            lines.Add($"next       rebuild with rustc -Zprofile-sample-use={(profile == "-" ? "PROFILE" : Printable.Quoted(profile))} (of a nightly compiler; RUSTFLAGS for cargo)");
        }

        lines.ForEach(writer.WriteLine);
    }

    /// <summary>What was recorded of a binary, and what was noticed.</summary>
    /// <param name="report">The report.</param>
    /// <param name="binary">The binary.</param>
    /// <param name="writer">Where to write.</param>
    public static void WriteRecorded(ConversionReport report, string binary, TextWriter writer)
    {
        var lines = Recorded(report, binary);
        foreach (var diagnostic in report.Diagnostics)
        {
            lines.Add(Diagnostics.Line(diagnostic));
        }

        lines.ForEach(writer.WriteLine);
    }

    private static List<string> Recorded(ConversionReport report, string binary)
    {
        var lines = new List<string>();
        if (report.Identification != BinaryIdentification.NotNeeded)
        {
            lines.Add(Invariant($"recording  {report.Samples:N0} samples of {report.EventName}, {Percent(report.SamplesWithBranchStack, report.Samples)} with branch stacks ({report.BranchEntries:N0} branches)"));
            lines.Add(Invariant($"binary     {Percent(report.SamplesInBinary, report.Samples)} of the samples in {binary}, found by {Identification(report.Identification)}"));
        }

        lines.Add(Invariant($"ranges     {report.RangeExecutions:N0} executed"));
        foreach (var dropped in report.DroppedRanges)
        {
            lines.Add(Invariant($"           {Percent(dropped.Executions, report.RangeExecutions)} {dropped.Reason}"));
        }

        AddCode(report.Code, lines);
        return lines;
    }

    /// <summary>A compiler's name and version, without its options: <c>rustc version 1.63.0</c> of <c>clang LLVM (rustc version 1.63.0)</c>.</summary>
    private static string Producer(string text)
    {
        const string Rust = "(rustc version ";
        int rust = text.IndexOf(Rust, StringComparison.Ordinal);
        int options = text.IndexOf(" -", StringComparison.Ordinal);
        return rust >= 0 ? $"rustc {text[(rust + Rust.Length)..].TrimEnd(')').Split(' ')[0]}" : options > 0 ? text[..options] : text;
    }

    /// <summary>What became of everything that ran: one line, and the reasons that matter.</summary>
    private static void AddCode(CodeAccount code, List<string> lines)
    {
        if (code.Executed == 0)
        {
            return;
        }

        lines.Add(Invariant($"code       {100 * code.Share:0.0} % of the bytes that ran are in the profile"));
        foreach (var leftOut in code.LeftOut)
        {
            double share = (double)leftOut.Bytes / (double)code.Executed;
            if (share >= 0.01)
            {
                lines.Add(Invariant($"           {100 * share:0.0} % {leftOut.Reason}"));
            }
        }
    }

    /// <summary>What the profile is, in words.</summary>
    public static string FormatName(ConversionReport report) => report.Format is GcovProfileFormat { Version: var version } ? Invariant($"gcov version {version}") : report.Format.Name;

    private static string Identification(BinaryIdentification identification) => identification switch
    {
        BinaryIdentification.BuildId => "its build-id",
        BinaryIdentification.Name => "its name",
        BinaryIdentification.Inode => "its inode",
        _ => "the name that was given",
    };

    private static string Percent(ulong part, long whole) => Percent((double)part, whole);

    private static string Percent(ulong part, ulong whole) => Percent((double)part, whole);

    private static string Percent(double part, double whole) => Invariant($"{(whole == 0 ? 0 : 100 * part / whole):0.0} %");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
