using System.Buffers.Binary;

namespace Tarax.AutoFdo.Binaries.Disassembly;

/// <summary>Targets of an indirect jump in memory.</summary>
internal static class JumpTable
{
    /// <summary>More entries than compilers make.</summary>
    private const int MostEntries = 4096;

    /// <summary>Reads targets as long as they lie in a function: that is where its table ends, or another of its tables begins.</summary>
    /// <param name="code">The binary.</param>
    /// <param name="table">ELF virtual address of the table.</param>
    /// <param name="form">How its entries look.</param>
    /// <param name="isTarget">Whether an address is an instruction of the function.</param>
    /// <param name="isTable">Whether another table begins at an address.</param>
    public static List<ulong> Read(ExecutableCode code, ulong table, JumpTableForm form, Func<ulong, bool> isTarget, Func<ulong, bool> isTable)
    {
        var targets = new List<ulong>();
        var bytes = code.From(table);
        int size = form == JumpTableForm.Absolute && code.Is64Bit ? 8 : 4;
        for (int i = 0; i < MostEntries && bytes.Length >= size; i++, bytes = bytes[size..])
        {
            ulong target = form == JumpTableForm.Relative ? table + (ulong)BinaryPrimitives.ReadInt32LittleEndian(bytes)
                : size == 8 ? BinaryPrimitives.ReadUInt64LittleEndian(bytes)
                : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            if ((i > 0 && isTable(table + (ulong)(i * size))) || !isTarget(target))
            {
                break;
            }

            targets.Add(target);
        }

        return targets;
    }
}
