namespace Tarax.AutoFdo.Profiles;

/// <summary>A row of the working set.</summary>
/// <param name="Blocks">Blocks of ten instructions.</param>
/// <param name="MinimumCount">The least count among them.</param>
internal readonly record struct WorkingSetRow(uint Blocks, ulong MinimumCount);
