namespace Tarax.AutoFdo.Tests.Truth;

/// <summary>
/// The canonical text of a profile, as the decoder beside the recordings prints it, taken apart: each place with its value.
/// </summary>
internal static class CanonicalProfile
{
    /// <summary>Places such as <c>main/3:push_back/1</c>, <c>main head</c>, <c>main ts</c>, <c>summary</c> or <c>ws 5</c> with their values.</summary>
    public static SortedDictionary<string, string> Parse(string text)
    {
        var places = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var path = new List<string>();
        int workingSetRow = 0;
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            int depth = (line.Length - line.TrimStart(' ').Length) / 2;
            string content = line.Trim();
            if (depth == 0)
            {
                string[] words = content.Split(' ');
                switch (words[0])
                {
                    case "version" or "summary":
                        places[words[0]] = content;
                        break;
                    case "cutoff":
                        places[$"cutoff {words[1]}"] = content;
                        break;
                    case "ws":
                        places[$"ws {workingSetRow++:000}"] = content;
                        break;
                    default:
                        int head = content.LastIndexOf(" head ", StringComparison.Ordinal);
                        string name = content[..head];
                        words = content[(head + 6)..].Split(' ');
                        path = [name];
                        places[$"{name} head"] = words[0];
                        if (words.Length == 3)
                        {
                            places[$"{name} ts"] = words[2];
                        }

                        break;
                }

                continue;
            }

            path.RemoveRange(depth, path.Count - depth);
            int colon = content.IndexOf(": ", StringComparison.Ordinal);
            string value = content[(colon + 2)..];
            if (char.IsAsciiDigit(value[0]))
            {
                places[$"{string.Join('/', path)}/{content[..colon]}"] = value;
            }
            else
            {
                path.Add($"{content[..colon]}:{value}");
            }
        }

        return places;
    }

    /// <summary>
    /// The places with the plain names of inlined functions where the reference has them: the debug information gives no linkage name to functions that other units cannot see, and
    /// create_gcov makes none, so that GCC does not find them (verdict names, cases/gcc-member-names).
    /// </summary>
    public static SortedDictionary<string, string> WithPlainNames(SortedDictionary<string, string> ours, SortedDictionary<string, string> reference)
    {
        var children = new Dictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (string place in reference.Keys)
        {
            string[] parts = place.Split('/');
            string path = parts[0];
            foreach (string part in parts.Skip(1).SkipLast(1))
            {
                (children.TryGetValue(path, out var known) ? known : children[path] = new(StringComparer.Ordinal)).Add(part);
                path = $"{path}/{part}";
            }
        }

        var result = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (place, value) in ours)
        {
            string[] parts = place.Split('/');
            string path = parts[0];
            for (int i = 1; i < parts.Length; i++)
            {
                path = $"{path}/{(i < parts.Length - 1 && children.TryGetValue(path, out var known) ? PlainOf(parts[i], known) : parts[i])}";
            }

            result[path] = value;
        }

        return result;
    }

    /// <summary>
    /// The places that do not lie in lambdas: their first line is not in GCC's debug information, so create_gcov loses what ran there, and puts what was inlined into them at 0 (verdict
    /// start lines, cases/no-start-line).
    /// </summary>
    public static SortedDictionary<string, string> WithoutLambdas(SortedDictionary<string, string> places) =>
        new(places.Where(p => !p.Key.Split('/').Skip(1).Any(part => part.Contains(":operator()", StringComparison.Ordinal))).ToDictionary(), StringComparer.Ordinal);

    /// <summary>
    /// The places without parts that GCC split off a function and inlined again: they are the function's own (verdict parts; GCC's ipa-split.cc gives such a call the function's first line), where
    /// create_gcov takes them for calls of the function by itself.
    /// </summary>
    public static SortedDictionary<string, string> WithoutParts(SortedDictionary<string, string> places)
    {
        var result = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (place, value) in places)
        {
            var path = new List<string>();
            foreach (string part in place.Split('/'))
            {
                if (path.Count == 0 || part != $"0:{path[^1][(path[^1].IndexOf(':', StringComparison.Ordinal) + 1)..]}")
                {
                    path.Add(part);
                }
            }

            string own = string.Join('/', path);
            result[own] = result.TryGetValue(own, out string? other) ? Larger(value, other) : value;
        }

        return result;
    }

    /// <summary>Of two counts with their targets the larger; targets are added up.</summary>
    private static string Larger(string left, string right)
    {
        var targets = new SortedDictionary<string, long>(StringComparer.Ordinal);
        string[][] both = [left.Split(' '), right.Split(' ')];
        foreach (string[] target in both.SelectMany(w => w.Skip(1)).Select(t => t.Split(':')))
        {
            targets[target[0]] = targets.GetValueOrDefault(target[0]) + long.Parse(target[1]);
        }

        return string.Join(' ', [both.Max(w => long.Parse(w[0])).ToString(), .. targets.Select(t => $"{t.Key}:{t.Value}")]);
    }

    private static string PlainOf(string call, SortedSet<string> known)
    {
        int colon = call.IndexOf(":_Z", StringComparison.Ordinal);
        return known.Contains(call) || colon < 0 ? call : known.FirstOrDefault(k => k.StartsWith(call[..(colon + 1)], StringComparison.Ordinal) && IsPlainOf(k[(colon + 1)..], call)) ?? call;
    }

    private static bool IsPlainOf(string plain, string mangled)
    {
        string name = plain.Split('<')[0].TrimStart('~');
        return !plain.StartsWith("_Z", StringComparison.Ordinal)
            && (plain.StartsWith("operator", StringComparison.Ordinal) || mangled.Contains($"{name.Length}{name}", StringComparison.Ordinal))
            && plain.StartsWith('~') == mangled.Contains("D2E", StringComparison.Ordinal);
    }

    /// <summary>What differs, one line for each place; a function that only one side has is one line.</summary>
    public static List<string> Differences(SortedDictionary<string, string> ours, SortedDictionary<string, string> reference)
    {
        string[] Functions(SortedDictionary<string, string> places) =>
            [.. places.Keys.Where(k => k.EndsWith(" head", StringComparison.Ordinal)).Select(k => k[..^" head".Length])];

        var onlyOurs = Functions(ours).Except(Functions(reference)).ToHashSet();
        var onlyReference = Functions(reference).Except(Functions(ours)).ToHashSet();
        var result = onlyOurs.Select(f => $"{f} | only ours").Concat(onlyReference.Select(f => $"{f} | only reference")).ToList();
        foreach (string place in ours.Keys.Union(reference.Keys))
        {
            string function = place.Split('/')[0];
            foreach (string ending in (string[])[" head", " ts"])
            {
                function = function.EndsWith(ending, StringComparison.Ordinal) ? function[..^ending.Length] : function;
            }

            string left = ours.GetValueOrDefault(place, "-");
            string right = reference.GetValueOrDefault(place, "-");
            if (left != right && !onlyOurs.Contains(function) && !onlyReference.Contains(function))
            {
                result.Add($"{place} | {left} | {right}");
            }
        }

        result.Sort(StringComparer.Ordinal);
        return result;
    }
}
