using Tarax.AutoFdo.Attribution;
using Tarax.AutoFdo.Binaries.Dwarf;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Tests.Builders;
using At = Tarax.AutoFdo.Tests.Builders.DwarfAssembler.Attribute;

namespace Tarax.AutoFdo.Tests.Profiles;

/// <summary>Counts and symbols joined: a function f at 1000–1040 with a cold part at 1100–1110, another f at 1200–1240, and g at 1300–1340.</summary>
public sealed class ProfileBuilderTests
{
    private static readonly RangeCount[] AllRan = [new(0x1000, 0x103f, 100, 50), new(0x1200, 0x123f, 10, 30), new(0x1300, 0x133f, 20, 0)];

    [Test]
    public void Position_counts_as_often_as_its_most_executed_byte()
    {
        var profile = Build(new([new(0x1000, 0x1014, 5, 0), new(0x1008, 0x100b, 7, 0)], []));
        var f = profile.Functions.Single();
        Assert.That(f.Body.Positions.Select(p => (p.Position.ToString(), p.Count)), Is.EqualTo(new[] { ("1", 12ul), ("2.4", 5ul), ("3", 0ul), ("10", 0ul) }));
    }

    [Test]
    public void Static_functions_of_one_name_do_not_lose_each_others_counts()
    {
        // Verdict 1.
        var f = Build(new(AllRan, [new(0x1310, 0x1000, 3), new(0x1310, 0x1200, 4)])).Functions.Single(p => p.Name == "f");
        Assert.That(f.HeadCount, Is.EqualTo(7));
        Assert.That(f.Body.Positions[0].Count, Is.EqualTo(110));
        Assert.That(f.FirstTime, Is.EqualTo(30), "the earliest");
    }

    [Test]
    public void Calls_from_one_position_are_added_up()
    {
        // Verdict 2.
        var g = Build(new(AllRan, [new(0x1308, 0x1000, 40), new(0x130c, 0x1000, 11)])).Functions.Single(p => p.Name == "g");
        Assert.That(g.Body.Positions[0].Targets, Is.EqualTo(new[] { new CallTarget("f", 51) }));
    }

    [Test]
    public void Jumps_between_the_parts_of_a_function_are_no_calls()
    {
        // Verdict 23a.
        var f = Build(new(AllRan, [new(0x1010, 0x1100, 9), new(0x1108, 0x1000, 9)])).Functions.Single(p => p.Name == "f");
        Assert.That(f.HeadCount, Is.Zero);
        Assert.That(f.Body.Positions.SelectMany(p => p.Targets), Is.Empty);
    }

    [Test]
    public void Recursive_call_counts_as_a_call()
    {
        var f = Build(new(AllRan, [new(0x1010, 0x1000, 9)])).Functions.Single(p => p.Name == "f");
        Assert.That(f.HeadCount, Is.EqualTo(9));
    }

    [Test]
    public void Entries_from_other_files_raise_the_head_count_only()
    {
        var profile = Build(new(AllRan, []), entries: [new AddressCount(0x1300, 6, 0), new AddressCount(0x1304, 5, 0)]);
        Assert.That(profile.Functions.Single(p => p.Name == "g").HeadCount, Is.EqualTo(6));
    }

    [Test]
    public void Cold_part_belongs_to_its_function()
    {
        var f = Build(new([.. AllRan, new(0x1100, 0x1107, 2, 0)], [])).Functions.Single(p => p.Name == "f");
        Assert.That(f.Body.Positions.Single(p => p.Position.LineOffset == 10).Count, Is.EqualTo(2));
        Assert.That(Build(new(AllRan, [])).Functions.Select(p => p.Name), Has.None.Contains("cold"));
    }

    [Test]
    public void Range_past_the_end_of_a_function_is_cut_there()
    {
        using var elf = Elf();
        using var symbolizer = new Symbolizer(elf);
        var builder = ProfileBuilder.Of(Counts(new([new(0x1020, 0x1220, 5, 0)], []), elf), symbolizer);
        var profile = builder.Build(new AttributionChoices());
        var statistics = builder.Statistics;
        Assert.That(statistics.RangesCrossingFunctions, Is.EqualTo(5));
        Assert.That(profile.Functions.Single().Body.Positions.Select(p => p.Count), Is.EqualTo(new[] { 0ul, 0ul, 5ul, 0ul }));
    }

    [Test]
    public void Counts_too_large_to_add_stay_at_the_largest_number()
    {
        var f = Build(new([new(0x1000, 0x100f, ulong.MaxValue, 0), new(0x1008, 0x100b, 1UL << 60, 0), new(0x1020, ulong.MaxValue, 5, 0)], [])).Functions.Single();
        Assert.That(f.Body.Positions.Select(p => p.Count), Is.EqualTo(new[] { ulong.MaxValue, 0ul, 5ul, 0ul }));
    }

