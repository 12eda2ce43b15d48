namespace Tarax.AutoFdo.Text;

/// <summary>Names of mappings that no file has.</summary>
internal static class MappingName
{
    /// <summary>All addresses, as the binary was linked: of a text of perf script without mappings.</summary>
    public const string AsLinked = "[as linked]";

    /// <summary>Addresses in ELF files that only their build-ids name, or nothing: of a pre-aggregated text.</summary>
    public const string ElfAddresses = "[ELF addresses]";
}
