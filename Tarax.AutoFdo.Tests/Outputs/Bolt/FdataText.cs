using System.Globalization;

namespace Tarax.AutoFdo.Tests.Outputs.Bolt;

/// <summary>
/// A profile that llvm-bolt reads, by lines. What leaves the binary is left out, through the linker's stubs or not, since BOLT has no code for it, and our counts of a binary have no branches out of
/// it.
/// </summary>
internal sealed class FdataText
{
    private const string Stub = "@PLT";
    private const int Fields = 8;

    private readonly Dictionary<string, ulong> _counts = new(StringComparer.Ordinal);

    public FdataText(string path)
    {
        foreach (string line in File.ReadLines(path))
        {
            string[] words = line.Split(' ');
            if (words.Length != Fields || IsOutside(words[1]) || IsOutside(words[4]) || words[3] == "0")
            {
                continue;
            }

            string key = string.Join(' ', words[..6]);
            _counts[key] = _counts.GetValueOrDefault(key) + ulong.Parse(words[7], CultureInfo.InvariantCulture);
        }
    }

    private static bool IsOutside(string name) => name.EndsWith(Stub, StringComparison.Ordinal) || name.StartsWith("__BOLT_PSEUDO", StringComparison.Ordinal);

    /// <summary>Sum of all executions.</summary>
    public double Executions => _counts.Values.Sum(c => (double)c);

    /// <summary>Share of these executions that another profile has too.</summary>
    public double ShareIn(FdataText other) => _counts.Sum(c => (double)Math.Min(c.Value, other._counts.GetValueOrDefault(c.Key))) / Executions;
}
