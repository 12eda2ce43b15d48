using System.Text;
using Tarax.AutoFdo.Counting;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Inputs.Perf;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Reports;
using Tarax.AutoFdo.Tests.Builders;
using Tarax.AutoFdo.Tests.Profiles.Formats;

namespace Tarax.AutoFdo.Tests.Inputs.PerfScript;

public sealed class ScriptRecordingTests
{
    [TestCase("comm,pid,tid,time,ip,brstack")]
    [TestCase("comm,tid,cpu,time,event,ip,sym,dso,brstack")]
    [TestCase("comm,tid,time,period,event,ip,sym,symoff,brstack")]
    [TestCase("ip,brstack")]
    [TestCase("brstack")]
    public void Text_of_any_columns_gives_the_profile_of_the_recording(string columns)
    {
        string folder = TestEnvironment.Data("programs/threads-d5-pie");
        string recording = Path.Combine(folder, "perf.data");
        string text = Path.Combine(TestEnvironment.NewFolder(), "script.txt");
        File.WriteAllText(text, TestEnvironment.Run("perf", "script", "-i", recording, "--show-mmap-events", "-F", columns));
        var options = new ConversionOptions { Format = ProfileFormat.GcovV2 };
        var expected = AutoFdoConverter.Convert(recording, Path.Combine(folder, "threads"), options);
        var found = AutoFdoConverter.Convert(text, Path.Combine(folder, "threads"), options);
        Assert.That(GcovTests.Write(found.Profile, ProfileFormat.GcovV2), Is.EqualTo(GcovTests.Write(expected.Profile, ProfileFormat.GcovV2)));
        Assert.That(found.Report.BranchEntries, Is.EqualTo(expected.Report.BranchEntries));
    }

    [Test]
    public void Text_with_call_chains_has_the_branch_stacks_of_the_recording()
    {
        string recording = TestEnvironment.Data("perf-data/perf.data.callgraph_and_branch-3.4");
        string text = Path.Combine(TestEnvironment.NewFolder(), "script.txt");
        File.WriteAllText(text, TestEnvironment.Run("perf", "script", "-i", recording, "-F", "comm,tid,time,ip,sym,brstack"));
        using var expected = PerfDataFile.Open(recording);
        using var found = OpenedRecording.Of(InputFile.Open(text, PerfDataFile.Format));
        Assert.That(found.Form.IsText, Is.True);
        Assert.That(Branches(found), Is.EqualTo(Branches(expected)));
        Assert.That(Branches(found), Has.Length.EqualTo(923));
    }

    [Test]
    public void Mapping_says_what_the_record_said()
    {
        using var file = Read("""
            cmulti  7239/7239   1000.000000: PERF_RECORD_MMAP2 7239/7240: [0x4000001000(0x2000) @ 0x1000 fe:00 5947401 0]: r-xp /usr/local/my program
            cmulti  7239/7239   1000.000000: PERF_RECORD_MMAP2 7239/7240: [0x5000(0x1000) @ 0 <0102030405060708090a0b0c0d0e0f1011121314>]: r--p /bin/data
            PERF_RECORD_MMAP -1/0: [0xffffffff8e400000(0xaf01c0) @ 0xffffffff8e400000]: x [kernel.kallsyms]_text

            """);
        var found = new List<string>();
        var records = file.Records();
        while (records.TryRead(out var record))
        {
            Assert.That(MappingRecord.TryRead(record, record.Body, out var mapping), Is.True);
            found.Add($"{(int)mapping.Pid} {mapping.Start:x}+{mapping.Length:x}@{mapping.PageOffset:x} {mapping.IsExecutable} {Encoding.UTF8.GetString(mapping.FileName)} {Convert.ToHexStringLower(mapping.BuildId)} {record.CpuMode}");
        }

        Assert.That(found, Is.EqualTo([
            "7239 4000001000+2000@1000 True /usr/local/my program  User",
            "7239 5000+1000@0 False /bin/data 0102030405060708090a0b0c0d0e0f1011121314 User",
            "-1 ffffffff8e400000+af01c0@ffffffff8e400000 True [kernel.kallsyms]_text  Kernel",
        ]));
    }

