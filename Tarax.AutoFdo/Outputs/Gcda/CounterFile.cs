namespace Tarax.AutoFdo.Outputs.Gcda;

/// <summary>Counters of one object.</summary>
/// <param name="Notes">Path of its notes in their folder.</param>
/// <param name="Name">The name that <c>-fprofile-use=DIR</c> looks for in DIR.</param>
/// <param name="Content">What is in it (.gcda).</param>
public sealed record CounterFile(string Notes, string Name, ReadOnlyMemory<byte> Content);
