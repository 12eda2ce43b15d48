using System.Diagnostics;
using System.Globalization;

namespace Tarax.AutoFdo.Fleet;

/// <summary>
/// Where the files of a fleet are: <c>TABLE/day=YYYY-MM-DD/PUSH.parquet</c>. A push counts once its file of <c>recording</c> is there, which is written last and removed first.
/// </summary>
internal sealed class FolderLayout(string root)
{
    private const string DayPrefix = "day=";
    private const string Extension = ".parquet";
    private const string Unfinished = ".unfinished";
    private const string LockName = ".lock";

    private static long UnfinishedFiles;

    public string Root => root;

    /// <summary>The file of a push in a table.</summary>
    public string PathOf(FleetTable table, DateOnly day, string push) => Path.Combine(FolderOf(table, day), push + Extension);

    /// <summary>The name under which a file is written.</summary>
    public static string UnfinishedOf(string path) => Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Environment.ProcessId}-{Interlocked.Increment(ref UnfinishedFiles)}{Unfinished}");

    /// <summary>
    /// Keeps other runs from making files of recordings count, until it is closed: two pushes at the same time see each other's recordings. The system takes it from a run that ends. Where a file system
    /// has no locks, recordings that are in two parts are found when they are read.
    /// </summary>
    /// <exception cref="IOException">It cannot be had within ten minutes.</exception>
    public FileStream Lock()
    {
        Directory.CreateDirectory(root);
        string path = Path.Combine(root, LockName);
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (e.GetType() == typeof(IOException) && Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(10) && File.Exists(path))
            {
                // It is held for as long as it takes to read which recordings are there.
                const int Milliseconds = 20;
                Thread.Sleep(Milliseconds);
            }
        }
    }

    /// <summary>Whether all files of a push are there.</summary>
    public bool IsWhole(DateOnly day, string push) => FleetTable.OfParts.All(t => File.Exists(PathOf(t, day, push)));

    /// <summary>Whether a push counts.</summary>
    public bool Counts(DateOnly day, string push) => File.Exists(PathOf(FleetTable.Recording, day, push));

    /// <summary>The pushes that count.</summary>
    /// <exception cref="IOException">The folder is not there, or cannot be read.</exception>
    public List<(DateOnly Day, string Push)> Pushes()
    {
        if (!Directory.Exists(root))
        {
            throw new IOException($"{root}: there is no such folder");
        }

        return [.. Days(FleetTable.Recording).SelectMany(day => Files(FolderOf(FleetTable.Recording, day)).Select(push => (day, push)))];
    }

    /// <summary>Removes days before one; the files of recordings first, so that nothing is read by halves.</summary>
    public int RemoveBefore(DateOnly before)
    {
        var days = FleetTable.All.SelectMany(Days).Where(d => d < before).ToHashSet();
        foreach (var table in FleetTable.All.Reverse())
        {
            foreach (var day in days)
            {
                if (Directory.Exists(FolderOf(table, day)))
                {
                    Directory.Delete(FolderOf(table, day), recursive: true);
                }
            }
        }

        return days.Count;
    }

    /// <summary>Removes what pushes that did not end have left more than an hour ago.</summary>
    public void RemoveUnfinished()
    {
        var pushes = Pushes().ToHashSet();
        var now = DateTime.UtcNow;
        foreach (var (table, day) in FleetTable.All.SelectMany(table => Days(table).Select(day => (table, day))))
        {
            foreach (string file in Directory.EnumerateFiles(FolderOf(table, day)))
            {
                bool isPush = file.EndsWith(Extension, StringComparison.Ordinal) && pushes.Contains((day, Path.GetFileNameWithoutExtension(file)));
                if (!isPush && now - File.GetLastWriteTimeUtc(file) > TimeSpan.FromHours(1))
                {
                    File.Delete(file);
                }
            }
        }
    }

    /// <summary>Removes a push: that of recordings first.</summary>
    public void Remove(DateOnly day, string push)
    {
        foreach (var table in FleetTable.All.Reverse())
        {
            string path = PathOf(table, day, push);
            if (File.Exists(path))
            {
                File.Delete(path);
            }
        }
    }

    private string FolderOf(FleetTable table, DateOnly day) => Path.Combine(root, table.Name, DayPrefix + FleetFormat.Of(day));

    private IEnumerable<DateOnly> Days(FleetTable table)
    {
        string folder = Path.Combine(root, table.Name);
        if (!Directory.Exists(folder))
        {
            yield break;
        }

        foreach (string path in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(path);
            if (name.StartsWith(DayPrefix, StringComparison.Ordinal) && FleetFormat.TryDay(name[DayPrefix.Length..], out var day))
            {
                yield return day;
            }
            else
            {
                throw new IOException(string.Create(CultureInfo.InvariantCulture, $"{path}: is no day of a fleet (day=YYYY-MM-DD)"));
            }
        }
    }

    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder).Where(f => f.EndsWith(Extension, StringComparison.Ordinal)).Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal);
}
