using Tarax.AutoFdo.Inputs.Perf;

namespace Tarax.AutoFdo.Counting;

/// <summary>Which event of a recording is counted.</summary>
internal static class EventChoice
{
    /// <summary>
    /// The event that the user named, or one with branch stacks, or any; of several, the most sampled one.
    /// </summary>
    /// <param name="events">The recording's events.</param>
    /// <param name="samples">Their numbers of samples.</param>
    /// <param name="name">The user's choice: a whole event name, or its part before a modifier such as <c>:u</c>; null for none.</param>
    /// <param name="useBranchStacks">Whether an event with branch stacks is preferred.</param>
    /// <returns>Null where no event has that name.</returns>
    public static PerfEvent? Choose(IReadOnlyList<PerfEvent> events, long[] samples, string? name, bool useBranchStacks)
    {
        bool IsPreferred(PerfEvent e) => useBranchStacks && e.HasBranches && samples[e.Index] > 0;
        return events.Where(e => name is null || IsNamed(e.Name, name))
            .OrderByDescending(IsPreferred).ThenByDescending(e => samples[e.Index]).ThenBy(e => e.Index).FirstOrDefault();
    }

    /// <summary>
    /// The events that may come to be chosen. Names of streamed recordings, and which event was sampled most, are known only at the end.
    /// </summary>
    public static Func<PerfEvent, bool> Candidates(PerfDataFile file, string? name) => e => file.DataLength is null || name is null || IsNamed(e.Name, name);

    private static bool IsNamed(string eventName, string name) =>
        eventName.Equals(name, StringComparison.OrdinalIgnoreCase)
        || (eventName.StartsWith(name, StringComparison.OrdinalIgnoreCase) && eventName[name.Length] == ':');
}
