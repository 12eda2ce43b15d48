using System.Buffers.Binary;

namespace Tarax.AutoFdo.Tests.Truth;

/// <summary>How far counters of two runs agree, as <c>gcov-tool overlap</c> measures it: the share of all executions that both have on the same arcs.</summary>
internal static class CounterOverlap
{
    private const uint FunctionTag = 0x01000000;
    private const uint ArcsTag = 0x01a10000;

    /// <summary>The arc counters of a file, read by another way than the library has: of GCC 12 and later, little-endian.</summary>
    public static IEnumerable<((string File, uint Ident), long[] Counts)> Read(string name, ReadOnlySpan<byte> file)
    {
        var result = new List<((string, uint), long[])>();
        uint ident = 0;
        for (int at = 16; at + 8 <= file.Length;)
        {
            uint tag = BinaryPrimitives.ReadUInt32LittleEndian(file[at..]);
            int length = BinaryPrimitives.ReadInt32LittleEndian(file[(at + 4)..]);
            at += 8;
            if (tag == FunctionTag && length > 0)
            {
                ident = BinaryPrimitives.ReadUInt32LittleEndian(file[at..]);
            }
            else if (tag == ArcsTag)
            {
                long[] counts = new long[Math.Abs(length) / 8];
                for (int i = 0; length > 0 && i < counts.Length; i++)
                {
                    counts[i] = BinaryPrimitives.ReadInt64LittleEndian(file[(at + (8 * i))..]);
                }

                result.Add(((name, ident), counts));
            }

            at += Math.Max(length, 0);
        }

        return result;
    }

    public static double Of(IEnumerable<((string File, uint Ident) Function, long[] Counts)> ours, IEnumerable<((string File, uint Ident) Function, long[] Counts)> real)
    {
        var left = ours.ToDictionary(f => f.Function, f => f.Counts);
        var right = real.ToDictionary(f => f.Function, f => f.Counts);
        double ofLeft = left.Values.Sum(c => (double)c.Sum());
        double ofRight = right.Values.Sum(c => (double)c.Sum());
        return right.Where(f => left.ContainsKey(f.Key)).Sum(f => f.Value.Zip(left[f.Key]).Sum(c => Math.Min(c.First / ofRight, c.Second / ofLeft)));
    }
}
