using System.Globalization;
using System.Text.RegularExpressions;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Outputs.Propeller;

namespace Tarax.AutoFdo.Tests.Outputs.Propeller;

/// <summary>The blocks of a binary that Clang tells, beside what <c>llvm-readobj --bb-addr-map</c> says of them.</summary>
public sealed partial class AddressMapTests
{
    [TestCase("clang-22", "-fuse-ld=lld")]
    [TestCase("clang-19", "")]
    [TestCase("clang-22", "-shared -fPIC -fuse-ld=lld")]
    [TestCase("clang-22", "-mllvm -emit-bb-hash -fuse-ld=lld")]
    [TestCase("clang-22", "-mllvm -pgo-analysis-map=all")]
    [TestCase("clang-19", "-mllvm -pgo-analysis-map=func-entry-count,bb-freq,br-prob")]
    [TestCase("clang-22", "-mllvm -emit-bb-hash -mllvm -pgo-analysis-map=all -fuse-ld=lld")]
    [TestCase("clang-22", "-fbasic-block-sections=all -fuse-ld=lld")]
    [TestCase("clang-22", "-fbasic-block-sections=all -mllvm -pgo-analysis-map=all -mllvm -emit-bb-hash -fuse-ld=lld")]
    [TestCase("clang-22", "-mllvm -basic-block-address-map-skip-bb-entries -fuse-ld=lld")]
    [TestCase("clang-22", "-m32 -nostdlib -Wl,-e,main -static -fuse-ld=lld")]
    [TestCase("clang-22", "--target=aarch64-linux-gnu -nostdlib -Wl,-e,main -static -fuse-ld=lld")]
    public void Blocks_of_a_binary_are_those_that_llvm_readobj_tells(string compiler, string options)
    {
        string folder = TestEnvironment.NewFolder();
        MappedProgram.Write(folder);
        MappedProgram.Build(folder, compiler, $"-fbasic-block-address-map {options}");
        AssertSame(Path.Combine(folder, "program"), atLeast: 5);
    }

    [TestCase("clang-22", "")]
    [TestCase("clang-19", "-ffunction-sections")]
    [TestCase("clang-22", "-ffunction-sections")]
    [TestCase("clang-22", "-fbasic-block-sections=all")]
    [TestCase("clang-22", "--target=aarch64-linux-gnu -ffunction-sections")]
    public void Blocks_of_an_object_are_those_that_llvm_readobj_tells(string compiler, string options)
    {
        string folder = TestEnvironment.NewFolder();
        MappedProgram.Write(folder);
        TestEnvironment.Run(compiler, [.. $"-O2 -fbasic-block-address-map {options}".Split(' ', StringSplitOptions.RemoveEmptyEntries), "-c", "-o", $"{folder}/work.o", $"{folder}/work.c"]);
        AssertSame(Path.Combine(folder, "work.o"), atLeast: 2);
    }

    [TestCase("zlib")]
    [TestCase("zstd")]
    public void Compressed_map_is_the_same(string how)
    {
        string folder = TestEnvironment.NewFolder();
        MappedProgram.Write(folder);
        MappedProgram.Build(folder, "clang-22", "-fbasic-block-address-map -mllvm -pgo-analysis-map=all -fuse-ld=lld");
        string program = Path.Combine(folder, "program");
        TestEnvironment.Run("llvm-objcopy-22", "--compress-sections", $".llvm_bb_addr_map={how}", program, $"{program}-{how}");
        using (var elf = ElfFile.Open($"{program}-{how}"))
        {
            Assert.That(elf.FindSection(".llvm_bb_addr_map")!.IsCompressed, Is.True);
            Assert.That(Described(elf), Is.EqualTo(Told(program)));
        }

        TestEnvironment.Run("llvm-objcopy-22", "--only-keep-debug", program, $"{program}.debug");
        using var debug = ElfFile.Open($"{program}.debug");
        Assert.That(Described(debug), Is.EqualTo(Told(program)), "a file of debug information keeps the map");
    }

