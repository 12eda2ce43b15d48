namespace Tarax.AutoFdo.Bench.Outcome;

/// <summary>The executables of the lab.</summary>
/// <param name="Converter">Ours.</param>
/// <param name="Plugin">The plugin for QEMU that records branches and counts events.</param>
/// <param name="CreateGcov">The incumbent's for GCC; null where it is not here.</param>
internal sealed record LabTools(string Converter, string Plugin, string? CreateGcov);
