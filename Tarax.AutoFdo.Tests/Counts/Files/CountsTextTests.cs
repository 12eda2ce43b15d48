using FsCheck;
using FsCheck.Fluent;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;

namespace Tarax.AutoFdo.Tests.Counts.Files;

public sealed class CountsTextTests
{
    [Test]
    public void Text_is_that_of_create_gcov()
    {
        var counts = new BinaryCounts(null, [new(0x10, 0x20, 3)], [new(0x20, 0x2f, 4, 99)], [new(0x21, 5, 0)], [new(0x20, 6, 0)]);
        Assert.That(Write(counts), Is.EqualTo("1\n20-2f:4\n1\n21:5\n2\n0->20:6\n10->20:3\n"));
    }

    [Test]
    public void Written_counts_are_read_back() =>
        Prop.ForAll<(ushort A, ushort B, byte Count)[]>(items =>
        {
            var collected = new FileCounts.Collected();
            foreach (var (a, b, count) in items)
            {
                ulong first = (ulong)Math.Min(a, b) + 1;
                ulong second = (ulong)Math.Max(a, b) + 1;
                collected.Ranges.Add(new RangeCount(first, second, count + 1ul, 0));
                collected.Branches.Add(new BranchCount(second, first, count + 1ul));
                collected.Samples.Add(new AddressCount(first, count + 1ul, 0));
                collected.Entries.Add(new AddressCount(second, count + 1ul, 0));
            }

            var sorted = new FileCounts();
            sorted.Take(collected);
            var counts = sorted.ToCounts(null);
            using var reader = new StringReader(Write(counts));
            var read = CountsText.Read(reader);
            return read.Ranges.SequenceEqual(counts.Ranges) && read.Branches.SequenceEqual(counts.Branches)
                && read.Samples.SequenceEqual(counts.Samples) && read.Entries.SequenceEqual(counts.Entries);
        }).QuickCheckThrowOnFailure();

    [Test]
    public void Repeated_lines_add_up()
    {
        using var reader = new StringReader("2\n20-2f:4\n20-2f:5\n0\n0\n\n");
        Assert.That(CountsText.Read(reader).Ranges, Is.EqualTo(new[] { new RangeCount(0x20, 0x2f, 9, 0) }));
    }

    [TestCase("", 1)]
    [TestCase("x\n", 1)]
    [TestCase("0\n0\n0\nanything\n", 4)]
    [TestCase("2\n20-2f:4\n", 3)]
    [TestCase("1\n20:4\n", 2)]
    [TestCase("1\n2f-20:4\n0\n0\n", 2)]
    [TestCase("1\n20-2f:-4\n0\n0\n", 2)]
    [TestCase("1\n20-2f:99999999999999999999\n0\n0\n", 2)]
    [TestCase("0\n1\n20-21:4\n0\n", 3)]
    [TestCase("0\n0\n1\n20-21:4\n", 4)]
    [TestCase("18446744073709551615\n20-2f:4\n", 3)]
    public void Damaged_line_is_named_by_its_number(string text, int line)
    {
        using var reader = new StringReader(text);
        var error = Assert.Throws<InvalidFormatException>(() => CountsText.Read(reader))!;
        Assert.That(error.Offset, Is.EqualTo(line));
        Assert.That(error.Message, Does.Contain($"line {line}"));
    }

    private static string Write(BinaryCounts counts)
    {
        using var writer = new StringWriter();
        CountsText.Write(counts, writer);
        return writer.ToString();
    }
}
