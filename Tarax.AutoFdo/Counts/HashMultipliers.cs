using System.Runtime.CompilerServices;

namespace Tarax.AutoFdo.Counts;

/// <summary>
/// Odd random numbers by which keys are multiplied. They are different in every process, so that no input can be made whose keys all fall together;
/// what comes out does not depend on them.
/// </summary>
internal readonly struct HashMultipliers
{
    public static readonly HashMultipliers OfProcess = new(Random.Shared);

    private readonly ulong _first;
    private readonly ulong _second;
    private readonly ulong _third;

    private HashMultipliers(Random random)
    {
        _first = Odd(random);
        _second = Odd(random);
        _third = Odd(random);
    }

    /// <summary>A number whose upper bits depend on all bits of the key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Of(ulong first, ulong second, ulong third = 0) => (first * _first) + (second * _second) + (third * _third);

    private static ulong Odd(Random random) => (ulong)random.NextInt64(long.MinValue, long.MaxValue) | 1;
}
