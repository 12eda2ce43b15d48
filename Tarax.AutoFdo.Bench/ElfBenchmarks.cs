using BenchmarkDotNet.Attributes;
using ELFSharp.ELF;
using ELFSharp.ELF.Sections;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Binaries.Symbolization;

namespace Tarax.AutoFdo.Bench;

/// <summary>Opening a binary and looking up 10,000 functions by address, by this library and by ELFSharp.</summary>
[MemoryDiagnoser]
public class ElfBenchmarks
{
    private const int Lookups = 10_000;

    private string _binary = "";
    private ulong[] _addresses = [];

    /// <summary>Which binary, of the folder of recordings.</summary>
    [Params("programs/stlmix-d5-pie/stlmix", "kernel/vmlinux.xz")]
    public string Binary { get; set; } = "";

    /// <summary>Chooses addresses within the functions, the same for both.</summary>
    [GlobalSetup]
    public void Choose()
    {
        _binary = DataSet.Unpacked(Binary);
        using var elf = ElfFile.Open(_binary);
        ulong[] starts = [.. FunctionSymbols.Of(elf).Starts().Select(s => s.Address).Distinct()];
        var random = new Random(1);
        _addresses = [.. Enumerable.Range(0, Lookups).Select(_ => starts[random.Next(starts.Length)])];
    }

    /// <summary>This library.</summary>
    [Benchmark(Baseline = true)]
    public int Ours()
    {
        using var elf = ElfFile.Open(_binary);
        var symbols = FunctionSymbols.Of(elf);
        int found = 0;
        foreach (ulong address in _addresses)
        {
            found += symbols.Find(address) is not null ? 1 : 0;
        }

        return found;
    }

    /// <summary>ELFSharp, whose symbols are sorted by address once.</summary>
    [Benchmark]
    public int ElfSharp()
    {
        using var elf = ELFReader.Load<ulong>(_binary);
        var table = (ISymbolTable)(elf.Sections.FirstOrDefault(s => s.Type == SectionType.SymbolTable) ?? elf.Sections.First(s => s.Type == SectionType.DynamicSymbolTable));
        var functions = table.Entries.OfType<SymbolEntry<ulong>>().Where(s => s.Type == SymbolType.Function && s.Size > 0).OrderBy(s => s.Value).ToArray();
        ulong[] starts = [.. functions.Select(f => f.Value)];
        int found = 0;
        foreach (ulong address in _addresses)
        {
            int index = Array.BinarySearch(starts, address);
            index = index < 0 ? ~index - 1 : index;
            found += index >= 0 && address - starts[index] < functions[index].Size ? 1 : 0;
        }

        return found;
    }
}
