using System.Runtime.InteropServices;

namespace Tarax.AutoFdo.Profiles.Formats.Gcov;

/// <summary>The names of a profile as GCC's readers take them.</summary>
internal static class GcovNames
{
    /// <summary>All names in order with the file of each, the empty name first; files of names that are only call targets are empty.</summary>
    public static List<(string Name, string File)> Of(SampleProfile profile)
    {
        // The file is null where a name is only a target.
        var fileOfName = new Dictionary<string, string?>(StringComparer.Ordinal) { [""] = null };
        void Define(string name, string file)
        {
            ref string? known = ref CollectionsMarshal.GetValueRefOrAddDefault(fileOfName, name, out _);
            known = known is null ? file : ProfileTransformation.CommonFile(known, file);
        }

        void Visit(FunctionBody body)
        {
            foreach (var position in body.Positions.AsSpan())
            {
                foreach (var target in position.Targets.AsSpan())
                {
                    fileOfName.TryAdd(target.Name, null);
                }
            }

            foreach (var call in body.Calls.AsSpan())
            {
                Define(call.Callee, call.File);
                Visit(call.Body);
            }
        }

        foreach (var function in profile.Functions.AsSpan())
        {
            Define(function.Name, function.File);
            Visit(function.Body);
        }

        var names = new List<(string Name, string File)>(fileOfName.Count);
        foreach (var (name, file) in fileOfName)
        {
            names.Add((name, file ?? ""));
        }

        names.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return names;
    }

    /// <summary>
    /// GCC up to 15 cuts every name at its first dot and then keeps the last entry of a name, so of <c>f</c> and <c>f.part.0</c> one
    /// would be lost: names that become equal by the cut are written as one, their counts added up.
    /// </summary>
    public static SampleProfile WithoutCollisions(SampleProfile profile)
    {
        // Few profiles have a name with a dot.
        var names = ProfileNames.Of(profile);
        List<string> dotted = [.. names.Where(n => Cut(n).Length < n.Length)];
        if (dotted.Count == 0)
        {
            return profile;
        }

        var cuts = new HashSet<string>(StringComparer.Ordinal);
        var collisions = new HashSet<string>(StringComparer.Ordinal);
        foreach (string name in names)
        {
            if (name.Length > 0 && Cut(name) is var cut && !cuts.Add(cut))
            {
                collisions.Add(cut);
            }
        }

        var renamed = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string name in dotted)
        {
            if (Cut(name) is var cut && collisions.Contains(cut))
            {
                renamed.Add(name, cut);
            }
        }

        return renamed.Count == 0 ? profile : ProfileTransformation.Rename(profile, renamed);
    }

    private static string Cut(string name)
    {
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot <= 0 ? name : name[..dot];
    }
}
