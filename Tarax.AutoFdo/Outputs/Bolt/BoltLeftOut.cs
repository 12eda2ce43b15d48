namespace Tarax.AutoFdo.Outputs.Bolt;

/// <summary>Counts that are not in a profile for BOLT.</summary>
/// <param name="Reason">Why, in a few words.</param>
/// <param name="Executions">Executions of the branches, ranges or samples.</param>
public sealed record BoltLeftOut(string Reason, ulong Executions);
