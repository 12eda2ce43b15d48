namespace Tarax.AutoFdo.Profiles.Gcov;

/// <summary>The names of a profile as GCC's readers take them.</summary>
internal static class GcovNames
{
    /// <summary>All names with the file of each, the empty name first; files of names that are only call targets are empty.</summary>
    public static SortedDictionary<string, string> Of(SampleProfile profile)
    {
        var fileOfName = new SortedDictionary<string, string>(StringComparer.Ordinal) { [""] = "" };
        var defined = new HashSet<string>(StringComparer.Ordinal);
        void Define(string name, string file)
        {
            fileOfName[name] = defined.Add(name) ? file : ProfileTransformation.CommonFile(fileOfName[name], file);
        }

        void Visit(FunctionBody body)
        {
            foreach (var position in body.Positions)
            {
                foreach (var target in position.Targets)
                {
                    fileOfName.TryAdd(target.Name, "");
                }
            }

            foreach (var call in body.Calls)
            {
                Define(call.Callee, call.File);
                Visit(call.Body);
            }
        }

        foreach (var function in profile.Functions)
        {
            Define(function.Name, function.File);
            Visit(function.Body);
        }

        return fileOfName;
    }

    /// <summary>
    /// GCC up to 15 cuts every name at its first dot and then keeps the last entry of a name, so of <c>f</c> and <c>f.part.0</c> one
    /// would be lost: names that become equal by the cut are written as one, their counts added up.
    /// </summary>
    public static SampleProfile WithoutCollisions(SampleProfile profile)
    {
        var collisions = Of(profile).Keys.Where(n => n.Length > 0).GroupBy(Cut, StringComparer.Ordinal)
            .Where(g => g.Count() > 1).Select(g => g.Key).ToHashSet(StringComparer.Ordinal);
        return collisions.Count == 0 ? profile : ProfileTransformation.Rename(profile, n => collisions.Contains(Cut(n)) ? Cut(n) : n);
    }

    private static string Cut(string name)
    {
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot <= 0 ? name : name[..dot];
    }
}
