using Tarax.AutoFdo.Binaries.Dwarf;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Binaries.Symbolization.Itanium;
using Tarax.AutoFdo.Tests.Truth;

namespace Tarax.AutoFdo.Tests.Binaries.Symbolization;

public sealed class MangledNameTests
{
    [Test]
    public void Names_made_of_debug_information_are_those_that_it_gives_elsewhere()
    {
        // Functions that other units see have their linkage name in the debug information: it is what would be made of the rest of it.
        var (equal, unknown, different, templates) = Compare(TestEnvironment.Data("programs/stlmix-d5-pie/stlmix"));
        TestContext.Out.WriteLine($"{equal.Count} equal, {unknown.Count} cannot be told, {different.Count} different, all of {templates} templates");
        // The debug information tells neither that functions of the library have an ABI tag by an attribute, nor that the elements of an array whose type has a name are const.
        string[] known = ["eraseB5cxx11", "14__array_traits"];
        Assert.That(different.Where(d => !d.IsTemplate && !Array.Exists(known, k => d.Text.Contains(k, StringComparison.Ordinal))), Is.Empty);
        Assert.That(different, Has.Count.LessThan(templates * 4 / 10), "how the signature of a template depends on its parameters is a guess");
        Assert.That(equal, Has.Count.GreaterThan(1000));
    }

    /// <summary>Without optimization each function has code of its own, and a symbol with the name that the compiler gave it.</summary>
    [TestCase("gcc-11")]
    [TestCase("gcc-12")]
    [TestCase("gcc-16")]
    public void Names_that_are_made_for_what_no_other_file_sees_are_those_of_the_compiler(string compiler)
    {
        const string Source = "signatures.cc";
        string source = Path.Combine(TestEnvironment.Repository, "Tarax.AutoFdo.Tests", "Corpus", "Sources", Source);
        using var tree = compiler == "gcc-16" ? new CompilerTree() : null;
        string folder = tree?.Folder ?? TestEnvironment.NewFolder();
        File.Copy(source, Path.Combine(folder, Source));
        string command = $"{compiler.Replace("gcc", "g++", StringComparison.Ordinal)} -std=c++17 -g -O0 {Source} -o program";
        var run = tree?.Shell(command) ?? TestEnvironment.Execute("bash", null, "-c", $"cd {folder} && {command}");
        Assert.That(run.ExitCode, Is.Zero, run.Error);

        using var elf = ElfFile.Open(Path.Combine(folder, "program"));
        using var symbolizer = new Symbolizer(elf);
        var (equal, unknown, different) = (0, new List<string>(), new List<string>());
        foreach (ulong address in symbolizer.FunctionStarts().Select(f => f.Address).Distinct())
        {
            if (symbolizer.FindFunction(address) is not { } function || symbolizer.Describe(function.Debug.Die).Made?.Value is not { IsNeeded: true } made)
            {
                continue;
            }

            string[] symbols = [.. symbolizer.FindSymbol(address)!.Aliases.Select(a => a.Name)];
            equal += symbols.Contains(made.Name) ? 1 : 0;
            if (made.Name is null)
            {
                unknown.Add(symbols[0]);
            }
            else if (!symbols.Contains(made.Name))
            {
                different.Add($"{symbols[0]}\n   {made.Name}");
            }
        }

        TestContext.Out.WriteLine($"{equal} equal, not made: {string.Join(", ", unknown)}");
        Assert.That(different, Is.Empty);
        Assert.That(unknown, Is.Empty);
        Assert.That(equal, Is.GreaterThan(30));
    }

    private static (List<string> Equal, List<string> Unknown, List<(string Text, bool IsTemplate)> Different, int Templates) Compare(string path)
    {
        int templates = 0;
        var (equal, unknown, different) = (new List<string>(), new List<string>(), new List<(string, bool)>());
        using var elf = ElfFile.Open(path);
        using var dwarf = DwarfFile.Of(elf, null)!;
        var entries = new DieCache();
        foreach (var unit in dwarf.Units.Where(u => u.IsCxx))
        {
            foreach (var scope in unit.Scopes.Entries.Where(s => s.Tag == DwarfTag.Subprogram))
            {
                var die = new DieReference(dwarf, scope.Offset);
                if (entries.Read(die) is not { LinkageName: ['_', 'Z', ..] linkage, Declared: null })
                {
                    continue;
                }

                string expected = linkage.Replace("C4E", "C2E", StringComparison.Ordinal).Replace("D4E", "D2E", StringComparison.Ordinal);
                templates += entries.Read(die)!.IsTemplate ? 1 : 0;
                string? made = MangledName.Of(entries, die);
                if (made is not null && made != expected)
                {
                    different.Add(($"{linkage}\n   {made}", entries.Read(die)!.IsTemplate));
                }
                else
                {
                    (made is null ? unknown : equal).Add(linkage);
                }
            }
        }

        return (equal, unknown, different, templates);
    }
}