    [TestCase(0, 1, "version at offset 0 (0x0): is 1 in the entry of the first function, where 2 to 5 are known")]
    [TestCase(0, 6, "version at offset 0 (0x0): is 6 in the entry of the first function, where 2 to 5 are known")]
    [TestCase(2, 1, "feature at offset 1 (0x1): has the bits 0x100 in the entry of the first function, which version 5 does not have")]
    [TestCase(15, 0x22, "block metadata at offset 15 (0xf): has the bits 0x20 in block 0 at 0x1000, which are not known")]
    [TestCase(16, 7, "version at offset 16 (0x10): is 7 in the entry behind that of the function at 0x1000, where 2 to 5 are known")]
    [TestCase(27, 3, "number of blocks at offset 28 (0x1c): is 3, where 0 bytes remain")]
    public void What_a_map_has_that_is_not_known_is_told_with_its_place(int at, byte value, string message)
    {
        byte[] map = [5, 0, 0, .. BitConverter.GetBytes(0x1000UL), 1, 0, 0, 8, 1, 5, 0, 0, .. BitConverter.GetBytes(0x2000UL), 0];
        var reader = new AddressMapReader(new ByteCursor(map, AddressMapReader.Format, 0, isBigEndian: false), is64Bit: true);
        Assert.That(reader.TryRead(out _) && reader.TryRead(out _) && !reader.TryRead(out _), Is.True);
        map[at] = value;
        var thrown = Assert.Throws<InvalidFormatException>(() =>
        {
            var damaged = new AddressMapReader(new ByteCursor(map, AddressMapReader.Format, 0, isBigEndian: false), is64Bit: true);
            while (damaged.TryRead(out _))
            {
            }
        });
        Assert.That(thrown!.Message, Does.StartWith($".llvm_bb_addr_map: {message}"));
    }

    [TestCase("")]
    [TestCase("-mllvm -emit-bb-hash -mllvm -pgo-analysis-map=all")]
    [TestCase("-fbasic-block-sections=all -mllvm -pgo-analysis-map=all")]
    public void Blocks_of_functions_that_did_not_run_are_passed_over(string options)
    {
        string folder = TestEnvironment.NewFolder();
        MappedProgram.Write(folder);
        MappedProgram.Build(folder, "clang-22", $"-fbasic-block-address-map -fuse-ld=lld -static {options}");
        using var elf = ElfFile.Open(Path.Combine(folder, "program"));
        var all = AddressMap.Read(elf);
        for (int i = 0; i < all.Count; i++)
        {
            // The last byte of its last block ran, in a range, or was branched from or to.
            var code = elf.Segments.First(s => s.IsExecutableLoad);
            ulong ran = all[i].Ranges.SelectMany(r => r.Blocks).Last(b => b.Size > 0).End - 1 - code.VirtualAddress + code.Offset;
            BinaryCounts[] counts =
            [
                new(null, [], [new RangeCount(ran, ran, 1, 0)], [], []), new(null, [new BranchCount(ran, 0, 1)], [], [], []), new(null, [new BranchCount(0, ran, 1)], [], [], []), new(null, [], [], [], [new AddressCount(ran, 1, 0)]),
            ];
            foreach (var recorded in counts)
            {
                var some = AddressMap.Read(elf, RecordedCode.Of(recorded, elf));
                Assert.That(some.Select(f => f.Entry), Is.EqualTo(all.Select(f => f.Entry)));
                Assert.That(some.SelectMany(f => f.Ranges).Select(r => (r.Base, r.BlockCount, r.End)), Is.EqualTo(all.SelectMany(f => f.Ranges).Select(r => (r.Base, r.BlockCount, r.End))));
                Assert.That(some.Where(f => f.Ranges.Any(r => r.Blocks.Length > 0)).Select(f => f.Entry), Is.EqualTo(new[] { all[i].Entry }));
                Assert.That(Lines(elf, some[i]), Is.EqualTo(Lines(elf, all[i])));
            }
        }
    }

    [Test]
    public void Damage_is_found_in_what_is_passed_over_too()
    {
        byte[] map = [5, 0x60, 0, .. BitConverter.GetBytes(0x1000UL), 2, 0, 0, 1, 4, 8, 1, .. new byte[8], 1, 8, 0, 0x85, 1, 0, .. new byte[8], 5, 1, 0, .. BitConverter.GetBytes(0x2000UL), 1, 0, 0, 3, 0, 7];
        foreach (var (at, value) in from at in Enumerable.Range(0, map.Length) from value in (byte[])[0, 1, 2, 0x1f, 0x7f, 0x80, 0xff] select (at, value))
        {
            byte[] damaged = [.. map];
            damaged[at] = value;
            Assert.That(Passed(damaged, describes: false), Is.EqualTo(Passed(damaged, describes: true)), $"{at}: {value}");
        }
    }

