using System.Buffers.Binary;

namespace Tarax.AutoFdo.Outputs.Gcda;

/// <summary>Counters of one function.</summary>
/// <param name="Function">The function.</param>
/// <param name="Counts">Of its arcs that are not on the tree, in the order of the notes.</param>
internal sealed record FunctionCounters(NotesFunction Function, long[] Counts);

/// <summary>Writes counters as an instrumented program does when it ends (libgcov-driver.c, write_one_data; gcov-io.h).</summary>
internal static class GcdaWriter
{
    private const uint Magic = 0x67636461;
    private const uint ObjectSummaryTag = 0xa1000000;
    private const uint FunctionTag = 0x01000000;
    private const uint ArcCountersTag = 0x01a10000;

    /// <param name="notes">The notes of the object, of whose compiler the counters must be.</param>
    /// <param name="functions">Its functions.</param>
    /// <param name="largest">The largest counter of the whole program.</param>
    public static byte[] Write(NotesFile notes, IReadOnlyList<FunctionCounters> functions, long largest)
    {
        var stream = new MemoryStream();
        void Word(uint word)
        {
            Span<byte> bytes = stackalloc byte[4];
            if (notes.IsBigEndian)
            {
                BinaryPrimitives.WriteUInt32BigEndian(bytes, word);
            }
            else
            {
                BinaryPrimitives.WriteUInt32LittleEndian(bytes, word);
            }

            stream.Write(bytes);
        }

        uint LengthOf(int words) => (uint)(notes.CountsBytes ? 4 * words : words);
        Word(Magic);
        Word(notes.Version);
        Word(notes.Stamp);
        if (notes.CountsBytes)
        {
            Word(ChecksumOf(notes));
        }

        Word(ObjectSummaryTag);
        Word(LengthOf(2));
        Word(1);
        Word((uint)Math.Min(largest, uint.MaxValue));
        foreach (var (function, counts) in functions)
        {
            Word(FunctionTag);
            Word(LengthOf(3));
            Word(function.Ident);
            Word(function.LineChecksum);
            Word(function.FlowChecksum);
            Word(ArcCountersTag);
            if (Array.TrueForAll(counts, c => c == 0))
            {
                // Of counters that are all zero only the number is written.
                Word((uint)-(int)LengthOf(2 * counts.Length));
                continue;
            }

            Word(LengthOf(2 * counts.Length));
            foreach (long count in counts)
            {
                Word((uint)count);
                Word((uint)((ulong)count >> 32));
            }
        }

        Word(0);
        return stream.ToArray();
    }

    /// <summary>The checksum of the object's functions (coverage.cc, coverage_obj_finish), which gcov-tool compares.</summary>
    private static uint ChecksumOf(NotesFile notes)
    {
        uint checksum = 0;
        foreach (var function in notes.Functions)
        {
            checksum = GccChecksum.OfWord(checksum, function.Ident);
            checksum = GccChecksum.OfWord(checksum, function.LineChecksum);
            checksum = GccChecksum.OfWord(checksum, function.FlowChecksum);
        }

        return checksum;
    }
}
