namespace Tarax.AutoFdo.Binaries.Elf;

/// <summary>
/// Addresses for the code sections of a relocatable file (a kernel module), which has none of its own: one after another as the kernel's
/// loader lays them out (layout_sections in kernel/module/main.c): executable sections in the order of their headers, those whose names
/// begin with .init in a place of their own.
/// </summary>
internal static class RelocatableLayout
{
    /// <summary>Address of the first code section; not 0, which stands for dropped code.</summary>
    public const ulong Base = 0x1000_0000;

    /// <summary>Code that the kernel frees after initialization.</summary>
    private const ulong InitBase = 0x2000_0000;

    /// <summary>Gives addresses to the code sections, and one executable segment for each.</summary>
    public static List<ElfSegment> Assign(IReadOnlyList<ElfSection> sections)
    {
        var segments = new List<ElfSegment>();
        ulong next = Base;
        ulong nextInit = InitBase;
        foreach (var section in sections)
        {
            if (!section.IsCode)
            {
                continue;
            }

            ref ulong place = ref section.Name.StartsWith(".init", StringComparison.Ordinal) ? ref nextInit : ref next;
            ulong alignment = Math.Max(section.Alignment, 1);
            place = (place + alignment - 1) / alignment * alignment;
            section.Address = place;

            // In a file of debug information alone, sections without bytes share one offset; their places tell them apart.
            ulong offset = section.HasContent ? section.Offset : place - Base;
            segments.Add(new ElfSegment(ElfSegment.Load, ElfSegment.ExecuteFlag, offset, place, section.Size, section.Size));
            place += section.Size;
        }

        return segments;
    }
}
