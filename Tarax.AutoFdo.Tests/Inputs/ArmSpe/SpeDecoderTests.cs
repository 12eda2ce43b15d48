using FsCheck;
using FsCheck.Fluent;
using Tarax.AutoFdo.Inputs.ArmSpe;
using Tarax.AutoFdo.Tests.Builders;

namespace Tarax.AutoFdo.Tests.Inputs.ArmSpe;

/// <summary>What packets of Arm's Statistical Profiling Extension say.</summary>
public sealed class SpeDecoderTests
{
    private const ulong Kernel = 0xffff_8000_0800_1230;

    [Test]
    public void Record_of_a_branch_has_its_address_its_target_and_its_thread()
    {
        var record = Records(new SpePackets().Branch(0x40_0100, 0x40_0200, thread: 77, time: 123)).Single();
        Assert.That((record.Address, record.Target, record.Context, record.Timestamp), Is.EqualTo((0x40_0100UL, 0x40_0200UL, 77U, 123UL)));
        Assert.That((record.IsBranch, record.IsRetired, record.IsNotTaken, record.HasContext), Is.EqualTo((true, true, false, true)));
    }

    [Test]
    public void Address_of_the_kernels_level_is_in_the_upper_half()
    {
        var record = Records(new SpePackets().Branch(Kernel, 0x40_0200)).Single();
        Assert.That((record.Address, record.Target), Is.EqualTo((Kernel, 0x40_0200UL)));
    }

    [Test]
    public void Only_a_conditional_branch_is_not_taken()
    {
        const ushort NotTaken = SpePackets.Retired | SpePackets.NotTaken;
        var packets = new SpePackets().Branch(0x100, 0x104, NotTaken, SpePackets.Conditional).Branch(0x200, 0x300, NotTaken);
        Assert.That(Records(packets).Select(r => r.IsNotTaken), Is.EqualTo(new[] { true, false }));
    }

    [Test]
    public void What_was_speculated_only_is_not_retired() => Assert.That(Records(new SpePackets().Branch(0x100, 0x200, events: 0)).Single().IsRetired, Is.False);

    [Test]
    public void Load_is_no_branch() => Assert.That(Records(new SpePackets().Load(0x100)).Single().IsBranch, Is.False);

    [Test]
    public void Padding_stands_between_records_and_between_packets()
    {
        var packets = new SpePackets().Raw(0, 0, 0).Branch(0x100, 0x200).Raw(0, 0).Address(0, 0x300).Raw(0).Raw(0x4a, 0).Address(1, 0x400).Ended(0).Raw(0, 0);
        var decoder = new SpeDecoder(packets.Bytes, 0);
        Assert.That(decoder.TryRead(out _) && decoder.TryRead(out var second) && second is { Address: 0x300, Target: 0x400 }, Is.True);
        Assert.That(decoder.TryRead(out _), Is.False);
        Assert.That(decoder.Position, Is.EqualTo(packets.Bytes.Length));
    }

    [Test]
    public void Extended_header_has_more_bits_of_the_index()
    {
        var record = Records(new SpePackets().Address(0, 0x100, isExtended: true).Address(8, 0x900, isExtended: true).Address(9, 0x901, isExtended: true).Address(1, 0x200, isExtended: true).Ended(0)).Single();
        Assert.That((record.Address, record.Target), Is.EqualTo((0x100UL, 0x200UL)));
    }

    [Test]
    public void Alignment_goes_to_a_multiple_in_the_data()
    {
        // The header stands at offset 9 of the data, so that seven bytes go up to 16.
        var packets = new SpePackets().Address(0, 0x100).Raw(0x23, 0, 9, 9, 9, 9, 9).Raw(0x4a, 0).Address(1, 0x200).Ended(0);
        Assert.That(Records(packets).Single(), Has.Property(nameof(SpeRecord.IsRetired)).False);
        Assert.That(Records(packets).Single().Target, Is.EqualTo(0x200));
    }

    [Test]
    public void Damage_costs_the_record_that_has_it()
    {
        var packets = new SpePackets().Branch(0x100, 0x200).Address(0, 0x300).Raw(0xff).Address(1, 0x400).Ended(0).Branch(0x500, 0x600);
        var decoder = new SpeDecoder(packets.Bytes, 0);
        var read = new List<ulong>();
        while (decoder.TryRead(out var record))
        {
            read.Add(record.Address);
        }

        Assert.That(read, Is.EqualTo(new[] { 0x100UL, 0x500UL }));
        Assert.That(decoder.DamagedRecords, Is.EqualTo(1));
    }

    [Test]
    public void Cut_record_waits_for_the_rest_of_its_bytes()
    {
        byte[] bytes = new SpePackets().Branch(0x100, 0x200).Branch(0x300, 0x400).Bytes;
        for (int length = (bytes.Length / 2) + 1; length < bytes.Length; length++)
        {
            var decoder = new SpeDecoder(bytes.AsSpan(0, length), 0);
            Assert.That(decoder.TryRead(out _), Is.True);
            Assert.That(decoder.TryRead(out _), Is.False);
            Assert.That((decoder.Position, decoder.DamagedRecords), Is.EqualTo((bytes.Length / 2, 0L)), $"cut at {length}");
        }
    }

    [Test]
    public void Any_bytes_come_to_an_end() => Prop.ForAll<byte[]>(bytes =>
    {
        var decoder = new SpeDecoder(bytes, 3);
        int records = 0;
        while (decoder.TryRead(out _))
        {
            records++;
        }

        return records <= bytes.Length && decoder.Position <= bytes.Length && decoder.DamagedRecords <= bytes.Length;
    }).QuickCheckThrowOnFailure();

    private static List<SpeRecord> Records(SpePackets packets)
    {
        var decoder = new SpeDecoder(packets.Bytes, 0);
        var records = new List<SpeRecord>();
        while (decoder.TryRead(out var record))
        {
            records.Add(record);
        }

        Assert.That(decoder.DamagedRecords, Is.Zero);
        return records;
    }
}
