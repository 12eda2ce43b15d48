using Tarax.AutoFdo.Counting;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Inputs.Perf;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Tests.Builders;

namespace Tarax.AutoFdo.Tests.Counting;

/// <summary>Which counts come to a binary, by when and where it was mapped.</summary>
public sealed class RecordingCounterTests
{
    private const string Program = "/bin/program";
    private static readonly byte[] Id = [1, 2, 3, 4, 5, 6, 7, 8];
    private static readonly byte[] OtherId = [8, 7, 6, 5, 4, 3, 2, 1];

    [Test]
    public void One_binary_at_different_addresses_in_different_processes_is_counted_as_one()
    {
        var counts = Count(Program, new PerfDataBuilder().Event()
            .Mmap2(1, 0x10000, 0x1000, 0x400, Program, Id)
            .Mmap2(2, 0x70000, 0x1000, 0x400, Program, Id)
            .Sample(1, 0x10010, 5, new BranchEntry(0x10028, 0x10040, 0), new BranchEntry(0x10010, 0x10020, 0))
            .Sample(2, 0x70010, 6, new BranchEntry(0x70028, 0x70040, 0), new BranchEntry(0x70010, 0x70020, 0)));
        Assert.That(counts.Branches, Is.EqualTo(new[] { new BranchCount(0x410, 0x420, 2), new BranchCount(0x428, 0x440, 2) }));
        Assert.That(counts.Ranges, Is.EqualTo(new[] { new RangeCount(0x420, 0x428, 2, 5) }));
        Assert.That(counts.Samples, Is.EqualTo(new[] { new AddressCount(0x410, 2, 5) }));
    }

    [Test]
    public void Child_inherits_the_mappings_of_its_parent_at_fork()
    {
        var counts = Count(Program, new PerfDataBuilder().Event()
            .Mmap2(1, 0x10000, 0x1000, 0, Program, Id, time: 1)
            .Fork(2, 1, 10)
            .Sample(2, 0x10010, 20, new BranchEntry(0x10010, 0x10020, 0)));
        Assert.That(counts.Branches.Single().Count, Is.EqualTo(1));
    }

    [Test]
    public void What_a_child_maps_is_not_its_parents()
    {
        var counts = Count(Program, new PerfDataBuilder().Event()
            .Mmap2(1, 0x90000, 0x1000, 0, "/lib/other", OtherId, time: 1)
            .Fork(2, 1, 10)
            .Mmap2(2, 0x10000, 0x1000, 0, Program, Id, time: 20)
            .Sample(1, 0x10010, 30, new BranchEntry(0x10010, 0x10020, 0))
            .Sample(2, 0x10010, 30, new BranchEntry(0x10010, 0x10020, 0)));
        Assert.That(counts.Branches.Single().Count, Is.EqualTo(1));
    }

    [Test]
    public void Samples_of_code_made_at_run_time_do_not_count_for_a_library_mapped_there_later()
    {
        var counts = Count(Program, new PerfDataBuilder().Event()
            .Mmap2(1, 0x10000, 0x1000, 0, "//anon", time: 10)
            .Mmap2(1, 0x10000, 0x1000, 0, Program, Id, time: 30)
            .Sample(1, 0x10010, 20, new BranchEntry(0x10010, 0x10020, 0))
            .Sample(1, 0x10010, 40, new BranchEntry(0x10010, 0x10020, 0)));
        Assert.That(counts.Branches.Single().Count, Is.EqualTo(1));
    }

    [Test]
    public void Growing_code_made_at_run_time_is_one_mapping()
    {
        var space = new AddressSpace();
        for (ulong i = 0; i < 10_000; i++)
        {
            var grown = space.With(new Mapping(0x10000, 0x11000 + (i * 0x100), 0, null));
            Assert.That(grown, Is.SameAs(space));
        }

        Assert.That(space.TryFind(0x11000 + (9_000 * 0x100), out _), Is.True);
    }

    [Test]
    public void Forks_that_perf_makes_up_for_running_processes_inherit_nothing()
    {
        var counts = Count(Program, new PerfDataBuilder().Event()
            .Mmap2(1, 0x10000, 0x1000, 0, Program, Id)
            .Fork(2, 1, 0, misc: 1 << 13)
            .Sample(1, 0x10010, 20, new BranchEntry(0x10010, 0x10020, 0))
            .Sample(2, 0x10010, 20, new BranchEntry(0x10010, 0x10020, 0)));
        Assert.That(counts.Branches.Single().Count, Is.EqualTo(1));
    }

