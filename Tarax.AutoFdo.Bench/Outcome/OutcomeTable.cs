using System.Globalization;

namespace Tarax.AutoFdo.Bench.Outcome;

/// <summary>The results as Markdown: for each compiler what each variant costs beside the build without a profile, and what the cost of ours consists of.</summary>
/// <param name="results">The results.</param>
/// <param name="second">Programs that only judge; their mean stands by itself.</param>
/// <param name="output">Where to write.</param>
internal sealed class OutcomeTable(IReadOnlyList<LabResult> results, IReadOnlySet<string> second, TextWriter output)
{
    /// <summary>Writes the tables.</summary>
    public void Write()
    {
        foreach (var compiler in results.GroupBy(r => r.Compiler))
        {
            WriteVariants(compiler.Key, [.. compiler]);
            WriteParts([.. compiler]);
        }
    }

    /// <summary>Change of the combined cost beside the build without a profile, in percent; null where there is no such build.</summary>
    public static double? Change(IEnumerable<LabResult> ofProgram, string variant) => Change(ofProgram, variant, c => c.Combined);

    private static double? Change(IEnumerable<LabResult> ofProgram, string variant, Func<LabCost, double> figure)
    {
        double? Of(string name) => ofProgram.FirstOrDefault(r => r.Variant == name)?.Cost is { } cost ? figure(cost) : null;
        return Of(LabVariant.Plain) is { } plain && plain > 0 ? 100 * ((Of(variant) / plain) - 1) : null;
    }

    private static string Signed(double? percent) => string.Create(CultureInfo.InvariantCulture, $"{percent:+0.0;-0.0;0.0}");

    private void WriteVariants(string compiler, List<LabResult> ofCompiler)
    {
        var variants = ofCompiler.Where(r => r.Cost is not null && r.Variant != LabVariant.Plain).Select(r => r.Variant).Distinct().ToList();
        output.WriteLine($"| {compiler} | plain | {string.Join(" | ", variants)} |");
        output.WriteLine($"|---|---:|{string.Concat(variants.Select(_ => "---:|"))}");
        var programs = ofCompiler.GroupBy(r => r.Program).OrderBy(p => second.Contains(p.Key)).ToList();
        foreach (var program in programs.Where(p => p.First().Cost is not null))
        {
            string cells = string.Join(" | ", variants.Select(v => Change(program, v) is { } change ? Signed(change) : "—"));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {program.Key} | {program.First().Cost!.Combined / 1e6:0.0} M | {cells} |"));
        }

        foreach (var set in programs.GroupBy(p => second.Contains(p.Key)))
        {
            output.WriteLine($"| mean of {(set.Key ? "the second set" : "the first set")} | | {string.Join(" | ", variants.Select(v => Signed(set.Average(p => Change(p, v)))))} |");
        }

        output.WriteLine();
        foreach (var missing in ofCompiler.Where(r => r.Cost is null))
        {
            output.WriteLine($"{missing.Program}, {missing.Variant}: {missing.Note?.Split('\n')[0]}");
            output.WriteLine();
        }
    }

    private void WriteParts(List<LabResult> ofCompiler)
    {
        output.WriteLine("| ours | instructions | taken branches | i-cache misses | iTLB misses | text | compile time | used of the profile |");
        output.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var program in ofCompiler.GroupBy(r => r.Program))
        {
            if (program.FirstOrDefault(r => r.Variant == "ours") is { Cost: not null } ours && program.First() is { Cost: not null } plain)
            {
                string parts = string.Join(" | ", ((Func<LabCost, double>[])[c => c.Instructions, c => c.TakenBranches, c => c.InstructionCacheMisses, c => c.InstructionTlbMisses])
                    .Select(figure => Signed(Change(program, "ours", figure))));
                string used = ours.UsedShare is { } share ? string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0}") : "—";
                output.WriteLine($"| {program.Key} | {parts} | {Signed(100 * (((double)ours.TextBytes / plain.TextBytes) - 1))} | {Signed(100 * ((ours.CompileSeconds / plain.CompileSeconds) - 1))} | {used} |");
            }
        }

        output.WriteLine();
    }
}