    [Test]
    public void Function_that_was_hardly_seen_is_left_out()
    {
        Assert.That(Build(new([new(0x1000, 0x1009, 1, 0)], [])).Functions, Is.Empty, "ten bytes executed once");
        Assert.That(Build(new([new(0x1000, 0x100a, 1, 0)], [])).Functions, Has.Count.EqualTo(1), "eleven");
    }

    [Test]
    public void Functions_below_the_minimum_count_are_left_out() =>
        Assert.That(Build(new(AllRan, []), minimumCount: 50).Functions.Select(f => f.Name), Is.EqualTo(new[] { "f" }));

    [Test]
    public void Functions_that_ran_have_a_head_count_where_the_compiler_needs_it()
    {
        var profile = Build(new(AllRan, []));
        Assert.That(profile.Functions.Select(f => f.HeadCount), Has.All.Zero);
        Assert.That(profile.WithHeadCounts().Functions.Select(f => f.HeadCount), Has.All.EqualTo(1));
    }

    private static SampleProfile Build((RangeCount[] Ranges, BranchCount[] Branches) counts, AddressCount[]? entries = null, ulong minimumCount = 0)
    {
        using var elf = Elf();
        using var symbolizer = new Symbolizer(elf);
        return ProfileBuilder.Of(Counts(counts, elf, entries), symbolizer).Build(new AttributionChoices(), minimumCount);
    }

    /// <summary>Counts given by ELF virtual address, as the file offsets that they are.</summary>
    private static BinaryCounts Counts((RangeCount[] Ranges, BranchCount[] Branches) counts, ElfFile elf, AddressCount[]? entries = null)
    {
        var text = elf.FindSection(".text")!;
        ulong Offset(ulong address) => address - text.Address + text.Offset;
        return new BinaryCounts(
            null,
            [.. counts.Branches.Select(b => b with { From = Offset(b.From), To = Offset(b.To) })],
            [.. counts.Ranges.Select(r => r with { Start = Offset(r.Start), End = Offset(r.End) })],
            [],
            [.. (entries ?? []).Select(e => e with { Address = Offset(e.Address) })]);
    }

    private static ElfFile Elf()
    {
        byte[] line = new LineProgramBuilder()
            .At(0x1000).Row(11).Row(12, 0x10, 4).Row(13, 0x10).End(0x20)
            .At(0x1100).Row(20).End(0x10)
            .At(0x1200).Row(11).End(0x40)
            .At(0x1300).Row(31).End(0x40).Build();
        var assembler = new DwarfAssembler { Line = line };
        foreach (var (start, end) in ((ulong, ulong)[])[(0x1000, 0x1040), (0x1100, 0x1110)])
        {
            assembler.RngLists.U8(6);
            assembler.RngLists.U64(start);
            assembler.RngLists.U64(end);
        }

        assembler.RngLists.U8(0);
        At[] Function(string name, ulong lineNumber) => [new(DwarfAttribute.Name, DwarfForm.String, Text: name), new(DwarfAttribute.DeclLine, DwarfForm.Data1, lineNumber)];
        return assembler.Unit()
            .Entry(DwarfTag.CompileUnit, true, null, new At(DwarfAttribute.StmtList, DwarfForm.SecOffset, 0), new At(DwarfAttribute.LowPc, DwarfForm.Addr, 0x1000), new At(DwarfAttribute.HighPc, DwarfForm.Data4, 0x400))
            .Entry(DwarfTag.Subprogram, false, null, [.. Function("f", 10), new(DwarfAttribute.Ranges, DwarfForm.SecOffset, 0)])
            .Entry(DwarfTag.Subprogram, false, null, [.. Function("f", 10), new(DwarfAttribute.LowPc, DwarfForm.Addr, 0x1200), new(DwarfAttribute.HighPc, DwarfForm.Data4, 0x40)])
            .Entry(DwarfTag.Subprogram, false, null, [.. Function("g", 30), new(DwarfAttribute.LowPc, DwarfForm.Addr, 0x1300), new(DwarfAttribute.HighPc, DwarfForm.Data4, 0x40)])
            .End().EndUnit().ToElf()
            .Symbol("f", 0x1000, 0x40, SymbolBinding.Local).Symbol("f.cold", 0x1100, 0x10, SymbolBinding.Local)
            .Symbol("f", 0x1200, 0x40, SymbolBinding.Local).Symbol("g", 0x1300, 0x40).Open();
    }
}
