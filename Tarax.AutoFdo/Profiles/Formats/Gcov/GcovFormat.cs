using System.Buffers.Binary;

namespace Tarax.AutoFdo.Profiles.Formats.Gcov;

/// <summary>Constants of the format (gcc/auto-profile.cc, and google/autofdo's profile_writer.cc for the sections that GCC does not read).</summary>
internal static class GcovFormat
{
    public const string Name = "gcov";
    public const uint Magic = 0x67636461;
    public const uint SummaryTag = 0xa8000000;
    public const uint NamesTag = 0xaa000000;
    public const uint FunctionsTag = 0xac000000;
    public const uint ModuleGroupingTag = 0xae000000;
    public const uint WorkingSetTag = 0xaf000000;

    /// <summary>GCC's histogram kind of indirect calls; it stands before every target.</summary>
    public const uint IndirectCallHistogram = 7;

    public const uint NoFile = uint.MaxValue;
    public const int WorkingSetRows = 128;

    /// <summary>
    /// A position in 32 bits, as google/autofdo computes it: the line in the upper half, modulo 65536, the discriminator in the lower;
    /// bits of a discriminator beyond 16 fall onto the lower half again.
    /// </summary>
    public static uint Encode(SourcePosition position) =>
        ((uint)position.LineOffset << 16) | (position.Discriminator >> 16) | (position.Discriminator & 0xffff);

    /// <summary>Whether bytes begin as a profile for GCC does.</summary>
    public static bool HasMagic(ReadOnlySpan<byte> bytes) => bytes.Length >= sizeof(uint) && BinaryPrimitives.ReadUInt32LittleEndian(bytes) == Magic;

    public static SourcePosition Decode(uint encoded) => new((int)(encoded >> 16), encoded & 0xffff);
}
