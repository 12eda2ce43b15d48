using System.Globalization;
using Tarax.AutoFdo.Diagnostics;

namespace Tarax.Tool;

/// <summary>A line for each step of a conversion: its time, its name, what came in and what went out.</summary>
internal sealed class StageLines(TextWriter writer) : IProgress<ConversionStage>
{
    public void Report(ConversionStage value) =>
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"trace      {value.Time.TotalMilliseconds,9:0.0} ms  {value.Name,-20} {value.Input} -> {value.Output}"));
}