    [Test]
    public void Process_with_the_number_of_an_earlier_one_does_not_have_its_mappings()
    {
        var counts = Count(Program, new PerfDataBuilder().Event()
            .Mmap2(5, 0x10000, 0x1000, 0, Program, Id, time: 1)
            .Fork(5, 99, 10)
            .Sample(5, 0x10010, 5, new BranchEntry(0x10010, 0x10020, 0))
            .Sample(5, 0x10010, 20, new BranchEntry(0x10010, 0x10020, 0)));
        Assert.That(counts.Branches.Single().Count, Is.EqualTo(1));
    }

    [Test]
    public void Range_from_one_mapping_of_a_file_to_another_is_none()
    {
        var counts = Count(Program, new PerfDataBuilder().Event()
            .Mmap2(1, 0x400000, 0x1000, 0, Program, Id)
            .Mmap2(1, 0x900000, 0x1000, 0, Program, Id)
            .Sample(1, 0x400010, 5, new BranchEntry(0x900030, 0x400050, 0), new BranchEntry(0x400060, 0x400010, 0)));
        Assert.That(counts.Ranges, Is.Empty);
    }

    [Test]
    public void Failure_of_one_thread_ends_the_others_before_it_is_told()
    {
        var builder = new PerfDataBuilder().Event();
        for (int i = 0; i < 200_000; i++)
        {
            builder.Sample(1, 0x1000, 1, new BranchEntry((ulong)i, 0x2000, 0));
        }

        string path = builder.Save(Path.Combine(TestEnvironment.NewFolder(), "perf.data"));
        var options = new ConversionOptions { Threads = 4, Progress = new Canceller() };
        for (int round = 0; round < 5; round++)
        {
            Assert.That(() => Recording.Count(path, options), Throws.InstanceOf<OperationCanceledException>());
        }
    }

    private sealed class Canceller : IProgress<double>
    {
        public void Report(double value) => throw new OperationCanceledException();
    }

    [Test]
    public void Compressed_records_that_the_header_does_not_announce_are_told()
    {
        using var file = new PerfDataBuilder().Event().Record(RecordType.Compressed, 0, b => b.Zeros(16)).Open();
        Assert.That(() => RecordingScan.Run(file), Throws.InstanceOf<InvalidFormatException>().With.Message.Contains("perf record -z"));
    }

    [TestCase(200_000)]
    [TestCase(3_000_000)]
    public void Payload_that_passes_the_end_of_a_file_is_told_wherever_it_stands(int bytesAfter)
    {
        var builder = new PerfDataBuilder().Event().Record(RecordType.AuxTrace, 0, r => { r.U64(1UL << 34); r.Zeros(32); });
        string path = builder.Record((RecordType)200, 0, r => r.Zeros(60_000)).Raw(new PerfDataBuilder().Record((RecordType)200, 0, r => r.Zeros(60_000)).BuildRecords())
            .Raw([.. Enumerable.Range(0, bytesAfter / 60_000).SelectMany(_ => new PerfDataBuilder().Record((RecordType)200, 0, r => r.Zeros(60_000)).BuildRecords())])
            .Save(Path.Combine(TestEnvironment.NewFolder(), "perf.data"));
        using var file = PerfDataFile.Open(path);
        Assert.That(Assert.Throws<InvalidFormatException>(() => RecordingCounter.Run(file, _ => true, 2, null))!.Field, Is.EqualTo("payload size"));
    }

    [Test]
    public void Mappings_of_a_far_future_do_not_slow_down_every_round()
    {
        const int Changes = 50_000;
        var builder = new PerfDataBuilder().Event();
        for (uint i = 0; i < Changes; i++)
        {
            builder.Exec(i, ulong.MaxValue - 5);
        }

        for (uint i = 0; i < Changes; i++)
        {
            builder.Sample(1, 0x10, 10 + i).Record(RecordType.FinishedRound, 0, _ => { });
        }

        using var file = builder.Open();
        Assert.That(RecordingCounter.Run(file, _ => true, 1, null).Scan.Samples, Is.EqualTo(Changes));
    }

    [Test]
    public void Address_lies_in_the_same_file_whatever_was_looked_for_before()
    {
        // A mapping of a process that reaches into the kernel's half, as damage may have it.
        var program = new MappedFile(Program, default, isKernel: false);
        var kernel = new MappedFile("[kernel.kallsyms]_text", default, isKernel: true);
        var locator = new Locator(
            new AddressSpace().With(new Mapping(0x400000, ulong.MaxValue, 0, program)),
            new AddressSpace().With(new Mapping(0xffff_ffff_8000_0000, 0xffff_ffff_9000_0000, 0, kernel)), isFinal: true);
        foreach (ulong address in (ulong[])[0xffff_ffff_8000_1000, 0x500000, 0xffff_ffff_8000_1000, 0x500000])
        {
            Assert.That(locator.TryLocate(address, out var location), Is.True);
            Assert.That(location.File, Is.SameAs((long)address < 0 ? kernel : program));
        }
    }

