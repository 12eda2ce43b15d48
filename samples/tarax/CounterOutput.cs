using System.Globalization;
using Tarax.AutoFdo;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Outputs.Gcda;
using Tarax.AutoFdo.Text;

namespace Tarax.Tool;

/// <summary><c>tarax convert --notes --gcda</c>: counters for GCC of a recording.</summary>
internal static class CounterOutput
{
    private const int FunctionsListed = 5;

    /// <summary>GCC 10 has the option first.</summary>
    private const int FirstWithPartialTraining = 10;

    /// <param name="inputs">The recordings, or counts as text.</param>
    /// <param name="binaries">The binaries.</param>
    /// <param name="notesFolder">Folder of the notes.</param>
    /// <param name="output">Folder for the counters.</param>
    /// <param name="options">Choices.</param>
    public static void Write(string[] inputs, string[] binaries, string notesFolder, string output, ConversionOptions options)
    {
        var notes = GccNotes.Read(notesFolder, options.Threads);
        var result = CountersOf(inputs, binaries, notes, options);
        (options.Progress as ProgressBar)?.Clear();
        foreach (var file in result.Counters.Files)
        {
            OutputCheck.Refuse(Path.Combine(output, file.Name), [.. inputs, .. binaries]);
        }

        result.Counters.Save(output);
        for (int i = 0; i < binaries.Length; i++)
        {
            ReportText.WriteRecorded(result.Reports[i], binaries[i], Console.Error);
        }

        Report(result.Counters.Report, notes, output);
    }

    private static CounterResult CountersOf(string[] inputs, string[] binaries, GccNotes notes, ConversionOptions options)
    {
        if (inputs is not [var input])
        {
            return Recordings.Count(inputs, options).CountersOf(binaries, notes);
        }

        using var opened = Recordings.Open(input, options);
        return AutoFdoConverter.CountersOf(opened, binaries, notes, options);
    }

    private static void Report(CounterReport report, GccNotes notes, string output)
    {
        var writer = Console.Error;
        writer.WriteLine(Invariant($"notes      {notes.FileCount:N0} files by {string.Join(", ", notes.Compilers)}, {notes.FunctionCount:N0} functions, {notes.FunctionsWithStatements:N0} with the places of their statements"));
        if (notes.Compilers.Count > 1)
        {
            writer.WriteLine("warning    the notes are of several compilers, each of which reads only the counters of its own");
        }

        writer.WriteLine(Invariant($"counters   {100 * report.ShareWithNotes:0.0} % of what ran is of functions with notes, {100 * report.ShareInBlocks:0.0} % of that in their blocks; {report.FunctionsThatRan:N0} functions ran"));
        if (report.FunctionsOfCallers > 0)
        {
            writer.WriteLine(Invariant($"           of these {report.FunctionsOfCallers:N0} have no code left, and count as often as they are called"));
        }

        if (report.FunctionsWithoutCounters > 0)
        {
            writer.WriteLine(Invariant($"           of {report.FunctionsWithoutCounters:N0} that ran besides, counters are 0: what ran is of none of their blocks"));
        }

        if (report.WithoutNotes.Count > 0)
        {
            writer.WriteLine($"           without notes: {string.Join(", ", report.WithoutNotes.Take(FunctionsListed).Select(f => Invariant($"{Printable.Of(FunctionName.Short(Demangled.Name(f.Name)))} {100 * f.Share:0.0} %")))}{(report.WithoutNotes.Count > FunctionsListed ? ", …" : "")}");
        }

        if (notes.FunctionsWithStatements < notes.FunctionCount)
        {
            writer.WriteLine("           blocks of one line are told apart by the flow alone where the compiler's dump is missing: compile the notes with -fdump-ipa-profile-lineno-blocks-details besides");
        }

        string folder = Path.GetFullPath(output);

        // Functions that were not seen to run are not compiled for size then: measured with GCC 12 and 16 (docs/counters.md).
        string partial = notes.Files.TrueForAll(f => f.Notes.Major >= FirstWithPartialTraining) ? " -fprofile-partial-training" : "";
        writer.WriteLine($"next       rebuild with {(FileSystem.AreSame(folder, notes.Folder) ? "-fprofile-use" : $"-fprofile-use={Printable.Quoted(folder)}")}{partial} -fno-profile-values -fno-vpt -Wno-missing-profile, and otherwise as the notes were made");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
