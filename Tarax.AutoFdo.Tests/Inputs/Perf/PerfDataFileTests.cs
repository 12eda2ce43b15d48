using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Inputs.Perf;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Tests.Builders;

namespace Tarax.AutoFdo.Tests.Inputs.Perf;

public sealed class PerfDataFileTests
{
    [TestCase(64)]
    [TestCase(96)]
    [TestCase(136)]
    [TestCase(144)]
    [TestCase(200)]
    public void Attributes_of_any_size_are_read(int size)
    {
        using var file = new PerfDataBuilder { AttributeSize = size }.Event(branches: BranchSampleType.Any, ids: [5, 6]).Open();
        Assert.That(file.Events, Has.Count.EqualTo(1));
        Assert.That(file.Events[0].Ids, Is.EqualTo(new ulong[] { 5, 6 }));
        Assert.That(file.Events[0].Attribute.SampleType, Is.EqualTo(PerfDataBuilder.UsualSampleType));
        Assert.That(file.Events[0].Attribute.BranchSampleType, Is.EqualTo(size == 64 ? 0 : BranchSampleType.Any), "fields that an older attribute lacks are zero");
    }

    [Test]
    public void Header_without_feature_bitmap_is_read()
    {
        using var file = new PerfDataBuilder { HeaderSizeField = 72 }.Event().Sample(1, 2, 3).Open();
        Assert.That(Count(file), Is.EqualTo(1));
    }

    [Test]
    public void Samples_are_told_apart_by_their_ids()
    {
        var builder = new PerfDataBuilder()
            .Event(SampleType.Identifier | SampleType.Ip, ids: [1, 2])
            .Event(SampleType.Identifier | SampleType.Ip, ids: [3]);
        foreach (ulong id in new ulong[] { 3, 2, 0 })
        {
            builder.Record(RecordType.Sample, 0, b =>
            {
                b.U64(id);
                b.U64(0x1000);
            });
        }

        using var file = builder.Open();
        var events = new List<int>();
        var records = file.Records();
        while (records.TryRead(out var record))
        {
            events.Add(file.EventOf(record.Body).Index);
        }

        Assert.That(events, Is.EqualTo(new[] { 1, 0, 0 }), "id 0 is made by the tool and belongs to the first event");
    }

    [Test]
    public void Unknown_records_are_stepped_over_by_their_size()
    {
        using var file = new PerfDataBuilder().Event()
            .Record((RecordType)200, 0, b => b.Zeros(24))
            .Record((RecordType)0xffff, 0, b => b.Zeros(8))
            .Sample(1, 2, 3).Open();
        Assert.That(Count(file), Is.EqualTo(3));
    }

    [Test]
    public void Payloads_outside_of_record_sizes_are_stepped_over()
    {
        using var file = new PerfDataBuilder().Event()
            .Record(RecordType.TracingData, 0, b =>
            {
                b.U32(5);
                b.U32(0);
            })
            .Raw(1, 2, 3, 4, 5, 0, 0, 0)
            .Record(RecordType.AuxTrace, 0, b =>
            {
                b.U64(16);
                b.Zeros(32);
            })
            .Raw(new byte[16])
            .Sample(1, 2, 3).Open();
        Assert.That(Count(file), Is.EqualTo(3));
    }

    [Test]
    public void Features_that_a_conversion_uses_are_read()
    {
        using var file = new PerfDataBuilder().Event()
            .BuildIdTable("/bin/program", [1, 2, 3, 4, 5, 6, 7, 8])
            .Feature(4, c => PerfDataBuilder.HeaderString(c, "6.1.0"))
            .Feature(6, c => PerfDataBuilder.HeaderString(c, "x86_64"))
            .Feature(9, c => PerfDataBuilder.HeaderString(c, "AuthenticAMD,25,97,2"))
            .Feature(11, c =>
            {
                c.U32(2);
                PerfDataBuilder.HeaderString(c, "perf");
                PerfDataBuilder.HeaderString(c, "record");
            })
            .Feature(12, c =>
            {
                c.U32(1);
                c.U32(136);
                c.Zeros(136);
                c.U32(0);
                PerfDataBuilder.HeaderString(c, "cycles:u");
            })
            .Feature(21, c =>
            {
                c.U64(100);
                c.U64(200);
            })
            .Feature(40, c => c.U64(1))
            .Open();
        Assert.That(file.Features.BuildIds.Single().FileName, Is.EqualTo("/bin/program"));
        Assert.That(file.Features.BuildIds.Single().BuildId.ToString(), Is.EqualTo("0102030405060708"));
        Assert.That(file.Features.OsRelease, Is.EqualTo("6.1.0"));
        Assert.That(file.Features.Arch, Is.EqualTo("x86_64"));
        Assert.That(file.Features.CpuId, Does.StartWith("AuthenticAMD"));
        Assert.That(file.Features.CommandLine, Is.EqualTo(new[] { "perf", "record" }));
        Assert.That(file.Events[0].Name, Is.EqualTo("cycles:u"));
        Assert.That(file.Features.SampleTime, Is.EqualTo((100ul, 200ul)));
        Assert.That(file.Features.Unreadable, Is.Empty);
    }

    [Test]
    public void Damaged_feature_does_not_stop_the_reading()
    {
        using var file = new PerfDataBuilder().Event().Feature(11, c => c.U32(1000)).Feature(4, c => PerfDataBuilder.HeaderString(c, "6.1.0")).Open();
        Assert.That(file.Features.Unreadable.Single(), Does.StartWith("11:").And.Contain("CMDLINE"));
        Assert.That(file.Features.OsRelease, Is.EqualTo("6.1.0"));
    }

    [Test]
    public void Record_past_the_end_names_its_offset()
    {
        using var file = new PerfDataBuilder().Event().Sample(1, 2, 3).Raw(9, 0, 0, 0, 0, 0, 100, 0).Open();
        var error = Assert.Throws<InvalidFormatException>(() => Count(file))!;
        Assert.That(error.Field, Is.EqualTo("record size"));
        Assert.That(error.Offset, Is.EqualTo(file.DataEnd - 2));
    }

    [TestCase("PERFFILE", "first format")]
    [TestCase("\u007fELF\u0002\u0001\u0001\u0000", "ELF file")]
    [TestCase("hello wo", "hello wo")]
    public void Other_files_are_named_for_what_they_are(string magic, string expected)
    {
        byte[] bytes = new byte[200];
        System.Text.Encoding.Latin1.GetBytes(magic, bytes);
        var error = Assert.Throws<InvalidFormatException>(() => PerfDataFile.Read(ByteSource.FromArray(bytes, "perf.data")))!;
        Assert.That(error.Message, Does.Contain(expected));
    }

    private static int Count(PerfDataFile file)
    {
        int count = 0;
        var records = file.Records();
        while (records.TryRead(out _))
        {
            count++;
        }

        return count;
    }
}
