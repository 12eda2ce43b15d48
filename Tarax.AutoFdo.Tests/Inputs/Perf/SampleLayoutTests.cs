using Tarax.AutoFdo.Inputs.Perf;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Tests.Builders;

namespace Tarax.AutoFdo.Tests.Inputs.Perf;

public sealed class SampleLayoutTests
{
    private static readonly BranchEntry Branch = new(0x401010, 0x402020, 1);

    [Test]
    public void Every_sample_bit_has_its_place()
    {
        const SampleType All = (SampleType)((1 << 25) - 1) & ~SampleType.WeightStruct;
        var layout = LayoutOf(All, BranchSampleType.Any | BranchSampleType.HardwareIndex, ReadFormat.Group | ReadFormat.Id | ReadFormat.Lost | ReadFormat.TotalTimeEnabled, registers: 0b101);
        Assert.That(layout.TryDecode(BodyWithEverything(), out var sample), Is.True);
        Assert.That(sample.Identifier, Is.EqualTo(77));
        Assert.That(sample.Ip, Is.EqualTo(0x401000));
        Assert.That((sample.Pid, sample.Tid, sample.Time, sample.Addr), Is.EqualTo((10u, 11u, 12ul, 13ul)));
        Assert.That((sample.Id, sample.StreamId, sample.Cpu, sample.Period), Is.EqualTo((77ul, 14ul, 3u, 15ul)));
        Assert.That(sample.Read.Length, Is.EqualTo(8 + 8 + (2 * 24)), "nr, time enabled, two members of value, id, lost");
        Assert.That(sample.CallChain.ToArray(), Is.EqualTo(new ulong[] { 1, 2 }));
        Assert.That(sample.Raw.Length, Is.EqualTo(4));
        Assert.That(sample.BranchStack.HardwareIndex, Is.EqualTo(5));
        Assert.That(sample.BranchStack.Entries.ToArray(), Is.EqualTo(new[] { Branch }));
        Assert.That(sample.UserRegisters.ToArray(), Is.EqualTo(new ulong[] { 21, 22 }));
        Assert.That(sample.UserStack.Length, Is.EqualTo(8));
        Assert.That((sample.Weight, sample.DataSource, sample.Transaction), Is.EqualTo((31ul, 32ul, 33ul)));
        Assert.That(sample.InterruptRegistersAbi, Is.Zero, "no registers follow an abi of 0");
        Assert.That((sample.PhysicalAddress, sample.CGroup, sample.DataPageSize, sample.CodePageSize), Is.EqualTo((41ul, 42ul, 43ul, 44ul)));
        Assert.That(sample.Aux.Length, Is.EqualTo(3 * 8));
        Assert.That(sample.SurplusBytes, Is.Zero);
    }

    [Test]
    public void Fast_path_finds_the_same_branch_stack_as_full_decoding()
    {
        const SampleType All = (SampleType)((1 << 25) - 1) & ~SampleType.WeightStruct;
        var layout = LayoutOf(All, BranchSampleType.Any | BranchSampleType.HardwareIndex, ReadFormat.Group | ReadFormat.Id | ReadFormat.Lost | ReadFormat.TotalTimeEnabled, registers: 0b101);
        Assert.That(layout.TryReadBranchStack(BodyWithEverything(), out var stack), Is.True);
        Assert.That(stack.Entries.ToArray(), Is.EqualTo(new[] { Branch }));
    }

    [Test]
    public void Empty_stack_has_no_hardware_index_even_where_the_event_asks_for_it()
    {
        var layout = LayoutOf(SampleType.BranchStack | SampleType.DataSrc, BranchSampleType.Any | BranchSampleType.HardwareIndex);
        var body = Body(b =>
        {
            b.U64(0);
            b.U64(99);
        });
        Assert.That(layout.TryDecode(body, out var sample), Is.True);
        Assert.That(sample.BranchStack.Entries.Length, Is.Zero);
        Assert.That(sample.DataSource, Is.EqualTo(99));
    }

