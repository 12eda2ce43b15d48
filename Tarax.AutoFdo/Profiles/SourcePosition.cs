namespace Tarax.AutoFdo.Profiles;

/// <summary>A place in a function, in terms that survive edits elsewhere in the file.</summary>
/// <param name="LineOffset">
/// Lines after the line of the function's definition. Negative where code comes from before it (macros, <c>#line</c>);
/// profiles of GCC keep 16 bits and give such back as 32768 to 65535.
/// </param>
/// <param name="Discriminator">Which of several pieces of code on the line; 0 for the first or only one.</param>
public readonly record struct SourcePosition(int LineOffset, uint Discriminator) : IComparable<SourcePosition>
{
    /// <summary>Order of profiles of GCC: by line, negative ones last, then by discriminator.</summary>
    /// <param name="other">The position to compare with.</param>
    public int CompareTo(SourcePosition other) =>
        LineOffset != other.LineOffset ? ((uint)LineOffset).CompareTo((uint)other.LineOffset) : Discriminator.CompareTo(other.Discriminator);

    /// <summary>Whether one position comes before another.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    public static bool operator <(SourcePosition left, SourcePosition right) => left.CompareTo(right) < 0;

    /// <summary>Whether one position comes after another.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    public static bool operator >(SourcePosition left, SourcePosition right) => left.CompareTo(right) > 0;

    /// <summary>Whether one position comes before another, or is the same.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    public static bool operator <=(SourcePosition left, SourcePosition right) => left.CompareTo(right) <= 0;

    /// <summary>Whether one position comes after another, or is the same.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    public static bool operator >=(SourcePosition left, SourcePosition right) => left.CompareTo(right) >= 0;

    /// <summary><c>line</c> or <c>line.discriminator</c>.</summary>
    public override string ToString() => Discriminator == 0 ? $"{LineOffset}" : $"{LineOffset}.{Discriminator}";
}
