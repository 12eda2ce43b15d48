namespace Tarax.AutoFdo.Samples;

/// <summary>How often a piece of code ran.</summary>
/// <param name="Maximum">The largest number of executions among its bytes.</param>
/// <param name="OfBytes">The sum of executions over all its bytes; saturates.</param>
internal readonly record struct SegmentCount(ulong Maximum, ulong OfBytes);
