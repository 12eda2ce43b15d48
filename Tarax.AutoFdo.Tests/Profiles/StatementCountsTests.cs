using Tarax.AutoFdo.Attribution;
using Tarax.AutoFdo.Binaries.Dwarf;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Targets.Gcc;
using Tarax.AutoFdo.Tests.Builders;
using Tarax.AutoFdo.Tests.Profiles.Formats;
using At = Tarax.AutoFdo.Tests.Builders.DwarfAssembler.Attribute;

namespace Tarax.AutoFdo.Tests.Profiles;

/// <summary>Positions that run as often as their statements begin: a function f at 1000–1080, line 10, into which g, line 50, was inlined at 1040–1060.</summary>
public sealed class StatementCountsTests
{
    [Test]
    public void Code_that_was_moved_out_of_its_statement_does_not_count_for_it()
    {
        // Half of line 12 runs before the branch that leads to it.
        var counts = Build(p => p.Row(11).Row(12, 0x10, isStatement: false).Row(12, 0x10), new(0x1000, 0x101f, 90, 0), new(0x1020, 0x103f, 30, 0));
        Assert.That(counts, Is.EqualTo(new[] { "1=90", "2=30" }));
    }

    [Test]
    public void Statement_without_code_of_its_own_begins_nevertheless()
    {
        // Line 12 begins at 1020, where the code is of line 13.
        var counts = Build(p => p.Row(11).Row(12, 0x10, isStatement: false).Row(12, 0x10).Row(13), new(0x1000, 0x101f, 90, 0), new(0x1020, 0x103f, 30, 0));
        Assert.That(counts, Is.EqualTo(new[] { "1=90", "2=30", "3=30" }));
    }

    [Test]
    public void Copies_of_a_statement_add_up_but_not_beyond_the_code_that_ran_most()
    {
        RangeCount[] ran = [new(0x1000, 0x100f, 90, 0), new(0x1010, 0x101f, 50, 0), new(0x1020, 0x102f, 20, 0), new(0x1030, 0x103f, 40, 0)];
        var counts = Build(p => p.Row(12, isStatement: false).Row(12, 0x10).Row(13, 0x10).Row(12, 0x10), ran);
        Assert.That(counts, Is.EqualTo(new[] { "2=90", "3=20" }));
        counts = Build(p => p.Row(12, isStatement: false).Row(12, 0x10).Row(13, 0x10).Row(12, 0x10).Row(12), [ran[0], ran[1], ran[2], ran[3] with { Count = 10 }]);
        Assert.That(counts, Is.EqualTo(new[] { "2=60", "3=20" }), "twice at one address is once");
    }

    [Test]
    public void Statement_that_never_began_says_nothing()
    {
        var counts = Build(p => p.Row(12, isStatement: false).Row(12, 0x20), new RangeCount(0x1000, 0x101f, 90, 0));
        Assert.That(counts, Is.EqualTo(new[] { "2=90" }));
    }

    [Test]
    public void Statement_where_an_inlined_call_begins_may_be_of_the_caller_or_the_callee()
    {
        static LineProgramBuilder Program(LineProgramBuilder p) => p.Row(12, isStatement: false).Row(51, 0x20, isStatement: false).Row(12, 0x20).Row(51);
        var counts = Build(p => Program(p), [new(0x1000, 0x103f, 90, 0), new(0x1040, 0x107f, 30, 0)]);
        Assert.That(counts, Is.EqualTo(new[] { "2=30", "41=90", "5:g 1=30" }), "line 51 is code of f where g is not inlined");
    }

    [Test]
    public void What_other_compilers_mark_is_not_taken()
    {
        var counts = Build("clang version 22.1.0", p => p.Row(11).Row(12, 0x10, isStatement: false).Row(12, 0x10), new(0x1000, 0x101f, 90, 0), new(0x1020, 0x103f, 30, 0));
        Assert.That(counts, Is.EqualTo(new[] { "1=90", "2=90" }));
    }

    [Test]
    public void Inlined_call_ran_as_often_as_its_code_was_entered_not_as_its_first_line()
    {
        // g is a loop from 1048 on, entered at 1044.
        var profile = Profile("GNU C17 16.2.0", p => p.Row(12).Row(51, 0x40), new(0x1000, 0x107f, 20, 0), new(0x1048, 0x105f, 400, 0));
        Assert.That(Counts(profile), Is.EqualTo(new[] { "2=20", "41=20", "5:g 1=420" }));
        Assert.That(Counts(CallPositions.Of(profile)), Is.EqualTo(new[] { "2=20", "5=20", "41=20", "5:g 1=420" }));
    }

