namespace Tarax.AutoFdo.Binaries.Dwarf;

/// <summary>An entry of some file: what a reference leads to, in the same file or in a supplementary one.</summary>
/// <param name="File">The file.</param>
/// <param name="Offset">Absolute offset in its .debug_info.</param>
internal readonly record struct DieReference(DwarfFile File, ulong Offset);
