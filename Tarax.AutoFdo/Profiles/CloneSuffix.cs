namespace Tarax.AutoFdo.Profiles;

/// <summary>
/// What compilers add to a function's name where they make another function of it: GCC for one without some arguments (<c>.isra.0</c>), for some values of them (<c>.constprop.0</c>), and for a
/// part of it (<c>.part.0</c>, <c>.cold</c>), both for statics that other files can see (<c>.lto_priv.0</c>, <c>.llvm.HASH</c>). Reading a profile they take all for the function itself
/// (GCC 16, auto-profile.cc, <c>get_original_name</c>: "removing clone suffixes" in its dumps; up to 15 names are cut at the first dot).
/// </summary>
internal static class CloneSuffix
{
    private static readonly string[] Suffixes = [".isra.", ".part.", ".constprop.", ".lto_priv.", ".llvm.", ".cold"];

    /// <summary>The function's name.</summary>
    public static string Cut(string name)
    {
        int end = name.Length;
        foreach (string suffix in Suffixes)
        {
            int at = name.IndexOf(suffix, StringComparison.Ordinal);
            end = at > 0 ? Math.Min(end, at) : end;
        }

        return name[..end];
    }

    /// <summary>A profile with the counts of clones at the functions that they were made of.</summary>
    public static SampleProfile Without(SampleProfile profile)
    {
        var renamed = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string name in ProfileNames.Of(profile))
        {
            if (Cut(name) is var own && own.Length < name.Length)
            {
                renamed[name] = own;
            }
        }

        return renamed.Count == 0 ? profile : ProfileTransformation.Rename(profile, renamed);
    }
}
