namespace Tarax.AutoFdo.Binaries.Symbolization;

/// <summary>
/// Suffixes of symbols that are parts of a function, not functions: <c>.cold</c> of GCC, with a number in its versions before 10,
/// <c>.__part.N</c> of Propeller; and <c>.llvm.HASH</c>, which ThinLTO adds to promoted names.
/// Others (<c>.isra.0</c>, <c>.constprop.0</c>, <c>.part.0</c>, <c>.lto_priv.0</c>) name functions of their own, and stay.
/// </summary>
internal static class PartSuffix
{
    /// <summary>Whether a symbol is a part that was split off its function.</summary>
    public static bool IsPart(ReadOnlySpan<byte> name) =>
        name.EndsWith(".cold"u8) || IndexOfNumbered(name, ".cold."u8) >= 0 || IndexOfNumbered(name, ".__part."u8) >= 0;

    /// <summary>The function's own name.</summary>
    public static string Strip(string name)
    {
        if (name.EndsWith(".cold", StringComparison.Ordinal))
        {
            return name[..^".cold".Length];
        }

        foreach (string suffix in (ReadOnlySpan<string>)[".cold.", ".__part.", ".llvm."])
        {
            int index = name.LastIndexOf(suffix, StringComparison.Ordinal);
            if (index > 0 && name.AsSpan(index + suffix.Length) is { IsEmpty: false } rest && !rest.ContainsAnyExceptInRange('0', '9'))
            {
                return name[..index];
            }
        }

        return name;
    }

    private static int IndexOfNumbered(ReadOnlySpan<byte> name, ReadOnlySpan<byte> suffix)
    {
        int index = name.LastIndexOf(suffix);
        return index >= 0 && index + suffix.Length < name.Length
            && !name[(index + suffix.Length)..].ContainsAnyExceptInRange((byte)'0', (byte)'9') ? index : -1;
    }
}
