using Tarax.AutoFdo.Counts;

namespace Tarax.AutoFdo.Fleet;

/// <summary>Recordings of a push that are rows of counts together: of one day, and alike in all columns by which a part of a fleet is chosen.</summary>
/// <param name="Number">The part's number.</param>
/// <param name="Day">Their day.</param>
/// <param name="Recordings">The recordings, by id.</param>
/// <param name="Sum">Their counts, added up.</param>
internal sealed record PushedPart(ulong Number, DateOnly Day, IReadOnlyList<PushedRecording> Recordings, RecordingCounts Sum)
{
    /// <summary>Adds recordings up that are alike.</summary>
    /// <param name="recordings">Recordings, each once.</param>
    /// <param name="numberOf">The number of the part of some recordings.</param>
    public static List<PushedPart> Of(IEnumerable<PushedRecording> recordings, Func<IReadOnlyList<PushedRecording>, ulong> numberOf) =>
        [.. recordings.OrderBy(r => r.Id, StringComparer.Ordinal).GroupBy(r => (r.Day, Alike: AlikeOf(r))).Select(group =>
        {
            List<PushedRecording> some = [.. group];
            return new PushedPart(numberOf(some), group.Key.Day, some, some.Count == 1 ? some[0].Counts : RecordingCounts.Merge(some.Select(r => r.Counts)));
        })];

    /// <summary>What else than its counts a recording's rows depend on: the values of <see cref="FleetTable.Alike"/>.</summary>
    public static string AlikeOf(PushedRecording recording)
    {
        var origin = recording.Origin;
        return string.Join('\0', origin.HostClass, origin.Cpu, origin.Kernel, recording.Event, SqlDialect.Number(origin.Period), origin.Tool);
    }
}