    [Test]
    public void Entries_that_only_one_of_two_profiles_knows_are_not_those_of_their_sum()
    {
        var profile = Profile("GNU C17 16.2.0", p => p.Row(12).Row(51, 0x40), new(0x1000, 0x107f, 20, 0), new(0x1048, 0x105f, 400, 0));
        var read = LlvmFormatTests.ReadText("f:100:4\n 5: g:60\n  1: 30\n");
        Assert.That(Counts(CallPositions.Of(SampleProfile.Merge([profile, profile]))), Is.EqualTo(new[] { "2=40", "5=40", "41=40", "5:g 1=840" }));
        Assert.That(Counts(CallPositions.Of(SampleProfile.Merge([profile, read]))), Is.EqualTo(new[] { "2=20", "5=450", "41=20", "5:g 1=450" }));
    }

    private static string[] Build(Func<LineProgramBuilder, LineProgramBuilder> lines, params RangeCount[] ranges) => Build("GNU C17 16.2.0", lines, ranges);

    private static string[] Build(string producer, Func<LineProgramBuilder, LineProgramBuilder> lines, params RangeCount[] ranges) => Counts(Profile(producer, lines, ranges));

    private static string[] Counts(SampleProfile profile)
    {
        var body = profile.Functions.Single().Body;
        return [.. body.Positions.Select(p => $"{p.Position}={p.Count}"), .. body.Calls.SelectMany(c => c.Body.Positions.Where(p => p.Count > 0).Select(p => $"{c.Position}:{c.Callee} {p.Position}={p.Count}"))];
    }

    private static SampleProfile Profile(string producer, Func<LineProgramBuilder, LineProgramBuilder> lines, params RangeCount[] ranges)
    {
        using var elf = Elf(producer, lines(new LineProgramBuilder().At(0x1000)).End(0x80).Build());
        using var symbolizer = new Symbolizer(elf);
        var text = elf.FindSection(".text")!;
        var counts = new BinaryCounts(null, [], [.. ranges.Select(r => r with { Start = r.Start - text.Address + text.Offset, End = r.End - text.Address + text.Offset })], [], []);
        return ProfileBuilder.Of(counts, symbolizer).Build(new AttributionChoices { CountsIsStmtRows = true });
    }

    private static ElfFile Elf(string producer, byte[] line) => new DwarfAssembler { Line = line }.Unit()
        .Entry(DwarfTag.CompileUnit, true, null, new At(DwarfAttribute.Producer, DwarfForm.String, Text: producer), new At(DwarfAttribute.StmtList, DwarfForm.SecOffset, 0), new At(DwarfAttribute.LowPc, DwarfForm.Addr, 0x1000), new At(DwarfAttribute.HighPc, DwarfForm.Data4, 0x80))
        .Entry(DwarfTag.Subprogram, false, "g", new At(DwarfAttribute.Name, DwarfForm.String, Text: "g"), new At(DwarfAttribute.DeclLine, DwarfForm.Data1, 50))
        .Entry(DwarfTag.Subprogram, true, null, new At(DwarfAttribute.Name, DwarfForm.String, Text: "f"), new At(DwarfAttribute.DeclLine, DwarfForm.Data1, 10), new At(DwarfAttribute.LowPc, DwarfForm.Addr, 0x1000), new At(DwarfAttribute.HighPc, DwarfForm.Data4, 0x80))
        .Entry(DwarfTag.InlinedSubroutine, false, null, new At(DwarfAttribute.AbstractOrigin, DwarfForm.Ref4, Text: "g"), new At(DwarfAttribute.EntryPc, DwarfForm.Addr, 0x1044), new At(DwarfAttribute.LowPc, DwarfForm.Addr, 0x1040), new At(DwarfAttribute.HighPc, DwarfForm.Data4, 0x20), new At(DwarfAttribute.CallLine, DwarfForm.Data1, 15))
        .End().End().EndUnit().ToElf()
        .Symbol("f", 0x1000, 0x80).Open();
}
