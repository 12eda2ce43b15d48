using System.Globalization;
using DuckDB.NET.Data;

namespace Tarax.AutoFdo.Fleet;

/// <summary>A fleet in a folder of Parquet files, which DuckDB writes and adds up in this process.</summary>
public sealed class ParquetFolder : FleetStore
{
    private const long DefaultMemory = 2_000_000_000;
    private const int Tries = 3;

    private readonly FolderLayout _layout;
    private readonly EmbeddedEngine _engine;

    /// <summary>Opens a folder; it is made when something is pushed.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="threads">Number of threads, at least 1; null for one for each processor. Results do not depend on it.</param>
    /// <param name="memory">The most memory of the engine in bytes, at least 100 MB; null for 2 GB.</param>
    public ParquetFolder(string path, int? threads = null, long? memory = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        const long LeastMemory = 100_000_000;
        ArgumentOutOfRangeException.ThrowIfLessThan(threads ?? 1, 1, nameof(threads));
        ArgumentOutOfRangeException.ThrowIfLessThan(memory ?? LeastMemory, LeastMemory, nameof(memory));
        _layout = new FolderLayout(Path.GetFullPath(path));
        _engine = new EmbeddedEngine(threads ?? Environment.ProcessorCount, memory ?? DefaultMemory);
    }

    /// <inheritdoc/>
    public override PushResult Push(IReadOnlyCollection<PushedRecording> recordings)
    {
        ArgumentNullException.ThrowIfNull(recordings);
        HashSet<string> known;
        using (_layout.Lock())
        {
            known = Known(recordings);
        }

        var fresh = recordings.DistinctBy(r => r.Id).Where(r => !known.Contains(r.Id)).ToList();
        var sum = new PushResult(0, recordings.Count, 0);
        foreach (var day in fresh.GroupBy(r => r.Day).OrderBy(d => d.Key))
        {
            var (pushed, rows) = Push(day.Key, [.. day]);
            sum = new PushResult(sum.Pushed + pushed, sum.Known - pushed, sum.Rows + rows);
        }

        return sum;
    }

    /// <summary>Pushes recordings of a day that were not known. Where another push was sooner with some of them, the others are added up anew.</summary>
    private (int Pushed, long Rows) Push(DateOnly day, List<PushedRecording> fresh)
    {
        while (fresh.Count > 0)
        {
            string name = FleetKeys.OfPush(fresh.Select(r => $"{r.Id}\0{PushedPart.AlikeOf(r)}"), day, "push");
            var parts = PushedPart.Of(fresh, some => FleetKeys.OfPart(some[0].Id, name));
            var writer = new ParquetPush(_engine, _layout, day, name);
            try
            {
                long rows = writer.Write(parts, FleetTable.OfParts);
                using (_layout.Lock())
                {
                    var known = Known(fresh);
                    if (known.Count == 0 && _layout.IsWhole(day, name))
                    {
                        return (fresh.Count, rows + writer.Write(parts, [FleetTable.Recording]));
                    }

                    fresh.RemoveAll(r => known.Contains(r.Id));
                }
            }
            finally
            {
                RemoveUncounted(day, name);
            }
        }

        return (0, 0);
    }

    /// <summary>Where a push did not come to count, its files go at once: what has failed may be for want of space.</summary>
    private void RemoveUncounted(DateOnly day, string name)
    {
        using (_layout.Lock())
        {
            if (!_layout.Counts(day, name))
            {
                _layout.Remove(day, name);
            }
        }
    }

    /// <inheritdoc/>
    public override PulledCounts Pull(FleetSelection selection) => Read(selection, counts => counts.Pull());

    /// <inheritdoc/>
    public override IReadOnlyList<FleetBinary> Top(FleetSelection selection) => Read(selection, counts => counts.Top());

    /// <inheritdoc/>
    public override IReadOnlyList<DayOverlap> Drift(FleetSelection selection) => Read(selection, counts => Overlaps.Of(counts.PullDays()));

    /// <inheritdoc/>
    public override int Prune(DateOnly? before)
    {
        _ = _layout.Pushes();
        using (_layout.Lock())
        {
            int days = before is { } first ? _layout.RemoveBefore(first) : 0;
            _layout.RemoveUnfinished();
            return days;
        }
    }

    /// <summary>Puts the pushes of each day together: one file for each table, in which recordings of the same class, processor, kernel, event, period and tool are one part. Sums stay what they are.</summary>
    /// <param name="before">The first day that stays as it is.</param>
    /// <returns>Number of days that were put together.</returns>
    /// <exception cref="IOException">The folder cannot be read or written.</exception>
    /// <exception cref="Diagnostics.InvalidFormatException">A file is not of the schema.</exception>
    public int Compact(DateOnly before)
    {
        int days = 0;
        var pushes = _layout.Pushes();
        var repeated = Guarded(pushes, () =>
        {
            Views(pushes);
            return RepeatedParts.OfWhole(_engine.Query, SqlDialect.DuckDb);
        });
        if (!repeated.AreNested)
        {
            throw new IOException($"{_layout.Root}: some of its recordings are in two parts of several (copies of fleets were put into one, or a lock did not hold): its sums are right, but days cannot be put together until these are removed");
        }

        foreach (var day in pushes.Where(p => p.Day < before).GroupBy(p => p.Day))
        {
            if (Guarded(day.ToList(), () => new ParquetCompaction(_engine, _layout, day.Key, [.. day.Select(p => p.Push)], repeated.Ignored).Run(Views)))
            {
                days++;
            }
        }

        return days;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _engine.Dispose();
        }