    /// <summary>Since Linux 6.4 /proc/modules has the sum of all parts of a module as its size, and perf before 6.14 took it for the length of its code.</summary>
    [TestCase(false)]
    [TestCase(true)]
    public void Module_ends_where_the_next_one_begins_and_its_positions_count_from_where_it_begins(bool isReversed)
    {
        const ulong Overlay = 0xffff_ffff_c000_0000;
        const ulong Exportfs = Overlay + 0x2000;
        (ulong Start, string Name)[] modules = [(Overlay, "[overlay]"), (Exportfs, "[exportfs]"), (Exportfs + 0x1000, "[ext4]")];
        var builder = new PerfDataBuilder().Event();
        foreach (var (start, name) in isReversed ? modules.Reverse() : modules)
        {
            builder.Mmap(uint.MaxValue, start, 0x9000, 0, name, misc: (ushort)CpuMode.Kernel);
        }

        builder.Sample(1, Overlay, 5, new BranchEntry(Overlay + 0x10, Overlay + 0x20, 0), new BranchEntry(Exportfs + 0x30, Exportfs + 0x40, 0), new BranchEntry(Exportfs + 0x1050, Exportfs + 0x1060, 0));
        using var file = builder.Open();
        var counted = RecordingCounter.Run(file, _ => true, 1, null);
        using var elf = new ElfBuilder().Open();
        foreach (var (name, from) in (ReadOnlySpan<(string, ulong)>)[("[overlay]", 0x10), ("[exportfs]", 0x30), ("[ext4]", 0x50)])
        {
            var module = counted.Scan.AddressSpaces.Files.Single(f => f.Name == name);
            Assert.That(counted.CountsOf(file.Events[0]).TallyOf(new HashSet<MappedFile> { module }, new BinaryLayout(elf)).ToCounts(null).Branches, Is.EqualTo(new[] { new BranchCount(from, from + 0x10, 1) }), name);
        }
    }

    [Test]
    public void Exec_clears_the_mappings()
    {
        var counts = Count(Program, new PerfDataBuilder().Event()
            .Mmap2(1, 0x10000, 0x1000, 0, Program, Id, time: 1)
            .Exec(1, 10)
            .Sample(1, 0x10010, 5, new BranchEntry(0x10010, 0x10020, 0))
            .Sample(1, 0x10010, 20, new BranchEntry(0x10010, 0x10020, 0)));
        Assert.That(counts.Branches.Single().Count, Is.EqualTo(1), "only the sample before exec");
    }

    [Test]
    public void Later_mapping_replaces_the_part_that_it_covers_from_its_time_on()
    {
        var counts = Count(Program, new PerfDataBuilder().Event()
            .Mmap2(1, 0x10000, 0x3000, 0, Program, Id, time: 1)
            .Mmap2(1, 0x11000, 0x1000, 0, "/lib/other", OtherId, time: 10)
            .Sample(1, 0x10000, 5, new BranchEntry(0x11010, 0x11020, 0))
            .Sample(1, 0x10000, 20, new BranchEntry(0x11010, 0x11020, 0))
            .Sample(1, 0x10000, 20, new BranchEntry(0x12010, 0x12020, 0)));
        Assert.That(counts.Branches, Is.EqualTo(new[] { new BranchCount(0x1010, 0x1020, 1), new BranchCount(0x2010, 0x2020, 1) }));
    }

    [Test]
    public void Records_take_effect_in_order_of_time_not_of_the_file()
    {
        var counts = Count(Program, new PerfDataBuilder().Event()
            .Sample(1, 0x10010, 20, new BranchEntry(0x10010, 0x10020, 0))
            .Mmap2(1, 0x10000, 0x1000, 0, "/lib/other", OtherId, time: 1)
            .Mmap2(1, 0x10000, 0x1000, 0, Program, Id, time: 10));
        Assert.That(counts.Branches.Single().Count, Is.EqualTo(1));
    }

    [Test]
    public void Without_times_records_take_effect_in_order_of_the_file()
    {
        var counts = Count(Program, new PerfDataBuilder().Event(sampleIdAll: false)
            .Mmap(1, 0x10000, 0x1000, 0, Program)
            .Sample(1, 0x10010, 500, new BranchEntry(0x10010, 0x10020, 0))
            .Mmap(1, 0x10000, 0x1000, 0, "/lib/other")
            .Sample(1, 0x10010, 100, new BranchEntry(0x10010, 0x10020, 0)), buildId: []);
        Assert.That(counts.Branches.Single().Count, Is.EqualTo(1), "the sample between the two mappings");
    }

