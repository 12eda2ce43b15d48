using System.Globalization;
using System.Text;
using Tarax.AutoFdo.Attribution;
using Tarax.AutoFdo.Binaries.Disassembly;
using Tarax.AutoFdo.Targets.Gcc;

namespace Tarax.AutoFdo.Tests.Attribution.Inference;

/// <summary>
/// A switch in a loop that ran a hundred times, and each case ten times. Lines, from that of the function: 3 counts steps, 4 leaves the loop, 5 writes memory, 6 is the switch, and then come its cases.
/// Each case has a copy of line 3, which puts the number of steps where the loop expects it.
/// </summary>
public sealed class PhiArgumentsTests
{
    private const int FirstCase = 7;

    [Test]
    public void What_only_sets_a_value_before_a_large_switch_does_not_count()
    {
        var counts = CountsOfLines(cases: 40, leavesOut: true);
        Assert.That(counts[3], Is.EqualTo(10), "that of its copies; that of the loop would be taken for that of each break");
        Assert.That(counts, Has.No.ContainKey(5), "it has no copies");
        Assert.That((counts[4], counts[6]), Is.EqualTo((100, 100)), "they branch");
    }

    [Test]
    public void Cases_that_only_set_a_value_keep_their_positions()
    {
        var counts = CountsOfLines(cases: 40, leavesOut: true);
        Assert.That(Enumerable.Range(FirstCase, 40).Select(line => counts[line]), Has.All.EqualTo(10), "nothing else tells their counts");
    }

    [Test]
    public void All_that_ran_counts_before_a_small_switch() => Assert.That(CountsOfLines(cases: 20, leavesOut: true)[3], Is.EqualTo(100));

    [Test]
    public void All_that_ran_counts_for_other_compilers() => Assert.That(CountsOfLines(cases: 40, leavesOut: false)[3], Is.EqualTo(100));

    private static Dictionary<int, ulong> CountsOfLines(int cases, bool leavesOut) => ProfiledFunction.CountsOfLines(
        Source(cases),
        (graph, block) => graph.Blocks[block].First > graph.Instructions.ToList().FindIndex(i => i.Flow == InstructionFlow.IndirectJump) ? 10ul : 100ul,
        leavesOut ? (Func<FunctionGraphs, ICodeFilter>)(graphs => new SuppressedPositions(graphs, phiArguments: true, ifConvertedLoops: false)) : null);

    private static string Source(int cases)
    {
        // What comes before the switch is too much to be copied behind each case, and the cases are too different for a table of values.
        var source = new StringBuilder(
            """
            unsigned log[8]; int over(unsigned *steps);
            __attribute__((noinline)) unsigned run(const unsigned char *code, unsigned most) {
            unsigned steps = code[4], sum = 1;
            for (;;) {
            steps++;
            if (steps > most && over(log)) return sum + steps;
            log[steps & 7] += log[code[1] & 7] * 3 + (code[2] ^ log[code[3] & 7]) * (steps + 11) - log[(steps + 1) & 7] * log[(steps + 2) & 7];
            switch (*code++) {

            """);
        for (int i = 0; i < cases; i++)
        {
            source.Append(CultureInfo.InvariantCulture, $"case {i}: sum = sum {"*^+"[i % 3]} {(1000 * i) + 333}; break;\n");
        }

        return source.Append("} } }\n__attribute__((noinline)) int over(unsigned *steps) { return steps[0] & 1; }\nint main(int c, char **v) { return run((unsigned char *)v[0], c); }\n").ToString();
    }
}
