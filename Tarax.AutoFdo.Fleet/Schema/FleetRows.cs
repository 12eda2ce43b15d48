namespace Tarax.AutoFdo.Fleet;

/// <summary>The rows of parts, table by table, in the order of the columns: numbers are <see cref="ulong"/>, texts <see cref="string"/>.</summary>
internal static class FleetRows
{
    /// <summary>The rows of a part in a table: its recordings, or the counts of all of them.</summary>
    /// <param name="table">The table.</param>
    /// <param name="part">The part.</param>
    public static IEnumerable<object[]> Of(FleetTable table, PushedPart part) =>
        table == FleetTable.Recording ? part.Recordings.Select(r => Recording(r, part.Number)) : part.Sum.Files.SelectMany(file => Of(table, file, part.Number));

    private static object[] Recording(PushedRecording recording, ulong part)
    {
        var (origin, sums) = (recording.Origin, recording.Counts.Sums);
        return
        [
            recording.Id, part, origin.HostClass, origin.Cpu, origin.Kernel, recording.Event, origin.Period,
            (ulong)sums.Samples, (ulong)sums.SamplesWithBranchStack, (ulong)sums.BranchEntries, origin.Lost, origin.Tool,
        ];
    }

    private static IEnumerable<object[]> Of(FleetTable table, Counts.CountedFile file, ulong part)
    {
        string buildId = file.Counts.BuildId ?? "";
        string name = BinaryName.ToColumn(file.Name);
        ulong key = FleetKeys.OfBinary(buildId, name, file.IsKernel);
        var (samples, into, seen, leaving, backward, tooLong) = file.Sums;
        return table.Name switch
        {
            "binary_file" => [[buildId, key, name, file.IsKernel ? 1UL : 0UL, part, samples, into, seen, leaving, backward, tooLong]],
            "branch" => file.Counts.Branches.Select(b => (object[])[buildId, key, b.From, b.To, part, b.Count]),
            "range" => file.Counts.Ranges.Select(r => (object[])[buildId, key, r.Start, r.End, part, r.Count, r.FirstTime]),
            "sample" => file.Counts.Samples.Select(s => (object[])[buildId, key, s.Address, part, s.Count, s.FirstTime]),
            "entry" => file.Counts.Entries.Select(e => (object[])[buildId, key, e.Address, part, e.Count, e.FirstTime]),
            _ => throw new ArgumentOutOfRangeException(nameof(table), table.Name, "has no rows"),
        };
    }
}
