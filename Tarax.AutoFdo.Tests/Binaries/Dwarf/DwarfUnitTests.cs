using Tarax.AutoFdo.Binaries.Dwarf;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Tests.Builders;
using At = Tarax.AutoFdo.Tests.Builders.DwarfAssembler.Attribute;

namespace Tarax.AutoFdo.Tests.Binaries.Dwarf;

public sealed class DwarfUnitTests
{
    private static readonly At Low = new(DwarfAttribute.LowPc, DwarfForm.Addr, 0x1000);
    private static readonly At High = new(DwarfAttribute.HighPc, DwarfForm.Data4, 0x100);

    [Test]
    public void Abbreviation_codes_need_not_be_sequential()
    {
        var file = Open(new DwarfAssembler { CodeStep = 1000 }.Unit()
            .Entry(DwarfTag.CompileUnit, true, null, new At(DwarfAttribute.Producer, DwarfForm.String, Text: "GNU C17 12.2.0"))
            .Entry(DwarfTag.Subprogram, false, null, new At(DwarfAttribute.Name, DwarfForm.String, Text: "f"), Low, High)
            .End().EndUnit());
        Assert.That(file.Units[0].Producer, Is.EqualTo("GNU C17 12.2.0"));
        Assert.That(file.Units[0].Functions.Find(0x10ff)!.Ranges.Single(), Is.EqualTo(new CodeRange(0x1000, 0x1100)));
        Assert.That(file.Units[0].Functions.Find(0x1100), Is.Null);
    }

    [Test]
    public void Forms_of_all_kinds_are_stepped_over()
    {
        var file = Open(new DwarfAssembler().Unit()
            .Entry(DwarfTag.CompileUnit, true, null)
            .Entry(DwarfTag.Subprogram, false, "f",
                new At((DwarfAttribute)0x3e01, DwarfForm.Data16), new At((DwarfAttribute)0x3e02, DwarfForm.ExprLoc), new At((DwarfAttribute)0x3e03, DwarfForm.Block1),
                new At((DwarfAttribute)0x3e04, DwarfForm.SData, unchecked((ulong)-5000)), new At((DwarfAttribute)0x3e05, DwarfForm.RefSig8, 1),
                new At((DwarfAttribute)0x3e06, DwarfForm.FlagPresent), new At((DwarfAttribute)0x3e07, DwarfForm.UData, 1 << 20),
                new At(DwarfAttribute.DeclLine, DwarfForm.Indirect, 77), new At(DwarfAttribute.Name, DwarfForm.String, Text: "f"), Low, High)
            .End().EndUnit());
        var function = file.Units[0].Functions.Find(0x1000)!;
        Assert.That(FunctionDescription.Read(function.Die), Is.EqualTo(new FunctionDescription("f", 77, "") { Declaration = function.Die }));
    }

    [Test]
    public void Declaration_line_in_the_abbreviation_counts()
    {
        // Verdict 12: GCC writes DW_FORM_implicit_const for attributes that are equal in many entries.
        var file = Open(new DwarfAssembler().Unit()
            .Entry(DwarfTag.CompileUnit, true, null)
            .Entry(DwarfTag.Subprogram, false, "f", new At(DwarfAttribute.Name, DwarfForm.String, Text: "f"), new At(DwarfAttribute.DeclLine, DwarfForm.ImplicitConst, 511), Low, High)
            .End().EndUnit());
        Assert.That(FunctionDescription.Read(file.Units[0].Functions.Find(0x1000)!.Die).DeclarationLine, Is.EqualTo(511));
    }

    [Test]
    public void Name_and_line_are_found_along_origins_and_specifications_across_units()
    {
        var file = Open(new DwarfAssembler()
            .Unit()
            .Entry(DwarfTag.CompileUnit, true, null)
            .Entry(DwarfTag.Subprogram, false, null, new At(DwarfAttribute.AbstractOrigin, DwarfForm.RefAddr, Text: "definition"), Low, High)
            .End().EndUnit()
            .Unit(DwarfUnitType.Partial)
            .Entry(DwarfTag.PartialUnit, true, null)
            .Entry(DwarfTag.Subprogram, false, "definition", new At(DwarfAttribute.Specification, DwarfForm.Ref4, Text: "declaration"), new At(DwarfAttribute.DeclLine, DwarfForm.Data1, 50))
            .Entry(DwarfTag.Subprogram, false, "declaration", new At(DwarfAttribute.LinkageName, DwarfForm.String, Text: "_ZN1A1fEv"), new At(DwarfAttribute.Name, DwarfForm.String, Text: "f"), new At(DwarfAttribute.DeclLine, DwarfForm.Data1, 10))
            .End().EndUnit());
        var described = FunctionDescription.Read(file.Units[0].Functions.Find(0x1000)!.Die);
        Assert.That((described.Name, described.DeclarationLine, described.File, described.HasLinkageName), Is.EqualTo(("_ZN1A1fEv", 50, "", true)));
    }

