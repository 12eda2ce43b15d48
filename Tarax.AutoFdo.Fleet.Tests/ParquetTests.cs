using System.Globalization;
using DuckDB.NET.Data;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;

namespace Tarax.AutoFdo.Fleet.Tests;

/// <summary>Folders of Parquet files: what is wrong with them, and what becomes of them.</summary>
public sealed class ParquetTests
{
    private string _folder = "";

    [SetUp]
    public void Make() => _folder = FleetEnvironment.NewFolder();

    [Test]
    public void The_same_recordings_make_the_same_files()
    {
        string other = FleetEnvironment.NewFolder();
        var recordings = Recordings(10);
        Push(recordings);
        using (var store = new ParquetFolder(other, threads: 1))
        {
            store.Push([.. Enumerable.Reverse(recordings)]);
        }

        var files = FilesOf(_folder);
        Assert.That(FilesOf(other), Is.EqualTo(files).And.Count.EqualTo(6));
        Assert.That(files.Select(f => File.ReadAllBytes(Path.Combine(other, f))), Is.EqualTo(files.Select(f => File.ReadAllBytes(Path.Combine(_folder, f)))));
    }

    [Test]
    public void A_push_without_its_file_of_recordings_is_not_counted()
    {
        Push(Recordings(1));
        Push([.. Recordings(3).Skip(1)]);
        string[] recordings = Directory.GetFiles(Path.Combine(_folder, "recording"), "*.parquet", SearchOption.AllDirectories);
        File.Delete(recordings.OrderBy(f => new FileInfo(f).Length).ThenBy(f => f, StringComparer.Ordinal).Last());
        ulong count = Pull().Counts.Files.Single().Counts.Branches.Single().Count;
        Assert.That(count, Is.AnyOf(1UL, 6UL));
        Assert.That(Push(Recordings(3)).Known, Is.EqualTo(count == 1 ? 1 : 2));
        Assert.That(Pull().Counts.Files.Single().Counts.Branches.Single().Count, Is.EqualTo(7));
    }

    [Test]
    public void Days_that_are_put_together_have_the_same_sum()
    {
        foreach (var (file, i) in FleetEnvironment.CountsFiles.Select((f, i) => (f, i)))
        {
            Push([PushedRecording.Load(file, new RecordingOrigin { Day = MadeCounts.Day.AddDays(i % 2), HostClass = i % 3 == 0 ? "web" : "build" })]);
        }

        byte[] web = FleetEnvironment.Bytes(Pull("host_class = 'web'").Counts);
        Assert.That(Compact(), Is.EqualTo(2));
        Assert.That(FilesOf(_folder), Has.Count.EqualTo(12));
        Assert.That(Compact(), Is.Zero);
        Assert.That(FleetEnvironment.Bytes(Pull().Counts), Is.EqualTo(FleetEnvironment.Merged(FleetEnvironment.CountsFiles)));
        Assert.That(FleetEnvironment.Bytes(Pull("host_class = 'web'").Counts), Is.EqualTo(web));
        Assert.That(Push([PushedRecording.Load(FleetEnvironment.CountsFiles[0], new RecordingOrigin { Day = MadeCounts.Day })]).Known, Is.EqualTo(1));
    }

    [Test]
    public void A_day_that_was_half_put_together_has_the_same_sum()
    {
        string before = FleetEnvironment.NewFolder();
        foreach (var recording in Recordings(5))
        {
            Push([recording]);
        }

        Copy(_folder, before);
        Compact();
        Copy(before, _folder);
        Assert.That(Pull().Counts.Files.Single().Counts.Branches.Single().Count, Is.EqualTo(31));
        Assert.That(Compact(), Is.EqualTo(1));
        Assert.That(FilesOf(_folder), Has.Count.EqualTo(6));
        Assert.That(Pull().Counts.Files.Single().Counts.Branches.Single().Count, Is.EqualTo(31));
    }

