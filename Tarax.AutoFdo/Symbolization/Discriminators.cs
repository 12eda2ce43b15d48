namespace Tarax.AutoFdo.Symbolization;

/// <summary>What the discriminators of a line table mean.</summary>
internal enum DiscriminatorEncoding
{
    /// <summary>Numbers of the pieces of code on a line: GCC, and Clang's flow-sensitive ones, of which all bits count.</summary>
    Plain,

    /// <summary>
    /// Three components of Clang and Rust, of which the first is the number, the second how often the code was duplicated, and the third which copy it is
    /// (llvm/IR/DebugInfoMetadata.h).
    /// </summary>
    Components,
}

/// <summary>A discriminator as profiles have it, and for how many executions of the source one of the code stands.</summary>
internal readonly record struct Discriminator(uint Number, uint Copies)
{
    public static Discriminator Of(uint value, DiscriminatorEncoding encoding)
    {
        if (encoding == DiscriminatorEncoding.Plain || value == 0)
        {
            return new Discriminator(value, 1);
        }

        uint number = NextComponent(ref value);
        return new Discriminator(number, Math.Max(NextComponent(ref value), 1));
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
