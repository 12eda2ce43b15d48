using Tarax.AutoFdo.Binaries.Dwarf;

namespace Tarax.AutoFdo.Binaries.Symbolization;

/// <summary>What the discriminators of a line table mean.</summary>
internal enum DiscriminatorEncoding
{
    /// <summary>Numbers of the pieces of code on a line: GCC up to 15, and Clang's flow-sensitive ones, of which all bits count.</summary>
    Plain,

    /// <summary>
    /// Three components of GCC 16 and later, of which only the first is there when the compiler reads a profile: the number in bits 0 to 7, in bits 8 to 14 for how many executions of the
    /// source one stands, and in bits 15 to 25 which copy of the code it is (gcc/input.h and gcc/hierarchical_discriminator.cc of 16.2; set where loops are vectorized, unrolled, peeled, versioned).
    /// </summary>
    Hierarchical,

    /// <summary>
    /// Three components of Clang and Rust, of which the first is the number, the second how often the code was duplicated, and the third which copy it is
    /// (llvm/IR/DebugInfoMetadata.h).
    /// </summary>
    Components,
}

/// <summary>A discriminator as profiles have it, and for how many executions of the source one of the code stands.</summary>
/// <param name="Number">The number that profiles have.</param>
/// <param name="DuplicationFactor">For how many executions of the source one of the code stands.</param>
/// <param name="CopyId">Which copy of the code it is; 0 for the first, and where that is not stated.</param>
internal readonly record struct Discriminator(uint Number, uint DuplicationFactor, uint CopyId)
{
    private const int MultiplicityBit = 8;
    private const int CopyBit = 15;

    private const int FirstGccWithHierarchy = 16;

    /// <summary>What the discriminators of a compiler mean, where Clang's flow-sensitive passes did not give them.</summary>
    public static DiscriminatorEncoding EncodingOf(UnitProducer producer) =>
        producer.Family == ProducerFamily.Llvm ? DiscriminatorEncoding.Components
        : producer is { Family: ProducerFamily.Gnu, MajorVersion: >= FirstGccWithHierarchy } ? DiscriminatorEncoding.Hierarchical
        : DiscriminatorEncoding.Plain;

    public static Discriminator Of(uint value, DiscriminatorEncoding encoding)
    {
        if (encoding == DiscriminatorEncoding.Plain || value == 0)
        {
            return new Discriminator(value, 1, 0);
        }

        if (encoding == DiscriminatorEncoding.Hierarchical)
        {
            return new Discriminator(value & 0xff, Math.Max((value >> MultiplicityBit) & 0x7f, 1), (value >> CopyBit) & 0x7ff);
        }

        uint number = NextComponent(ref value);
        return new Discriminator(number, Math.Max(NextComponent(ref value), 1), 0);
    }

    /// <summary>A component takes 1 bit where it is 0, 7 bits up to 31, and 14 up to 4095; what is missing is 0.</summary>
    private static uint NextComponent(ref uint value)
    {
        if ((value & 1) != 0)
        {
            value >>= 1;
            return 0;
        }

        bool isShort = (value & 0x40) == 0;
        uint component = isShort ? (value >> 1) & 0x1f : ((value >> 2) & 0xfe0) | ((value >> 1) & 0x1f);
        value >>= isShort ? 7 : 14;
        return component;
    }
}
