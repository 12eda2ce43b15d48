using Tarax.AutoFdo.Profiles;

namespace Tarax.AutoFdo.Targets.Gcc;

/// <summary>
/// GCC's debug information names a constructor or destructor that was inlined by the unified variant (C4, D4), of which no code is ever made. GCC 16 looks for the base variant
/// (C2, D2), of which the complete one is an alias, and drops what it does not find.
/// </summary>
internal static class BaseVariants
{
    /// <summary>The same profile with the base variant's names. Calls that come to the same name are added up.</summary>
    public static SampleProfile Of(SampleProfile profile) => profile.Functions.Any(f => f.Name.StartsWith("_Z", StringComparison.Ordinal))
        ? profile.With(profile.Functions.Select(f => ProfileTransformation.Rename(f, Of)))
        : profile;

    /// <summary>
    /// A mangled name with each unified variant as the base one: C4 and D4 that end a nested name or have template arguments (Itanium C++ ABI, 5.1). Identifiers, substitutions and
    /// numbers are passed over by what they say of their length; a name that says more than there is stays as it is.
    /// </summary>
    public static string Of(string name)
    {
        if (!name.StartsWith("_Z", StringComparison.Ordinal) || name.Contains('.', StringComparison.Ordinal))
        {
            return name;
        }

        char[] result = name.ToCharArray();
        for (int i = 2; i < name.Length;)
        {
            char c = name[i];
            char next = i + 1 < name.Length ? name[i + 1] : '\0';
            if (char.IsAsciiDigit(c))
            {
                int length = 0;
                for (; i < name.Length && char.IsAsciiDigit(name[i]) && length < name.Length; i++)
                {
                    length = (10 * length) + (name[i] - '0');
                }

                i += length;
            }
            else if ((c == 'S' && (char.IsAsciiDigit(next) || char.IsAsciiLetterUpper(next))) || ((c is 'T' or 'A') && char.IsAsciiDigit(next)))
            {
                i = After(name, i, '_');
            }
            else if (c == 'L' && char.IsAsciiLetterLower(next))
            {
                i = After(name, i, 'E');
            }
            else
            {
                if (c is 'C' or 'D' && next == '4' && i + 2 < name.Length && name[i + 2] is 'E' or 'I' or 'B')
                {
                    result[i + 1] = '2';
                    i++;
                }

                i++;
            }

            if (i > name.Length)
            {
                return name;
            }
        }

        return name.AsSpan().SequenceEqual(result) ? name : new string(result);
    }

    private static int After(string name, int start, char end)
    {
        int at = name.IndexOf(end, start);
        return at < 0 ? name.Length + 1 : at + 1;
    }
}