    [Test]
    public void Branch_from_another_file_is_an_entry_and_one_to_another_file_is_left_out()
    {
        var counts = Count(Program, new PerfDataBuilder().Event()
            .Mmap2(1, 0x10000, 0x1000, 0, Program, Id)
            .Mmap2(1, 0x90000, 0x1000, 0, "/lib/other", OtherId)
            .Sample(1, 0x10010, 5, new BranchEntry(0x10050, 0x90010, 0), new BranchEntry(0x90020, 0x10040, 0)));
        Assert.That(counts.Branches, Is.Empty);
        Assert.That(counts.Entries, Is.EqualTo(new[] { new AddressCount(0x40, 1, 5) }));
        Assert.That(counts.Ranges, Is.EqualTo(new[] { new RangeCount(0x40, 0x50, 1, 5) }));
    }

    [Test]
    public void Range_that_would_end_in_another_file_is_dropped_and_its_branch_is_kept()
    {
        // Verdict 4: create_gcov measures from this file's offset to the other file's, and loses the branch with the range.
        var counts = Count(Program, new PerfDataBuilder().Event()
            .Mmap2(1, 0x10000, 0x1000, 0, Program, Id)
            .Mmap2(1, 0x90000, 0x1000, 0, "/lib/other", OtherId)
            .Sample(1, 0x10010, 5, new BranchEntry(0x90050, 0x90010, 0), new BranchEntry(0x10020, 0x10040, 0)));
        Assert.That(counts.Ranges, Is.Empty);
        Assert.That(counts.Branches, Is.EqualTo(new[] { new BranchCount(0x20, 0x40, 1) }));
    }

    [TestCase(0x10030ul, 0, TestName = "Backward_range_is_dropped")]
    [TestCase(0x10040ul + (1 << 20), 1, TestName = "Range_of_one_mebibyte_is_kept")]
    [TestCase(0x10041ul + (1 << 20), 0, TestName = "Range_longer_than_one_mebibyte_is_dropped")]
    public void Ranges_are_bounded(ulong end, int kept)
    {
        var counts = Count(Program, new PerfDataBuilder().Event()
            .Mmap2(1, 0x10000, 0x400000, 0, Program, Id)
            .Sample(1, 0x10010, 5, new BranchEntry(end, 0x10010, 0), new BranchEntry(0x10020, 0x10040, 0)));
        Assert.That(counts.Ranges, Has.Count.EqualTo(kept));
        Assert.That(counts.Branches, Has.Count.EqualTo(2));
    }

    [Test]
    public void Build_id_of_the_mapping_beats_its_name()
    {
        var builder = new PerfDataBuilder().Event()
            .Mmap2(1, 0x10000, 0x1000, 0, "/elsewhere/renamed", Id)
            .Mmap2(2, 0x10000, 0x1000, 0, Program, OtherId)
            .Sample(1, 0x10010, 5, new BranchEntry(0x10010, 0x10020, 0))
            .Sample(2, 0x10010, 5, new BranchEntry(0x10030, 0x10040, 0));
        Assert.That(Count(Program, builder).Branches, Is.EqualTo(new[] { new BranchCount(0x10, 0x20, 1) }));
    }

    [Test]
    public void Build_id_of_the_table_counts_for_mappings_without_one()
    {
        var builder = new PerfDataBuilder().Event().BuildIdTable("/elsewhere/renamed", Id)
            .Mmap2(1, 0x10000, 0x1000, 0, "/elsewhere/renamed")
            .Sample(1, 0x10010, 5, new BranchEntry(0x10010, 0x10020, 0));
        Assert.That(Count(Program, builder).Branches, Has.Count.EqualTo(1));
    }

    [Test]
    public void Deleted_file_is_found_by_its_name()
    {
        var builder = new PerfDataBuilder().Event()
            .Mmap2(1, 0x10000, 0x1000, 0, "/elsewhere/program (deleted)")
            .Sample(1, 0x10010, 5, new BranchEntry(0x10010, 0x10020, 0));
        Assert.That(Count(Program, builder).Branches, Has.Count.EqualTo(1));
    }

