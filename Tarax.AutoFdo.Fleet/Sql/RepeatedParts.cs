using System.Globalization;
using Tarax.AutoFdo.Diagnostics;

namespace Tarax.AutoFdo.Fleet;

/// <summary>
/// Which parts count where recordings are in several: days that are being put together, and pushes at the same time where the store could not keep them apart. The parts with most recordings come first,
/// of those alike the smaller number; a part counts if none of its recordings does yet. What counts does not depend on what is asked for, so that days add up.
/// </summary>
/// <param name="Ignored">The parts that do not count.</param>
/// <param name="Uncounted">Recordings that are in such parts alone: pushed again, they count.</param>
/// <param name="AreNested">Whether each part that does not count has its recordings in one that does.</param>
internal sealed record RepeatedParts(IReadOnlyList<ulong> Ignored, ulong Uncounted, bool AreNested)
{
    private static readonly RepeatedParts None = new([], 0, AreNested: true);

    /// <summary>The parts that do not count.</summary>
    /// <exception cref="IOException">There are recordings that therefore do not count at all.</exception>
    public static RepeatedParts OfWhole(RunQuery run, SqlDialect dialect)
    {
        var repeated = Of(run, dialect);
        return repeated.Uncounted == 0 ? repeated
            : throw new IOException(string.Create(CultureInfo.InvariantCulture, $"{repeated.Uncounted:N0} recordings of the fleet are in parts of which others count elsewhere already, so that they do not count (copies of fleets were put into one, or a lock did not hold): push all recordings of these days again"));
    }

    /// <summary>Which of some recordings count.</summary>
    public static HashSet<string> Known(RunQuery run, SqlDialect dialect, IReadOnlyCollection<string> ids)
    {
        const int AtOnce = 1000;
        HashSet<ulong> ignored = [.. Of(run, dialect).Ignored];
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (string[] some in ids.Chunk(AtOnce))
        {
            using var rows = run(FleetQueries.PartsOf(some.Select(dialect.Text)));
            while (rows.Read())
            {
                if (!ignored.Contains(rows.Number(1)))
                {
                    known.Add(rows.Text(0));
                }
            }
        }

        return known;
    }

    /// <summary>The same of what is known.</summary>
    /// <param name="partsOf">The parts of each recording that has several.</param>
    /// <param name="sizes">Number of recordings of each of the parts.</param>
    internal static RepeatedParts Of(Dictionary<string, List<ulong>> partsOf, Dictionary<ulong, ulong> sizes)
    {
        var repeatedOf = sizes.Keys.ToDictionary(p => p, _ => new List<string>());
        foreach (var (id, parts) in partsOf)
        {
            parts.ForEach(p => repeatedOf[p].Add(id));
        }

        if (repeatedOf.FirstOrDefault(p => p.Value.Distinct().Count() < p.Value.Count) is { Value: not null } twice)
        {
            throw new InvalidFormatException(FleetFormat.Name, "table recording, column part", -1, $"is {twice.Key} in two rows of recording {twice.Value[0]}: a file is there twice");
        }

        var counted = new Dictionary<string, ulong>(StringComparer.Ordinal);
        var ignored = new List<ulong>();
        ulong uncounted = 0;
        foreach (ulong part in sizes.OrderByDescending(s => s.Value).ThenBy(s => s.Key).Select(s => s.Key))
        {
            if (repeatedOf[part].Any(counted.ContainsKey))
            {
                ignored.Add(part);
                uncounted += sizes[part] - (ulong)repeatedOf[part].Count;
            }
            else
            {
                repeatedOf[part].ForEach(id => counted.Add(id, part));
            }
        }

        uncounted += (ulong)partsOf.Keys.Count(id => !counted.ContainsKey(id));
        bool areNested = uncounted == 0 && ignored.All(p => repeatedOf[p].Select(id => counted[id]).Distinct().Count() == 1);
        return new RepeatedParts([.. ignored.Order()], uncounted, areNested);
    }

    private static RepeatedParts Of(RunQuery run, SqlDialect dialect)
    {
        var partsOf = new Dictionary<string, List<ulong>>(StringComparer.Ordinal);
        using (var rows = run(FleetQueries.Repeated(dialect)))
        {
            while (rows.Read())
            {
                string id = rows.Text(0);
                (partsOf.TryGetValue(id, out var parts) ? parts : partsOf[id] = []).Add(rows.Number(1));
            }
        }

        if (partsOf.Count == 0)
        {
            return None;
        }

        var sizes = new Dictionary<ulong, ulong>();
        using (var rows = run(FleetQueries.SizesOf(partsOf.Values.SelectMany(p => p).Distinct())))
        {
            while (rows.Read())
            {
                sizes[rows.Number(0)] = rows.Number(1);
            }
        }

        return Of(partsOf, sizes);
    }
}
