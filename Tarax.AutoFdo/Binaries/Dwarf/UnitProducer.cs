using System.Globalization;

namespace Tarax.AutoFdo.Binaries.Dwarf;

/// <summary>Makers of compilers, whose debug information differs in what it leaves out.</summary>
internal enum ProducerFamily
{
    /// <summary>Not known.</summary>
    Other,

    /// <summary>GCC, in any language.</summary>
    Gnu,

    /// <summary>Compilers that have LLVM make their code: Clang, rustc, LDC, Flang.</summary>
    Llvm,
}

/// <summary>The compiler of a unit, by its DW_AT_producer.</summary>
/// <param name="Family">Whose it is.</param>
/// <param name="MajorVersion">Its major version; 0 where not known.</param>
internal readonly record struct UnitProducer(ProducerFamily Family, int MajorVersion)
{
    /// <summary>Reads DW_AT_producer, such as <c>GNU C++17 16.2.0 -O2</c> or <c>clang LLVM (rustc version 1.63.0)</c>.</summary>
    public static UnitProducer Of(string producer)
    {
        var family = producer.StartsWith("GNU ", StringComparison.Ordinal) && !producer.StartsWith("GNU AS", StringComparison.Ordinal) ? ProducerFamily.Gnu
            : producer.Contains("clang", StringComparison.OrdinalIgnoreCase) || producer.Contains("LLVM", StringComparison.Ordinal)
                || producer.StartsWith("LDC", StringComparison.Ordinal) || producer.Contains("flang", StringComparison.OrdinalIgnoreCase) ? ProducerFamily.Llvm
            : ProducerFamily.Other;
        return new UnitProducer(family, MajorVersionIn(producer));
    }

    /// <summary>The version is the first number with a dot.</summary>
    private static int MajorVersionIn(ReadOnlySpan<char> producer)
    {
        foreach (var word in producer.Split(' '))
        {
            var text = producer[word];
            int dot = text.IndexOf('.');
            if (dot > 0 && int.TryParse(text[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out int major))
            {
                return major;
            }
        }

        return 0;
    }
}
