using System.IO.Compression;
using System.Text;

namespace Tarax.AutoFdo.Reports.Page;

/// <summary>
/// A report as one file for browsers. Nothing that anybody else wrote stands in it as text: the data are compressed and in base64, and the page shows them as text only. A policy in the page
/// forbids it the network, and any script but its own.
/// </summary>
internal static class HtmlPage
{
    private const int BytesPerLine = 3 << 10;

    /// <summary>Where the page's own text has the data.</summary>
    private const string DataMark = "@data@";

    /// <summary>Writes the page.</summary>
    public static void Write(ReportData data, Stream stream)
    {
        string page = Resource("page.html").Replace("@style@", Resource("page.css"), StringComparison.Ordinal).Replace("@script@", Scripts(), StringComparison.Ordinal);
        int at = page.IndexOf(DataMark, StringComparison.Ordinal);
        stream.Write(Encoding.UTF8.GetBytes(page[..at]));
        WriteData(data, stream);
        stream.Write(Encoding.UTF8.GetBytes(page[(at + DataMark.Length)..]));
    }

    private static string Scripts() => string.Concat(((string[])["data.js", "dom.js", "list.js", "overview.js", "functions.js", "source.js", "flame.js", "compare.js", "page.js"]).Select(Resource));

    private static void WriteData(ReportData data, Stream stream)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            ReportJson.Write(data, gzip);
        }

        var bytes = compressed.GetBuffer().AsSpan(0, (int)compressed.Length);
        byte[] line = new byte[(BytesPerLine / 3 * 4) + 1];
        while (!bytes.IsEmpty)
        {
            int taken = Math.Min(BytesPerLine, bytes.Length);
            System.Buffers.Text.Base64.EncodeToUtf8(bytes[..taken], line, out _, out int written);
            line[written] = (byte)'\n';
            stream.Write(line, 0, written + 1);
            bytes = bytes[taken..];
        }
    }

    private static string Resource(string name)
    {
        using var stream = typeof(HtmlPage).Assembly.GetManifestResourceStream($"report/{name}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
