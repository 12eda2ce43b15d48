namespace Tarax.AutoFdo.Binaries.Symbolization.Itanium;

/// <summary>Codes of the types that the language has (Itanium C++ ABI, section 5.1.5.2), by GCC's names for them in the debug information.</summary>
internal static class BuiltinTypes
{
    private static readonly Dictionary<string, string> Codes = new(StringComparer.Ordinal)
    {
        ["wchar_t"] = "w",
        ["bool"] = "b",
        ["char"] = "c",
        ["signed char"] = "a",
        ["unsigned char"] = "h",
        ["short int"] = "s",
        ["short"] = "s",
        ["short unsigned int"] = "t",
        ["unsigned short"] = "t",
        ["int"] = "i",
        ["unsigned int"] = "j",
        ["long int"] = "l",
        ["long"] = "l",
        ["long unsigned int"] = "m",
        ["unsigned long"] = "m",
        ["long long int"] = "x",
        ["long long"] = "x",
        ["long long unsigned int"] = "y",
        ["unsigned long long"] = "y",
        ["__int128"] = "n",
        ["__int128 unsigned"] = "o",
        ["unsigned __int128"] = "o",
        ["float"] = "f",
        ["double"] = "d",
        ["long double"] = "e",
        ["__float128"] = "g",
        ["_Float128"] = "DF128_",
        ["char8_t"] = "Du",
        ["char16_t"] = "Ds",
        ["char32_t"] = "Di",
        ["complex float"] = "Cf",
        ["complex double"] = "Cd",
        ["complex long double"] = "Ce",
    };

    /// <summary>The code of a type; null where it is not known.</summary>
    public static string? CodeOf(string name) => Codes.GetValueOrDefault(name);
}