    [Test]
    public void Reference_to_itself_ends()
    {
        var file = Open(new DwarfAssembler().Unit()
            .Entry(DwarfTag.CompileUnit, true, null)
            .Entry(DwarfTag.Subprogram, false, "f", new At(DwarfAttribute.AbstractOrigin, DwarfForm.Ref4, Text: "f"), Low, High)
            .End().EndUnit());
        Assert.That(FunctionDescription.Read(file.Units[0].Functions.Find(0x1000)!.Die).Name, Is.Empty);
    }

    [Test]
    public void Type_units_are_passed_over_and_what_follows_them_is_read()
    {
        var file = Open(new DwarfAssembler()
            .Unit(DwarfUnitType.Type).Entry(DwarfTag.CompileUnit, false, null).EndUnit()
            .Unit().Entry(DwarfTag.CompileUnit, true, null)
            .Entry(DwarfTag.Subprogram, false, null, new At(DwarfAttribute.Name, DwarfForm.String, Text: "f"), Low, High)
            .End().EndUnit());
        Assert.That(file.Units, Has.Count.EqualTo(2));
        Assert.That(file.Units[1].Functions.Find(0x1000), Is.Not.Null);
        Assert.That(file.Damage, Is.Null);
    }

    [Test]
    public void Indexed_names_and_addresses_use_bases_that_stand_after_them()
    {
        var assembler = new DwarfAssembler();
        assembler.Str.Bytes("\0GNU C++17 14.2.0\0"u8);
        assembler.StrOffsets.Zeros(8);
        assembler.StrOffsets.U32(0);
        assembler.StrOffsets.U32(1);
        assembler.Addr.Zeros(8);
        assembler.Addr.U64(0);
        assembler.Addr.U64(0x1200);
        assembler.Unit()
            .Entry(DwarfTag.CompileUnit, true, null,
                new At(DwarfAttribute.Producer, DwarfForm.Strx1, 1), new At(DwarfAttribute.LowPc, DwarfForm.Addrx, 1), new At(DwarfAttribute.HighPc, DwarfForm.Data4, 0x80),
                new At(DwarfAttribute.StrOffsetsBase, DwarfForm.SecOffset, 8), new At(DwarfAttribute.AddrBase, DwarfForm.SecOffset, 8))
            .Entry(DwarfTag.Subprogram, false, null, new At(DwarfAttribute.LowPc, DwarfForm.Addrx1, 1), new At(DwarfAttribute.HighPc, DwarfForm.Addrx1, 1))
            .End().EndUnit();
        var unit = Open(assembler).Units[0];
        Assert.That(unit.Producer, Is.EqualTo("GNU C++17 14.2.0"));
        Assert.That(unit.Ranges.Single(), Is.EqualTo(new CodeRange(0x1200, 0x1280)));
        Assert.That(unit.Functions.Find(0x1200), Is.Null, "its range is empty");
    }

    [Test]
    public void Range_lists_of_dwarf_5_are_read_in_all_encodings()
    {
        var assembler = new DwarfAssembler();
        assembler.Addr.U64(0x1100);
        assembler.Addr.U64(0x1180);
        var list = assembler.RngLists;
        list.U32(4); // the table of offsets, one entry
        list.U8(4); // offset pair, relative to the unit's base
        DwarfAssembler.Uleb(list, 0x10);
        DwarfAssembler.Uleb(list, 0x20);
        list.U8(7); // start and length: absolute, verdict 14a
        list.U64(0x1040);
        DwarfAssembler.Uleb(list, 0x10);
        list.U8(6); // start and end
        list.U64(0x1060);
        list.U64(0x1070);
        list.U8(5); // base address
        list.U64(0x1200);
        list.U8(4);
        DwarfAssembler.Uleb(list, 0);
        DwarfAssembler.Uleb(list, 8);
        list.U8(1); // base address by index
        DwarfAssembler.Uleb(list, 0);
        list.U8(4);
        DwarfAssembler.Uleb(list, 1);
        DwarfAssembler.Uleb(list, 2);
        list.U8(2); // start and end by index
        DwarfAssembler.Uleb(list, 0);
        DwarfAssembler.Uleb(list, 1);
        list.U8(3); // start by index and length
        DwarfAssembler.Uleb(list, 1);
        DwarfAssembler.Uleb(list, 4);
        list.U8(7); // dropped by the linker
        list.U64(0);
        DwarfAssembler.Uleb(list, 0x20);
        list.U8(0);
        assembler.Unit()
            .Entry(DwarfTag.CompileUnit, true, null, Low, new At(DwarfAttribute.AddrBase, DwarfForm.SecOffset, 0), new At(DwarfAttribute.RngListsBase, DwarfForm.SecOffset, 0))
            .Entry(DwarfTag.Subprogram, false, null, new At(DwarfAttribute.Ranges, DwarfForm.RngListx, 0))
            .Entry(DwarfTag.Subprogram, false, null, new At(DwarfAttribute.Ranges, DwarfForm.SecOffset, 4))
            .End().EndUnit();
        CodeRange[] expected =
        [
            new(0x1010, 0x1020), new(0x1040, 0x1050), new(0x1060, 0x1070), new(0x1200, 0x1208), new(0x1101, 0x1102), new(0x1100, 0x1180), new(0x1180, 0x1184),
        ];
        var file = Open(assembler);
        Assert.That(file.Units[0].Functions.Find(0x1010)!.Ranges, Is.EqualTo(expected));
    }

