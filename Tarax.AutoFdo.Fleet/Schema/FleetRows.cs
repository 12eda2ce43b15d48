namespace Tarax.AutoFdo.Fleet;

/// <summary>The rows of recordings, table by table, in the order of the columns: numbers are <see cref="ulong"/>, texts <see cref="string"/>.</summary>
internal static class FleetRows
{
    /// <summary>The rows of one recording in a table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="recording">The recording.</param>
    /// <param name="part">The part that it is counted in.</param>
    public static IEnumerable<object[]> Of(FleetTable table, PushedRecording recording, ulong part) =>
        table == FleetTable.Recording ? [Recording(recording, part)] : recording.Counts.Files.SelectMany(file => Of(table, file, part));

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
