namespace Tarax.AutoFdo.Profiles;

/// <summary>Where the counts of inlined functions stand in a profile.</summary>
public enum InlinedBodies
{
    /// <summary>Nested, or as they are in a profile that was read.</summary>
    Auto,

    /// <summary>At the place of the call, within the function that they were inlined into. The compiler inlines there again what is hot.</summary>
    Nested,

    /// <summary>With the function's own, wherever it was called; the place of the call is a position with a target.</summary>
    Flat,

    /// <summary>In both places. What the compiler does not inline again it adds to the function's own, and so counts it twice.</summary>
    Both,
}
