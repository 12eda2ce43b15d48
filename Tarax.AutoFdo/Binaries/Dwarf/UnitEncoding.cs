namespace Tarax.AutoFdo.Binaries.Dwarf;

/// <summary>What the lengths of forms depend on: DWARF version, bytes of an address, bytes of a section offset (4, or 8 in 64-bit DWARF).</summary>
internal readonly record struct UnitEncoding(ushort Version, byte AddressSize, byte OffsetSize);