    [Test]
    public void Range_lists_before_dwarf_5_are_pairs_with_base_selection()
    {
        var assembler = new DwarfAssembler { Version = 4 };
        foreach (ulong word in (ulong[])[0x10, 0x20, ulong.MaxValue, 0x1100, 0, 8, 1, 1, 0, 0])
        {
            assembler.Ranges.U64(word);
        }

        assembler.Unit().Entry(DwarfTag.CompileUnit, true, null, Low)
            .Entry(DwarfTag.Subprogram, false, null, new At(DwarfAttribute.Ranges, DwarfForm.SecOffset, 0))
            .End().EndUnit();
        Assert.That(Open(assembler).Units[0].Functions.Find(0x1010)!.Ranges, Is.EqualTo(new CodeRange[] { new(0x1010, 0x1020), new(0x1100, 0x1108) }));
    }

    [Test]
    public void Nested_function_is_a_function_and_its_inlined_calls_are_its_own()
    {
        var file = Open(new DwarfAssembler().Unit()
            .Entry(DwarfTag.CompileUnit, true, null)
            .Entry(DwarfTag.Subprogram, true, null, Low, High)
            .Entry(DwarfTag.InlinedSubroutine, false, null, new At(DwarfAttribute.AbstractOrigin, DwarfForm.Ref4, Text: "callee"), new At(DwarfAttribute.CallLine, DwarfForm.Data1, 3), new At(DwarfAttribute.LowPc, DwarfForm.Addr, 0x1010), new At(DwarfAttribute.HighPc, DwarfForm.Data4, 0x10))
            .Entry(DwarfTag.Subprogram, true, null, new At(DwarfAttribute.LowPc, DwarfForm.Addr, 0x1200), High)
            .Entry(DwarfTag.InlinedSubroutine, false, null, new At(DwarfAttribute.AbstractOrigin, DwarfForm.Ref4, Text: "callee"), new At(DwarfAttribute.CallLine, DwarfForm.Data1, 4), new At(DwarfAttribute.LowPc, DwarfForm.Addr, 0x1210), new At(DwarfAttribute.HighPc, DwarfForm.Data4, 0x10))
            .End()
            .Entry(DwarfTag.InlinedSubroutine, false, null, new At(DwarfAttribute.AbstractOrigin, DwarfForm.Ref4, Text: "callee"), new At(DwarfAttribute.CallLine, DwarfForm.Data1, 5), new At(DwarfAttribute.LowPc, DwarfForm.Addr, 0x1030), new At(DwarfAttribute.HighPc, DwarfForm.Data4, 0x10))
            .End()
            .Entry(DwarfTag.Subprogram, false, "callee", new At(DwarfAttribute.Name, DwarfForm.String, Text: "callee"))
            .End().EndUnit());
        var outer = file.Units[0].Functions.Find(0x1000)!;
        var nested = file.Units[0].Functions.Find(0x1200)!;
        Assert.That(InlinedCalls(outer).Scopes.Select(s => s.CallLine), Is.EqualTo(new[] { 0u, 3u, 5u }));
        Assert.That(InlinedCalls(nested).Scopes.Select(s => s.CallLine), Is.EqualTo(new[] { 0u, 4u }));
        Assert.That(
            InlinedCalls(outer).RunsIn(outer.Ranges[0]),
            Is.EqualTo(new ScopeRun[] { new(0x1000, 0x1010, 0), new(0x1010, 0x1020, 1), new(0x1020, 0x1030, 0), new(0x1030, 0x1040, 2), new(0x1040, 0x1100, 0) }));
    }

