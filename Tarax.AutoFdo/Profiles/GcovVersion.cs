namespace Tarax.AutoFdo.Profiles;

/// <summary>Version of the profile format that GCC reads with <c>-fauto-profile</c>.</summary>
public enum GcovVersion
{
    /// <summary>GCC 5 to 11.</summary>
    V1 = 1,

    /// <summary>GCC 12 to 15.</summary>
    V2 = 2,

    /// <summary>GCC 16: with summary, files and first-execution times.</summary>
    V3 = 3,
}
