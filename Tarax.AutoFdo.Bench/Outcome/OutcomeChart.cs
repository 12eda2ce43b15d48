using System.Globalization;
using System.Text;

namespace Tarax.AutoFdo.Bench.Outcome;

/// <summary>The results as a drawing: a bar for each program and variant, to the left where it costs less than the build without a profile.</summary>
internal static class OutcomeChart
{
    private const int BarHeight = 7;
    private const int Left = 90;
    private const int PanelWidth = 250;
    private const int Top = 50;
    private const int LegendWidth = 700;
    private const int Zero = 190;
    private const double PixelsPerPercent = 8;

    private static readonly (string Variant, string Colour)[] Bars = [("instrumented", "#bbbbbb"), ("incumbent", "#e6a04b"), ("ours", "#2f6db3")];

    /// <summary>Draws.</summary>
    public static string Of(IReadOnlyList<LabResult> results)
    {
        var compilers = results.Select(r => r.Compiler).Distinct().ToList();
        var programs = results.Select(r => r.Program).Distinct().ToList();
        int rowHeight = (BarHeight * Bars.Length) + 8;
        int width = Math.Max(LegendWidth, Left + (PanelWidth * compilers.Count) + 10);
        int height = Top + (rowHeight * programs.Count) + 20;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"11\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<rect width=\"{width}\" height=\"{height}\" fill=\"white\"/>\n");
        int legend = Left;
        foreach (var (variant, colour) in Bars)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{legend}\" y=\"8\" width=\"10\" height=\"10\" fill=\"{colour}\"/><text x=\"{legend + 14}\" y=\"17\">{variant}</text>\n");
            legend += 100;
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{legend}\" y=\"17\">change of the combined cost beside no profile, percent</text>\n");
        for (int p = 0; p < programs.Count; p++)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 8}\" y=\"{Top + (p * rowHeight) + 14}\" text-anchor=\"end\">{programs[p]}</text>\n");
        }

        for (int c = 0; c < compilers.Count; c++)
        {
            int zero = Left + (c * PanelWidth) + Zero;
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{zero}\" y=\"38\" text-anchor=\"middle\" font-weight=\"bold\">{compilers[c]}</text>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{zero}\" y1=\"{Top - 6}\" x2=\"{zero}\" y2=\"{height - 16}\" stroke=\"black\" stroke-width=\"0.5\"/>\n");
            for (int p = 0; p < programs.Count; p++)
            {
                var ofProgram = results.Where(r => r.Compiler == compilers[c] && r.Program == programs[p]).ToList();
                for (int b = 0; b < Bars.Length; b++)
                {
                    if (OutcomeTable.Change(ofProgram, Bars[b].Variant) is { } change)
                    {
                        AppendBar(svg, zero, Top + (p * rowHeight) + (b * BarHeight), change, Bars[b].Colour);
                    }
                }
            }
        }

        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>Bars that are too long for their place end there; the figure is beside it.</summary>
    private static void AppendBar(StringBuilder svg, int zero, int y, double change, string colour)
    {
        double length = Math.Min(Math.Abs(change) * PixelsPerPercent, change < 0 ? Zero - 30 : PanelWidth - Zero - 30);
        double x = change < 0 ? zero - length : zero;
        svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{x:0.0}\" y=\"{y}\" width=\"{length:0.0}\" height=\"{BarHeight - 1}\" fill=\"{colour}\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{(change < 0 ? x - 2 : x + length + 2):0.0}\" y=\"{y + BarHeight - 1}\" font-size=\"7\" text-anchor=\"{(change < 0 ? "end" : "start")}\">{change:+0.0;-0.0;0.0}</text>\n");
    }
}