    [Test]
    public void Functions_in_types_and_in_other_functions_are_found_though_siblings_pass_over_them()
    {
        var file = Open(new DwarfAssembler().Unit()
            .Entry(DwarfTag.CompileUnit, true, null)
            .Entry(DwarfTag.Subprogram, true, null, new At(DwarfAttribute.Sibling, DwarfForm.Ref4, Text: "type"), Low, High)
            .Entry(DwarfTag.Subprogram, false, null, new At(DwarfAttribute.LowPc, DwarfForm.Addr, 0x1200), High)
            .End()
            .Entry(DwarfTag.StructureType, true, "type", new At(DwarfAttribute.Sibling, DwarfForm.Ref4, Text: "last"))
            .Entry(DwarfTag.Subprogram, false, null, new At(DwarfAttribute.LowPc, DwarfForm.Addr, 0x1400), High)
            .End()
            .Entry(DwarfTag.Subprogram, false, "last", new At(DwarfAttribute.LowPc, DwarfForm.Addr, 0x1600), High)
            .End().EndUnit());
        var functions = file.Units[0].Functions;
        ulong[] starts = [0x1000, 0x1200, 0x1400, 0x1600];
        Assert.That(starts.Select(s => functions.Find(s)?.Ranges.Single().Start), Is.EqualTo(starts));
        Assert.That(functions.Ranges.Select(r => r.Start), Is.EquivalentTo(starts));
        Assert.That(functions.Find(0x1000), Is.SameAs(functions.Find(0x1001)), "there is one object for each function, whenever it was read");
        Assert.That(functions.SameUntil(0x1100), Is.EqualTo(0x1200), "nothing but the nested function changes what is found");
    }

    [Test]
    public void Inlined_call_outside_of_its_caller_is_not_believed()
    {
        var file = Open(new DwarfAssembler().Unit()
            .Entry(DwarfTag.CompileUnit, true, null)
            .Entry(DwarfTag.Subprogram, true, null, Low, High)
            .Entry(DwarfTag.InlinedSubroutine, true, null, new At(DwarfAttribute.LowPc, DwarfForm.Addr, 0x1010), new At(DwarfAttribute.HighPc, DwarfForm.Data4, 0x10))
            .Entry(DwarfTag.InlinedSubroutine, false, null, new At(DwarfAttribute.LowPc, DwarfForm.Addr, 0x1040), new At(DwarfAttribute.HighPc, DwarfForm.Data4, 0x10))
            .End().End().End().EndUnit());
        var function = file.Units[0].Functions.Find(0x1000)!;
        Assert.That(InlinedCalls(function).RunsIn(function.Ranges[0]).Select(r => r.Scope), Is.EqualTo(new[] { 0, 1, 0 }));
    }

    [Test]
    public void Damage_in_an_earlier_unit_leaves_the_later_ones_readable()
    {
        var file = Open(new DwarfAssembler()
            .Unit().Entry(DwarfTag.CompileUnit, false, null, new At(DwarfAttribute.LowPc, DwarfForm.Addrx, 7)).EndUnit()
            .Unit().Entry(DwarfTag.CompileUnit, true, null).Entry(DwarfTag.Subprogram, false, null, Low, High).End().EndUnit());
        Assert.That(file.Damage!.Field, Is.EqualTo("DW_AT_addr_base"));
        Assert.That(file.UnitsAt(0x1000).Single().Functions.Find(0x1000), Is.Not.Null);
    }

    [Test]
    public void Function_behind_many_others_in_a_larger_one_is_found()
    {
        var assembler = new DwarfAssembler().Unit().Entry(DwarfTag.CompileUnit, true, null)
            .Entry(DwarfTag.Subprogram, false, null, Low, new At(DwarfAttribute.HighPc, DwarfForm.Data4, 0x1000));
        for (ulong i = 0; i < 100; i++)
        {
            assembler.Entry(DwarfTag.Subprogram, false, null, new At(DwarfAttribute.LowPc, DwarfForm.Addr, 0x1100 + (i * 16)), new At(DwarfAttribute.HighPc, DwarfForm.Data4, 8));
        }

        var functions = Open(assembler.End().EndUnit()).Units[0].Functions;
        Assert.That(functions.Find(0x1f00)!.Ranges[0].Start, Is.EqualTo(0x1000));
        Assert.That(functions.Find(0x1104)!.Ranges[0].Start, Is.EqualTo(0x1100));
    }