    [Test]
    public void Folders_that_were_copied_into_one_are_not_summed_until_their_recordings_are_pushed_again()
    {
        string other = FleetEnvironment.NewFolder();
        Push(Recordings(2));
        using (var store = new ParquetFolder(other))
        {
            store.Push([.. Recordings(3).Skip(1)]);
        }

        Copy(other, _folder);
        Assert.That(() => Pull(), Throws.InstanceOf<IOException>().With.Message.Contains("1 recordings").And.Message.Contains("push"));
        Assert.That(Compact, Throws.InstanceOf<IOException>().With.Message.Contains("1 recordings"));
        Assert.That(Push(Recordings(3)), Has.Property(nameof(PushResult.Pushed)).EqualTo(1));
        Assert.That(Pull().Counts.Files.Single().Counts.Branches.Single().Count, Is.EqualTo(7));
        Assert.That(Compact, Throws.InstanceOf<IOException>().With.Message.Contains("sums are right"));
        Push([MadeCounts.Pushed(MadeCounts.Of(8))]);
        Assert.That(Pull().Counts.Files.Single().Counts.Branches.Single().Count, Is.EqualTo(15));
    }

    [Test]
    public void A_push_that_is_in_one_of_another_counts_once()
    {
        string other = FleetEnvironment.NewFolder();
        Push(Recordings(3));
        using (var store = new ParquetFolder(other))
        {
            store.Push([.. Recordings(2)]);
        }

        Copy(other, _folder);
        Assert.That(Pull().Counts.Files.Single().Counts.Branches.Single().Count, Is.EqualTo(7));
        Assert.That(Compact(), Is.EqualTo(1));
        Assert.That(Pull().Counts.Files.Single().Counts.Branches.Single().Count, Is.EqualTo(7));
        File.Copy(FileOf("recording"), FileOf("recording").Replace(".parquet", "-2.parquet", StringComparison.Ordinal));
        foreach (var table in FleetTable.OfParts)
        {
            File.Copy(FileOf(table.Name), FileOf(table.Name).Replace(".parquet", "-2.parquet", StringComparison.Ordinal));
        }

        Assert.That(() => Pull(), Throws.TypeOf<InvalidFormatException>().With.Message.Contains("twice"));
    }

    [Test]
    public void A_recording_on_two_days_counts_on_one_of_them()
    {
        string other = FleetEnvironment.NewFolder();
        Push(Recordings(2));
        using (var store = new ParquetFolder(other))
        {
            store.Push([MadeCounts.Pushed(MadeCounts.Of(1), day: MadeCounts.Day.AddDays(1)), MadeCounts.Pushed(MadeCounts.Of(4), hostClass: "web", day: MadeCounts.Day.AddDays(1))]);
        }

        Copy(other, _folder);
        for (int i = 0; i < 2; i++)
        {
            Assert.That(Pull().Counts.Files.Single().Counts.Branches.Single().Count, Is.EqualTo(7));
            Assert.That(Pull(new FleetSelection { Since = MadeCounts.Day.AddDays(1) }).Counts.Files.Single().Counts.Branches.Single().Count, Is.EqualTo(4));
            Compact();
        }
    }

    [TestCase("branch", "count", "CAST(-5 AS BIGINT)", "-5")]
    [TestCase("range", "first_time", "CAST(-1 AS BIGINT)", "-1")]
    [TestCase("sample", "at_offset", "CAST(-2 AS BIGINT)", "-2")]
    [TestCase("branch", "build_id", "'abc'", "abc")]
    [TestCase("binary_file", "build_id", "repeat('a', 42)", "aaaa")]
    public void A_value_that_cannot_be_is_named_with_file_row_group_and_column(string table, string column, string value, string shown)
    {
        Push(Recordings(3));
        string file = Rewrite(table, $"SELECT * REPLACE ({value} AS {column}) FROM");
        foreach (var selection in (FleetSelection[])[FleetSelection.All, new() { BuildId = table == "binary_file" ? null : MadeCounts.BuildId }])
        {
            if (column == "build_id" && table == "branch" && selection.BuildId is null)
            {
                // What binary these rows are of is in binary_key; their build-id is not asked for.
                continue;
            }

            Assert.That(() => Pull(selection), Throws.TypeOf<InvalidFormatException>().With.Message.Contains(file).And.Message.Contains("row group 0").And.Message.Contains($"column {column}").And.Message.Contains(shown));
        }
    }

