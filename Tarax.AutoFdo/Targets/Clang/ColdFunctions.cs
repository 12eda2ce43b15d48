using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Profiles;

namespace Tarax.AutoFdo.Targets.Clang;

/// <summary>
/// The functions that a compiler shall take for cold where they have no profile: all of the binary, but not those that code which ran calls directly. Of these it is only known that the recording did
/// not come to them, and another input may (docs/outcome.md).
/// </summary>
internal static class ColdFunctions
{
    /// <summary>Their names, in order. All functions where the file does not hold the code.</summary>
    public static IReadOnlyList<string> Of(SampleProfile profile, Binary binary)
    {
        var symbolizer = binary.Symbolizer;
        var names = symbolizer.FunctionNames();
        if (binary.Graphs is not { } graphs)
        {
            return names;
        }

        var ran = new HashSet<string>(StringComparer.Ordinal);
        foreach (var function in profile.Functions)
        {
            ran.Add(function.Name);
        }

        var code = new List<CodeRange[]>();
        foreach (var (name, address) in symbolizer.FunctionStarts())
        {
            if (ran.Contains(name) && symbolizer.FindFunction(address) is { } function)
            {
                code.Add(function.Debug.Ranges);
            }
        }

        var called = graphs.DirectTargets(code);
        var reachable = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, address) in symbolizer.FunctionStarts())
        {
            if (called.Contains(address))
            {
                reachable.Add(name);
            }
        }

        var cold = new List<string>(names.Count);
        foreach (string name in names)
        {
            if (!reachable.Contains(name))
            {
                cold.Add(name);
            }
        }

        return cold;
    }
}
