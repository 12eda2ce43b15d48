using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Profiles;

namespace Tarax.AutoFdo.Reports;

/// <summary>A profile with names where it had hashes of them, as far as a binary has functions whose names have these hashes.</summary>
/// <param name="Profile">The profile; hashes that are of no function of the binary stay.</param>
/// <param name="HashOf">The hash that stood in place of each name.</param>
internal sealed record ResolvedHashes(SampleProfile Profile, IReadOnlyDictionary<string, string> HashOf)
{
    /// <summary>Looks the hashes up: among the symbols, and among what is inlined into the functions that are found.</summary>
    public static ResolvedHashes Of(SampleProfile profile, Binary binary)
    {
        var wanted = ProfileNames.Of(profile);
        var nameOf = new Dictionary<string, string>(StringComparer.Ordinal);
        void Try(string name)
        {
            if (HashedNames.ToName(HashedNames.HashOf(name)) is var hash && wanted.Contains(hash))
            {
                nameOf.TryAdd(hash, name);
            }
        }

        var symbolizer = binary.Symbolizer;
        var asked = new HashSet<string>(StringComparer.Ordinal);
        foreach (string name in symbolizer.FunctionNames())
        {
            Try(name);
        }

        if (nameOf.Count < wanted.Count)
        {
            var found = nameOf.Values.ToHashSet(StringComparer.Ordinal);
            foreach (var (name, address) in symbolizer.FunctionStarts())
            {
                if (found.Contains(name) && symbolizer.FindFunction(address) is { } function)
                {
                    foreach (var scope in symbolizer.Source(function).Scopes)
                    {
                        if (asked.Add(scope.Function.Name))
                        {
                            Try(scope.Function.Name);
                        }
                    }
                }
            }
        }

        var named = ProfileTransformation.Rename(profile, nameOf);
        return new ResolvedHashes(named.With(named.Functions, hasHashedNames: false), nameOf.ToDictionary(n => n.Value, n => n.Key, StringComparer.Ordinal));
    }
}