    [Test]
    public void The_row_group_is_the_one_that_is_wrong()
    {
        Push(Recordings(1));
        string file = Rewrite("branch", "SELECT * REPLACE (CAST(CASE WHEN range = 250000 THEN -1 ELSE 1 END AS BIGINT) AS count, CAST(range AS UBIGINT) AS to_offset) EXCLUDE (range) FROM range(300000), ", exclude: true);
        Assert.That(() => Pull(), Throws.TypeOf<InvalidFormatException>().With.Message.Contains(file).And.Message.Contains("row group 2").And.Message.Contains("column count"));
    }

    [Test]
    public void A_file_of_another_schema_is_named_with_its_column()
    {
        Push(Recordings(1));
        string file = Rewrite("range", "SELECT * EXCLUDE (end_offset) FROM");
        Assert.That(() => Pull(), Throws.TypeOf<InvalidFormatException>().With.Message.Contains(file).And.Message.Contains("column end_offset").And.Message.Contains("is missing"));
        file = Rewrite("range", "SELECT *, 'x' AS end_offset FROM");
        Assert.That(() => Pull(), Throws.TypeOf<InvalidFormatException>().With.Message.Contains(file).And.Message.Contains("column end_offset").And.Message.Contains("VARCHAR"));
    }

    [Test]
    public void A_file_that_is_cut_anywhere_is_named()
    {
        Push(Recordings(3));
        foreach (var table in FleetTable.All)
        {
            string file = FileOf(table.Name);
            byte[] bytes = File.ReadAllBytes(file);
            for (int length = 0; length < bytes.Length; length += 1 + (bytes.Length / 50))
            {
                File.WriteAllBytes(file, bytes[..length]);
                Assert.That(() => Pull(), Throws.TypeOf<InvalidFormatException>().With.Message.Contains(file).And.Message.Contains("column"), $"{length} bytes");
            }

            File.WriteAllBytes(file, bytes);
        }

        Assert.That(Pull().Recordings, Is.EqualTo(3));
    }

    [Test]
    public void A_file_that_is_not_there_is_named()
    {
        Push(Recordings(3));
        string file = FileOf("entry");
        File.Delete(file);
        Assert.That(() => Pull(), Throws.InstanceOf<IOException>().Or.InstanceOf<InvalidFormatException>().With.Message.Contains(file));
        Assert.That(() => new ParquetFolder(Path.Combine(_folder, "none")).Pull(FleetSelection.All), Throws.InstanceOf<IOException>().With.Message.Contains("none"));
    }

    [Test]
    public void A_first_push_that_fails_says_why()
    {
        string table = Path.Combine(_folder, "range");
        File.WriteAllText(table, "not a folder");
        Assert.That(() => Push(Recordings(1)), Throws.InstanceOf<IOException>().With.Message.Contains(table));
        Assert.That(FilesOf(_folder), Is.EqualTo(new[] { "range" }));
        File.Delete(table);
        Assert.That(Push(Recordings(1)).Pushed, Is.EqualTo(1));
    }

    [Test]
    public void Unfinished_files_are_removed_when_they_are_old()
    {
        Push(Recordings(1));
        string left = Path.Combine(Path.GetDirectoryName(FileOf("branch"))!, ".x.parquet.1.unfinished");
        File.WriteAllText(left, "x");
        using var store = new ParquetFolder(_folder);
        store.Prune(null);
        Assert.That(left, Does.Exist);
        File.SetLastWriteTimeUtc(left, DateTime.UtcNow.AddHours(-2));
        store.Prune(null);
        Assert.That(left, Does.Not.Exist);
        Assert.That(store.Pull(FleetSelection.All).Recordings, Is.EqualTo(1));
    }

