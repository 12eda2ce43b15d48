using Tarax.AutoFdo.Binaries.Symbolization;

namespace Tarax.AutoFdo.Outputs.SymbolOrder;

/// <summary>
/// The sections that functions are in where each has its own (<c>-ffunction-sections</c>), for linkers that order sections. GCC sets apart what a profile calls hot and what runs at the start
/// (varasm.cc, default_function_section), and moves what it splits off to <c>.text.unlikely</c>, without <c>.cold</c> in its name. The next build may call another function hot, so that all these names
/// are written; not the section of what is unlikely, but for parts that ran, or else cold parts would come between.
/// </summary>
internal static class SectionNames
{
    private const string ColdSuffix = ".cold";

    private static readonly string[] OfFunctions = [".text.", ".text.hot.", ".text.startup."];
    private static readonly string[] OfParts = [".text.unlikely."];

    /// <summary>A section on each line, for gold.</summary>
    public static void WriteList(IEnumerable<OrderedFunction> functions, TextWriter writer)
    {
        foreach (var sections in Of(functions))
        {
            foreach (string section in sections)
            {
                writer.Write(section);
                writer.Write('\n');
            }
        }
    }

    /// <summary>Input sections that come first in .text, for GNU ld.</summary>
    public static void WriteScript(IEnumerable<OrderedFunction> functions, TextWriter writer)
    {
        writer.Write(".text :\n{\n");
        foreach (var sections in Of(functions))
        {
            writer.Write($"  *({string.Join(' ', sections)})\n");
        }

        writer.Write("}\n");
    }

    /// <summary>The sections of each function, each once.</summary>
    private static IEnumerable<List<string>> Of(IEnumerable<OrderedFunction> functions)
    {
        var written = new HashSet<string>(StringComparer.Ordinal);
        foreach (var function in functions)
        {
            var sections = new List<string>();
            foreach (string name in function.Names)
            {
                bool isPart = PartSuffix.IsPart(System.Text.Encoding.UTF8.GetBytes(name)) && name.Contains(ColdSuffix, StringComparison.Ordinal);
                foreach (string prefix in isPart ? OfParts : OfFunctions)
                {
                    string section = prefix + (isPart ? PartSuffix.Strip(name) : name);
                    if (IsWord(section) && written.Add(section))
                    {
                        sections.Add(section);
                    }
                }
            }

            if (sections.Count > 0)
            {
                yield return sections;
            }
        }
    }

    /// <summary>Whether a name is one word without wildcards in linker scripts; compilers make no others of C, C++ and Rust.</summary>
    private static bool IsWord(string name) => name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '$');
}