    [Test]
    public void Overlapping_ranges_of_one_call_are_all_its_own()
    {
        var assembler = new DwarfAssembler();
        foreach (var (start, end) in ((ulong, ulong)[])[(0x1010, 0x1020), (0x1018, 0x1030)])
        {
            assembler.RngLists.U8(6);
            assembler.RngLists.U64(start);
            assembler.RngLists.U64(end);
        }

        assembler.RngLists.U8(0);
        var file = Open(assembler.Unit().Entry(DwarfTag.CompileUnit, true, null).Entry(DwarfTag.Subprogram, true, null, Low, High)
            .Entry(DwarfTag.InlinedSubroutine, false, null, new At(DwarfAttribute.Ranges, DwarfForm.SecOffset, 0)).End().End().EndUnit());
        var function = file.Units[0].Functions.Find(0x1000)!;
        Assert.That(InlinedCalls(function).RunsIn(function.Ranges[0]), Is.EqualTo(new ScopeRun[] { new(0x1000, 0x1010, 0), new(0x1010, 0x1030, 1), new(0x1030, 0x1100, 0) }));
    }

    [Test]
    public void Calls_inlined_without_end_are_bounded()
    {
        var assembler = new DwarfAssembler().Unit().Entry(DwarfTag.CompileUnit, true, null).Entry(DwarfTag.Subprogram, true, null, Low, High);
        for (int i = 0; i < 20_000; i++)
        {
            assembler.Entry(DwarfTag.InlinedSubroutine, true, null, new At(DwarfAttribute.CallLine, DwarfForm.Data1, 5), Low, High);
        }

        var file = Open(assembler.EndUnit());
        Assert.That(InlinedCalls(file.Units[0].Functions.Find(0x1000)!).Scopes, Has.Count.InRange(500, 1001));
    }

    [Test]
    public void Range_lists_that_all_functions_share_do_not_grow_without_bound()
    {
        var assembler = new DwarfAssembler();
        for (ulong i = 0; i < 5000; i++)
        {
            assembler.RngLists.U8(6);
            assembler.RngLists.U64(0x1000 + (i % 100));
            assembler.RngLists.U64(0x1200);
        }

        assembler.RngLists.U8(0);
        assembler.Unit().Entry(DwarfTag.CompileUnit, true, null);
        for (int i = 0; i < 5000; i++)
        {
            assembler.Entry(DwarfTag.Subprogram, false, null, new At(DwarfAttribute.Ranges, DwarfForm.SecOffset, 0));
        }

        var file = Open(assembler.End().EndUnit());
        Assert.That(file.Units[0].Functions.Find(0x1000), Is.Null);
        Assert.That(file.Damage!.Message, Does.Contain("more ranges than the file has bytes for"));
    }

    [Test]
    public void Damage_in_a_later_unit_leaves_the_earlier_ones_readable()
    {
        var good = new DwarfAssembler().Unit().Entry(DwarfTag.CompileUnit, true, null)
            .Entry(DwarfTag.Subprogram, false, null, Low, High).End().EndUnit();
        var file = Open(good.Unit().Entry(DwarfTag.CompileUnit, false, null));
        Assert.That(file.Units, Has.Count.EqualTo(1));
        Assert.That(file.Damage!.Field, Is.EqualTo("unit version").Or.EqualTo("unit_length"));
    }

    [Test]
    public void Changed_bytes_never_crash_the_readers()
    {
        byte[] whole = File.ReadAllBytes(Path.Combine(TestEnvironment.Repository, "samples", "intel-lbr", "gzip"));
        var random = new Random(11);
        int refused = 0;
        for (int i = 0; i < 400; i++)
        {
            byte[] damaged = [.. whole];
            for (int change = 0; change < 20; change++)
            {
                damaged[random.Next(0xc540, damaged.Length)] = (byte)random.Next(256);
            }

            try
            {
                using var elf = ElfFile.Read("damaged", ByteSource.FromArray(damaged, ElfFile.Format));
                using var symbolizer = new Tarax.AutoFdo.Binaries.Symbolization.Symbolizer(elf);
                for (ulong address = 0x401000; address < 0x409000; address += 64)
                {
                    if (symbolizer.FindFunction(address) is { } function)
                    {
                        symbolizer.Source(function);
                    }
                }
            }
            catch (InvalidFormatException)
            {
                refused++;
            }
        }

        Assert.That(refused, Is.InRange(1, 399));
    }

    private static DwarfFile Open(DwarfAssembler assembler) => DwarfFile.Of(assembler.ToElf().Open())!;

    private static InlineTree InlinedCalls(DwarfFunction function)
    {
        var tree = new InlineTree();
        tree.Read(function);
        return tree;
    }
}
