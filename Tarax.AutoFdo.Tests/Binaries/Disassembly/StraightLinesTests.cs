using Tarax.AutoFdo.Attribution;
using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Binaries.Disassembly;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Targets;
using Tarax.AutoFdo.Tests.Conversion;

namespace Tarax.AutoFdo.Tests.Binaries.Disassembly;

/// <summary>Ranges that the code can have run, and others.</summary>
public sealed class StraightLinesTests
{
    [TestCase("cmulti-d5-pie/cmulti")]
    [TestCase("stlmix-d5-pie/stlmix")]
    [TestCase("threads-d5-pie/threads")]
    public void Recorded_ranges_are_possible_and_shifted_ones_are_not(string program)
    {
        string path = TestEnvironment.Data($"programs/{program}");
        using var binary = ElfFile.Open(path);
        var faults = FaultsOf(Recording.Count(Path.Combine(Path.GetDirectoryName(path)!, "perf.data")).CountsOf(path), binary, shift: 0);
        Assert.That(faults.Keys, Is.EqualTo(new[] { RangeFault.None }));

        var shifted = FaultsOf(Recording.Count(Path.Combine(Path.GetDirectoryName(path)!, "perf.data")).CountsOf(path), binary, shift: 1);
        Assert.That(shifted.GetValueOrDefault(RangeFault.None), Is.LessThan(shifted.Values.Sum() / 50), string.Join(' ', shifted));
    }

    [TestCase("kaslr")]
    [TestCase("nokaslr")]
    [TestCase("modules")]
    public void Rewritten_text_of_a_kernel_is_not_rejected(string set)
    {
        using var binary = ElfFile.Open(KernelTests.UnpackedVmlinux);
        var counts = Recording.Count(TestEnvironment.Data($"kernel/{set}/perf.data")).CountsOf(KernelTests.UnpackedVmlinux);
        var faults = FaultsOf(counts, binary, shift: 0);
        TestContext.Out.WriteLine($"{set}: {faults.Values.Sum()} executions, {string.Join(' ', faults)}");
        Assert.That(faults.Keys, Is.EqualTo(new[] { RangeFault.None }));
    }

    [Test]
    public void Rewritten_text_of_a_module_is_not_rejected()
    {
        string module = TestEnvironment.Data("kernel/lib-modules/fs/ext4/ext4.ko");
        using var binary = ElfFile.Open(module);
        var faults = FaultsOf(Recording.Count(TestEnvironment.Data("kernel/modules/perf.data")).CountsOf(module), binary, shift: 0);
        Assert.That(faults.Keys, Is.EqualTo(new[] { RangeFault.None }));
        Assert.That(faults[RangeFault.None], Is.GreaterThan(20_000));
    }

    [TestCase(0, 8, RangeFault.None)]
    [TestCase(8, 8, RangeFault.None)]
    [TestCase(0, 6, RangeFault.EndsWithinInstruction)]
    [TestCase(0, 4, RangeFault.EndsAtNoBranch)]
    [TestCase(0, 12, RangeFault.RunsThroughJump)]
    [TestCase(12, 12, RangeFault.None)]
    public void Ranges_of_arm64_are_looked_at_up_to_their_last_instruction(int begin, int end, object expected)
    {
        string folder = TestEnvironment.NewFolder();
        string source = Path.Combine(folder, "code.s");
        File.WriteAllText(source, ".globl _start\n.type _start,%function\n_start: nop\n nop\n b 1f\n1: ret\n.size _start, .-_start\n");
        string program = Path.Combine(folder, "program");
        TestEnvironment.Run("clang-22", "--target=aarch64-linux-gnu", "-nostdlib", "-static", "-fuse-ld=lld", "-o", program, source);
        using var binary = ElfFile.Open(program);
        Assert.That(ElfSymbolReader.TryFind(binary, "_start", out ulong start), Is.True);
        Assert.That(FunctionGraphs.Of(binary)!.Lines().Check(start + (ulong)begin, start + (ulong)end), Is.EqualTo(expected));
    }

    [Test]
    public void Binary_in_which_most_of_what_ran_is_impossible_is_refused()
    {
        string path = TestEnvironment.Data("programs/cmulti-d5-pie/cmulti");
        string recording = TestEnvironment.Data("programs/cmulti-d4-nopie/perf.data");
        var options = new ConversionOptions { MappedAs = "cmulti-d4", ForCompiler = new TargetCompiler(Compilers.Gcc, 12) };
        var error = Assert.Throws<ConversionException>(() => AutoFdoConverter.Convert(recording, path, options))!;
        Assert.That(error.Failure, Is.EqualTo(ConversionFailure.ImpossibleRanges));
        Assert.That(error.Message, Does.Contain("cannot be what ran").And.Contain("87.3 %"));
        var kept = AutoFdoConverter.Convert(recording, path, options with { CheckRanges = false }).Report;
        Assert.That(kept.Diagnostics.Select(d => d.Id), Has.No.Member(DiagnosticId.ImpossibleRanges));
    }

    [Test]
    public void Impossible_ranges_are_left_out_and_told()
    {
        // A third of the ranges is moved by a byte.
        using var binary = Binary.Open(TestEnvironment.Data("programs/cmulti-d5-pie/cmulti"));
        var counts = Recording.Count(TestEnvironment.Data("programs/cmulti-d5-pie/perf.data")).CountsOf(binary);
        var moved = new BinaryCounts(counts.BuildId, counts.Branches, [.. counts.Ranges.Select((r, i) => i % 3 == 0 ? r with { End = r.End + 1 } : r)], counts.Samples, counts.Entries);
        var report = new ConversionReport();
        var bytes = new ExecutedBytes();
        var kept = RangeCheck.ApplyOrRefuse(moved, binary, report, bytes);
        Assert.That(bytes.LeftOut(LeftOutReason.Impossible), Is.EqualTo(bytes.Executed).And.GreaterThan((UInt128)0), "what is left out is accounted for");
        Assert.That(kept.Ranges, Has.Count.LessThan(moved.Ranges.Count));
        Assert.That(report.Diagnostics.Single(d => d.Id == DiagnosticId.ImpossibleRanges).Message, Does.Contain("another build"));
        Assert.That(report.DroppedRanges.Select(d => d.Reason), Has.Member("ends within an instruction").Or.Member("ends at an instruction that never branches"));
    }

    private static SortedDictionary<RangeFault, long> FaultsOf(BinaryCounts counts, ElfFile binary, ulong shift)
    {
        var lines = FunctionGraphs.Of(binary)!.Lines();
        var faults = new SortedDictionary<RangeFault, long>();
        foreach (var range in counts.Ranges)
        {
            Assert.That(binary.TryGetVirtualAddress(range.Start, out ulong begin), Is.True);
            var fault = lines.Check(begin, begin + (range.End - range.Start) + shift);
            faults[fault] = faults.GetValueOrDefault(fault) + (long)range.Count;
        }

        return faults;
    }
}
