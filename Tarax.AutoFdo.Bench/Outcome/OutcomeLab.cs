using System.Globalization;

namespace Tarax.AutoFdo.Bench.Outcome;

/// <summary>
/// What compilers make of profiles: programs are recorded at one input, built with the profiles, and measured at another. Costs are exact counts under emulation,
/// the same in each run.
/// </summary>
internal static class OutcomeLab
{
    /// <summary>Runs the lab.</summary>
    /// <param name="arguments">Options, see <see cref="LabOptions"/>.</param>
    public static int Run(string[] arguments)
    {
        var options = LabOptions.Parse(arguments);
        var jobs = JobsOf(options);
        var results = new List<LabResult>[jobs.Count];
        int failed = 0;
        Parallel.For(0, jobs.Count, new ParallelOptions { MaxDegreeOfParallelism = options.Jobs }, i =>
        {
            try
            {
                results[i] = [];
                Run(jobs[i], options, results[i]);
            }
            catch (InvalidOperationException e)
            {
                // A program that a compiler does not take leaves the others what they are.
                Console.Error.WriteLine($"{jobs[i].What.Program.Name}: {e.Message}");
                results[i] = [];
                Interlocked.Increment(ref failed);
            }
        });
        List<LabResult> inOrder = [.. results.SelectMany(r => r)];
        var second = jobs.Where(j => j.What.Program.Set == 2).Select(j => j.What.Program.Name).ToHashSet();
        new OutcomeTable(inOrder, second, Console.Out).Write();
        if (options.Chart is { } chart)
        {
            File.WriteAllText(chart, OutcomeChart.Of(inOrder));
        }

        return Math.Max(Verdict(inOrder, options), Math.Min(failed, 1));
    }

    private static void Run(LabBuild job, LabOptions options, List<LabResult> results)
    {
        foreach (var result in job.Run(options.Variants))
        {
            results.Add(result);
            double? change = result.Cost is { } cost && results[0].Cost is { } plain ? 100 * ((cost.Combined / plain.Combined) - 1) : null;
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.Program,-9} {result.Compiler,-9} {result.Variant,-13} {result.Cost?.Instructions,12} {result.Cost?.TakenBranches,11} {change,7:+0.00;-0.00} %  {result.Note?.Split((char)10)[0]}"));
        }
    }

    /// <summary>The programs and compilers that the options name, with all that is needed to build them.</summary>
    public static List<LabBuild> JobsOf(LabOptions options)
    {
        string recipes = Path.Combine(AppContext.BaseDirectory, "Outcome", "Programs");
        var all = LabProgram.In(recipes);
        var programs = all.Where(p => (options.Programs.Count == 0 || options.Programs.Contains(p.Name)) && (options.Set is null || options.Set == p.Set)).ToList();
        var compilers = (options.Compilers.Count == 0 ? LabCompiler.Standard : LabCompiler.All.Where(c => options.Compilers.Contains(c.Name))).ToList();
        var folder = new LabFolder(recipes, options.Root, options.Inside, options.Mirror);
        folder.PrepareAsync([.. all.Where(p => programs.Contains(p) || programs.Any(q => q.Needs.Contains(p.Name)))], programs).Wait();
        return [.. compilers.SelectMany(c => programs.Select(p => new LabBuild(folder, options.Tools, p, c)))];
    }

    /// <summary>Whether no program got worse by more than a percent with the profiles that are written by default.</summary>
    private static int Verdict(List<LabResult> results, LabOptions options)
    {
        int worse = 0;
        foreach (var program in results.GroupBy(r => (r.Compiler, r.Program)))
        {
            if (options.Variants.Any(v => v.Name == "ours") && OutcomeTable.Change(program, "ours") is not < 1)
            {
                Console.Error.WriteLine($"{program.Key.Program} with {program.Key.Compiler} costs more with our profile than without");
                worse++;
            }
        }

        return worse == 0 ? 0 : 1;
    }
}
