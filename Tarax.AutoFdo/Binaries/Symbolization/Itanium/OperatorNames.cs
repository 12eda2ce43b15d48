namespace Tarax.AutoFdo.Binaries.Symbolization.Itanium;

/// <summary>Names of operators (Itanium C++ ABI, section 5.1.3).</summary>
internal static class OperatorNames
{
    /// <summary>The code of a call.</summary>
    public const string Call = "cl";

    private static readonly Dictionary<string, string> Codes = new(StringComparer.Ordinal)
    {
        ["new"] = "nw",
        ["new []"] = "na",
        ["new[]"] = "na",
        ["delete"] = "dl",
        ["delete []"] = "da",
        ["delete[]"] = "da",
        ["co_await"] = "aw",
        ["~"] = "co",
        ["+"] = "pl",
        ["-"] = "mi",
        ["*"] = "ml",
        ["/"] = "dv",
        ["%"] = "rm",
        ["&"] = "an",
        ["|"] = "or",
        ["^"] = "eo",
        ["="] = "aS",
        ["+="] = "pL",
        ["-="] = "mI",
        ["*="] = "mL",
        ["/="] = "dV",
        ["%="] = "rM",
        ["&="] = "aN",
        ["|="] = "oR",
        ["^="] = "eO",
        ["<<"] = "ls",
        [">>"] = "rs",
        ["<<="] = "lS",
        [">>="] = "rS",
        ["=="] = "eq",
        ["!="] = "ne",
        ["<"] = "lt",
        [">"] = "gt",
        ["<="] = "le",
        [">="] = "ge",
        ["<=>"] = "ss",
        ["!"] = "nt",
        ["&&"] = "aa",
        ["||"] = "oo",
        ["++"] = "pp",
        ["--"] = "mm",
        [","] = "cm",
        ["->*"] = "pm",
        ["->"] = "pt",
        ["()"] = Call,
        ["[]"] = "ix",
    };

    private static readonly Dictionary<string, string> UnaryCodes = new(StringComparer.Ordinal) { ["+"] = "ps", ["-"] = "ng", ["&"] = "ad", ["*"] = "de" };

    /// <summary>The code of an operator; null where it has none.</summary>
    /// <param name="symbol">What stands behind <c>operator</c>.</param>
    /// <param name="operands">Number of its operands, with the object of a member.</param>
    public static string? CodeOf(string symbol, int operands) =>
        operands == 1 && UnaryCodes.TryGetValue(symbol, out string? unary) ? unary : Codes.GetValueOrDefault(symbol);
}
