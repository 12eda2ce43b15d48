using Tarax.AutoFdo.Binaries.Disassembly;
using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Targets;
using Tarax.AutoFdo.Targets.Gcc;

namespace Tarax.AutoFdo.Tests.Attribution.Inference;

/// <summary>Two loops of one block each, of which the second selects. Lines, from that of the function: 3 and 4 are the loop that does not, 6 loads, 7 selects, 8 ends the loop.</summary>
public sealed class IfConvertedLoopsTests
{
    private const string Source =
        """
        #define NOINLINE __attribute__((noinline))
        NOINLINE unsigned run(unsigned short *p, unsigned n, unsigned size) {
        unsigned m, sum = 0;
        do { sum = sum * 3 + p[n];
        } while (--n);
        n = 100 + (sum & 7);
        do { m = *--p;
        *p = (unsigned short)(m >= size ? m - size : 0);
        } while (--n);
        return sum;
        }
        unsigned short values[1000];
        int main(int c, char **v) { return run(values + 500, c + 50, (unsigned)(long)v[0]); }
        """;

    [Test]
    public void A_line_that_selects_in_a_loop_does_not_count()
    {
        var counts = CountsOfLines(withSelections: true);
        Assert.That(counts, Has.No.ContainKey(6), "it would be taken for the count of each branch of it");
        Assert.That((counts[5], counts[7]), Is.EqualTo((100, 100)), "they tell how often the loop ran");
        Assert.That((counts[2], counts[3]), Is.EqualTo((100, 100)), "a loop that does not select");
    }

    [Test]
    public void It_counts_for_other_compilers() => Assert.That(CountsOfLines(withSelections: false)[6], Is.EqualTo(100));

    [Test]
    public void Instructions_that_select_are_known()
    {
        var instructions = new List<CodeInstruction>();
        new X86Decoder(64).Decode([0x0f, 0x42, 0xc8, 0x0f, 0x92, 0xc0, 0x72, 0x00], 0, 8, instructions); // cmovb %eax,%ecx; setb %al; jb
        Assert.That(instructions.Select(i => i.Selects), Is.EqualTo(new[] { true, false, false }));

        uint[] words = [0x1a823020, 0x1a9f17e0, 0x1e620c20, 0x1e622820]; // csel w0,w1,w2,cc; cset w0,eq; fcsel d0,d1,d2,eq; fadd d0,d1,d2
        Assert.That(words.Select(w => Arm64Decoder.Decode(w, 0).Selects), Is.EqualTo(new[] { true, false, true, false }));
    }

    [TestCase("gcc-12", true)]
    [TestCase("gcc-15", true)]
    [TestCase("gcc-16", false)]
    [TestCase("clang-19", false)]
    public void Compilers_that_count_branches_by_line(string name, bool expected)
    {
        Assert.That(TargetCompiler.TryParse(name, out var compiler));
        Assert.That(ProfilePasses.Of(compiler!).Any(p => p.Id == "if-converted-loops"), Is.EqualTo(expected));
    }

    private static Dictionary<int, ulong> CountsOfLines(bool withSelections) => ProfiledFunction.CountsOfLines(
        Source,
        (graph, block) =>
        {
            Assert.That(graph.Instructions.Count(i => i.Selects), Is.EqualTo(1), "the compiler made the code that the test is about");
            return graph.Edges.Any(e => e.From == block && e.To == block) ? 100ul : 1ul;
        },
        graphs => new SuppressedPositions(graphs, phiArguments: true, withSelections));
}
