using System.Globalization;
using Tarax.AutoFdo;
using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Outputs.SymbolOrder;
using Tarax.AutoFdo.Text;

namespace Tarax.Tool;

/// <summary><c>tarax convert --symbol-order</c>: the order of functions for a linker, and what it is worth.</summary>
internal static class OrderOutput
{
    private const double Matters = 0.01;

    /// <summary>The order of functions of a binary.</summary>
    /// <param name="result">What was converted.</param>
    /// <param name="binary">The binary.</param>
    /// <param name="debugDirectories">Where its symbols are looked for.</param>
    /// <param name="path">The file that will be written.</param>
    public static FunctionOrder Of(ConversionResult result, string binary, IEnumerable<string> debugDirectories, string path)
    {
        OutputCheck.Refuse(path, result.Report.FilesRead);
        using var opened = Binary.Open(binary, debugDirectories);
        return FunctionOrder.Of(result.Counts, opened);
    }

    /// <summary>Reports on it.</summary>
    public static void Report(FunctionOrder order, string path, FunctionOrderFormat format, TextWriter writer)
    {
        ulong bytes = order.Functions.Aggregate(0UL, (sum, f) => sum + f.Size);
        var (before, after) = (order.Before, order.After);
        writer.WriteLine(Invariant($"order      {order.Functions.Count:N0} functions that ran, {bytes:N0} bytes"));
        writer.WriteLine(Invariant($"           pages with code that ran: {before.Pages:N0}, {after.Pages:N0} in this order; with 99 % of what ran: {before.HotPages:N0}, {after.HotPages:N0}"));
        writer.WriteLine(Invariant($"           calls within a page: {100 * before.CallsWithinPage:0.0} %, {100 * after.CallsWithinPage:0.0} %; mean distance of calls {before.MeanCallDistance:N0} bytes, {after.MeanCallDistance:N0}"));
        if (order.SharedNames > 0)
        {
            writer.WriteLine(Invariant($"           {order.SharedNames:N0} names are of several functions, which all come to lie where the first of them is to: {order.SharedNamesBytes:N0} bytes that did not run"));
        }

        foreach (var leftOut in order.LeftOut.Where(l => l.Share >= Matters))
        {
            writer.WriteLine(Invariant($"           {100 * leftOut.Share:0.0} % of what ran is not in it: {leftOut.Reason}"));
        }

        string file = Printable.Quoted(path);
        writer.WriteLine($"next       compile with -ffunction-sections, and link with {format switch
        {
            FunctionOrderFormat.Gold => $"-fuse-ld=gold -Wl,--section-ordering-file={file}",
            FunctionOrderFormat.Gnu => $"-Wl,--section-ordering-file={file} (GNU ld 2.43 and later)",
            _ => $"-fuse-ld=lld -Wl,--symbol-ordering-file={file} -Wl,--no-warn-symbol-ordering",
        }}");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
