namespace Tarax.AutoFdo.Fleet;

/// <summary>
/// Two pushes at the same time, or a push while days are put together, can leave a recording in two parts. It counts in the part with more recordings, of two alike in
/// that with the smaller number. A part of several recordings, of which some count elsewhere and some do not, cannot be taken and not be left.
/// </summary>
internal static class RepeatedParts
{
    /// <summary>The parts that do not count.</summary>
    public static List<ulong> Ignored(RunQuery run, FleetQueries queries)
    {
        var partsOf = new Dictionary<string, List<ulong>>(StringComparer.Ordinal);
        using (var rows = run(queries.Repeated))
        {
            while (rows.Read())
            {
                string id = rows.Text(0);
                (partsOf.TryGetValue(id, out var parts) ? parts : partsOf[id] = []).Add(rows.Number(1));
            }
        }

        if (partsOf.Count == 0)
        {
            return [];
        }

        var sizes = new Dictionary<ulong, ulong>();
        using (var rows = run(FleetQueries.SizesOf(partsOf.Values.SelectMany(p => p).Distinct())))
        {
            while (rows.Read())
            {
                sizes[rows.Number(0)] = rows.Number(1);
            }
        }

        return Ignored(partsOf, sizes);
    }

    /// <summary>The same of what is known.</summary>
    /// <param name="partsOf">The parts of each recording that has several.</param>
    /// <param name="sizes">Number of recordings of each of the parts.</param>
    internal static List<ulong> Ignored(Dictionary<string, List<ulong>> partsOf, Dictionary<ulong, ulong> sizes)
    {
        var lost = new Dictionary<ulong, ulong>();
        foreach (var parts in partsOf.Values)
        {
            ulong best = parts.OrderByDescending(p => sizes[p]).ThenBy(p => p).First();
            foreach (ulong part in parts.Distinct().Where(p => p != best))
            {
                lost[part] = lost.GetValueOrDefault(part) + 1;
            }
        }

        foreach (var (part, count) in lost)
        {
            if (count != sizes[part])
            {
                throw new IOException($"part {part} of the fleet holds {sizes[part]} recordings, of which {count} are counted in another part too: two runs put the same days together at the same time; remove the days and push them again");
            }
        }

        return [.. lost.Keys.Order()];
    }
}