        base.Dispose(disposing);
    }

    private T Read<T>(FleetSelection selection, Func<CountsOfRows, T> read)
    {
        ArgumentNullException.ThrowIfNull(selection);
        for (int tries = 1; ; tries++)
        {
            try
            {
                return ReadOnce(selection, read);
            }
            catch (FileGoneException) when (tries < Tries)
            {
                // Days were put together or removed while they were read.
            }
        }
    }

    private T ReadOnce<T>(FleetSelection selection, Func<CountsOfRows, T> read)
    {
        var pushes = _layout.Pushes();
        var selected = pushes.Where(p => (selection.Since is not { } since || p.Day >= since) && (selection.Until is not { } until || p.Day <= until)).ToList();
        return Guarded(selected, () =>
        {
            Views(pushes);
            foreach (var table in FleetTable.All.Where(_ => selected.Count > 0))
            {
                new ParquetCheck(_engine).Schemas(table, Paths(table, selected));
            }

            return read(new CountsOfRows(_engine.Query, SqlDialect.DuckDb, selection.Normal(), onlyCommitted: true));
        });
    }

    /// <summary>Ids that are counted already.</summary>
    private HashSet<string> Known(IReadOnlyCollection<PushedRecording> recordings)
    {
        var pushes = _layout.Pushes();
        return pushes.Count == 0 ? [] : Guarded(pushes, () =>
        {
            Views(pushes);
            return RepeatedParts.Known(_engine.Query, SqlDialect.DuckDb, [.. recordings.Select(r => r.Id)]);
        });
    }

    /// <summary>Says in which file and where something is wrong, when the engine or the sums only know that it is.</summary>
    private T Guarded<T>(IReadOnlyList<(DateOnly Day, string Push)> pushes, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is DuckDBException or Diagnostics.InvalidFormatException)
        {
            try
            {
                ThrowIfGone(pushes, e);
                if (e is DuckDBException || (e is Diagnostics.InvalidFormatException { Format: FleetFormat.Name, Field: var field } && field.Contains("column", StringComparison.Ordinal)))
                {
                    foreach (var table in FleetTable.All)
                    {
                        new ParquetCheck(_engine).Values(table, Paths(table, pushes));
                    }
                }
            }
            catch (Diagnostics.InvalidFormatException)
            {
                ThrowIfGone(pushes, e);
                throw;
            }

            if (e is Diagnostics.InvalidFormatException)
            {
                throw;
            }

            throw new IOException($"{_layout.Root}: {e.Message}", e);
        }
    }

    private void ThrowIfGone(IReadOnlyList<(DateOnly Day, string Push)> pushes, Exception e)
    {
        if (FleetTable.All.SelectMany(table => Paths(table, pushes)).FirstOrDefault(f => !File.Exists(f)) is { } missing)
        {
            throw new FileGoneException($"{missing}: is missing, though the push it belongs to was whole: another run has put these days together or removed them meanwhile, or the file is lost", e);
        }
    }

    private List<string> Paths(FleetTable table, IReadOnlyList<(DateOnly Day, string Push)> pushes) => [.. pushes.Select(p => _layout.PathOf(table, p.Day, p.Push))];

    /// <summary>The tables, of the files of these pushes and no others.</summary>
    private void Views(IReadOnlyList<(DateOnly Day, string Push)> pushes)
    {
        foreach (var table in FleetTable.All)
        {
            string columns = string.Join(", ", table.Columns.Select(c => string.Create(CultureInfo.InvariantCulture, $"CAST({c.Name} AS {(c.Kind == ColumnKind.Number ? "UBIGINT" : "VARCHAR")}) AS {c.Name}")));
            string source = pushes.Count > 0
                ? $"read_parquet({EmbeddedEngine.ListOf(Paths(table, pushes))}, hive_partitioning = true, hive_types = {{'day': DATE}})"
                : $"(SELECT CAST(NULL AS DATE) AS day, {string.Join(", ", table.Columns.Select(c => $"NULL AS {c.Name}"))}) WHERE false";
            _engine.Run($"CREATE OR REPLACE TEMP VIEW {table.Name} AS SELECT day, {columns} FROM {source}");
        }
    }

    /// <summary>A file that was there is not there any more.</summary>
    private sealed class FileGoneException(string message, Exception inner) : IOException(message, inner);
}