    [Test]
    public void Flags_of_a_branch_are_read()
    {
        using var file = Read(" 1a00 0x10/0x20/M/-/-/4//COND/SPEC_WRONG_PATH 0x30(/bin/a)/0x40(/bin/a)/PN/-/-/0  0x50/0x60/-/-/-/0//COND/NON_SPEC_CORRECT_PATH \n");
        Assert.That(Stacks(file), Is.EqualTo(["1a00 10/20/1000001 30/40/200000002 50/60/0"]));
    }

    [Test]
    public void Name_of_a_program_that_is_a_hexadecimal_number_is_no_address()
    {
        using var file = Read("  dd  12/13  1.5:  4005d0 0x10/0x20/P/-/-/0 \n  dd  12/13  1.6:  4005d1 0x10/0x20/P/-/-/0\n");
        Assert.That(Stacks(file), Is.EqualTo(["4005d0 10/20/2", "4005d1 10/20/2"]));
    }

    [TestCase("  7239 4005d0 0x10/0x20/P/-/-/0\n", "4005d0 10/20/2")]
    [TestCase("  7239 0x10/0x20/P/-/-/0\n", "20 10/20/2")]
    [TestCase(" a 7 1.5: 500000 4005d0 0x10/0x20/P/-/-/0\n", "4005d0 10/20/2")]
    [TestCase("# data offset    : 264\n 4005d0 0x10/0x20/P/-/-/0\n", "4005d0 10/20/2")]
    public void Number_before_the_address_is_no_address(string text, string expected)
    {
        using var file = Read(text);
        Assert.That(Stacks(file), Is.EqualTo([expected]));
    }

    [Test]
    public void Each_address_without_a_time_is_a_sample()
    {
        using var file = Read(" PERF_RECORD_MMAP2 5/5: [0x400000(0x1000) @ 0 fe:00 1 0]: r-xp /bin/a\n 4005d0 main\n 4005d4 main\n cycles:  4005d8\n");
        Assert.That(Stacks(file), Is.EqualTo(["4005d0", "4005d4", "4005d8"]));
    }

    [Test]
    public void Several_events_in_a_text_are_told()
    {
        using var file = Read(" a 7 1.5: 1 cycles: 4005d0 0x10/0x20/P/-/-/0\n a 7 1.6: 1 faults: 4005d0 0x10/0x20/P/-/-/0\n");
        Assert.That(file.Form.HasSeveralEventsInText, Is.True);
        Assert.That(file.Events.Single().Name, Is.EqualTo("cycles"));
    }

    [Test]
    public void Thread_of_an_unknown_process_is_not_given_to_one_of_several()
    {
        using var file = Read(" PERF_RECORD_MMAP2 1/1: [0x1000(0x1000) @ 0 fe:00 1 0]: r-xp /bin/init\n PERF_RECORD_MMAP2 500/500: [0x1000(0x1000) @ 0 fe:00 1 0]: r-xp /bin/a\n a 501 1.5: 1004 0x1010/0x1000/P/-/-/0\n");
        Assert.That(RecordingCounter.Run(file, _ => true, 1, null).CountsOf(file.Events[0]).SamplesByFile(), Is.Empty);
    }

    [Test]
    public void Fork_takes_the_mappings_along_and_exec_leaves_them()
    {
        using var file = Read("""
            a 5/5 1.0: PERF_RECORD_MMAP2 5/5: [0x1000(0x1000) @ 0 fe:00 1 0]: r-xp /bin/a
            a 5/5 1.1: PERF_RECORD_FORK(6:6):(5:5)
            a 6/6 1.2:  1004 0x1010/0x1000/P/-/-/0
            b 6/6 1.3: PERF_RECORD_COMM exec: b:6/6
            b 6/6 1.4:  1004 0x1010/0x1000/P/-/-/0
            """);
        var counter = RecordingCounter.Run(file, _ => true, 1, null);
        Assert.That(counter.CountsOf(file.Events[0]).SamplesByFile().Single(), Is.EqualTo(KeyValuePair.Create(counter.Scan.AddressSpaces.Files[0], 1UL)));
    }

