using System.Buffers.Binary;
using Tarax.AutoFdo.Elf;

namespace Tarax.AutoFdo.Disassembly;

/// <summary>
/// Places of a kernel's text that are rewritten while it runs, so that what executed there is not what the file holds: static keys (<c>__jump_table</c>,
/// struct jump_entry in include/linux/jump_label.h), alternatives (<c>.altinstructions</c>, struct alt_instr in arch/x86/include/asm/alternative.h), static calls
/// (<c>.static_call_sites</c>), return and indirect branch thunks (<c>.return_sites</c>, <c>.retpoline_sites</c>) and the calls of the function tracer (<c>__mcount_loc</c>).
/// </summary>
internal sealed class PatchSites
{
    /// <summary>The longest instruction that is written at a place without a stated length: a near jump or call.</summary>
    private const ulong LongestJump = 5;

    private readonly List<PatchSite> _sites = [];

    /// <summary>The places of a binary; none for one that is no kernel.</summary>
    public static PatchSites Of(ExecutableCode code, ElfFile binary)
    {
        var sites = new PatchSites();
        if (binary.Type != ElfType.Relocatable && binary.Is64Bit && !binary.IsBigEndian)
        {
            sites.ReadStaticKeys(binary);
            sites.ReadAlternatives(code, binary);
            foreach (string name in (string[])[".static_call_sites", ".return_sites", ".retpoline_sites"])
            {
                sites.ReadPlaces(binary, name, name == ".static_call_sites" ? 8 : 4);
            }

            sites.ReadTracerCalls(binary);
        }

        sites._sites.Sort((a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : a.Target.CompareTo(b.Target));
        return sites;
    }

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => _sites.Count == 0;

    /// <summary>Whether an instruction of the file may be another one, or none, when it runs.</summary>
    public bool Overlap(ulong start, ulong end)
    {
        // Sites are short; the one that reaches here begins not far before.
        const ulong LongestSite = 256;
        for (int i = FirstAt(start > LongestSite ? start - LongestSite : 0); i < _sites.Count && _sites[i].Start < end; i++)
        {
            if (_sites[i].End > start)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The sites that begin in some code.</summary>
    public ReadOnlySpan<PatchSite> Within(ulong start, ulong end)
    {
        int first = FirstAt(start);
        return System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_sites)[first..FirstAt(end)];
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

    /// <summary>Entries of 16 bytes: distance to the code, distance to the target, key.</summary>
    private void ReadStaticKeys(ElfFile binary)
    {
        const int EntrySize = 16;
        if (binary.FindSection("__jump_table") is not { HasContent: true } section)
        {
            return;
        }

        var bytes = binary.Content(section).All();
        for (int at = 0; at + EntrySize <= bytes.Length; at += EntrySize)
        {
            ulong code = Relative(section, bytes, at);
            _sites.Add(new PatchSite(code, code + LongestJump, Relative(section, bytes, at + 4)));
        }
    }

    /// <summary>Entries of 12 bytes up to 6.2, of 14 since: distances to the code and to its replacement, flags, their two lengths at the end.</summary>
    private void ReadAlternatives(ExecutableCode code, ElfFile binary)
    {
        if (binary.FindSection(".altinstructions") is not { HasContent: true } section || InstructionDecoder.For(code) is not { } decoder)
        {
            return;
        }

        var bytes = binary.Content(section).All();
        int entrySize = EntrySizeOf(code, section, bytes);
        var replacement = new List<CodeInstruction>();
        for (int at = 0; entrySize > 0 && at + entrySize <= bytes.Length; at += entrySize)
        {
            ulong start = Relative(section, bytes, at);
            ulong end = start + bytes[at + entrySize - 2];
            _sites.Add(new PatchSite(start, end, 0));
            ulong other = Relative(section, bytes, at + 4);
            replacement.Clear();
            decoder.Decode(code.From(other), other, bytes[at + entrySize - 1], replacement);
            foreach (var instruction in replacement)
            {
                if (instruction.Flow is InstructionFlow.Jump or InstructionFlow.ConditionalJump)
                {
                    _sites.Add(new PatchSite(start, end, instruction.Target));
                }
            }
        }
    }

    private static int EntrySizeOf(ExecutableCode code, ElfSection section, ReadOnlySpan<byte> bytes)
    {
        const int Tried = 64;
        foreach (int size in (int[])[12, 14, 13])
        {
            bool fits = bytes.Length % size == 0;
            for (int at = 0; fits && at + size <= bytes.Length && at < size * Tried; at += size)
            {
                fits = !code.From(Relative(section, bytes, at)).IsEmpty && bytes[at + size - 2] is > 0 and < 128;
            }

            if (fits)
            {
                return size;
            }
        }

        return 0;
    }

    private void ReadPlaces(ElfFile binary, string name, int entrySize)
    {
        if (binary.FindSection(name) is not { HasContent: true } section)
        {
            return;
        }

        var bytes = binary.Content(section).All();
        for (int at = 0; at + entrySize <= bytes.Length; at += entrySize)
        {
            ulong code = Relative(section, bytes, at);
            _sites.Add(new PatchSite(code, code + LongestJump, 0));
        }
    }

    private void ReadTracerCalls(ElfFile binary)
    {
        if (binary.FindSection("__mcount_loc") is not { HasContent: true } section)
        {
            return;
        }

        var bytes = binary.Content(section).All();
        for (int at = 0; at + 8 <= bytes.Length; at += 8)
        {
            ulong code = BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
            _sites.Add(new PatchSite(code, code + LongestJump, 0));
        }
    }

    private static ulong Relative(ElfSection section, ReadOnlySpan<byte> bytes, int at) =>
        section.Address + (ulong)at + (ulong)BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);
}

/// <summary>A place that is rewritten.</summary>
/// <param name="Start">ELF virtual address.</param>
/// <param name="End">Address after it.</param>
/// <param name="Target">Where a jump goes that may be written there; 0 for none.</param>
internal readonly record struct PatchSite(ulong Start, ulong End, ulong Target);
