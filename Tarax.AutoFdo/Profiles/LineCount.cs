namespace Tarax.AutoFdo.Profiles;

/// <summary>Which count a line has that has several pieces of code, told apart by discriminators.</summary>
public enum LineCount
{
    /// <summary>The largest: the line ran as often as its most executed piece.</summary>
    Largest,

    /// <summary>
    /// That of the last discriminator, which is what GCC up to 12 takes from a profile that has them (it masks them off, auto-profile.cc, and later positions replace
    /// earlier ones). The last piece of a line, such as what a loop does for its next round, is most often the one whose count helps most: measured in <c>docs/outcome.md</c>.
    /// </summary>
    Last,
}
