namespace Tarax.AutoFdo.Counts;

/// <summary>How often a piece of code ran.</summary>
/// <param name="Maximum">The largest number of executions among its bytes.</param>
/// <param name="ExactOfBytes">The sum of executions over all its bytes.</param>
internal readonly record struct SegmentCount(ulong Maximum, UInt128 ExactOfBytes)
{
    /// <summary>The sum of executions over all its bytes; saturates.</summary>
    public ulong OfBytes => (ulong)UInt128.Min(ExactOfBytes, ulong.MaxValue);
}
