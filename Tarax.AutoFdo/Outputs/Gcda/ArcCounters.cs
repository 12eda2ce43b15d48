using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Profiles;

namespace Tarax.AutoFdo.Outputs.Gcda;

/// <summary>
/// Counters of a whole program (.gcda), as an instrumented one would have written them, which GCC reads with <c>-fprofile-use</c>. Immutable.
/// </summary>
public sealed class ArcCounters
{
    /// <summary>
    /// What the largest counter is at least, by all being multiplied: GCC takes for hot what is a ten thousandth of it (predict.cc, maybe_hot_count_p; --param hot-bb-count-fraction), which what was
    /// added to be more than 0 must not be.
    /// </summary>
    private const long LeastLargest = 1 << 20;

    private readonly string _notesFolder;

    private ArcCounters(string notesFolder, IReadOnlyList<CounterFile> files, CounterReport report) => (_notesFolder, Files, Report) = (notesFolder, files, report);

    /// <summary>One for each object that has notes, or several of the same content where it is not known under which name the compiler will look.</summary>
    public IReadOnlyList<CounterFile> Files { get; }

    /// <summary>What is in them.</summary>
    public CounterReport Report { get; }

    /// <summary>
    /// Writes the files, each whole or not at all. To a folder other than that of the notes they are written for <c>-fprofile-use=FOLDER</c>; to that of the notes itself beside each, where
    /// <c>-fprofile-use</c> looks.
    /// </summary>
    /// <param name="folder">The folder, which is made where it is not there.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Save(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        bool isOfNotes = FileSystem.AreSame(folder, _notesFolder);
        using var outputs = new OutputSet();
        outputs.MakeFolder(folder);
        foreach (var file in isOfNotes ? Files.DistinctBy(f => f.Notes) : Files)
        {
            string path = Path.Combine(folder, isOfNotes ? Path.ChangeExtension(file.Notes, ".gcda") : file.Name);
            if (FileSystem.StatusOf(path, followsLinks: false) is { IsRegular: false })
            {
                throw new IOException($"{path}: is no regular file, where counters are to be written");
            }

            outputs.MakeFolder(Path.GetDirectoryName(path)!);
            outputs.Add(path, stream => stream.Write(file.Content.Span));
        }

