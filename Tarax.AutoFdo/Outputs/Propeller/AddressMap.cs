using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Diagnostics;

namespace Tarax.AutoFdo.Outputs.Propeller;

/// <summary>The blocks of a binary's functions, which Clang writes into sections of their own (<c>-fbasic-block-address-map</c>).</summary>
internal static class AddressMap
{
    /// <summary>Whether a file has one.</summary>
    public static bool IsIn(ElfFile file) => file.Sections.Any(IsMap);

    /// <summary>All functions, in the order in which they stand there.</summary>
    /// <exception cref="InvalidFormatException">It is damaged, or of a version that is not known.</exception>
    public static List<MappedFunction> Read(ElfFile file)
    {
        if (file is { Type: ElfType.Relocatable, Is64Bit: false } && IsIn(file))
        {
            throw new InvalidFormatException(AddressMapReader.Format, "address", -1, "has relocations in an object of 32 bits, which are not known; give the linked binary");
        }

        CheckSize(file);
        var functions = new List<MappedFunction>();
        foreach (var section in file.Sections)
        {
            if (IsMap(section))
            {
                var content = file.Content(section);
                var reader = new AddressMapReader(content.Cursor("functions", 0, content.Length, file.IsBigEndian), file.Is64Bit);
                while (reader.TryRead(out var function))
                {
                    functions.Add(function);
                }
            }
        }

        return functions;
    }

    /// <summary>Sections of a file that was made by a compiler do not overlap; what overlaps many times would be read many times.</summary>
    private static void CheckSize(ElfFile file)
    {
        ulong left = (ulong)file.Length;
        foreach (var section in file.Sections.Where(IsMap))
        {
            ulong size = file.RelocationsOf(section) is { } table && table.Size <= left ? table.Size : 0;
            if (section.Size > left - size)
            {
                throw new InvalidFormatException(AddressMapReader.Format, "sh_size", (long)Math.Min(section.Offset, long.MaxValue), $"of all these sections is more than the file's {file.Length} bytes");
            }

            left -= size + section.Size;
        }
    }

    private static bool IsMap(ElfSection section) => section.Type == ElfSection.TypeBlockAddressMap && section.HasContent;
}