    /// <summary>What is known of all functions, up to what is wrong.</summary>
    private static string Passed(byte[] map, bool describes)
    {
        var reader = new AddressMapReader(new ByteCursor(map, AddressMapReader.Format, 0, isBigEndian: false), is64Bit: true, describes);
        var lines = new List<string>();
        try
        {
            while (reader.TryRead(out var function))
            {
                lines.Add($"{function.Features} {function.EntryCount} {string.Join(',', function.Ranges.Select(r => (r.Base, r.BlockCount, r.End)))} {reader.Position}");
            }
        }
        catch (InvalidFormatException e)
        {
            lines.Add(e.Message);
        }

        return string.Join('\n', lines);
    }

    private static List<string> Lines(ElfFile elf, MappedFunction function)
    {
        var lines = new List<string>();
        Add(lines, elf, function);
        return lines;
    }

    private static void AssertSame(string path, int atLeast)
    {
        using var elf = ElfFile.Open(path);
        string[] told = Told(path);
        Assert.That(told.Count(l => l.StartsWith("At:", StringComparison.Ordinal)), Is.GreaterThanOrEqualTo(atLeast));
        Assert.That(Described(elf), Is.EqualTo(told));
    }

    private static string[] Told(string path) =>
        [.. TestEnvironment.Run("llvm-readobj-22", "--bb-addr-map", path).Split('\n').Select(l => l.Trim()).SkipWhile(l => l != "BBAddrMap [").Where(l => KeyAndValue().IsMatch(l) && !l.StartsWith("Name:", StringComparison.Ordinal))];

    private static List<string> Described(ElfFile elf)
    {
        var lines = new List<string>();
        foreach (var function in AddressMap.Read(elf))
        {
            Add(lines, elf, function);
        }

        return lines;
    }

    private static void Add(List<string> lines, ElfFile elf, MappedFunction function)
    {
        string Hex(ulong value) => $"0x{value:X}";

        // In an object each section begins at 0.
        ulong Place(ulong address) => elf.Type != ElfType.Relocatable ? address : address - elf.Sections.Last(s => s.IsCode && s.Address <= address && address < s.Address + Math.Max(s.Size, 1)).Address;
        string Truth(MappedBlock block, BlockProperties property) => (block.Properties & property) != 0 ? "Yes" : "No";
        lines.Add($"At: {Hex(Place(function.Entry))}");
        foreach (var range in function.Ranges)
        {
            lines.Add($"Base Address: {Hex(Place(range.Base))}");
            foreach (var block in range.Blocks)
            {
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"ID: {block.Id}"));
                lines.Add($"Offset: {Hex(block.Start - range.Base)}");
                if (block.CallEnds is { Length: > 0 } calls)
                {
                    lines.Add($"Callsite End Offsets: [{string.Join(", ", calls)}]");
                }

                if ((function.Features & MapFeatures.BlockHashes) != 0)
                {
                    lines.Add($"Hash: {Hex(block.Hash)}");
                }

                lines.AddRange(
                [
                    $"Size: {Hex(block.Size)}", $"HasReturn: {Truth(block, BlockProperties.Returns)}", $"HasTailCall: {Truth(block, BlockProperties.TailCall)}", $"IsEHPad: {Truth(block, BlockProperties.LandingPad)}",
                    $"CanFallThrough: {Truth(block, BlockProperties.FallsThrough)}", $"HasIndirectBranch: {Truth(block, BlockProperties.IndirectBranch)}",
                ]);
            }
        }

        if (function.EntryCount is { } entries)
        {
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"FuncEntryCount: {entries}"));
        }

        foreach (var block in function.Assumed)
        {
            if ((function.Features & MapFeatures.BlockFrequencies) != 0)
            {
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"Frequency: {block.Frequency}"));
            }

            foreach (var successor in block.Successors)
            {
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"ID: {successor.Id}"));
                lines.Add($"Probability: {Hex(successor.Probability)}");
            }
        }
    }

    [GeneratedRegex(@"^[A-Z][\w ]*: \S")]
    private static partial Regex KeyAndValue();
}
