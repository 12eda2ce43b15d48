using System.Buffers.Binary;

namespace Tarax.AutoFdo.Tests.Fuzzing;

/// <summary>Makes damaged inputs of valid ones: the same number always makes the same input.</summary>
internal sealed class Mutator
{
    private const int MostMutations = 6;
    private const int LongestInput = 1 << 20;

    /// <summary>Numbers at which lengths, counts and offsets break.</summary>
    private static readonly ulong[] Edges =
    [
        0, 1, 2, 7, 8, 15, 16, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff, 0x100000000,
        0x7fffffffffffffff, 0x8000000000000000, 0xfffffffffffffff8, 0xffffffffffffffff,
    ];

    private readonly FuzzSeed[] _seeds;
    private readonly Dictionary<FuzzSeed, int[]> _fields = [];

    public Mutator(IEnumerable<FuzzSeed> seeds)
    {
        _seeds = [.. seeds];
        foreach (var seed in _seeds)
        {
            _fields.Add(seed, FieldOffsets.Of(seed));
        }
    }

    /// <summary>The input of a number, and the seed that it was made of.</summary>
    public (FuzzSeed Seed, byte[] Input) Make(long number)
    {
        var random = new Random(unchecked((int)(number * 0x9e3779b1)) ^ (int)(number >> 32));
        var seed = _seeds[(int)(number % _seeds.Length)];
        var bytes = new List<byte>(seed.Bytes);
        int mutations = 1 + random.Next(MostMutations);
        for (int i = 0; i < mutations && bytes.Count > 0; i++)
        {
            Mutate(bytes, seed, random);
        }

        return (seed, [.. bytes]);
    }

    private void Mutate(List<byte> bytes, FuzzSeed seed, Random random)
    {
        int at = random.Next(bytes.Count);
        switch (random.Next(12))
        {
            case 0 or 1 or 2 or 3:
                int[] fields = _fields[seed];
                int field = fields.Length > 0 ? fields[random.Next(fields.Length)] : at;
                WriteNumber(bytes, Math.Min(field, bytes.Count - 1), random);
                break;
            case 4:
                WriteNumber(bytes, at & ~7, random);
                break;
            case 5:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 6:
                bytes[at] = (byte)random.Next(256);
                break;
            case 7:
                bytes.RemoveRange(at, Math.Min(Length(random), bytes.Count - at));
                break;
            case 8:
                byte[] inserted = new byte[Length(random)];
                random.NextBytes(inserted);
                Insert(bytes, at, inserted);
                break;
            case 9:
                Insert(bytes, at, [.. bytes.GetRange(at, Math.Min(Length(random) * 16, bytes.Count - at))]);
                break;
            case 10:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            default:
                var other = _seeds[random.Next(_seeds.Length)].Bytes;
                int from = random.Next(other.Length);
                byte[] part = other[from..Math.Min(other.Length, from + (Length(random) * 8))];
                for (int i = 0; i < part.Length && at + i < bytes.Count; i++)
                {
                    bytes[at + i] = part[i];
                }

                break;
        }
    }

    private static int Length(Random random) => 1 + random.Next(1 << random.Next(8));

    private static void Insert(List<byte> bytes, int at, byte[] inserted)
    {
        if (bytes.Count + inserted.Length <= LongestInput)
        {
            bytes.InsertRange(at, inserted);
        }
    }

    private static void WriteNumber(List<byte> bytes, int at, Random random)
    {
        ulong value = random.Next(4) switch
        {
            0 => Edges[random.Next(Edges.Length)],
            1 => (ulong)bytes.Count + (ulong)random.Next(-16, 17),
            2 => (ulong)random.Next(1 << 16),
            _ => (ulong)random.NextInt64() << random.Next(64),
        };
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(number, value);
        if (random.Next(8) == 0)
        {
            number.Reverse();
        }

        int width = 1 << random.Next(4);
        for (int i = 0; i < width && at + i < bytes.Count; i++)
        {
            bytes[at + i] = number[i];
        }
    }
}
