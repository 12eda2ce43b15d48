using System.Globalization;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;

namespace Tarax.AutoFdo.Bench.Outcome;

/// <summary>
/// Production records programs that were built with a profile. Here a program is built, recorded, built with that profile, recorded again, and so on, and the profiles of one generation and the next
/// are compared: the source runs alike, so what differs is what the compiler did to the line table, and what a converter makes of it. Options as those of the lab;
/// <c>--variant-of-build NAME=OPTIONS</c> names options of the compiler.
/// </summary>
internal static class LabGenerations
{
    private const int Generations = 3;

    /// <summary>Runs the programs.</summary>
    public static int Run(string[] arguments)
    {
        var options = LabOptions.Parse(arguments);
        Console.WriteLine("| program | compiler | options | converter | 1 to 2 | 2 to 3 |");
        Console.WriteLine("|---|---|---|---|---:|---:|");
        foreach (var job in OutcomeLab.JobsOf(options))
        {
            foreach (var variant in options.Variants.Where(v => v.CompilerOptions.Length > 0 && !v.IsOfLoops))
            {
                Run(job, variant, options.Tools);
            }
        }

        return 0;
    }

    private static void Run(LabBuild job, LabVariant variant, LabTools tools)
    {
        // create_gcov of Debian does not write the format that GCC 16 reads.
        bool hasIncumbent = job.What.Compiler.IsClang || (tools.CreateGcov is not null && !job.What.Compiler.IsInTree);
        var ours = new List<SampleProfile>();
        var theirs = new List<SampleProfile>();
        string? profile = null;
        for (int generation = 1; generation <= Generations; generation++)
        {
            string build = job.BuildAndRecord($"{variant.Name}-{generation}", variant.CompilerOptions, profile);
            profile = job.ProfileOf(build, LabVariantKind.Ours);
            ours.Add(Flat(profile));
            if (hasIncumbent)
            {
                theirs.Add(Flat(job.ProfileOf(build, LabVariantKind.Incumbent)));
            }
        }

        Write(job, variant, "ours", ours);
        if (hasIncumbent)
        {
            Write(job, variant, job.What.Compiler.IsClang ? "llvm-profgen" : "create_gcov", theirs);
        }
    }

    /// <summary>Lines of each function, wherever it was inlined: the second generation inlines otherwise.</summary>
    private static SampleProfile Flat(string profile) => SampleProfile.Load(profile).WithInlined(InlinedBodies.Flat);

    private static void Write(LabBuild job, LabVariant variant, string converter, List<SampleProfile> profiles)
    {
        var overlaps = profiles.Zip(profiles.Skip(1), (first, second) => SampleProfile.Diff(first, second).Overlap);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {job.What.Program.Name} | {job.What.Compiler.Name} | {variant.CompilerOptions} | {converter} | {string.Join(" | ", overlaps.Select(o => o.ToString("0.000", CultureInfo.InvariantCulture)))} |"));
    }
}