        outputs.Commit();
    }

    /// <param name="functions">What ran, with columns in place of discriminators.</param>
    /// <param name="notes">The notes.</param>
    /// <param name="threads">Number of threads; the result does not depend on it.</param>
    /// <exception cref="ConversionException">Nothing that ran has notes.</exception>
    internal static ArcCounters Of(IReadOnlyList<FunctionProfile> functions, GccNotes notes, int threads)
    {
        var match = NotesMatch.Of(functions, notes.Index);
        var all = notes.Files.SelectMany(f => f.Notes.Functions).ToArray();
        var report = ReportOf(match, all.Length);
        long[][] counts = new long[all.Length][];
        var executions = new (double All, double InBlocks)[all.Length];
        ParallelLoop.Run(all.Length, threads, i => (counts[i], executions[i]) = Infer(all[i], match.CountsOf(notes.Index.Find(all[i]))));
        report.ShareInBlocks = executions.Sum(e => e.InBlocks) / Math.Max(executions.Sum(e => e.All), 1);
        CountByCallers(notes, all, counts, report);
        report.FunctionsWithoutCounters = Enumerable.Range(0, all.Length).Count(i => executions[i].All > 0 && Array.TrueForAll(counts[i], c => c == 0));
        report.FunctionsThatRan = counts.Count(c => Array.Exists(c, n => n > 0));
        if (report.FunctionsThatRan == 0)
        {
            throw new ConversionException(ConversionFailure.NoNotes, $"{notes.Folder}: the notes are of other sources than what ran; are they of this program?");
        }

        long factor = Factor(counts.Max(c => c.DefaultIfEmpty(0).Max()));
        ParallelLoop.Run(all.Length, threads, i => Scale(all[i], counts[i], factor));
        report.Largest = counts.Max(c => c.DefaultIfEmpty(0).Max());
        string objects = ObjectNames.FolderOf(notes.Folder, notes.Files.Select(f => (f.Path, f.Notes.Folder)));
        var files = new List<CounterFile>(notes.Files.Count);
        int next = 0;
        foreach (var (path, file) in notes.Files)
        {
            var counters = file.Functions.ConvertAll(f => new FunctionCounters(f, Counters(f, counts[next++])));
            byte[] content = GcdaWriter.Write(file, counters, report.Largest);
            files.AddRange(ObjectNames.Of(file, Path.Combine(objects, path[..^Path.GetExtension(path).Length])).Select(name => new CounterFile(path, name, content)));
        }

        return new ArcCounters(notes.Folder, files, report);
    }

    private static CounterReport ReportOf(NotesMatch match, int functions)
    {
        UInt128 without = 0;
        foreach (var sum in match.WithoutNotes.Values)
        {
            without += sum;
        }

        double executed = Math.Max((double)match.Executed, 1);
        return new CounterReport
        {
            Functions = functions,
            ShareWithNotes = 1 - ((double)without / executed),
            WithoutNotes = [.. match.WithoutNotes.OrderByDescending(f => f.Value).ThenBy(f => f.Key, StringComparer.Ordinal).Select(f => new FunctionWithoutNotes(f.Key, (double)f.Value / executed))],
        };
    }

    private static (long[] Counts, (double All, double InBlocks) Executions) Infer(NotesFunction function, SourceCounts? counts)
    {
        if (counts is not { Ran: true })
        {
            return (new long[function.Arcs.Count], (0, 0));
        }

        var evidence = BlockEvidence.Of(function, counts);
        return (ArcInference.Infer(function, evidence, counts.Entries), (counts.Executions, evidence.Executions));
    }

    /// <summary>
    /// A function of which no code is left in the binary, since what it does was joined with what is around its calls, was entered as often as the blocks ran that call it; within it there are only
    /// the compiler's guesses. GCC would guess itself, and warn of missing counts (predict.cc, handle_missing_profiles).
    /// </summary>
    private static void CountByCallers(GccNotes notes, NotesFunction[] all, long[][] counts, CounterReport report)
    {
        var calls = new Dictionary<IndexedFunction, ulong>();
        for (int i = 0; i < all.Length; i++)
        {
            long[] blocks = BlockCounts(all[i], counts[i]);
            string path = notes.Index.Find(all[i]).Path;
            string unit = notes.Index.Find(all[i]).Unit;
            foreach (var (block, callee) in all[i].Calls)
            {
                foreach (var called in blocks[block] > 0 ? notes.Index.Find(callee, path, unit) : [])
                {
                    calls[called] = calls.GetValueOrDefault(called) + (ulong)blocks[block];
                }
            }
        }

        for (int i = 0; i < all.Length; i++)
        {
            if (Array.TrueForAll(counts[i], c => c == 0) && calls.TryGetValue(notes.Index.Find(all[i]), out ulong entries))
            {
                counts[i] = ArcInference.Infer(all[i], BlockEvidence.Of(all[i], new SourceCounts()), entries);
                report.FunctionsOfCallers++;
            }
        }
    }

    private static long Factor(long largest)
    {
        long factor = 1;
        while (largest * factor < LeastLargest)
        {
            factor *= 2;
        }

        return factor;
    }

    private static void Scale(NotesFunction function, long[] counts, long factor)
    {
        for (int i = 0; i < counts.Length; i++)
        {
            counts[i] *= factor;
        }

        RareArcs.Add(function, counts);
    }

    private static long[] BlockCounts(NotesFunction function, long[] counts)
    {
        long[] blocks = new long[function.Blocks];
        for (int i = 0; i < counts.Length; i++)
        {
            blocks[function.Arcs[i].From] += counts[i];
        }

        return blocks;
    }

    private static long[] Counters(NotesFunction function, long[] counts)
    {
        var counters = new List<long>();
        for (int i = 0; i < counts.Length; i++)
        {
            if (!function.Arcs[i].IsOnTree)
            {
                counters.Add(counts[i]);
            }
        }

        return [.. counters];
    }
}
