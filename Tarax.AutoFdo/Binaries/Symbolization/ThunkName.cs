namespace Tarax.AutoFdo.Binaries.Symbolization;

/// <summary>
/// Names of thunks, which adjust <c>this</c> before a virtual function (Itanium C++ ABI, section 5.1.4): <c>_ZTh16_N1C1gEl</c> is one for <c>_ZN1C1gEl</c>.
/// </summary>
internal static class ThunkName
{
    /// <summary>Whether a symbol is that of a thunk.</summary>
    public static bool IsThunk(ReadOnlySpan<byte> symbol) => symbol.Length > 4 && symbol.StartsWith("_ZT"u8) && symbol[3] is (byte)'h' or (byte)'v' or (byte)'c';

    /// <summary>Whether a thunk adjusts what is returned, too, and so calls its function where others jump to it.</summary>
    public static bool IsCovariant(string thunk) => thunk.StartsWith("_ZTc", StringComparison.Ordinal);

    /// <summary>The function that a thunk is for; null where the name is not that of a thunk.</summary>
    public static string? FunctionOf(string thunk)
    {
        int at = "_ZT".Length;
        if (thunk.Length <= at + 1 || !thunk.StartsWith("_ZT", StringComparison.Ordinal))
        {
            return null;
        }

        // Covariant ones adjust what is returned as well.
        int offsets = thunk[at] == 'c' ? 2 : 1;
        at += offsets - 1;
        for (int i = 0; i < offsets; i++)
        {
            if (!SkipOffset(thunk, ref at))
            {
                return null;
            }
        }

        return at < thunk.Length ? $"_Z{thunk[at..]}" : null;
    }

    /// <summary><c>h</c> and a number, or <c>v</c> and two, each with an underscore behind it.</summary>
    private static bool SkipOffset(string thunk, ref int at)
    {
        int numbers = at >= thunk.Length ? 0 : thunk[at] == 'h' ? 1 : thunk[at] == 'v' ? 2 : 0;
        at++;
        for (int i = 0; i < numbers; i++)
        {
            int underscore = thunk.IndexOf('_', at);
            string number = underscore < 0 ? "" : thunk[at..underscore].TrimStart('n');
            if (number.Length == 0 || !number.All(char.IsAsciiDigit))
            {
                return false;
            }

            at = underscore + 1;
        }

        return numbers > 0;
    }
}
