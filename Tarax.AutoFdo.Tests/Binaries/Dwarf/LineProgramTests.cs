using Tarax.AutoFdo.Binaries.Dwarf;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Tests.Builders;
using At = Tarax.AutoFdo.Tests.Builders.DwarfAssembler.Attribute;

namespace Tarax.AutoFdo.Tests.Binaries.Dwarf;

public sealed class LineProgramTests
{
    [TestCase((ushort)4)]
    [TestCase((ushort)5)]
    public void Rows_have_address_line_and_a_discriminator_that_ends_with_its_row(ushort version)
    {
        var table = Read(new LineProgramBuilder { Version = version }.At(0x1000).Row(10).Row(11, 4, discriminator: 3).Row(11, 4).Special(2, -4).End(8));
        Assert.That(table.Rows.ToArray(), Is.EqualTo(new LineRow[] { new(0x1000, 10, 0), new(0x1004, 11, 3), new(0x1008, 11, 0), new(0x100a, 7, 0) }));
        Assert.That(table.Sequences.ToArray(), Is.EqualTo(new[] { new LineSequence(0x1000, 0x1012, 0, 4, 0, 4) }));
    }

    [TestCase((ushort)4, 1ul)]
    [TestCase((ushort)5, 0ul)]
    public void Files_are_numbered_from_one_before_dwarf_5_and_from_zero_since(ushort version, ulong number)
    {
        var unit = UnitOf(new LineProgramBuilder { Version = version }.At(0x1000).Row(10).End(8).Build());
        Assert.That(unit.LineTable!.FilePath(number, unit), Is.EqualTo("/src/a.c"));
        Assert.That(unit.LineTable.FilePath(number + 1, unit), Is.Empty);
    }

    [Test]
    public void Last_of_several_rows_for_one_address_counts()
    {
        var table = Read(new LineProgramBuilder().At(0x1000).Row(10).Row(20).Row(30).End(8));
        Assert.That(table.Rows.ToArray(), Is.EqualTo(new LineRow[] { new(0x1000, 30, 0) }));
    }

    [Test]
    public void Statements_begin_where_the_compiler_marks_them_also_several_at_one_address_and_without_code()
    {
        var table = Read(new LineProgramBuilder()
            .At(0x1100).Row(40).Row(41, 4, isStatement: false).End(4)
            .At(0).Row(5).End(8)
            .At(0x1000).Row(10).Row(20).Row(20).Row(30, isStatement: false).Row(30, 4).Row(31, 4, discriminator: 2).End(8));
        Assert.That(table.Statements.ToArray(), Is.EqualTo(new LineRow[] { new(0x1100, 40, 0), new(0x1000, 10, 0), new(0x1000, 20, 0), new(0x1004, 30, 0), new(0x1008, 31, 2) }));
        Assert.That(Lines(0, 0x1000, 0x1001), Is.EqualTo(new[] { 10, 20 }));
        Assert.That(Lines(0, 0x1001, 0x1008), Is.EqualTo(new[] { 30 }));
        Assert.That(Lines(1, 0x1000, 0x2000), Is.EqualTo(new[] { 40 }));

        int[] Lines(int sequence, ulong start, ulong end) => [.. table.StatementsIn(table.Sequences[sequence], new CodeRange(start, end)).ToArray().Select(r => (int)r.Line)];
    }

    [Test]
    public void Compiler_that_marks_every_row_marks_nothing()
    {
        Assert.That(Read(new LineProgramBuilder().At(0x1000).Row(10).Row(20, 4).End(8)).Statements.ToArray(), Is.Empty);
    }

    [Test]
    public void Sequences_of_dropped_code_are_left_out_and_the_others_are_in_order()
    {
        var table = Read(new LineProgramBuilder().At(0x1100).Row(10).End(8).At(0).Row(5).End(8).At(ulong.MaxValue - 1).Row(6).End(1).At(0x1000).Row(20).End(8));
        Assert.That(table.Sequences.ToArray().Select(s => (s.Start, table.Rows[s.FirstRow].Line)), Is.EqualTo(new[] { (0x1000ul, 20u), (0x1100ul, 10u) }));
    }

    [Test]
    public void Row_is_found_by_any_address_in_it()
    {
        var table = Read(new LineProgramBuilder().At(0x1000).Row(10).Row(11, 4).Row(12, 4).End(8));
        var sequence = table.Sequences[0];
        Assert.That(new ulong[] { 0x1000, 0x1003, 0x1004, 0x1007, 0x1008, 0x100f }.Select(a => table.RowAt(sequence, a)), Is.EqualTo(new[] { 0, 0, 1, 1, 2, 2 }));
        Assert.That(new ulong[] { 0xfff, 0x100f, 0x1010 }.Select(table.FirstSequenceEndingAfter), Is.EqualTo(new[] { 0, 0, 1 }));
    }

    [Test]
    public void Damaged_programs_are_named()
    {
        byte[] whole = new LineProgramBuilder().At(0x1000).Row(10).End(8).Build();
        byte[] wrongVersion = [.. whole];
        wrongVersion[4] = 9;
        byte[] noRange = [.. whole];
        noRange[16] = 0;
        foreach (byte[] line in (byte[][])[wrongVersion, noRange, whole[..^3]])
        {
            var unit = UnitOf(line);
            Assert.That(unit.LineTable, Is.Null, "the unit has no lines, and the rest of it is used");
            Assert.That(unit.File.Damage!.Message, Does.Contain(".debug_line"));
        }
    }

    private static LineTable Read(LineProgramBuilder program) => UnitOf(program.Build()).LineTable!;

    private static DwarfUnit UnitOf(byte[] line)
    {
        var assembler = new DwarfAssembler { Line = line }.Unit()
            .Entry(DwarfTag.CompileUnit, false, null, new At(DwarfAttribute.StmtList, DwarfForm.SecOffset, 0)).EndUnit();
        return DwarfFile.Of(assembler.ToElf().Open())!.Units[0];
    }
}
