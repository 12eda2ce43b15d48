using Tarax.AutoFdo;
using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Inputs;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Reports;
using Tarax.AutoFdo.Text;

namespace Tarax.Tool;

/// <summary>What a report is about, read once: a profile, or a recording that one is made of, with its binary.</summary>
internal sealed class ReportSubject : IDisposable
{
    private ReportSubject(ProfileReportInputs inputs, IReadOnlyList<string> filesRead) => (Inputs, FilesRead) = (inputs, filesRead);

    /// <summary>All that is known of it.</summary>
    public ProfileReportInputs Inputs { get; }

    /// <summary>The files that were read for it.</summary>
    public IReadOnlyList<string> FilesRead { get; }

    public void Dispose()
    {
        // What is still looked at in the binary needs it.
        ((IAsyncResult?)Inputs.Recorded)?.AsyncWaitHandle.WaitOne();
        Inputs.Binary?.Dispose();
    }

    public static ReportSubject OfProfile(SampleProfile profile, string title, string? binary, string? counts, ConversionOptions options)
    {
        BinaryCounts? counted = null;
        if (counts is not null)
        {
            using var input = Recordings.Open(counts, options);
            counted = AutoFdoConverter.CountsOf(input, binary!, options);
        }

        return new ReportSubject(
            new ProfileReportInputs(profile) { Title = title, Binary = binary is null ? null : Binary.Open(binary, options.DebugDirectories), Counts = counted }, []);
    }

    /// <returns>Null where it is nothing that a profile is made of.</returns>
    /// <exception cref="ConversionException">No profile can be made of it.</exception>
    public static ReportSubject? OfRecording(string path, string? binary, ConversionOptions options)
    {
        using var input = Recordings.Open(path, options);
        if (input.Format == InputFormat.Unknown && FileSystem.IsRegular(path))
        {
            return null;
        }

        if (input.Format == InputFormat.CountsText)
        {
            return OfCountsText(input, binary ?? throw new UsageException($"--binary FILE is required: {path} does not say of which binary it is"), options);
        }

        var (recording, inspect, counted) = Read(input, options with { CountsHalves = true });
        var inspection = binary is null ? inspect() : null;
        binary ??= inspection!.Binaries is [{ Path: { } here }, ..] ? here
            : throw new UsageException($"--binary FILE is required: the binary with most samples is not on this machine; tarax inspect {Printable.Quoted(path)} tells what ran");
        var opened = Binary.OpenForOneRecording(binary, options.DebugFiles);
        try
        {
            // Counts are sorted when they are asked for first, so this comes after the conversion; beside it the report is made.
            var result = recording.Convert(opened);
            var recorded = new Task<(RecordingInspection, HalvesOverlap?)>(() => (inspection ?? inspect(), counted is null ? null : HalvesOverlap.Of(counted, opened, options)));
            if (options.Threads == 1)
            {
                recorded.RunSynchronously();
            }
            else
            {
                recorded.Start(TaskScheduler.Default);
            }

            return new ReportSubject(
                new ProfileReportInputs(result.Profile) { Title = Path.GetFileName(binary), Recorded = recorded, Conversion = result.Report, Counts = result.Counts, Binary = opened }, result.Report.FilesRead);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    private static (Recording Recording, Func<RecordingInspection> Inspect, CountedRecording? Counted) Read(Input input, ConversionOptions options)
    {
        if (input.Format is not (InputFormat.Counts or InputFormat.Other))
        {
            var counted = CountedRecording.Read(input, options);
            return (Recording.Of(counted, options), () => RecordingInspection.Of(counted, options), counted);
        }

        var counts = Recording.CountsOf(input, options);
        options = counts.Sums.SamplesWithBranchStack == 0 && input.Format == InputFormat.Other ? options with { UseBranchStacks = false } : options;
        string format = input.Format == InputFormat.Counts ? "file of counts" : "recording of another tool";
        return (Recording.Of(counts, options), () => RecordingInspection.Of(counts, format, options), null);
    }

    private static ReportSubject OfCountsText(Input input, string binary, ConversionOptions options)
    {
        var opened = Binary.OpenForOneRecording(binary, options.DebugFiles);
        try
        {
            var result = AutoFdoConverter.Convert(input, opened, options);
            return new ReportSubject(new ProfileReportInputs(result.Profile) { Title = Path.GetFileName(binary), Conversion = result.Report, Counts = result.Counts, Binary = opened }, result.Report.FilesRead);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }
}
