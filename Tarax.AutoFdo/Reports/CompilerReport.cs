using Tarax.AutoFdo.Numbers;

namespace Tarax.AutoFdo.Reports;

/// <summary>What compilers say of a function.</summary>
/// <param name="Count">Sum of the counts that found code.</param>
/// <param name="IsCold">Whether it was taken for one that never runs.</param>
internal sealed record ReportedFunction(ulong Count, bool IsCold);

/// <summary>What compilers say of functions, from one or more files.</summary>
internal sealed class CompilerReport
{
    private readonly Dictionary<string, ReportedFunction> _functions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ReportedFunction> _constructors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<UsedPosition>> _positions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedSet<string>> _symbols = new(StringComparer.Ordinal);

    /// <summary>What is said of a function; null for nothing.</summary>
    /// <param name="name">Its name, see <c>CloneSuffix.Cut</c>.</param>
    public ReportedFunction? Find(string name)
    {
        if (_functions.TryGetValue(name, out var function) || _constructors.TryGetValue(OfAnyConstructor(name), out function))
        {
            return function;
        }

        if (!_symbols.TryGetValue(name, out var symbols))
        {
            return null;
        }

        ReportedFunction? sum = null;
        foreach (string symbol in symbols)
        {
            if (_functions.TryGetValue(symbol, out var one))
            {
                sum = new ReportedFunction(SaturatingSum.Of(sum?.Count ?? 0, one.Count), one.IsCold && sum?.IsCold != false);
            }
        }

        return sum;
    }

    /// <summary>The positions that are said of a function, by their place.</summary>
    /// <param name="name">Its name, see <c>CloneSuffix.Cut</c>.</param>
    public IReadOnlyList<UsedPosition> PositionsOf(string name)
    {
        if (_positions.TryGetValue(name, out var own) || !_symbols.TryGetValue(name, out var symbols))
        {
            return own is null ? [] : [.. own];
        }

        return [.. symbols.SelectMany(s => _positions.TryGetValue(s, out var positions) ? positions : [])];
    }

    /// <summary>
    /// Adds what a file says. A function that several files have is compiled in each, and what one of them used is used: of its counts the largest stays, and it is cold
    /// where it is so in all.
    /// </summary>
    public void Add(FileReport file)
    {
        foreach (var (name, one) in file.Functions)
        {
            Add(_functions, name, one);
            Add(_constructors, OfAnyConstructor(name), one);
        }

        foreach (var position in file.Positions)
        {
            if (!_positions.TryGetValue(position.Function, out var known))
            {
                known = [];
                _positions.Add(position.Function, known);
            }

            known.Add(position);
        }

        foreach (var (name, symbol) in file.Renamed)
        {
            if (!_symbols.TryGetValue(name, out var symbols))
            {
                symbols = new SortedSet<string>(StringComparer.Ordinal);
                _symbols.Add(name, symbols);
            }

            symbols.Add(symbol);
        }
    }

    private static void Add(Dictionary<string, ReportedFunction> functions, string name, ReportedFunction one) =>
        functions[name] = functions.TryGetValue(name, out var known) ? new ReportedFunction(Math.Max(known.Count, one.Count), known.IsCold && one.IsCold) : one;

    /// <summary>
    /// The name with constructors and destructors of all kinds as one, since GCC turns C1 into C2 or C4 as it needs: where the code after C or D stands at the end of a
    /// nested name (Itanium C++ ABI, 5.1.4). It is looked at only where the name itself is not found.
    /// </summary>
    private static string OfAnyConstructor(string name)
    {
        if (!name.StartsWith("_Z", StringComparison.Ordinal))
        {
            return name;
        }

        char[] characters = name.ToCharArray();
        for (int i = 2; i + 2 < characters.Length; i++)
        {
            if (characters[i] is 'C' or 'D' && characters[i + 1] is >= '0' and <= '5' && characters[i + 2] is 'E' or 'I')
            {
                characters[i + 1] = '1';
            }
        }

        return new string(characters);
    }
}
