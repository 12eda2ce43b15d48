using System.Globalization;

namespace Tarax.AutoFdo.Bench.Outcome;

/// <summary>The results as Markdown.</summary>
internal static class OutcomeTable
{
    /// <summary>Writes a table for each compiler: change of the combined cost beside the plain build.</summary>
    public static void Write(IEnumerable<LabResult> results, IReadOnlyList<LabVariant> variants, TextWriter output)
    {
        var names = variants.Where(v => v.Kind != LabVariantKind.Plain).Select(v => v.Name).ToList();
        foreach (var compiler in results.GroupBy(r => r.Compiler))
        {
            output.WriteLine($"| {compiler.Key} | plain | {string.Join(" | ", names)} |");
            output.WriteLine($"|---|---:|{string.Concat(names.Select(_ => "---:|"))}");
            var sums = new Dictionary<string, (double Sum, int Count)>(StringComparer.Ordinal);
            foreach (var program in compiler.GroupBy(r => r.Program))
            {
                var plain = program.First(r => r.Variant == "plain").Cost!;
                output.Write(string.Create(CultureInfo.InvariantCulture, $"| {program.Key} | {plain.Combined / 1e6:0.0} M |"));
                foreach (string name in names)
                {
                    double? change = program.FirstOrDefault(r => r.Variant == name)?.Cost is { } cost ? 100 * ((cost.Combined / plain.Combined) - 1) : null;
                    if (change is { } known)
                    {
                        var (sum, count) = sums.GetValueOrDefault(name);
                        sums[name] = (sum + known, count + 1);
                    }

                    output.Write(string.Create(CultureInfo.InvariantCulture, $" {change:+0.0;-0.0;0.0} |"));
                }

                output.WriteLine();
            }

            output.WriteLine($"| mean | | {string.Join(" | ", names.Select(n => sums.TryGetValue(n, out var s) ? string.Create(CultureInfo.InvariantCulture, $"{s.Sum / s.Count:+0.00;-0.00;0.00}") : ""))} |");
            output.WriteLine();
        }
    }
}
