using System.Globalization;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Tests.Truth;

namespace Tarax.AutoFdo.Tests.Conversion;

/// <summary>A kernel with and without address space randomization, and its modules.</summary>
public sealed class KernelTests
{
    private static readonly Lazy<string> Vmlinux = new(Unpack);

    /// <summary>The kernel of the shared recordings, unpacked once.</summary>
    internal static string UnpackedVmlinux => Vmlinux.Value;

    [TestCase("kaslr")]
    [TestCase("nokaslr")]
    [TestCase("modules")]
    public void Profile_of_vmlinux_equals_the_reference_but_for_the_listed_differences(string set)
    {
        string folder = TestEnvironment.Data($"kernel/{set}");
        string output = Path.Combine(TestEnvironment.NewFolder(), "out.afdo");
        AutoFdoConverter.Convert(Path.Combine(folder, "perf.data"), Vmlinux.Value, output, new ConversionOptions
        {
            Format = ProfileFormat.GcovV2,
            Discriminators = DiscriminatorHandling.Keep,
        });
        string script = TestEnvironment.DataTool("afdo_canon.py");
        var ours = CanonicalProfile.Parse(TestEnvironment.Run("python3", script, output));
        var reference = CanonicalProfile.WithoutParts(CanonicalProfile.Parse(TestEnvironment.Run("python3", script, Path.Combine(folder, "create_gcov", "vmlinux-v2.afdo"))));
        string[] found = [.. CanonicalProfile.Differences(ours, reference)];
        ExpectedDifferences.Compare(found, $"kernel-{set}-v2.txt");
        Assert.That(reference, Has.Count.GreaterThan(40_000));
    }

    [Test]
    public void Version_3_equals_the_reference_in_what_it_adds_but_for_earlier_times()
    {
        string folder = TestEnvironment.Data("kernel/kaslr");
        var ours = AutoFdoConverter.Convert(Path.Combine(folder, "perf.data"), Vmlinux.Value, new ConversionOptions
        {
            Format = ProfileFormat.GcovV3,
            Discriminators = DiscriminatorHandling.Keep,
        }).Profile;
        var reference = SampleProfile.Load(Path.Combine(folder, "create_gcov", "vmlinux-v3.afdo")).Functions.ToDictionary(f => f.Name);
        var shared = ours.Functions.Where(f => reference.ContainsKey(f.Name)).ToList();
        Assert.That(shared, Has.Count.GreaterThan(2000));
        Assert.That(shared.Where(f => f.FirstTime > reference[f.Name].FirstTime && reference[f.Name].FirstTime > 0), Is.Empty, "verdict 25: the earliest time");
        Assert.That(ProfileOverlap.Of(ours, ReferenceProfile.WithoutParts(reference.Values)), Is.GreaterThan(0.99));
    }

    [Test]
    public void Recordings_with_and_without_address_space_randomization_overlap_as_the_references_do()
    {
        SampleProfile Of(string set) => AutoFdoConverter.Convert(TestEnvironment.Data($"kernel/{set}/perf.data"), Vmlinux.Value, new ConversionOptions
        {
            Format = ProfileFormat.GcovV3,
            Discriminators = DiscriminatorHandling.Keep,
        }).Profile;
        double overlap = ProfileOverlap.Of(Of("kaslr"), Of("nokaslr"));
        TestContext.Out.WriteLine($"kaslr and nokaslr: overlap {overlap:0.0000}");
        Assert.That(overlap, Is.GreaterThanOrEqualTo(0.95));
    }

    [Test]
    public void Modules_and_vmlinux_are_converted_in_one_pass_and_modules_agree_with_exact_counts()
    {
        string folder = TestEnvironment.Data("kernel/modules");
        string[] modules = ["fs/ext4/ext4", "fs/jbd2/jbd2", "fs/mbcache", "drivers/block/loop"];
        string[] paths = [.. modules.Select(m => TestEnvironment.Data($"kernel/lib-modules/{m}.ko")), Vmlinux.Value];
        var outcomes = Recording.Count(Path.Combine(folder, "perf.data"), new ConversionOptions { MinimumSamples = 0, Format = ProfileFormat.GcovV3, Discriminators = DiscriminatorHandling.Keep })
            .Convert(paths).ToList();
        Assert.That(outcomes[^1].Result, Is.Not.Null, outcomes[^1].Problem);
        int compared = 0;
        for (int i = 0; i < modules.Length; i++)
        {
            ulong branches = outcomes[i].Result?.Report.RangeExecutions ?? 0;
            if (branches < 1000)
            {
                TestContext.Out.WriteLine($"{modules[i]}: {branches} branches, too few to compare");
                continue;
            }

            var exact = ExactProfile(Path.Combine(folder, "exact-counts.txt"), outcomes[i].Binary.Name, BaseOf(folder, Path.GetFileName(modules[i])));
            double overlap = ProfileOverlap.Of(outcomes[i].Result!.Profile, exact);
            TestContext.Out.WriteLine($"{modules[i]}: {branches} branches, overlap {overlap:0.0000}");
            Assert.That(overlap, Is.GreaterThanOrEqualTo(0.9));
            compared++;
        }

        Assert.That(compared, Is.GreaterThan(0));
    }

