using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Binaries.Elf;

/// <summary>
/// Relocations of sections of relocatable files: absolute ones of 32 and 64 bits, which are all that compilers write into debug information for
/// x86-64 and AArch64, and those of calls and jumps. Linked files may keep their relocations (a kernel with CONFIG_RELOCATABLE does); their sections are already right.
/// </summary>
internal static class Relocations
{
    private const ushort MachineX8664 = 62;
    private const ushort MachineAArch64 = 183;
    private const int EntrySize = 24;
    private const int SymbolSize = 24;

    /// <summary>The section with its relocations applied, which the caller owns; false where there are none to apply.</summary>
    public static bool TryApply(ElfFile file, ElfSection section, ByteSource content, [NotNullWhen(true)] out ByteSource? relocated)
    {
        relocated = null;
        if (file.Type != ElfType.Relocatable || !file.Is64Bit || !(section.IsCode || section.IsData || section.Type == ElfSection.TypeBlockAddressMap || section.Name.StartsWith(".debug_", StringComparison.Ordinal))
            || section.Type is ElfSection.TypeRelocationsWithAddends or ElfSection.TypeSymbolTable // whatever its name: these are needed to relocate others
            || file.RelocationsOf(section) is not { } table || table.Link >= file.Sections.Count
            || file.Sections[(int)table.Link].Type != ElfSection.TypeSymbolTable)
        {
            return false;
        }

        byte[] bytes = content.All().ToArray();
        var symbols = file.Content(file.Sections[(int)table.Link]);
        var entries = file.Content(table);
        var cursor = entries.Cursor("relocations", 0, entries.Length, file.IsBigEndian);
        while (cursor.Remaining >= EntrySize)
        {
            ulong offset = cursor.U64("r_offset");
            ulong info = cursor.U64("r_info");
            ulong addend = cursor.U64("r_addend");
            bool isDistance = IsDistance(file.Machine, (uint)info);
            int size = SizeOf(file.Machine, (uint)info);
            if (size == 0)
            {
                continue;
            }

            if (size > bytes.Length || offset > (ulong)(bytes.Length - size))
            {
                throw cursor.Invalid("r_offset", $"is {offset}, beyond {section.Name}");
            }

            ulong symbol = SymbolAddress(file, symbols, info >> 32);
            if (isDistance && symbol == 0)
            {
                continue; // of another module, or of the kernel
            }

            ulong value = symbol + addend;
            value -= isDistance ? section.Address + offset : 0;
            var place = bytes.AsSpan((int)offset, size);
            if (IsInstruction(file.Machine, (uint)info))
            {
                // Instructions of AArch64 are little-endian whatever the data is.
                Write(place, WithDistance(place, value), isBigEndian: false);
            }
            else
            {
                Write(place, value, file.IsBigEndian);
            }
        }

        relocated = ByteSource.FromArray(bytes, section.Name);
        return true;
    }

    /// <summary>Bytes that a relocation writes; 0 for others, which do not occur in debug sections or say nothing of control flow.</summary>
    private static int SizeOf(ushort machine, uint type) => (machine, type) switch
    {
        (MachineX8664, 1) => 8, // R_X86_64_64
        (MachineX8664, 10 or 11) => 4, // R_X86_64_32, R_X86_64_32S
        (MachineX8664, 2 or 4) => 4, // R_X86_64_PC32, R_X86_64_PLT32
        (MachineAArch64, 257) => 8, // R_AARCH64_ABS64
        (MachineAArch64, 258) => 4, // R_AARCH64_ABS32
        (MachineAArch64, 260) => 8, // R_AARCH64_PREL64
        (MachineAArch64, 261) => 4, // R_AARCH64_PREL32
        (MachineAArch64, 282 or 283) => 4, // R_AARCH64_JUMP26, R_AARCH64_CALL26
        _ => 0,
    };

    /// <summary>Whether a relocation is a distance from its place, as calls and jumps have it.</summary>
    private static bool IsDistance(ushort machine, uint type) =>
        (machine, type) is (MachineX8664, 2 or 4) or (MachineAArch64, 260 or 261) || IsInstruction(machine, type);

    /// <summary>Whether it changes a part of an instruction.</summary>
    private static bool IsInstruction(ushort machine, uint type) => (machine, type) is (MachineAArch64, 282 or 283);

    /// <summary>The instruction with a distance in its low 26 bits, in instructions.</summary>
    private static ulong WithDistance(ReadOnlySpan<byte> instruction, ulong distance)
    {
        const uint Mask = 0x3ff_ffff;
        return (BinaryPrimitives.ReadUInt32LittleEndian(instruction) & ~Mask) | ((uint)(distance >> 2) & Mask);
    }

    private static ulong SymbolAddress(ElfFile file, ByteSource symbols, ulong index)
    {
        var symbol = symbols.Cursor("symbol", (long)(index * SymbolSize), SymbolSize, file.IsBigEndian);
        symbol.Skip("st_name", 6);
        ushort section = symbol.U16("st_shndx");
        ulong value = symbol.U64("st_value");
        return value + (section > 0 && section < file.Sections.Count ? file.Sections[section].Address : 0);
    }

    private static void Write(Span<byte> target, ulong value, bool isBigEndian)
    {
        switch (target.Length, isBigEndian)
        {
            case (8, false):
                BinaryPrimitives.WriteUInt64LittleEndian(target, value);
                break;
            case (8, true):
                BinaryPrimitives.WriteUInt64BigEndian(target, value);
                break;
            case (_, false):
                BinaryPrimitives.WriteUInt32LittleEndian(target, (uint)value);
                break;
            default:
                BinaryPrimitives.WriteUInt32BigEndian(target, (uint)value);
                break;
        }
    }
}
