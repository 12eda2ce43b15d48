using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Outputs.Propeller;

namespace Tarax.AutoFdo.Tests.Outputs.Propeller;

/// <summary>
/// Jumps in place of a call or of a return, which LLVM notes among the calls of their block. Kernels are built with a jump to a thunk in place of each return (-mfunction-return=thunk-extern), and make a return of it as they boot.
/// </summary>
public sealed class ReturnThunkTests
{
    private const string Source = """
        __asm__(".globl __x86_return_thunk\n__x86_return_thunk: ret");
        int last(int);
        __attribute__((noinline)) int leaf(int x) { return x * 3; }
        __attribute__((noinline)) int relay(int x) { return x > 5 ? last(x + 1) : leaf(x); }
        __attribute__((noinline)) int last(int x) { return x ^ 9; }
        int main(int argc, char **argv) { return leaf(argc) + relay(argc); }
        """;

    [Test]
    public void Return_that_the_map_calls_a_call_comes_back_and_a_tail_call_does_not()
    {
        TestEnvironment.RequireTool("clang-22");
        string program = Path.Combine(TestEnvironment.NewFolder(), "program");
        File.WriteAllText(program + ".c", Source);
        TestEnvironment.Run("clang-22", "-O2", "-g", "-fbasic-block-address-map", "-mfunction-return=thunk-extern", "-fuse-ld=lld", "-o", program, program + ".c");
        using var binary = Binary.Open(program, new DebugFileSearch([]));
        var index = new BlockIndex(AddressMap.Read(binary.File));
        int EntryOf(string name) => index.Target(binary.Symbolizer.FunctionStarts().Single(s => s.Name == name).Address);
        var (leaf, last, main) = (EntryOf("leaf"), EntryOf("last"), EntryOf("main"));
        int relay = Enumerable.Range(EntryOf("relay"), 3).First(b => (index.Blocks[b].Properties & BlockProperties.TailCall) != 0);
        Assert.That(index.Blocks[leaf].CallEnds, Is.EqualTo(new[] { index.Blocks[leaf].Size }), "the jump to the thunk is a call for LLVM");
        Assert.That(index.Blocks[main].CallEnds, Has.Length.GreaterThan(2));

        const int JumpLength = 5;
        ulong behindCall = index.Blocks[main].Start + index.Blocks[main].CallEnds![0];
        var counts = new BinaryCounts(
            null,
            [Branch(index.Blocks[leaf].End - JumpLength, behindCall, 70), Branch(index.Blocks[relay].End - JumpLength, index.Blocks[last].Start, 30)],
            [],
            [],
            []);
        var flow = new BlockFlow(index, binary.File, counts);
        Assert.That(flow.Unplaced.Reasons(), Is.Empty);
        Assert.That(flow.Calls, Is.EqualTo(new Dictionary<(int, int), ulong> { [(relay, index.FunctionOf[last])] = 30 }));
        Assert.That((flow.Executed[leaf], flow.Executed[relay], flow.Executed[last]), Is.EqualTo((70UL, 30UL, 30UL)));

        BranchCount Branch(ulong from, ulong to, ulong count)
        {
            Assert.That(binary.File.TryGetFileOffset(from, out ulong fromOffset) & binary.File.TryGetFileOffset(to, out ulong toOffset), Is.True);
            return new BranchCount(fromOffset, toOffset, count);
        }
    }
}