    [Test]
    public void All_binaries_that_are_at_hand_are_converted_and_the_others_are_named()
    {
        string folder = TestEnvironment.NewFolder();
        string debug = Path.Combine(folder, "debug");
        Directory.CreateDirectory(debug);
        File.Copy(TestEnvironment.Data("kernel/lib-modules/fs/ext4/ext4.ko"), Path.Combine(debug, "ext4.ko"));
        var run = TestEnvironment.Tarax("convert", TestEnvironment.Data("kernel/modules/perf.data"), "--all", "--min-share", "0", "--debug-dir", debug, "--out-dir", Path.Combine(folder, "out"), "--keep-going");
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(Directory.GetFiles(Path.Combine(folder, "out")).Select(Path.GetFileName), Is.EqualTo(new[] { "ext4.ko.afdo" }));
        Assert.That(run.Error, Does.Contain("loop.ko: no profile: is not on this machine").And.Contain("22cec86db1a96a885af9f3b73be0b3c6c5b2ca29"));
        Assert.That(run.Error, Does.Contain("[kernel.kallsyms]_text: no profile"));
    }

    [TestCase("xz")]
    [TestCase("zst")]
    [TestCase("gz")]
    public void Compressed_modules_give_the_same_profile(string compression)
    {
        string module = TestEnvironment.Data("kernel/lib-modules/fs/ext4/ext4.ko");
        string compressed = Path.Combine(TestEnvironment.NewFolder(), $"ext4.ko.{compression}");
        File.Copy(module, compressed[..^(compression.Length + 1)]);
        TestEnvironment.Run(compression switch { "xz" => "xz", "zst" => "zstd", _ => "gzip" }, "-qf", compressed[..^(compression.Length + 1)]);
        Assert.That(Functions(compressed), Is.EqualTo(Functions(module)));
    }

    [Test]
    public void Separate_debug_file_of_a_module_is_enough()
    {
        string module = TestEnvironment.Data("kernel/lib-modules/fs/ext4/ext4.ko");
        string debug = Path.Combine(TestEnvironment.NewFolder(), "ext4.ko.debug");
        TestEnvironment.Run("objcopy", "--only-keep-debug", module, debug);
        Assert.That(Functions(debug), Is.EqualTo(Functions(module)));
    }

    private static List<string> Functions(string module) =>
        [.. AutoFdoConverter.Convert(TestEnvironment.Data("kernel/modules/perf.data"), module).Profile.Functions
            .Select(f => $"{f.Name} {f.HeadCount} {f.Body.PositionTotal()} {f.Body.TotalCount()}")];

    /// <summary>The address that the guest itself printed for a module's .text.</summary>
    private static ulong BaseOf(string folder, string module)
    {
        string line = File.ReadAllLines(Path.Combine(folder, "console.txt")).Single(l => l.StartsWith($"text {module} ", StringComparison.Ordinal));
        return ulong.Parse(line.Split(' ')[2].AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    private static SampleProfile ExactProfile(string exactCounts, string module, ulong moduleBase)
    {
        using var elf = ElfFile.Open(module);
        bool TryOffset(string address, out ulong offset) =>
            elf.TryGetFileOffset(RelocatableLayout.Base + (ulong.Parse(address, NumberStyles.HexNumber, CultureInfo.InvariantCulture) - moduleBase), out offset);
        var ranges = new SortedDictionary<(ulong, ulong), RangeCount>();
        foreach (string line in File.ReadLines(exactCounts).Where(l => !l.StartsWith('#')))
        {
            string[] columns = line.Split(' ');
            if (TryOffset(columns[0], out ulong start) && TryOffset(columns[2], out ulong end) && end >= start)
            {
                ulong runs = ulong.Parse(columns[6], CultureInfo.InvariantCulture);
                ulong before = ranges.TryGetValue((start, end), out var old) ? old.Count : 0;
                ranges[(start, end)] = new RangeCount(start, end, before + runs, 0);
            }
        }

        string text = Path.Combine(TestEnvironment.NewFolder(), "exact.txt");
        CountsText.Save(new BinaryCounts(null, [], [.. ranges.Values], [], []), text);
        return AutoFdoConverter.Convert(text, module, new ConversionOptions { Input = InputKind.CountsText, Format = ProfileFormat.GcovV3, Discriminators = DiscriminatorHandling.Keep }).Profile;
    }

    private static string Unpack()
    {
        string packed = TestEnvironment.Data("kernel/vmlinux.xz");
        string folder = TestEnvironment.NewFolder();
        string copy = Path.Combine(folder, "vmlinux.xz");
        File.Copy(packed, copy);
        TestEnvironment.Run("xz", "-df", copy);
        return Path.Combine(folder, "vmlinux");
    }
}
