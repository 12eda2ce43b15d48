namespace Tarax.AutoFdo.Bench.Outcome;

/// <summary>
/// Options of the lab: <c>--tree DIR</c> (GCC 16 in a tree of Debian), <c>--work DIR</c> (as it is called in the tree), <c>--mirror URL</c>, <c>--plugin FILE</c>,
/// <c>--converter FILE</c>, <c>--create-gcov FILE</c>, <c>--set 1|2</c>, <c>--programs A,B</c>, <c>--compilers A,B</c>, <c>--variants A,B</c>, <c>--variant NAME=CONVERTER-ARGUMENTS</c>,
/// <c>--variant-of-build NAME=COMPILER-OPTIONS</c>, <c>--jobs N</c>, <c>--chart FILE</c>.
/// </summary>
internal sealed record LabOptions
{
    public string Root { get; private init; } = Environment.GetEnvironmentVariable("TARAX_GCC16_ROOT") ?? "/";

    public string Inside { get; private init; } = "/tmp/tarax-lab";

    public string Mirror { get; private init; } = "http://deb.debian.org/debian";

    public required LabTools Tools { get; init; }

    public IReadOnlyList<string> Programs { get; private init; } = [];

    /// <summary>The set of programs; null for all.</summary>
    public int? Set { get; private init; }

    public IReadOnlyList<string> Compilers { get; private init; } = [];

    public IReadOnlyList<LabVariant> Variants { get; private init; } = LabVariant.Standard;

    public string? Chart { get; private init; }

    public int Jobs { get; private init; } = Environment.ProcessorCount;

    /// <summary>Reads a command line.</summary>
    public static LabOptions Parse(string[] arguments)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var own = new List<LabVariant>();
        for (int i = 0; i + 1 < arguments.Length; i += 2)
        {
            if (arguments[i] == "--variant" && arguments[i + 1].Split('=', 2) is [var name, var converter])
            {
                own.Add(new LabVariant(name, LabVariantKind.Ours, converter));
            }
            else if (arguments[i] == "--variant-of-build" && arguments[i + 1].Split('=', 2) is [var build, var compiler])
            {
                own.Add(new LabVariant(build, LabVariantKind.Ours, CompilerOptions: compiler));
            }
            else
            {
                values[arguments[i]] = arguments[i + 1];
            }
        }

        var options = new LabOptions
        {
            Tools = new LabTools(
                Executable.Of(values.TryGetValue("--converter", out string? converterPath) ? [converterPath] : []),
                values.GetValueOrDefault("--plugin", "/tmp/qemu-lbr/qemu-lbr.so"),
                values.GetValueOrDefault("--create-gcov")),
        };
        string[] List(string name) => values.TryGetValue(name, out string? list) ? list.Split(',') : [];
        string[] variants = List("--variants");
        return options with
        {
            Root = values.GetValueOrDefault("--tree", options.Root),
            Inside = values.GetValueOrDefault("--work", options.Inside),
            Mirror = values.GetValueOrDefault("--mirror", options.Mirror),
            Programs = List("--programs"),
            Set = values.TryGetValue("--set", out string? set) ? int.Parse(set, System.Globalization.CultureInfo.InvariantCulture) : null,
            Compilers = List("--compilers"),
            Variants = [.. LabVariant.Standard.Where(v => variants.Length == 0 || variants.Contains(v.Name)), .. own],
            Chart = values.GetValueOrDefault("--chart"),
            Jobs = values.TryGetValue("--jobs", out string? jobs) ? int.Parse(jobs, System.Globalization.CultureInfo.InvariantCulture) : options.Jobs,
        };
    }
}