    [Test]
    public void Users_name_beats_build_ids()
    {
        var builder = new PerfDataBuilder().Event()
            .Mmap2(1, 0x10000, 0x1000, 0, "/elsewhere/renamed", OtherId)
            .Sample(1, 0x10010, 5, new BranchEntry(0x10010, 0x10020, 0));
        Assert.That(Count(Program, builder, mappedAs: "renamed").Branches, Has.Count.EqualTo(1));
    }

    [Test]
    public void Another_build_of_the_same_name_is_told_as_such()
    {
        using var file = new PerfDataBuilder().Event().Mmap2(1, 0x10000, 0x1000, 0, Program, OtherId).Open();
        var scan = RecordingScan.Run(file);
        Assert.That(BinaryMatch.Find(scan.AddressSpaces.Files, Program, new BuildId(Id), false, null).Kind, Is.EqualTo(MatchKind.OtherBuildId));
        Assert.That(BinaryMatch.Find(scan.AddressSpaces.Files, "/bin/unknown", new BuildId(Id), false, null).Kind, Is.EqualTo(MatchKind.None));
    }

    [Test]
    public void Any_number_of_threads_gives_the_same_counts()
    {
        var builder = new PerfDataBuilder().Event().Mmap2(1, 0x10000, 0x10000, 0, Program, Id);
        var random = new Random(1);
        for (int i = 0; i < 120_000; i++)
        {
            ulong Address() => 0x10000 + (ulong)random.Next(0, 0x100);
            builder.Sample(1, Address(), (ulong)random.Next(1, 1000), new BranchEntry(Address(), Address(), 0), new BranchEntry(Address(), Address(), 0));
        }

        using var file = builder.Open();
        Assert.That(RecordingScan.Run(file).Chunks, Is.GreaterThan(3), "there must be chunks to share");
        var one = Count(file, Program, Id, null, threads: 1);
        var eight = Count(file, Program, Id, null, threads: 8);
        Assert.That(Text(eight), Is.EqualTo(Text(one)));
        Assert.That(eight.Ranges, Is.EqualTo(one.Ranges), "first times too");
    }

    [Test]
    public void Event_with_branch_stacks_is_chosen_and_of_several_the_most_sampled()
    {
        using var file = new PerfDataBuilder()
            .Event(SampleType.Identifier | SampleType.Ip, ids: [1])
            .Event(SampleType.Identifier | SampleType.Ip | SampleType.BranchStack, ids: [2])
            .Event(SampleType.Identifier | SampleType.Ip | SampleType.BranchStack, ids: [3])
            .Feature(12, c =>
            {
                c.U32(3);
                c.U32(136);
                foreach (string name in (string[])["cpu-clock", "branches:u", "cycles:u"])
                {
                    c.Zeros(136);
                    c.U32(0);
                    PerfDataBuilder.HeaderString(c, name);
                }
            })
            .Open();
        Assert.That(EventChoice.Choose(file.Events, [100, 5, 6], null, useBranchStacks: true)!.Name, Is.EqualTo("cycles:u"));
        Assert.That(EventChoice.Choose(file.Events, [100, 6, 6], null, useBranchStacks: true)!.Name, Is.EqualTo("branches:u"));
        Assert.That(EventChoice.Choose(file.Events, [100, 5, 6], "branches", useBranchStacks: true)!.Name, Is.EqualTo("branches:u"));
        Assert.That(EventChoice.Choose(file.Events, [100, 5, 6], "bran", useBranchStacks: true), Is.Null);
        Assert.That(EventChoice.Choose(file.Events, [100, 0, 0], null, useBranchStacks: true)!.Name, Is.EqualTo("cpu-clock"));
        Assert.That(EventChoice.Choose(file.Events, [100, 5, 6], null, useBranchStacks: false)!.Name, Is.EqualTo("cpu-clock"));
    }

    private static string Text(BinaryCounts counts)
    {
        using var writer = new StringWriter();
        CountsText.Write(counts, writer);
        return writer.ToString();
    }

    private static BinaryCounts Count(string path, PerfDataBuilder builder, byte[]? buildId = null, string? mappedAs = null)
    {
        using var file = builder.Open();
        return Count(file, path, buildId ?? Id, mappedAs, threads: 1);
    }

    private static BinaryCounts Count(PerfDataFile file, string path, byte[] buildId, string? mappedAs, int threads)
    {
        var counter = RecordingCounter.Run(file, e => e.Index == 0, threads, null);
        var match = BinaryMatch.Find(counter.Scan.AddressSpaces.Files, path, new BuildId(buildId), false, mappedAs);
        using var elf = new ElfBuilder().Open();
        return counter.CountsOf(file.Events[0]).TallyOf(match.Files, new BinaryLayout(elf)).ToCounts(null);
    }
}
