namespace Tarax.AutoFdo.Attribution;

/// <summary>What a recorded branch is.</summary>
internal enum BranchKind
{
    /// <summary>Not known: there is no code, or it may be another when it runs.</summary>
    Unknown,

    /// <summary>A call.</summary>
    Call,

    /// <summary>A jump, by a condition or not.</summary>
    Jump,

    /// <summary>A return.</summary>
    Return,

    /// <summary>The instruction does not branch: an interrupt or a fault came there.</summary>
    Interrupt,
}
