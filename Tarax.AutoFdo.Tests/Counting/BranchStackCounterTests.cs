using Tarax.AutoFdo.Counting;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Inputs.Perf;

namespace Tarax.AutoFdo.Tests.Counting;

public sealed class BranchStackCounterTests
{
    private const ulong WrongPath = 1UL << 24;
    private const ulong NotTaken = 1UL << 33;

    [Test]
    public void Range_goes_from_a_target_to_the_next_branch_instruction()
    {
        // Newest first: the program went 10 -> 20, on to 28 -> 40.
        var counter = Count(new BranchEntry(0x28, 0x40, 0), new BranchEntry(0x10, 0x20, 0));
        Assert.That(Branches(counter), Is.EqualTo(new[] { (0x10ul, 0x20ul, 1ul), (0x28ul, 0x40ul, 1ul) }));
        Assert.That(Ranges(counter).Select(r => (r.Start, r.End, r.Count)), Is.EqualTo(new[] { (0x20ul, 0x28ul, 1ul) }));
    }

    [Test]
    public void Newest_branch_begins_no_range_since_its_end_is_not_known()
    {
        var counter = Count(new BranchEntry(0x28, 0x40, 0));
        Assert.That(Ranges(counter), Is.Empty);
        Assert.That(Branches(counter), Has.Count.EqualTo(1));
    }

    [Test]
    public void Range_reaches_past_wrong_path_entries_to_the_last_good_branch()
    {
        // Verdict 5: 40->0, *30->10 on a wrong path*, 80->20 gives the range 20-40, where create_gcov takes 20-30.
        var counter = Count(new BranchEntry(0x40, 0x0, 0), new BranchEntry(0x30, 0x10, WrongPath), new BranchEntry(0x80, 0x20, 0));
        Assert.That(Ranges(counter).Select(r => (r.Start, r.End, r.Count)), Is.EqualTo(new[] { (0x20ul, 0x40ul, 1ul) }));
        Assert.That(Branches(counter), Is.EqualTo(new[] { (0x40ul, 0ul, 1ul), (0x80ul, 0x20ul, 1ul) }));
        Assert.That(counter.WrongPathEntries, Is.EqualTo(1));
    }

    [Test]
    public void Leading_wrong_path_entries_are_passed_over()
    {
        var counter = Count(new BranchEntry(0x99, 0x98, WrongPath), new BranchEntry(0x28, 0x40, 0), new BranchEntry(0x10, 0x20, 0));
        Assert.That(Ranges(counter).Select(r => (r.Start, r.End, r.Count)), Is.EqualTo(new[] { (0x20ul, 0x28ul, 1ul) }));
    }

    [Test]
    public void Doubled_head_of_a_long_backward_branch_counts_once()
    {
        var head = new BranchEntry(0x5000, 0x1000, 0);
        var counter = Count(head, head, new BranchEntry(0x800, 0x4ff0, 0));
        Assert.That(Branches(counter), Is.EqualTo(new[] { (0x800ul, 0x4ff0ul, 1ul), (0x5000ul, 0x1000ul, 1ul) }));
        Assert.That(Ranges(counter).Select(r => (r.Start, r.End, r.Count)), Is.EqualTo(new[] { (0x4ff0ul, 0x5000ul, 1ul) }));
        Assert.That(counter.DuplicateHeads, Is.EqualTo(1));
    }

    [TestCase(WrongPath, 0ul)]
    [TestCase(0ul, WrongPath)]
    [TestCase(NotTaken, 0ul)]
    public void Doubled_head_of_which_one_was_not_executed_is_none(ulong first, ulong second)
    {
        var counter = Count(new BranchEntry(0x5000, 0x1000, first), new BranchEntry(0x5000, 0x1000, second), new BranchEntry(0x800, 0x4ff0, 0));
        Assert.That(Branches(counter), Is.EqualTo(new[] { (0x800ul, 0x4ff0ul, 1ul), (0x5000ul, 0x1000ul, 1ul) }));
        Assert.That(counter.DuplicateHeads, Is.Zero);
    }

    [Test]
    public void Branch_whose_source_is_not_known_ends_no_range()
    {
        var counter = Count(new BranchEntry(0x28, 0x40, 0), new BranchEntry(0, 0x20, 0), new BranchEntry(0x500, 0xffff_ffff_8100_0000, 0));
        Assert.That(Ranges(counter), Is.EqualTo(new[] { (0x20ul, 0x28ul, 1ul, 1ul) }));
    }

