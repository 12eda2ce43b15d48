namespace Tarax.AutoFdo.Bench.Outcome;

/// <summary>What one build costs.</summary>
/// <param name="Program">The program.</param>
/// <param name="Compiler">The compiler.</param>
/// <param name="Variant">The variant.</param>
/// <param name="Cost">Events of the test runs; null where there is no such build.</param>
/// <param name="CompileSeconds">Time on processors that compiling took; not reproducible.</param>
/// <param name="TextBytes">Bytes of code.</param>
/// <param name="UsedShare">Part of the profile that the compiler says it used, 0 to 1; null where it does not say.</param>
/// <param name="Note">Why there is no such build, or how it failed.</param>
internal sealed record LabResult(string Program, string Compiler, string Variant, LabCost? Cost, double CompileSeconds, ulong TextBytes, double? UsedShare = null, string? Note = null);
