using Tarax.AutoFdo.PerfData;

namespace Tarax.AutoFdo.Samples;

/// <summary>Which event of a recording is counted.</summary>
internal static class EventChoice
{
    /// <summary>
    /// The event that the user named, or the one with branch stacks; of several, the most sampled one.
    /// </summary>
    /// <param name="events">The recording's events.</param>
    /// <param name="samples">Their numbers of samples.</param>
    /// <param name="name">The user's choice: a whole event name, or its part before a modifier such as <c>:u</c>; null for none.</param>
    /// <returns>Null where no event has that name, or none has samples with branch stacks.</returns>
    public static PerfEvent? Choose(IReadOnlyList<PerfEvent> events, long[] samples, string? name)
    {
        var candidates = name is null
            ? events.Where(e => e.Layout.HasBranchStack)
            : events.Where(e => IsNamed(e.Name, name));
        return candidates.OrderByDescending(e => samples[e.Index]).ThenBy(e => e.Index).FirstOrDefault();
    }

    private static bool IsNamed(string eventName, string name) =>
        eventName.Equals(name, StringComparison.OrdinalIgnoreCase)
        || (eventName.StartsWith(name, StringComparison.OrdinalIgnoreCase) && eventName[name.Length] == ':');
}
