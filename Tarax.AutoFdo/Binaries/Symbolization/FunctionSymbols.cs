using System.Collections.Concurrent;
using System.Text;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Binaries.Symbolization;

/// <summary>A name of a function in the symbol table.</summary>
internal readonly record struct SymbolAlias(string Name, SymbolBinding Binding);

/// <summary>The function symbols of one address.</summary>
internal sealed class FunctionSymbol(ulong start, ulong end, SymbolAlias[] aliases)
{
    /// <summary>ELF virtual address.</summary>
    public ulong Start { get; } = start;

    /// <summary>Address after the longest of them.</summary>
    public ulong End { get; } = end;

    /// <summary>Its names: global before weak before local, then by name.</summary>
    public SymbolAlias[] Aliases { get; } = aliases;
}

/// <summary>
/// The functions of .symtab, or of .dynsym where there is no .symtab: symbols of type FUNC with a size,
/// and parts that compilers split off, whatever their type. PLT stubs are left out.
/// </summary>
internal sealed class FunctionSymbols
{
    private readonly Entry[] _entries;
    private readonly ByteSource? _names;
    private readonly List<Entry> _thunks;
    private readonly ConcurrentDictionary<ulong, FunctionSymbol> _byStart = new();

    private FunctionSymbols(Entry[] entries, ByteSource? names, bool isFlowSensitive, List<Entry> thunks)
    {
        _entries = entries;
        _thunks = thunks;
        _names = names;
        IsFlowSensitive = isFlowSensitive;
    }

    /// <summary>Whether the symbol is there by which LLVM's tools know binaries with flow-sensitive discriminators.</summary>
    public bool IsFlowSensitive { get; }

    public static FunctionSymbols Of(ElfFile file)
    {
        var table = file.Sections.FirstOrDefault(s => s.Type == ElfSection.TypeSymbolTable && s.HasContent)
            ?? file.Sections.FirstOrDefault(s => s.Type == ElfSection.TypeDynamicSymbols && s.HasContent);
        if (table is null)
        {
            return new FunctionSymbols([], null, isFlowSensitive: false, []);
        }

        bool isFlowSensitive = false;
        var entries = new List<Entry>();
        var thunks = new List<Entry>();
        var symbols = ElfSymbolReader.Of(file, table);
        while (symbols.TryRead(out var symbol))
        {
            if (symbol.SectionIndex != 0 && symbol.Size != 0 && !symbol.Name.EndsWith("@plt"u8)
                && (symbol.IsFunction || PartSuffix.IsPart(symbol.Name)))
            {
                entries.Add(new Entry(symbol.Value, symbol.Size, symbol.Binding, symbol.NameOffset, symbol.Name.Length));
                if (ThunkName.IsThunk(symbol.Name))
                {
                    thunks.Add(entries[^1]);
                }
            }

            isFlowSensitive |= symbol.Name.SequenceEqual("__llvm_fs_discriminator__"u8);
        }

        entries.Sort();
        return new FunctionSymbols([.. entries], table.Link < file.Sections.Count ? file.Content(file.Sections[(int)table.Link]) : null, isFlowSensitive, thunks);
    }

    /// <summary>The function symbols at the start of the function that holds an address; null where there is none.</summary>
    public FunctionSymbol? Find(ulong address)
    {
        int low = 0;
        int high = _entries.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_entries[middle].Start <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        if (low == 0)
        {
            return null;
        }

        ulong start = _entries[low - 1].Start;
        var symbol = _byStart.TryGetValue(start, out var known) ? known : _byStart.GetOrAdd(start, SymbolAt(start, low));
        return address < symbol.End ? symbol : null;
    }

    /// <summary>The symbols at a start, of which the last is the one before an index.</summary>
    private FunctionSymbol SymbolAt(ulong start, int low)
    {
        int first = low - 1;
        while (first > 0 && _entries[first - 1].Start == start)
        {
            first--;
        }

        var group = _entries.AsSpan(first, low - first);
        ulong size = 0;
        var aliases = new SymbolAlias[group.Length];
        for (int i = 0; i < group.Length; i++)
        {
            size = Math.Max(size, group[i].Size);
            aliases[i] = new SymbolAlias(NameOf(group[i]), group[i].Binding);
        }

        Array.Sort(aliases, (a, b) => RankOf(a.Binding) != RankOf(b.Binding) ? RankOf(a.Binding).CompareTo(RankOf(b.Binding)) : string.CompareOrdinal(a.Name, b.Name));
        return new FunctionSymbol(start, size > ulong.MaxValue - start ? ulong.MaxValue : start + size, aliases);
    }

    /// <summary>The names of all functions, in order, each once, without the suffixes of parts.</summary>
    public IReadOnlyList<string> Names()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (ref readonly var entry in _entries.AsSpan())
        {
            names.Add(PartSuffix.Strip(NameOf(entry)));
        }

        names.Remove("");
        string[] sorted = [.. names];
        Array.Sort(sorted, StringComparer.Ordinal);
        return sorted;
    }

    /// <summary>All symbols, by address.</summary>
    public IEnumerable<(string Name, ulong Address)> Starts()
    {
        foreach (var entry in _entries)
        {
            yield return (PartSuffix.Strip(NameOf(entry)), entry.Start);
        }
    }

    /// <summary>All symbols, by address, with their own names.</summary>
    public IEnumerable<(string Name, ulong Start, ulong Size)> All()
    {
        foreach (var entry in _entries)
        {
            yield return (NameOf(entry), entry.Start, entry.Size);
        }
    }

    /// <summary>The thunks, each with its code and where the function begins that it is for.</summary>
    public IEnumerable<(CodeRange Code, ulong Function, bool IsCovariant)> Thunks()
    {
        if (_thunks.Count == 0)
        {
            yield break;
        }

        var starts = new Dictionary<string, ulong>(StringComparer.Ordinal);
        foreach (var entry in _entries)
        {
            starts.TryAdd(NameOf(entry), entry.Start);
        }

        foreach (var thunk in _thunks)
        {
            string name = NameOf(thunk);
            if (ThunkName.FunctionOf(name) is { } function && starts.TryGetValue(function, out ulong start) && thunk.Size <= ulong.MaxValue - thunk.Start)
            {
                yield return (new CodeRange(thunk.Start, thunk.Start + thunk.Size), start, ThunkName.IsCovariant(name));
            }
        }
    }

    private static int RankOf(SymbolBinding binding) => binding switch
    {
        SymbolBinding.Local => 2,
        SymbolBinding.Weak => 1,
        _ => 0,
    };

    /// <summary>Names are decoded when a symbol is asked for: a kernel has a hundred thousand, of which some thousand run.</summary>
    private string NameOf(in Entry entry) =>
        entry.NameLength == 0 ? "" : Encoding.UTF8.GetString(_names!.Span("symbol name", entry.NameOffset, entry.NameLength));

    private readonly record struct Entry(ulong Start, ulong Size, SymbolBinding Binding, uint NameOffset, int NameLength) : IComparable<Entry>
    {
        public int CompareTo(Entry other) => Start != other.Start ? Start.CompareTo(other.Start) : NameOffset.CompareTo(other.NameOffset);
    }
}
