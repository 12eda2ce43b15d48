using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Diagnostics;

namespace Tarax.AutoFdo.Outputs.Propeller;

/// <summary>The blocks of a binary's functions, which Clang writes into sections of their own (<c>-fbasic-block-address-map</c>).</summary>
internal static class AddressMap
{
    /// <summary>Whether a file has one.</summary>
    public static bool IsIn(ElfFile file) => file.Sections.Any(IsMap);

    /// <summary>All functions, in the order in which they stand there.</summary>
    /// <param name="file">The file.</param>
    /// <param name="recorded">Where code ran: functions of which none did have no blocks, and only those. Null for the blocks of all.</param>
    /// <exception cref="InvalidFormatException">It is damaged, or of a version that is not known.</exception>
    public static List<MappedFunction> Read(ElfFile file, RecordedCode? recorded = null)
    {
        if (file is { Type: ElfType.Relocatable, Is64Bit: false } && IsIn(file))
        {
            throw new InvalidFormatException(AddressMapReader.Format, "address", -1, "has relocations in an object of 32 bits, which are not known; give the linked binary");
        }

        CheckSize(file);
        var functions = new List<MappedFunction>();
        var places = new List<(ElfSection Section, int Position)>();
        foreach (var section in file.Sections.Where(IsMap))
        {
            var content = file.Content(section);
            var reader = new AddressMapReader(content.Cursor("functions", 0, content.Length, file.IsBigEndian), file.Is64Bit, describes: recorded is null);
            for (int position = reader.Position; reader.TryRead(out var function); position = reader.Position)
            {
                functions.Add(function);
                places.Add((section, position));
            }
        }

        if (recorded is not null)
        {
            Describe(functions, places, recorded.Functions(functions), file);
        }

        return functions;
    }

    /// <summary>Reads some functions again, with their blocks.</summary>
    private static void Describe(List<MappedFunction> functions, List<(ElfSection Section, int Position)> places, bool[] wanted, ElfFile file)
    {
        for (int first = 0, end; first < functions.Count; first = end)
        {
            var section = places[first].Section;
            var content = file.Content(section);
            var reader = new AddressMapReader(content.Cursor("functions", 0, content.Length, file.IsBigEndian), file.Is64Bit);
            for (end = first; end < functions.Count && places[end].Section == section; end++)
            {
                if (wanted[end])
                {
                    reader.Position = places[end].Position;
                    functions[end] = reader.TryRead(out var function) ? function : throw new InvalidOperationException("a function of the map is gone");
                }
            }
        }
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
