using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Tarax.AutoFdo.Binaries.Elf;

namespace Tarax.AutoFdo.Binaries.Disassembly;

/// <summary>A place that is rewritten.</summary>
/// <param name="Start">ELF virtual address.</param>
/// <param name="End">Address after it.</param>
/// <param name="Target">Where a jump goes that may be written there; 0 for none.</param>
internal readonly record struct PatchSite(ulong Start, ulong End, ulong Target);

/// <summary>
/// Places of a kernel's text that are rewritten while it runs, so that what executed there is not what the file holds: static keys (struct jump_entry in
/// include/linux/jump_label.h), alternatives (struct alt_instr in arch/x86/include/asm/alternative.h), paravirtual calls (struct paravirt_patch_site), static calls
/// (struct static_call_site), thunks of returns and of indirect branches, and the calls of the function tracer.
/// </summary>
internal sealed class PatchSites
{
    /// <summary>The longest instruction that is written at a place without a stated length: a near jump or call.</summary>
    private const ulong LongestJump = 5;

    /// <summary>Places with a stated length are not longer.</summary>
    private const ulong LongestSite = 256;

    /// <summary>More do not lie so near to each other.</summary>
    private const int MostSites = 1024;

    private readonly List<PatchSite> _sites = [];
    private readonly ulong _longestJump;

    private PatchSites(ExecutableCode code) => _longestJump = code.IsX86 ? LongestJump : 4;

    /// <summary>The places of a binary; none for one that is no part of a kernel.</summary>
    public static PatchSites Of(ExecutableCode code, ElfFile binary)
    {
        var sites = new PatchSites(code);
        if (KernelTables.Of(binary, code) is { } tables)
        {
            sites.ReadStaticKeys(code, tables.Find("__jump_table", "__jump_table", out ulong address), address);
            sites.ReadAlternatives(code, tables.Find(".altinstructions", "alt_instructions", out address), address);
            sites.ReadParavirtualCalls(tables.Find(".parainstructions", "parainstructions", out _));
            sites.ReadPlaces(tables.Find(".static_call_sites", "static_call_sites", out address), address, 8);
            sites.ReadPlaces(tables.Find(".return_sites", "return_sites", out address), address, 4);
            sites.ReadPlaces(tables.Find(".retpoline_sites", "retpoline_sites", out address), address, 4);
            sites.ReadTracerCalls(tables.Find("__mcount_loc", "mcount_loc", out _));
        }

        sites._sites.Sort((a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : a.End != b.End ? a.End.CompareTo(b.End) : a.Target.CompareTo(b.Target));
        sites.RemoveRepeated();
        return sites;
    }

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => _sites.Count == 0;

    /// <summary>Whether an instruction of the file may be another one, or none, when it runs.</summary>
    public bool Overlap(ulong start, ulong end)
    {
        int first = FirstAt(start > LongestSite ? start - LongestSite : 0);
        for (int i = first; i < _sites.Count && i - first < MostSites && _sites[i].Start < end; i++)
        {
            if (_sites[i].End > start)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The sites that begin in some code.</summary>
    public ReadOnlySpan<PatchSite> Within(ulong start, ulong end) => CollectionsMarshal.AsSpan(_sites)[FirstAt(start)..FirstAt(end)];

    private void RemoveRepeated()
    {
        int kept = 0;
        for (int i = 0; i < _sites.Count; i++)
        {
            if (kept == 0 || _sites[i] != _sites[kept - 1])
            {
                _sites[kept++] = _sites[i];
            }
        }

        _sites.RemoveRange(kept, _sites.Count - kept);
    }

    private int FirstAt(ulong address)
    {
        int low = 0;
        int high = _sites.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = _sites[middle].Start < address ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>Entries of 16 bytes: distance to the code, distance to the target, key. The code is a jump or does nothing, of 2 or of 5 bytes.</summary>
    private void ReadStaticKeys(ExecutableCode code, ReadOnlySpan<byte> table, ulong address)
    {
        const int EntrySize = 16;
        const byte ShortJump = 0xeb;
        const byte ShortNothing = 0x66;
        for (int at = 0; at + EntrySize <= table.Length; at += EntrySize)
        {
            ulong place = Relative(table, address, at);
            var bytes = code.From(place);
            bool isShort = code.IsX86 && !bytes.IsEmpty && bytes[0] is ShortJump or ShortNothing;
            _sites.Add(new PatchSite(place, place + (isShort ? 2 : _longestJump), Relative(table, address, at + 4)));
        }
    }

    /// <summary>Entries of 12 bytes up to Linux 6.2, of 14 since: distances to the code and to its replacement, flags, and at the end the two lengths.</summary>
    private void ReadAlternatives(ExecutableCode code, ReadOnlySpan<byte> table, ulong address)
    {
        int entrySize = EntrySizeOfAlternatives(code, table, address);
        if (entrySize == 0 || InstructionDecoder.For(code) is not { } decoder)
        {
            return;
        }

        var replacement = new List<CodeInstruction>();
        for (int at = 0; at + entrySize <= table.Length; at += entrySize)
        {
            ulong start = Relative(table, address, at);
            ulong end = start + table[at + entrySize - 2];
            _sites.Add(new PatchSite(start, end, 0));
            ulong other = Relative(table, address, at + 4);
            replacement.Clear();
            decoder.Decode(code.From(other), other, table[at + entrySize - 1], replacement);
            foreach (var instruction in replacement)
            {
                if (instruction.Flow is InstructionFlow.Jump or InstructionFlow.ConditionalJump)
                {
                    _sites.Add(new PatchSite(start, end, instruction.Target));
                    break;
                }
            }
        }
    }

    private static int EntrySizeOfAlternatives(ExecutableCode code, ReadOnlySpan<byte> table, ulong address)
    {
        const int Tried = 64;
        foreach (int size in (int[])[12, 14, 13])
        {
            bool fits = table.Length >= size && table.Length % size == 0;
            for (int at = 0; fits && at + size <= table.Length && at < size * Tried; at += size)
            {
                fits = !code.From(Relative(table, address, at)).IsEmpty && table[at + size - 2] is > 0 and < 128;
            }

            if (fits)
            {
                return size;
            }
        }

        return 0;
    }

    /// <summary>Entries of 16 bytes: address, type, length.</summary>
    private void ReadParavirtualCalls(ReadOnlySpan<byte> table)
    {
        const int EntrySize = 16;
        for (int at = 0; at + EntrySize <= table.Length; at += EntrySize)
        {
            ulong place = BinaryPrimitives.ReadUInt64LittleEndian(table[at..]);
            _sites.Add(new PatchSite(place, place + table[at + 9], 0));
        }
    }

    /// <summary>Distances to code.</summary>
    private void ReadPlaces(ReadOnlySpan<byte> table, ulong address, int entrySize)
    {
        for (int at = 0; at + entrySize <= table.Length; at += entrySize)
        {
            ulong place = Relative(table, address, at);
            _sites.Add(new PatchSite(place, place + _longestJump, 0));
        }
    }

    private void ReadTracerCalls(ReadOnlySpan<byte> table)
    {
        for (int at = 0; at + 8 <= table.Length; at += 8)
        {
            ulong place = BinaryPrimitives.ReadUInt64LittleEndian(table[at..]);
            _sites.Add(new PatchSite(place, place + _longestJump, 0));
        }
    }

    private static ulong Relative(ReadOnlySpan<byte> table, ulong address, int at) =>
        address + (ulong)at + (ulong)BinaryPrimitives.ReadInt32LittleEndian(table[at..]);
}