    [Test]
    public void Any_engine_with_the_tables_gives_the_same_by_standard_sql()
    {
        Push([.. FleetEnvironment.CountsFiles.Select(f => PushedRecording.Load(f, new RecordingOrigin { Day = MadeCounts.Day }))]);
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        foreach (var table in FleetTable.All)
        {
            command.CommandText = $"CREATE VIEW {table.Name} AS SELECT * FROM read_parquet('{_folder}/{table.Name}/*/*.parquet', hive_partitioning = true)";
            command.ExecuteNonQuery();
        }

        var pulled = SqlFleet.Pull(connection, SqlDialect.Standard, FleetSelection.All);
        Assert.That(FleetEnvironment.Bytes(pulled.Counts), Is.EqualTo(FleetEnvironment.Merged(FleetEnvironment.CountsFiles)));
    }

    [Test]
    public void Clocks_that_are_wrong_and_build_ids_that_are_too_long_are_refused()
    {
        Assert.That(() => MadeCounts.Pushed(MadeCounts.Of(1), day: DateOnly.FromDateTime(DateTime.UtcNow).AddDays(3)), Throws.TypeOf<InvalidFormatException>().With.Message.Contains("clock"));
        Assert.That(() => MadeCounts.Pushed(MadeCounts.Of(1), day: new DateOnly(1970, 1, 1)), Throws.TypeOf<InvalidFormatException>().With.Message.Contains("1970-01-01"));
        Assert.That(() => MadeCounts.Pushed(MadeCounts.Of(1, buildId: new string('a', 64))), Throws.TypeOf<InvalidFormatException>().With.Message.Contains("32 bytes"));
        string file = Path.Combine(_folder, "long.counts");
        MadeCounts.Of(1, buildId: new string('a', 64)).Save(file);
        Assert.That(() => PushedRecording.Load(file, new RecordingOrigin()), Throws.TypeOf<InvalidFormatException>().With.Message.Contains(file).And.Message.Contains("32 bytes"));
    }

    private static List<PushedRecording> Recordings(int count) => [.. Enumerable.Range(0, count).Select(i => MadeCounts.Pushed(MadeCounts.Of(1UL << i)))];

    private static List<string> FilesOf(string folder) => [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f)).Where(f => f != ".lock").Order(StringComparer.Ordinal)];

    private static void Copy(string from, string to)
    {
        foreach (string file in FilesOf(from))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(to, file))!);
            File.Copy(Path.Combine(from, file), Path.Combine(to, file), overwrite: true);
        }
    }

    private string FileOf(string table) => Directory.GetFiles(Path.Combine(_folder, table), "*.parquet", SearchOption.AllDirectories).Single();

    /// <summary>Replaces a table's only file by what a query makes of it.</summary>
    private string Rewrite(string table, string select, bool exclude = false)
    {
        string file = FileOf(table);
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        string query = exclude ? select.Replace(" EXCLUDE (range)", "", StringComparison.Ordinal).Replace("SELECT * REPLACE", "SELECT * EXCLUDE (range) REPLACE", StringComparison.Ordinal) : select;
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"COPY ({query} read_parquet('{file}', hive_partitioning = false)) TO '{file}.new' (FORMAT parquet, ROW_GROUP_SIZE 122880)");
        command.ExecuteNonQuery();
        File.Move(file + ".new", file, overwrite: true);
        return file;
    }

    private PushResult Push(IReadOnlyList<PushedRecording> recordings)
    {
        using var store = new ParquetFolder(_folder);
        return store.Push([.. recordings]);
    }

    private int Compact()
    {
        using var store = new ParquetFolder(_folder);
        return store.Compact(DateOnly.MaxValue);
    }

    private PulledCounts Pull(string? where = null) => Pull(new FleetSelection { Where = where });

    private PulledCounts Pull(FleetSelection selection)
    {
        using var store = new ParquetFolder(_folder);
        return store.Pull(selection);
    }
}
