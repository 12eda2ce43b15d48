using System.Text;
using Tarax.AutoFdo.Counting;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Tests.Builders;

namespace Tarax.AutoFdo.Tests.Counting;

/// <summary>The way in for tools that are not perf.</summary>
public sealed class SampleCounterTests
{
    private const ulong Load = 0x5500_0000_0000;

    [Test]
    public void Branches_and_the_code_between_them_are_counted_by_file_offset()
    {
        var counter = new SampleCounter("test", "branches");
        counter.Map(7, Load, Load + 0x2000, 0x1000, "/bin/app", "0123456789abcdef");
        counter.Map(7, Load + 0x10000, Load + 0x11000, 0, "/lib/lib.so", "");
        for (int i = 0; i < 3; i++)
        {
            // The newest first: into the library, and before that a loop of two rounds.
            counter.Sample(7, Load + 0x10020, 5, [new(Load + 0x40, Load + 0x10000), new(Load + 0x30, Load + 0x10), new(Load + 0x30, Load + 0x10)]);
        }

        var counts = counter.ToCounts();
        Assert.That(counts.Samples, Is.EqualTo(3));
        Assert.That(counts.Binaries.Select(b => (b.Name, b.Samples)), Is.EqualTo(new[] { ("/lib/lib.so", 3ul) }), "the samples' own addresses lie there");

        var app = counts.Of(new RecordedBinary("/bin/app", "0123456789abcdef", 0, 0));
        Assert.That(app.Branches, Is.EqualTo(new[] { new BranchCount(0x1030, 0x1010, 6) }));
        Assert.That(app.Ranges, Is.EqualTo(new[] { new RangeCount(0x1010, 0x1030, 3, 5), new RangeCount(0x1010, 0x1040, 3, 5) }));
        var library = counts.Of(new RecordedBinary("/lib/lib.so", "", 0, 0));
        Assert.That((library.Samples[0].Address, library.Samples[0].Count), Is.EqualTo((0x20ul, 3ul)));
        Assert.That(library.Entries.Select(e => (e.Address, e.Count)), Is.EqualTo(new[] { (0ul, 3ul) }));
    }

    [Test]
    public void Recording_that_is_brought_sample_by_sample_gives_the_profile_of_the_recording()
    {
        string recording = Path.Combine(TestEnvironment.Repository, "samples", "intel-lbr", "perf.data");
        string binary = Path.Combine(TestEnvironment.Repository, "samples", "intel-lbr", "gzip");
        var options = new ConversionOptions { MappedAs = "test.binary" };
        var expected = AutoFdoConverter.Convert(recording, binary, options).Profile;
        var found = Recording.Of(BroughtRecording.Parts(recording, 1)[0], options).Convert(binary).Profile;
        Assert.That(LlvmTextOf(found), Is.EqualTo(LlvmTextOf(expected)));
    }

    [Test]
    public void Counts_that_were_taken_stay_as_they_are()
    {
        var counter = new SampleCounter("test", "cycles");
        counter.Map(1, 0x1000, 0x2000, 0, "/bin/a", "");
        counter.Sample(1, 0x1010, 0, ulong.MaxValue);
        counter.Sample(1, 0x1010, 20, 5);
        var counts = counter.ToCounts();
        Assert.That((counts.Samples, counts.Binaries.Single().Share), Is.EqualTo((long.MaxValue, 1.0)));
        Assert.That(() => counter.Sample(1, 0x1010, 0, 1), Throws.InvalidOperationException);
        Assert.That(counter.ToCounts, Throws.InvalidOperationException);
    }

    [Test]
    public void What_was_sampled_before_its_file_was_mapped_belongs_to_no_file()
    {
        foreach (bool isOtherMapped in (bool[])[true, false])
        {
            var counter = new SampleCounter("test", "branches");
            if (isOtherMapped)
            {
                counter.Map(1, 0x9000, 0xa000, 0, "/z", "");
            }

            counter.Sample(1, 0x1010, 0, [new(0x1030, 0x1010), new(0x1030, 0x1010)]);
            counter.Sample(1, 0x1010, 0, 3);
            counter.Sample(1, 0xffffffff81000010, 0, 3);
            counter.Map(1, 0x1000, 0x2000, 0, "/a", "");
            Assert.That(counter.ToCounts().Binaries, Is.Empty);
        }
    }

    [Test]
    public void Nothing_sampled_is_told()
    {
        var counter = new SampleCounter("test", "branches");
        Assert.That(() => Recording.Of(counter.ToCounts()), Throws.InstanceOf<ConversionException>());
    }

    private static string LlvmTextOf(SampleProfile profile)
    {
        using var stream = new MemoryStream();
        profile.Write(stream, ProfileFormat.LlvmText);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
