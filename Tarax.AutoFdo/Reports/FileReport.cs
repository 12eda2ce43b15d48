using Tarax.AutoFdo.Numbers;
using Tarax.AutoFdo.Profiles;

namespace Tarax.AutoFdo.Reports;

/// <summary>A count of a profile that found code.</summary>
/// <param name="Function">The function that the code is of for GCC, and that it is in for Clang.</param>
/// <param name="Offset">Distance from the first line of the function that the code is of.</param>
/// <param name="Count">The count.</param>
internal readonly record struct UsedPosition(string Function, int Offset, ulong Count)
{
    /// <summary>The source file; null where the report does not say.</summary>
    public string? File { get; init; }

    /// <summary>The line in it; 0 where the report does not say.</summary>
    public uint Line { get; init; }
}

/// <summary>What a compiler says of the functions of one file that it compiled.</summary>
internal sealed class FileReport
{
    private static readonly ReportedFunction Mentioned = new(0, false);

    private readonly Dictionary<string, ReportedFunction> _functions = new(StringComparer.Ordinal);
    private readonly List<(string Name, string Symbol)> _renamed = [];
    private readonly List<UsedPosition> _positions = [];

    /// <summary>Whether counts of inlined code are said of the function that it is inlined into, as Clang does, not of the one that it is of, as GCC does.</summary>
    public bool IsOfClang { get; init; }

    /// <summary>What is said of each function.</summary>
    public IEnumerable<KeyValuePair<string, ReportedFunction>> Functions => _functions;

    /// <summary>Names and the symbols that the compiler takes them for.</summary>
    public IEnumerable<(string Name, string Symbol)> Renamed => _renamed;

    /// <summary>Notes that the report mentions a function.</summary>
    /// <returns>Its name, as all other methods take it.</returns>
    public string Mention(string name)
    {
        string key = CloneSuffix.Cut(name);
        _functions.TryAdd(key, Mentioned);
        return key;
    }

    /// <summary>Notes counts that found code.</summary>
    public void Use(string name, ulong count)
    {
        var known = _functions.GetValueOrDefault(name, Mentioned);
        _functions[name] = known with { Count = SaturatingSum.Of(known.Count, count) };
    }

    /// <summary>Positions whose counts found code, as the file has them.</summary>
    public IEnumerable<UsedPosition> Positions => _positions;

    /// <summary>Notes counts of a position that found code.</summary>
    public void Use(UsedPosition position)
    {
        Use(position.Function, position.Count);
        _positions.Add(position);
    }

    /// <summary>Notes that a function was taken for one that never runs.</summary>
    public void TakeForCold(string name) => _functions[name] = _functions.GetValueOrDefault(name, Mentioned) with { IsCold = true };

    /// <summary>
    /// Notes that the compiler takes a name for that of a function. Debug information has only the name in the source for functions that no other file can call and
    /// that were inlined wherever they were called.
    /// </summary>
    public void Rename(string name, string symbol) => _renamed.Add((CloneSuffix.Cut(name), CloneSuffix.Cut(symbol)));
}
