namespace Tarax.AutoFdo.Diagnostics;

/// <summary>One step of a conversion, when it has ended.</summary>
/// <param name="Name">What was done: <c>count</c>, <c>symbolize</c>, the id of a pass.</param>
/// <param name="Input">What came in, in a few words.</param>
/// <param name="Output">What went out.</param>
/// <param name="Time">How long it took.</param>
public sealed record ConversionStage(string Name, string Input, string Output, TimeSpan Time);
