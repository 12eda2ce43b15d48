using Tarax.AutoFdo;
using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Outputs.Propeller;

namespace Tarax.Tool;

/// <summary><c>tarax convert --out-dir --propeller</c>: one layout of all binaries that have an address map, as of one build.</summary>
/// <param name="prefix">What the names of its files begin with.</param>
/// <param name="choices">Choices.</param>
/// <param name="debugDirectories">Where files with debug information are looked for.</param>
internal sealed class BuildLayout(string prefix, CodeLayoutOptions choices, IReadOnlyList<string> debugDirectories)
{
    private readonly List<(string Binary, CodeLayout Layout, bool IsKernel)> _layouts = [];
    private readonly List<string> _without = [];
    private CodeLayout? _whole;

    /// <summary>What was found for a binary; null where it has none.</summary>
    public CodeLayoutReport? ReportOf(string? binary)
    {
        int place = _layouts.FindIndex(l => l.Binary == binary);
        return place < 0 ? null : _whole!.Reports[place];
    }

    /// <summary>Finds the layout of a binary by the counts that its profile was made from.</summary>
    public void Add(ConversionResult result, string path, string[] inputs)
    {
        LayoutOutput.Refuse(prefix, [.. inputs, .. result.Report.FilesRead]);
        using var binary = Binary.Open(path, debugDirectories);
        try
        {
            _layouts.Add((path, CodeLayout.Of(binary, result.Counts, choices with { IsOfBuild = true }), result.Report.IsKernel));
        }
        catch (ConversionException e)
        {
            _without.Add(e.Message);
        }
    }

    /// <summary>Adds its files to the outputs.</summary>
    /// <exception cref="ConversionException">No binary has one.</exception>
    public void AddTo(OutputSet outputs)
    {
        if (_layouts.Count == 0)
        {
            throw new ConversionException(ConversionFailure.NoAddressMap, $"no layout could be made{(_without.Count == 0 ? "" : $": {_without[0]}")}{(_without.Count > 1 ? "; the other binaries have none either" : "")}");
        }

        _whole = CodeLayout.OfBuild(_layouts.ConvertAll(l => l.Layout));
        var (clusters, order) = LayoutOutput.FilesOf(prefix);
        _whole.AddTo(outputs, clusters, order);
    }

    /// <summary>The report for people.</summary>
    public void Report(TextWriter writer)
    {
        foreach (string problem in _without)
        {
            writer.WriteLine($"no layout  {problem}");
        }

        foreach (var (binary, _, _) in _layouts)
        {
            writer.WriteLine($"binary     {binary}");
            LayoutOutput.Report(ReportOf(binary)!, writer);
        }

        var (clusters, order) = LayoutOutput.FilesOf(prefix);
        LayoutOutput.Next(clusters, order, _layouts.Exists(l => l.IsKernel), writer);
    }
}