    [Test]
    public void Without_mappings_addresses_are_those_of_a_binary_that_is_not_moved()
    {
        string folder = TestEnvironment.Data("programs/cmulti-d4-nopie");
        string text = Path.Combine(TestEnvironment.NewFolder(), "script.txt");
        File.WriteAllText(text, TestEnvironment.Run("perf", "script", "-i", Path.Combine(folder, "perf.data"), "-F", "ip,brstack"));
        var options = new ConversionOptions { Format = ProfileFormat.GcovV2 };
        var expected = AutoFdoConverter.Convert(Path.Combine(folder, "perf.data"), Path.Combine(folder, "cmulti-d4"), options);
        var found = AutoFdoConverter.Convert(text, Path.Combine(folder, "cmulti-d4"), options);
        Assert.That(GcovTests.Write(found.Profile, ProfileFormat.GcovV2), Is.EqualTo(GcovTests.Write(expected.Profile, ProfileFormat.GcovV2)));
        Assert.That(found.Report.Diagnostics.Select(d => d.Id), Has.Member(DiagnosticId.AddressesAsLinked));
        string moved = TestEnvironment.Data("programs/cmulti-d5-pie/cmulti");
        var error = Assert.Throws<ConversionException>(() => AutoFdoConverter.Convert(text, moved, options))!;
        Assert.That(error.Message, Does.Contain("--show-mmap-events"));
        Assert.That(RecordingInspection.Of(text).NextStep, Does.StartWith("perf script -i perf.data --show-mmap-events"));
    }

    [Test]
    public void Line_of_any_length_is_read()
    {
        string stack = string.Concat(Enumerable.Range(0, 3000).Select(i => $" 0x{i + 16:x}/0x{i + 32:x}/P/-/-/0"));
        using var file = Read($" 1000{stack}\n 1001 0x1/0x2/P\n");
        string[] stacks = [.. Stacks(file)];
        Assert.That(stacks, Has.Length.EqualTo(2));
        Assert.That(stacks[0].Split(' '), Has.Length.EqualTo(2049), "entries beyond what any hardware has are left out");
    }

    [TestCase("This is a text, not a recording.\n")]
    [TestCase("0\n0\n0\n")]
    public void Other_text_is_not_taken_for_one(string text) =>
        Assert.That(Assert.Throws<InvalidFormatException>(() => Read(text))!.Field, Is.EqualTo("magic"));

    private static string[] Branches(PerfDataFile file) => [.. Stacks(file).Select(s => s[(s + " ").IndexOf(' ', StringComparison.Ordinal)..]).Order(StringComparer.Ordinal)];

    private static PerfDataFile Read(string text) => OpenedRecording.Of(ByteSource.FromArray(Encoding.UTF8.GetBytes(text), PerfDataFile.Format));

    /// <summary>Address, and branches with their flags but for what the text rounds or leaves out.</summary>
    private static List<string> Stacks(PerfDataFile file)
    {
        var result = new List<string>();
        var records = file.Records();
        while (records.TryRead(out var record))
        {
            if (record.Type == RecordType.Sample && file.EventOf(record.Body).Layout.TryDecode(record.Body, out var sample))
            {
                var line = new StringBuilder($"{sample.Ip:x}");
                foreach (ref readonly var entry in sample.BranchStack.Entries)
                {
                    line.Append($" {entry.From:x}/{entry.To:x}/{entry.Flags & ~0xfffffcUL:x}");
                }

                result.Add(line.ToString());
            }
        }

        return result;
    }
}
