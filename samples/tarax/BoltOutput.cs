using System.Globalization;
using Tarax.AutoFdo;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Outputs.Bolt;
using Tarax.AutoFdo.Text;

namespace Tarax.Tool;

/// <summary><c>tarax counts --format bolt-preaggregated|fdata</c>: counts for BOLT.</summary>
internal static class BoltOutput
{
    /// <param name="inputs">The recordings, and files of counts.</param>
    /// <param name="binaries">The binaries; of fdata one.</param>
    /// <param name="output">The file, or <c>-</c>.</param>
    /// <param name="format">The form.</param>
    /// <param name="namesBuildIds">Whether build-ids stand before all addresses.</param>
    /// <param name="options">Choices.</param>
    public static void Write(IReadOnlyList<string> inputs, string[] binaries, string output, BoltFormat format, bool namesBuildIds, ConversionOptions options)
    {
        OutputCheck.Refuse(output, [.. inputs, .. binaries]);
        var recording = Recordings.Count(inputs, options);
        var results = binaries.Select(b => recording.BoltProfileOf(b, format, namesBuildIds)).ToArray();
        foreach (var result in results)
        {
            OutputCheck.Refuse(output, result.Report.FilesRead);
        }

        Write([.. results.Select(r => r.Profile)], output);
        for (int i = 0; i < results.Length; i++)
        {
            ReportText.WriteRecorded(results[i].Report, binaries[i], Console.Error);
            Report(results[i].Profile);
        }

        string profile = output == "-" ? "PROFILE" : Printable.Quoted(output);
        string basic = results[0].Profile.IsOfBranches ? "" : " -ba";
        Console.Error.WriteLine(format == BoltFormat.Fdata
            ? $"next       llvm-bolt {Printable.Quoted(binaries[0])} -data={profile} -o OUT -reorder-blocks=ext-tsp -reorder-functions=cdsort -split-functions"
            : $"next       perf2bolt {Printable.Quoted(binaries[0])} --pa{basic} -p {profile} -o OUT.fdata");
    }

    private static void Write(BoltProfile[] profiles, string output)
    {
        if (output == "-")
        {
            using var stream = new OpenDescriptor(OpenDescriptor.StandardOutput, "standard output");
            Array.ForEach(profiles, p => stream.Write(p.Content.Span));
        }
        else if (profiles is [var only])
        {
            only.Save(output);
        }
        else
        {
            BoltProfile.Save(profiles, output);
        }
    }

    private static void Report(BoltProfile profile)
    {
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"bolt       {profile.Lines:N0} lines"));
        foreach (var leftOut in profile.LeftOut)
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"           {leftOut.Executions:N0} executions left out: {leftOut.Reason}"));
        }
    }
}
