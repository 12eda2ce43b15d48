using System.Globalization;
using Tarax.AutoFdo.Counts;

namespace Tarax.Tool;

/// <summary>Names of files in a folder that has one for each binary: the base names of the binaries, each once.</summary>
internal sealed class OutputNames
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>The base name of the binary; where another one has it already, with the beginning of the build-id or a number.</summary>
    public string Of(RecordedBinary binary)
    {
        string name = binary.Name.StartsWith("[kernel.kallsyms]", StringComparison.Ordinal) ? "vmlinux" : Path.GetFileName(binary.Name).Trim('[', ']');
        return Of(name, binary.BuildId);
    }

    /// <summary>A name; where it is taken already, with the beginning of the build-id or a number.</summary>
    public string Of(string name, string buildId)
    {
        if (_names.Add(name))
        {
            return name;
        }

        string distinct = buildId.Length >= 8 ? $"{name}-{buildId[..8]}" : name;
        for (int number = 2; !_names.Add(distinct); number++)
        {
            distinct = string.Create(CultureInfo.InvariantCulture, $"{name}-{number}");
        }

        return distinct;
    }
}
