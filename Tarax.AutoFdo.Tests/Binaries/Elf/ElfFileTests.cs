using System.Buffers.Binary;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Tests.Builders;

namespace Tarax.AutoFdo.Tests.Binaries.Elf;

public sealed class ElfFileTests
{
    [TestCase(8)]
    [TestCase(16)]
    [TestCase(20)]
    [TestCase(32)]
    public void Build_id_of_any_length_is_found(int length)
    {
        byte[] id = [.. Enumerable.Range(1, length).Select(i => (byte)i)];
        using var elf = new ElfBuilder().BuildId(id).Open();
        Assert.That(elf.BuildId.ToString(), Is.EqualTo(Convert.ToHexStringLower(id)));
    }

    [Test]
    public void Build_ids_match_when_padded_to_or_cut_at_twenty_bytes()
    {
        BuildId Id(int length, int padding = 0) => new([.. Enumerable.Range(1, length).Select(i => (byte)i), .. new byte[padding]]);
        Assert.That(Id(8).Matches(Id(8, 12)), Is.True, "a recording without sizes pads to 20 bytes");
        Assert.That(Id(32).Matches(Id(20)), Is.True, "a recording keeps 20 bytes of a longer one");
        Assert.That(Id(8).Matches(Id(9)), Is.False);
        Assert.That(Id(20).Matches(new BuildId([.. Enumerable.Range(2, 20).Select(i => (byte)i)])), Is.False);
        Assert.That(default(BuildId).Matches(default), Is.False, "no build-id is not the same as no build-id");
    }

    [Test]
    public void File_offsets_become_virtual_addresses_by_the_executable_segment()
    {
        using var elf = new ElfBuilder { TextAddress = 0x401000, TextSize = 0x100 }.Open();
        ulong offset = elf.FindSection(".text")!.Offset;
        Assert.That(elf.TryGetVirtualAddress(offset + 0x10, out ulong address), Is.True);
        Assert.That(address, Is.EqualTo(0x401010));
        Assert.That(elf.TryGetVirtualAddress(offset + 0x100, out _), Is.False);
    }

    [Test]
    public void Symbols_are_found_by_address_with_global_names_first()
    {
        using var elf = new ElfBuilder()
            .Symbol("local", 0x1000, 0x10, SymbolBinding.Local).Symbol("weak", 0x1000, 0x20, SymbolBinding.Weak).Symbol("zglobal", 0x1000, 0x10)
            .Symbol("f.cold", 0x1100, 0x10, SymbolBinding.Local, type: 0).Symbol("data", 0x1200, 0x10, type: 1)
            .Symbol("g@plt", 0x1300, 0x10).Symbol("empty", 0x1400, 0).Open();
        var symbols = FunctionSymbols.Of(elf);
        Assert.That(symbols.Find(0x101f)!.Aliases.Select(a => a.Name), Is.EqualTo(new[] { "zglobal", "weak", "local" }));
        Assert.That(symbols.Find(0x1020), Is.Null);
        Assert.That(symbols.Find(0x1108)!.Aliases.Single().Name, Is.EqualTo("f.cold"), "a part counts whatever its type");
        Assert.That(new ulong[] { 0x1200, 0x1300, 0x1400 }.Select(symbols.Find), Has.All.Null, "data, PLT stubs and symbols without size do not");
    }

    [TestCase("f.cold", "f")]
    [TestCase("f.cold.12", "f")]
    [TestCase("f.isra.0.cold", "f.isra.0")]
    [TestCase("f.__part.3", "f")]
    [TestCase("f.llvm.1234567890", "f")]
    [TestCase("f.constprop.0", "f.constprop.0")]
    [TestCase("f.part.0", "f.part.0")]
    [TestCase("f.lto_priv.0", "f.lto_priv.0")]
    [TestCase(".cold.x", ".cold.x")]
    public void Only_suffixes_of_parts_are_cut(string name, string expected) => Assert.That(PartSuffix.Strip(name), Is.EqualTo(expected));

    [TestCase("_ZN1AC4Ev", "_ZN1AC2Ev")]
    [TestCase("_ZN1AD4Ev", "_ZN1AD2Ev")]
    [TestCase("_ZNSsC4EPKc", "_ZNSsC2EPKc")]
    [TestCase("_ZNSsC4EPKcRKS2_", "_ZNSsC2EPKcRKS2_")]
    [TestCase("_ZN1AC4Ei", "_ZN1AC4Ei")]
    [TestCase("C4Ev", "C4Ev")]
    public void Unified_structors_get_the_name_of_the_emitted_one(string name, string expected) => Assert.That(StructorName.Emitted(name), Is.EqualTo(expected));

    [Test]
    public void Thirty_two_bit_and_big_endian_files_are_read()
    {
        // ELF32, big-endian, EM_PPC, one section header (the null section) that also holds no names.
        byte[] bytes = new byte[52 + 40];
        "\u007fELF"u8.CopyTo(bytes);
        bytes[4] = 1;
        bytes[5] = 2;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(16), 2);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(18), 20);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(32), 52);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(46), 40);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(48), 1);
        using var elf = ElfFile.Read("ppc", ByteSource.FromArray(bytes, ElfFile.Format));
        Assert.That((elf.Is64Bit, elf.IsBigEndian, elf.Type, elf.Machine, elf.Sections.Count), Is.EqualTo((false, true, ElfType.Executable, (ushort)20, 1)));
    }

    [Test]
    public void Truncation_at_every_byte_is_told()
    {
        byte[] whole = new ElfBuilder { TextSize = 16 }.BuildId(1, 2, 3, 4).Symbol("f", 0x1000, 4).Build();
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.Throws<InvalidFormatException>(() => ElfFile.Read("cut", ByteSource.FromArray(whole[..length], ElfFile.Format)), $"{length} of {whole.Length} bytes");
        }
    }

    [Test]
    public void Impossible_sizes_of_compressed_sections_are_refused_before_memory_is_taken()
    {
        var header = new ByteWriter();
        header.U32(1);
        header.U32(0);
        header.U64(1UL << 40);
        header.U64(1);
        header.Zeros(8);
        using var elf = new ElfBuilder().Section(".debug_info", header.Written.ToArray(), flags: 0x800).Open();
        var error = Assert.Throws<InvalidFormatException>(() => elf.FindContent(".debug_info"))!;
        Assert.That(error.Field, Is.EqualTo("ch_size"));
    }
}
