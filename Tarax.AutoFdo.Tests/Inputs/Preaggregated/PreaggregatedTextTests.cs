using System.Text;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Inputs;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Outputs.Bolt;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;

namespace Tarax.AutoFdo.Tests.Inputs.Preaggregated;

/// <summary>BOLT's pre-aggregated text, line by line as bolt/docs/profiles.md has it.</summary>
public sealed class PreaggregatedTextTests
{
    [Test]
    public void Traces_are_branches_and_the_ranges_behind_them()
    {
        var counts = Only("T 4b196f 4b19e0 4b19ef 2\nR 4b1a00 4b1974 4b1980 3 1\nT 4b196f 4b19e0 -1 5\n");
        Assert.That(counts.Branches, Is.EqualTo((BranchCount[])[new(0x4b196f, 0x4b19e0, 7), new(0x4b1a00, 0x4b1974, 3)]));
        Assert.That(counts.Ranges, Is.EqualTo((RangeCount[])[new(0x4b1974, 0x4b1980, 3, 0), new(0x4b19e0, 0x4b19ef, 2, 0)]));
        Assert.That(counts.Entries, Is.Empty);
    }

    [Test]
    public void Branches_and_ranges_may_be_apart()
    {
        var counts = Only("F 41be50 41be50 3\nf 41be90 41be94 4\nr 41bea0 41bea8 5\nB 4b1942 39b57f0 3 0\nB  4b196f   4b19e0 2 1\n");
        Assert.That(counts.Ranges.Select(r => (r.Start, r.End, r.Count)), Is.EqualTo(((ulong, ulong, ulong)[])[(0x41be50, 0x41be50, 3), (0x41be90, 0x41be94, 4), (0x41bea0, 0x41bea8, 5)]));
        Assert.That(counts.Branches.Select(b => b.Count), Is.EqualTo((ulong[])[3, 2]));
    }

    [Test]
    public void What_comes_from_outside_is_an_entry_unless_the_line_is_of_a_range_alone()
    {
        var counts = Only("B X:7f00 1000 4 0\nT 0 2000 2010 2\nT ffffffffffffffff 3000 3010 1\nT -2 3000 3010 1\nT fffffffffffffffd 3000 3010 1\n");
        Assert.That(counts.Entries.Select(e => (e.Address, e.Count)), Is.EqualTo(((ulong, ulong)[])[(0x1000, 4), (0x2000, 2)]));
        Assert.That(counts.Branches, Is.Empty);
        Assert.That(counts.Ranges.Select(r => (r.Start, r.Count)), Is.EqualTo(((ulong, ulong)[])[(0x2000, 2), (0x3000, 3)]));
    }

    [Test]
    public void Samples_are_those_of_their_events()
    {
        var counts = Read("E cycles\nS 41be50 3\nE br_inst_retired.near_taken\nS 41be60 6\n");
        Assert.That(counts.EventNames, Is.EqualTo((string[])["br_inst_retired.near_taken", "cycles"]));
        Assert.That(counts.Samples, Is.EqualTo(9));
        Assert.That(counts.Sums.SamplesWithBranchStack, Is.Zero);
    }

    [Test]
    public void Build_ids_tell_files_apart()
    {
        var counts = Read("B 0a0b:1000 0a0b:2000 1 0\nB 0A0B:1000 0c0d:2000 2 0\nF 0c0d:2000 0a0b:2010 2\n");
        Assert.That(counts.Files.Select(f => f.Counts.BuildId), Is.EqualTo((string[])["0a0b", "0c0d"]));
        Assert.That(counts.Files[0].Counts.Branches, Has.Count.EqualTo(1));
        Assert.That(counts.Files[1].Counts.Entries.Single().Count, Is.EqualTo(2), "a branch from another file is an entry");
        Assert.That(counts.Files[1].Sums.RangesLeaving, Is.EqualTo(2));
    }

    [TestCase("F 2000 1000 5\n", "backward")]
    [TestCase("F 2000 3f00000 5\n", "too long")]
    [TestCase("F 2000 X:10 5\n", "leaving")]
    public void Ranges_that_cannot_be_are_counted_apart(string text, string kind)
    {
        var file = Read($"B 1000 2000 9 0\n{text}").Files.Single();
        Assert.That(file.Counts.Ranges, Is.Empty);
        Assert.That(kind == "backward" ? file.Sums.RangesBackward : kind == "too long" ? file.Sums.RangesTooLong : file.Sums.RangesLeaving, Is.EqualTo(5));
    }

