using System.CommandLine;
using System.Globalization;
using Tarax.AutoFdo.Fleet;

namespace Tarax.Fleet.Tool;

/// <summary>Where the fleet is and which part of it, as options of commands.</summary>
internal static class FleetOptions
{
    public static readonly Option<string> Fleet = new("--fleet", "-f")
    {
        Description = "a folder of Parquet files, or the HTTP interfaces of ClickHouse's shards: http://a:8123,http://b:8123",
        HelpName = "FOLDER|URLS",
        Required = true,
    };

    public static readonly Option<string> Cluster = new("--cluster") { Description = "name of ClickHouse's cluster", HelpName = "NAME", DefaultValueFactory = _ => "fleet" };

    public static readonly Option<string> Database = new("--database") { Description = "ClickHouse's database", HelpName = "NAME", DefaultValueFactory = _ => "default" };

    public static readonly Option<int?> Threads = new("--threads") { Description = "threads of the embedded engine", HelpName = "N" };

    public static readonly Option<long?> Memory = new("--memory") { Description = "megabytes of the embedded engine [default: 2000]", HelpName = "MB" };

    public static readonly Option<string?> BuildId = new("--build-id") { Description = "only this binary", HelpName = "HEX" };

    public static readonly Option<string?> Since = new("--since") { Description = "the first day", HelpName = "YYYY-MM-DD" };

    public static readonly Option<string?> Until = new("--until") { Description = "the last day", HelpName = "YYYY-MM-DD" };

    public static readonly Option<string?> Event = new("--event") { Description = "only recordings of this event", HelpName = "NAME" };

    public static readonly Option<string?> Where = new("--where") { Description = "a condition on the columns of recording: \"host_class = 'web'\"", HelpName = "SQL" };

    /// <summary>Adds the options of where the fleet is.</summary>
    public static Command OfFleet(this Command command)
    {
        foreach (Option option in (Option[])[Fleet, Cluster, Database, Threads, Memory])
        {
            command.Options.Add(option);
        }

        return command;
    }

    /// <summary>Adds the options of which part is meant.</summary>
    public static Command OfSelection(this Command command)
    {
        foreach (Option option in (Option[])[BuildId, Since, Until, Event, Where])
        {
            command.Options.Add(option);
        }

        return command;
    }

    /// <summary>Opens the fleet.</summary>
    public static FleetStore Open(ParseResult parsed)
    {
        string fleet = parsed.GetRequiredValue(Fleet);
        if (!fleet.StartsWith("http://", StringComparison.Ordinal) && !fleet.StartsWith("https://", StringComparison.Ordinal))
        {
            int? threads = parsed.GetValue(Threads);
            long? memory = parsed.GetValue(Memory);
            const long Megabyte = 1_000_000;
            return threads is < 1 or > 1024 ? throw new UsageException("--threads is 1 to 1024")
                : memory is < 100 or > 100_000_000 ? throw new UsageException("--memory is 100 megabytes or more")
                : new ParquetFolder(fleet, threads, memory * Megabyte);
        }

        var shards = fleet.Split(',').Select(s => Uri.TryCreate(s, UriKind.Absolute, out var uri) ? uri : throw new UsageException($"{s} is no URL"));
        return new ClickHouseCluster([.. shards], parsed.GetRequiredValue(Cluster), parsed.GetRequiredValue(Database));
    }

    /// <summary>The part that is meant.</summary>
    public static FleetSelection Selection(ParseResult parsed) => new()
    {
        BuildId = parsed.GetValue(BuildId),
        Since = Day(parsed.GetValue(Since), "--since"),
        Until = Day(parsed.GetValue(Until), "--until"),
        Event = parsed.GetValue(Event),
        Where = parsed.GetValue(Where),
    };

    /// <summary>A day of the command line.</summary>
    public static DateOnly? Day(string? text, string option) =>
        text is null ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
        : throw new UsageException($"{option} is a day, YYYY-MM-DD");
}
