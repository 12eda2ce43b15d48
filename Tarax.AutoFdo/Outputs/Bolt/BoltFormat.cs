namespace Tarax.AutoFdo.Outputs.Bolt;

/// <summary>A form in which BOLT takes counts.</summary>
public enum BoltFormat
{
    /// <summary>Addresses, branches and ranges as text, which <c>perf2bolt --pa</c> reads and looks up in the binary (bolt/docs/profiles.md).</summary>
    Preaggregated,

    /// <summary>Branches and fall-throughs by function and offset, which <c>llvm-bolt -data</c> reads as it is.</summary>
    Fdata,
}