    [Test]
    public void Branch_counters_follow_the_entries()
    {
        var layout = LayoutOf(SampleType.BranchStack | SampleType.DataSrc, BranchSampleType.Any | BranchSampleType.Counters);
        var body = Body(b =>
        {
            PerfDataBuilder.WriteBranches(b, Branch, Branch);
            b.U64(7);
            b.U64(8);
            b.U64(99);
        });
        Assert.That(layout.TryDecode(body, out var sample), Is.True);
        Assert.That(sample.BranchStack.Counters.ToArray(), Is.EqualTo(new ulong[] { 7, 8 }));
        Assert.That(sample.DataSource, Is.EqualTo(99));
    }

    [Test]
    public void Unknown_bits_leave_surplus_bytes_and_do_no_harm()
    {
        var layout = LayoutOf(SampleType.Ip | SampleType.BranchStack | (SampleType)(1 << 27), BranchSampleType.Any);
        var body = Body(b =>
        {
            b.U64(1);
            PerfDataBuilder.WriteBranches(b, Branch);
            b.U64(0xdead);
        });
        Assert.That(layout.TryDecode(body, out var sample), Is.True);
        Assert.That(sample.BranchStack.Entries.Length, Is.EqualTo(1));
        Assert.That(sample.SurplusBytes, Is.EqualTo(8));
    }

    [Test]
    public void Truncation_at_every_byte_is_told_and_never_read_past()
    {
        const SampleType All = (SampleType)((1 << 25) - 1) & ~SampleType.WeightStruct;
        var layout = LayoutOf(All, BranchSampleType.Any | BranchSampleType.HardwareIndex, ReadFormat.Group | ReadFormat.Id | ReadFormat.Lost | ReadFormat.TotalTimeEnabled, registers: 0b101);
        byte[] body = BodyWithEverything();
        for (int length = 0; length < body.Length; length++)
        {
            Assert.That(layout.TryDecode(body.AsSpan(0, length), out _), Is.False, $"{length} of {body.Length} bytes");
        }
    }

    [TestCase(ulong.MaxValue)]
    [TestCase(1UL << 61)]
    [TestCase(2UL)]
    public void Impossible_number_of_branches_is_told(ulong count)
    {
        var layout = LayoutOf(SampleType.BranchStack, BranchSampleType.Any);
        var body = Body(b =>
        {
            b.U64(count);
            b.Zeros(24);
        });
        Assert.That(layout.TryReadBranchStack(body, out _), Is.False);
    }

    private static byte[] BodyWithEverything() => Body(b =>
    {
        b.U64(77);
        b.U64(0x401000);
        b.U32(10);
        b.U32(11);
        b.U64(12);
        b.U64(13);
        b.U64(77);
        b.U64(14);
        b.U32(3);
        b.U32(0);
        b.U64(15);
        b.U64(2);
        b.Zeros(8 + (2 * 24));
        b.U64(2);
        b.U64(1);
        b.U64(2);
        b.U32(4);
        b.Zeros(4);
        b.U64(1);
        b.U64(5);
        b.U64(Branch.From);
        b.U64(Branch.To);
        b.U64(Branch.Flags);
        b.U64(2);
        b.U64(21);
        b.U64(22);
        b.U64(8);
        b.Zeros(8);
        b.U64(8);
        b.U64(31);
        b.U64(32);
        b.U64(33);
        b.U64(0);
        b.U64(41);
        b.U64(42);
        b.U64(43);
        b.U64(44);
        b.U64(24);
        b.Zeros(24);
    });

    private static SampleLayout LayoutOf(SampleType type, BranchSampleType branches, ReadFormat read = 0, ulong registers = 0)
    {
        using var file = new PerfDataBuilder().Event(type, branches, read, registers: registers).Open();
        return file.Events[0].Layout;
    }

    private static byte[] Body(Action<ByteWriter> write)
    {
        var writer = new ByteWriter();
        write(writer);
        return writer.Written.ToArray();
    }
}
