namespace Tarax.AutoFdo.Fleet;

/// <summary>What a column holds.</summary>
internal enum ColumnKind
{
    /// <summary>Unsigned, 64 bits.</summary>
    Number,

    /// <summary>UTF-8.</summary>
    Text,
}

/// <summary>A column.</summary>
internal sealed record FleetColumn(string Name, ColumnKind Kind);

/// <summary>
/// A table of the schema. Besides its columns each has <c>day</c>, by which it is partitioned. Rows of counts belong to a part, which is what becomes visible as a whole: when
/// rows of <c>recording</c> name it.
/// </summary>
/// <param name="Name">The table's name.</param>
/// <param name="Keys">Names of the columns that say what is counted, after those of the part and the binary.</param>
/// <param name="Columns">All columns but the day.</param>
internal sealed record FleetTable(string Name, IReadOnlyList<string> Keys, IReadOnlyList<FleetColumn> Columns)
{
    private static readonly string[] FileSums = ["samples", "branches_into", "ranges_seen", "ranges_leaving", "ranges_backward", "ranges_too_long"];

    /// <summary>The columns of <c>recording</c> that are the same for all recordings of a part.</summary>
    public static IReadOnlyList<string> Alike { get; } = ["host_class", "cpu", "kernel", "event", "period", "tool"];

    /// <summary>The recordings, each with the part that it is counted in.</summary>
    public static FleetTable Recording { get; } = new("recording", [], Of(
        "id:text", "part", "host_class:text", "cpu:text", "kernel:text", "event:text", "period", "samples", "samples_with_stack", "branch_entries", "lost", "tool:text"));

    /// <summary>Files that ran, and sums over their samples.</summary>
    public static FleetTable Binary { get; } = new("binary_file", [], Of(["build_id:text", "binary_key", "name:text", "is_kernel", "part", .. FileSums]));

    /// <summary>Taken branches.</summary>
    public static FleetTable Branch { get; } = Counts("branch", ["from_offset", "to_offset"], hasTime: false);

    /// <summary>Straight-line code that ran.</summary>
    public static FleetTable Range { get; } = Counts("range", ["begin_offset", "end_offset"], hasTime: true);

    /// <summary>Addresses of samples.</summary>
    public static FleetTable Sample { get; } = Counts("sample", ["at_offset"], hasTime: true);

    /// <summary>Targets of branches from other binaries.</summary>
    public static FleetTable Entry { get; } = Counts("entry", ["at_offset"], hasTime: true);

    /// <summary>The tables whose rows belong to parts.</summary>
    public static IReadOnlyList<FleetTable> OfParts { get; } = [Binary, Branch, Range, Sample, Entry];

    /// <summary>The tables of counts.</summary>
    public static IReadOnlyList<FleetTable> OfCounts { get; } = [Branch, Range, Sample, Entry];

    /// <summary>All tables, that of recordings last: it makes the others' rows count.</summary>
    public static IReadOnlyList<FleetTable> All { get; } = [.. OfParts, Recording];

    /// <summary>Names of the sums over a file's samples.</summary>
    public static IReadOnlyList<string> SumsOfFile => FileSums;

    /// <summary>Whether rows have the earliest time.</summary>
    public bool HasTime => Columns[^1].Name == "first_time";

    private static FleetTable Counts(string name, string[] keys, bool hasTime) =>
        new(name, keys, Of(["build_id:text", "binary_key", .. keys, "part", "count", .. hasTime ? (string[])["first_time"] : []]));

    private static IReadOnlyList<FleetColumn> Of(params string[] columns) =>
        [.. columns.Select(c => new FleetColumn(c.Split(':')[0], c.EndsWith(":text", StringComparison.Ordinal) ? ColumnKind.Text : ColumnKind.Number))];
}