    [Test]
    public void Keys_that_a_fixed_hash_would_put_together_are_told_apart_quickly()
    {
        // Targets that differ by multiples of the inverse of a well-known multiplier; in one row they would take minutes.
        const int Steps = 100_000;
        var counter = new BranchStackCounter();
        ulong inverse = 0xd6e8feb86659fd93;
        for (int i = 0; i < 6; i++)
        {
            inverse *= 2 - (0xd6e8feb86659fd93 * inverse);
        }

        for (ulong i = 1; i <= Steps; i++)
        {
            counter.AddStack([new BranchEntry(0x1000, i * inverse, 0)], 1, dropDuplicateHead: false);
        }

        Assert.That(counter.Steps.Count, Is.EqualTo(Steps));
    }

    [Test]
    public void Tight_loop_at_the_head_is_no_doubled_head()
    {
        var loop = new BranchEntry(0x1010, 0x1000, 0);
        var counter = Count(loop, loop);
        Assert.That(Branches(counter), Is.EqualTo(new[] { (0x1010ul, 0x1000ul, 2ul) }));
        Assert.That(Ranges(counter).Select(r => (r.Start, r.End, r.Count)), Is.EqualTo(new[] { (0x1000ul, 0x1010ul, 1ul) }));
    }

    [Test]
    public void Doubled_head_stays_where_the_hardware_does_not_double()
    {
        var counter = new BranchStackCounter();
        var head = new BranchEntry(0x5000, 0x1000, 0);
        counter.AddStack([head, head], 0, dropDuplicateHead: false);
        Assert.That(Branches(counter), Is.EqualTo(new[] { (0x5000ul, 0x1000ul, 2ul) }));
    }

    [Test]
    public void Empty_places_of_the_stack_end_the_history()
    {
        var counter = Count(new BranchEntry(0x28, 0x40, 0), default, new BranchEntry(0x10, 0x20, 0));
        Assert.That(Ranges(counter), Is.Empty, "what happened between the two branches is not known");
        Assert.That(Branches(counter), Has.Count.EqualTo(2));
    }

    [Test]
    public void Branch_that_was_not_taken_is_not_counted_as_taken()
    {
        var counter = Count(new BranchEntry(0x28, 0x2c, NotTaken));
        Assert.That(Branches(counter), Is.Empty);
        Assert.That(Ranges(counter).Select(r => (r.Start, r.End, r.Count)), Is.EqualTo(new[] { (0x2cul, 0x2cul, 1ul) }), "what is behind it ran");
    }

    [Test]
    public void Previous_target_behind_a_branch_is_no_branch()
    {
        // perf inject --itrace=bl2 of Arm SPE: code from the previous target on is counted with the branches before this one.
        var counter = Count(new BranchEntry(0x28, 0x2c, NotTaken), new BranchEntry(0, 0x20, 0));
        Assert.That(Branches(counter), Is.Empty);
        Assert.That(Ranges(counter).Select(r => (r.Start, r.End, r.Count)), Is.EqualTo(new[] { (0x2cul, 0x2cul, 1ul) }));
    }

    [Test]
    public void First_time_is_the_earliest_whatever_the_order()
    {
        var counter = new BranchStackCounter();
        BranchEntry[] stack = [new(0x28, 0x40, 0), new(0x10, 0x20, 0)];
        counter.AddStack(stack, 300, true);
        counter.AddStack(stack, 100, true);
        counter.AddStack(stack, 200, true);
        Assert.That(Ranges(counter).Single().FirstTime, Is.EqualTo(100));
        Assert.That(Ranges(counter).Single().Count, Is.EqualTo(3));
    }

    private static BranchStackCounter Count(params BranchEntry[] stack)
    {
        var counter = new BranchStackCounter();
        counter.AddStack(stack, 1, dropDuplicateHead: true);
        return counter;
    }

    /// <summary>The branches of all steps.</summary>
    private static List<(ulong From, ulong To, ulong Count)> Branches(BranchStackCounter counter)
    {
        var all = new PairTable();
        foreach (var step in counter.Steps.AsSpan())
        {
            if (step.Count > 0)
            {
                all.Add(step.From, step.To, step.Count, 0);
            }
        }

        return [.. all.ToSortedArray().Select(s => (s.First, s.Second, s.Count))];
    }

    /// <summary>The ranges of all steps, and those that follow no taken branch.</summary>
    private static List<(ulong Start, ulong End, ulong Count, ulong FirstTime)> Ranges(BranchStackCounter counter)
    {
        var all = new PairTable();
        all.AddAll(counter.UnpairedRanges);
        foreach (var step in counter.Steps.AsSpan())
        {
            if (step.Count > 0 && step.Length != BranchStepTable.NoRange)
            {
                all.Add(step.To, step.To + step.Length, step.Count, step.FirstTime);
            }
        }

        return [.. all.ToSortedArray().Select(s => (s.First, s.Second, s.Count, s.FirstTime))];
    }
}
