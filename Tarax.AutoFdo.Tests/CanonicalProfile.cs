namespace Tarax.AutoFdo.Tests;

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
