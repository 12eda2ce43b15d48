namespace Tarax.AutoFdo.Binaries.Symbolization;

/// <summary>
/// GCC's debug information names a constructor or destructor by the "unified" variant (C4, D4), which is never emitted;
/// the code that carries its profile is the base variant (C2, D2) (GCC PR 64346).
/// </summary>
internal static class StructorName
{
    /// <summary>The emitted variant's name for the three endings that occur: no arguments, and two of std::string's constructors.</summary>
    public static string Emitted(string name)
    {
        int digit =
            name.Length > 5 && (name.EndsWith("C4Ev", StringComparison.Ordinal) || name.EndsWith("D4Ev", StringComparison.Ordinal)) ? 3
            : name.Length > 7 && name.EndsWith("C4EPKc", StringComparison.Ordinal) ? 5
            : name.Length > 12 && name.EndsWith("C4EPKcRKS2_", StringComparison.Ordinal) ? 10
            : 0;
        return digit == 0 ? name : string.Concat(name.AsSpan(0, name.Length - digit), "2", name.AsSpan(name.Length - digit + 1));
    }

    /// <summary>
    /// Whether a symbol is the base variant of a constructor or destructor of which another name is the unified or the complete variant.
    /// Where both have the same code, GCC compiles the base variant and makes the complete one an alias of it.
    /// </summary>
    public static bool IsBaseVariant(string symbol, string other)
    {
        if (symbol.Length != other.Length)
        {
            return false;
        }

        int difference = symbol.AsSpan().CommonPrefixLength(other);
        return difference > 0 && difference < symbol.Length
            && symbol[difference] == '2' && (other[difference] is '4' or '1') && (other[difference - 1] is 'C' or 'D')
            && symbol.AsSpan(difference + 1).SequenceEqual(other.AsSpan(difference + 1));
    }
}
