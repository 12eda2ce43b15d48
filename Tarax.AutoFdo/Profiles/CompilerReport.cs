using Tarax.AutoFdo.Samples;

namespace Tarax.AutoFdo.Profiles;

/// <summary>What compilers say of a function.</summary>
internal sealed class ReportedFunction
{
    /// <summary>Sum of the counts that found code.</summary>
    public ulong Count { get; set; }

    /// <summary>Whether it was taken for one that never runs.</summary>
    public bool IsCold { get; set; }
}

/// <summary>What compilers say of functions, from one or more files.</summary>
internal sealed class CompilerReport
{
    private readonly Dictionary<string, ReportedFunction> _functions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedSet<string>> _symbols = new(StringComparer.Ordinal);

    /// <summary>Whether counts of inlined code are said of the function that it is inlined into, as Clang does, not of the one that it is of, as GCC does.</summary>
    public bool IsByOutermost { get; set; }

    /// <summary>What is said of a function; null for nothing.</summary>
    public ReportedFunction? Find(string nameInReports)
    {
        if (_functions.TryGetValue(nameInReports, out var function) || !_symbols.TryGetValue(nameInReports, out var symbols))
        {
            return function;
        }

        var sum = new ReportedFunction { IsCold = true };
        foreach (string symbol in symbols)
        {
            if (_functions.TryGetValue(symbol, out var one))
            {
                function = sum;
                sum.Count = SaturatingSum.Of(sum.Count, one.Count);
                sum.IsCold &= one.IsCold;
            }
        }

        return function;
    }

    /// <summary>
    /// Notes that the compiler takes a name for that of a function. Debug information has only the name in the source for functions that no other file can call and
    /// that were inlined wherever they were called.
    /// </summary>
    public void Rename(string name, string symbol)
    {
        string key = NameInReports(name);
        if (!_symbols.TryGetValue(key, out var symbols))
        {
            symbols = new SortedSet<string>(StringComparer.Ordinal);
            _symbols.Add(key, symbols);
        }

        symbols.Add(NameInReports(symbol));
    }

    /// <summary>Notes that a report mentions a function.</summary>
    public ReportedFunction Mention(string name)
    {
        string key = NameInReports(name);
        if (!_functions.TryGetValue(key, out var function))
        {
            function = new ReportedFunction();
            _functions.Add(key, function);
        }

        return function;
    }

    /// <summary>Notes counts that found code.</summary>
    public void Use(string name, ulong count)
    {
        var function = Mention(name);
        function.Count = SaturatingSum.Of(function.Count, count);
    }

    /// <summary>
    /// The name without what a compiler adds where it makes one function of another, which GCC cuts (.isra.0, .part.0) and Clang too (.llvm.123), and with constructors
    /// and destructors of all kinds as one, since GCC turns C1 into C2 or C4 as it needs.
    /// </summary>
    public static string NameInReports(string name)
    {
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        string cut = dot > 0 ? name[..dot] : name;
        if (!cut.StartsWith("_Z", StringComparison.Ordinal))
        {
            return cut;
        }

        char[] characters = cut.ToCharArray();
        for (int i = 2; i + 2 < characters.Length; i++)
        {
            if (characters[i] is 'C' or 'D' && characters[i + 1] is '1' or '2' or '4' or '5' && characters[i + 2] == 'E')
            {
                characters[i + 1] = '1';
            }
        }

        return new string(characters);
    }
}