    [TestCase("Q 1000 2000 1 0", "line")]
    [TestCase("BB 1000 2000 1 0", "line")]
    [TestCase("B 1000 2000 1", "mispredictions")]
    [TestCase("B 1000 2000 1 2", "mispredictions")]
    [TestCase("B 1000 2000 1 0 7", "end of line")]
    [TestCase("B 1000 20g0 1 0", "target")]
    [TestCase("B 0x1000 2000 1 0", "branch")]
    [TestCase("B 1000 2000 -1 0", "count")]
    [TestCase("B 1000 2000 9223372036854775808 0", "count")]
    [TestCase("B abc:1000 2000 1 0", "branch")]
    [TestCase("B Y:1000 2000 1 0", "branch")]
    [TestCase("F 1000 2000 1 0", "end of line")]
    [TestCase("S 1000", "count")]
    [TestCase("E", "event")]
    [TestCase("T 1000 2000 1", "count")]
    [TestCase("T 1000 2000 10000000000000000 1", "end of the range")]
    public void A_line_that_is_not_understood_is_told_with_its_number(string line, string field)
    {
        var error = Assert.Throws<InvalidFormatException>(() => Read($"B 1000 2000 1 0\n\n{line}\nB 1000 2000 1 0\n"))!;
        Assert.That(error.Message, Does.Contain("memory").And.Contain("line 3"));
        Assert.That(error.Field, Is.EqualTo(field));
    }

    [Test]
    public void A_text_that_was_cut_is_refused()
    {
        Assert.That(Assert.Throws<InvalidFormatException>(() => Read("B 1000 2000 1 0\nB 1000 2000 1"))!.Message, Does.Contain("line 2").And.Contain("cut"));
    }

    [TestCase("E cycles\n", InputFormat.Unknown)]
    [TestCase("E cycles\nS 10 2\n", InputFormat.Preaggregated)]
    [TestCase("B 1000 2000 1\n", InputFormat.Preaggregated)] // nothing else begins so, and reading it tells what is wrong in which line
    [TestCase("B 201120 201120 1 0", InputFormat.Preaggregated)]
    [TestCase("B or not B\n", InputFormat.Unknown)]
    [TestCase("B 1000 2000 1 0\nand then anything\n", InputFormat.Preaggregated)]
    [TestCase("program 1 2.000: 0x1000/0x2000/P/-/-/1\n", InputFormat.PerfScript)]
    public void Its_first_line_with_counts_tells_it(string text, InputFormat format)
    {
        using var input = Opened(text);
        Assert.That(input.Format, Is.EqualTo(format));
    }

    [TestCase("programs/cmulti-d5-pie/perf.data", "programs/cmulti-d5-pie/cmulti")]
    [TestCase("programs/cmulti-d4-nopie/perf.data", "programs/cmulti-d4-nopie/cmulti-d4")]
    [TestCase("programs/stlmix-d5-pie/perf.data", "programs/stlmix-d5-pie/stlmix")]
    public void A_profile_of_the_text_is_that_of_the_recording(string recording, string binary)
    {
        (recording, binary) = (TestEnvironment.Data(recording), TestEnvironment.Data(binary));
        foreach (string name in (string[])["gcov version 2", "llvm-extbinary"])
        {
            var options = new ConversionOptions { Format = name[0] == 'g' ? ProfileFormat.GcovV2 : ProfileFormat.LlvmExtBinary };
            var expected = AutoFdoConverter.Convert(recording, binary, options);
            byte[] text = Recording.Count(recording).BoltProfileOf(binary, BoltFormat.Preaggregated).Profile.Content.ToArray();
            using var input = Input.Of(new MemoryStream(text), "memory");
            var converted = AutoFdoConverter.Convert(input, binary, options);
            Assert.That(Bytes(converted.Profile, options.Format), Is.EqualTo(Bytes(expected.Profile, options.Format)), name);
        }
    }

    [Test]
    public void Counts_of_a_text_are_kept_in_files_of_counts()
    {
        var counts = Read("B 0a0b:1000 0a0b:2000 1 0\nF 0a0b:2000 0a0b:2008 1\nB 10 20 3 0\n");
        using var stream = new MemoryStream();
        counts.Write(stream);
        using var input = Input.Of(new MemoryStream(stream.ToArray()), "counts");
        var again = Recording.CountsOf(input);
        Assert.That(again.Files.Select(f => (f.Name, f.Counts.BuildId, f.Counts.Branches.Single())), Is.EqualTo(counts.Files.Select(f => (f.Name, f.Counts.BuildId, f.Counts.Branches.Single()))));
    }

    private static byte[] Bytes(SampleProfile profile, ProfileFormat format)
    {
        using var stream = new MemoryStream();
        profile.Write(stream, format);
        return stream.ToArray();
    }

    private static BinaryCounts Only(string text) => Read(text).Files.Single().Counts;

    private static RecordingCounts Read(string text)
    {
        using var input = Opened(text);
        return Recording.CountsOf(input);
    }

    private static Input Opened(string text) => Input.Of(new MemoryStream(Encoding.UTF8.GetBytes(text)), "memory");
}
