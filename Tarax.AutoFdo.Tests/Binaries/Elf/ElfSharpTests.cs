using System.Text;
using ELFSharp.ELF;
using ELFSharp.ELF.Sections;
using Tarax.AutoFdo.Binaries.Elf;

namespace Tarax.AutoFdo.Tests.Binaries.Elf;

/// <summary>ELFSharp, an independent reader, finds the same headers, sections, segments, symbols and build-ids in the same files.</summary>
public sealed class ElfSharpTests
{
    private static readonly string[] Committed = ["samples/intel-lbr/gzip"];

    private static IEnumerable<string> Binaries() => [.. Committed, .. RecordedSets.All.Select(s => s.Binary).Distinct()];

    [TestCaseSource(nameof(Binaries))]
    public void Both_read_the_same(string path)
    {
        string file = Committed.Contains(path) ? Path.Combine(TestEnvironment.Repository, path) : TestEnvironment.Data(path);
        using var ours = ElfFile.Open(file);
        using var theirs = ELFReader.Load<ulong>(file);
        Assert.That((ours.Is64Bit, ours.IsBigEndian, ours.Machine, (ushort)ours.Type), Is.EqualTo(
            (theirs.Class == Class.Bit64, theirs.Endianess == ELFSharp.Endianess.BigEndian, (ushort)theirs.Machine, (ushort)theirs.Type)));
        bool isRelocatable = theirs.Type == FileType.Relocatable;
        Assert.That(
            ours.Sections.Select(s => (s.Name, s.Type, isRelocatable ? 0 : s.Address, s.Offset, s.Size)),
            Is.EqualTo(theirs.Sections.Select(s => (s.Name, (uint)s.Type, isRelocatable ? 0 : s.LoadAddress, s.Offset, s.Size))), "of modules, we lay the sections out");
        if (!isRelocatable)
        {
            Assert.That(
                ours.Segments.Select(s => (s.Type, s.VirtualAddress, s.Offset, s.FileSize)),
                Is.EqualTo(theirs.Segments.Select(s => ((uint)s.Type, s.Address, (ulong)s.Offset, (ulong)s.FileSize))));
        }

        Assert.That(OurSymbols(ours), Is.EqualTo(TheirSymbols(theirs)));
        Assert.That(ours.BuildId.ToString(), Is.EqualTo(BuildIdOf(theirs)));
    }

    private static List<string> OurSymbols(ElfFile file)
    {
        var found = new List<string>();
        if (file.Sections.FirstOrDefault(s => s.Type == ElfSection.TypeSymbolTable && s.HasContent) is { } table)
        {
            var symbols = ElfSymbolReader.Of(file, table);
            while (symbols.TryRead(out var symbol))
            {
                if (symbol.IsFunction)
                {
                    found.Add($"{Encoding.UTF8.GetString(symbol.Name)} {(file.Type == ElfType.Relocatable ? 0 : symbol.Value):x} {symbol.Size}");
                }
            }
        }

        found.Sort(StringComparer.Ordinal);
        return found;
    }

    private static List<string> TheirSymbols(ELF<ulong> file)
    {
        const int IndirectFunction = 10;
        var found = file.Sections.OfType<SymbolTable<ulong>>().Where(t => t.Type == SectionType.SymbolTable).SelectMany(t => t.Entries)
            .Where(s => s.Type == SymbolType.Function || (int)s.Type == IndirectFunction)
            .Select(s => $"{s.Name} {(file.Type == FileType.Relocatable ? 0 : s.Value):x} {s.Size}").ToList();
        found.Sort(StringComparer.Ordinal);
        return found;
    }

    private static string BuildIdOf(ELF<ulong> file)
    {
        var note = file.Sections.OfType<INoteSection>().FirstOrDefault(n => ((ISection)n).Name == ".note.gnu.build-id");
        return note is null ? "" : Convert.ToHexStringLower(note.Description);
    }
}
