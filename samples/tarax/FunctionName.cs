namespace Tarax.Tool;

/// <summary>Demangled names without what makes them long: the return type in front and the arguments behind.</summary>
internal static class FunctionName
{
    /// <summary>The name of a function as people call it, from how it is demangled.</summary>
    public static string Short(string demangled)
    {
        string suffix = "";
        if (demangled.EndsWith(']') && demangled.LastIndexOf(" [", StringComparison.Ordinal) is > 0 and var clone)
        {
            (demangled, suffix) = (demangled[..clone], demangled[clone..]);
        }

        int end = StartOfArguments(demangled);
        string name = end < 0 ? demangled : demangled[..end];
        return name[StartOfName(name)..] + suffix;
    }

    /// <summary>The parenthesis that the last one closes, where only qualifiers follow; −1 where there are no arguments.</summary>
    private static int StartOfArguments(string name)
    {
        int close = name.LastIndexOf(')');
        if (close < 0 || name[(close + 1)..].TrimEnd() is not ("" or " const" or " volatile" or " &" or " &&" or " const &" or " const &&" or " noexcept"))
        {
            return -1;
        }

        int depth = 0;
        for (int i = close; i > 0; i--)
        {
            depth += name[i] == ')' ? 1 : name[i] == '(' ? -1 : 0;
            if (depth == 0)
            {
                return IsPartOfName(name, i) ? -1 : i;
            }
        }

        return -1;
    }

    /// <summary>Whether a parenthesis belongs to the name: an anonymous namespace, or the operator ().</summary>
    private static bool IsPartOfName(string name, int at) => name[at..].StartsWith("(anonymous", StringComparison.Ordinal) || (name[at..].StartsWith("()", StringComparison.Ordinal) && name[..at].EndsWith("operator", StringComparison.Ordinal));

    /// <summary>After the last space outside of brackets, if it is not one of an operator's name.</summary>
    private static int StartOfName(string name)
    {
        int depth = 0;
        for (int i = name.Length - 1; i >= 0; i--)
        {
            char c = name[i];
            if (c is '>' or ')' or ']' or '}' && !IsOperatorSign(name, i))
            {
                depth++;
            }
            else if (c is '<' or '(' or '[' or '{' && !IsOperatorSign(name, i))
            {
                depth--;
            }
            else if (c == ' ' && depth == 0 && !IsInOperator(name, i))
            {
                return i + 1;
            }
        }

        return 0;
    }

    private static bool IsOperatorSign(string name, int at)
    {
        int start = name.LastIndexOf("operator", at, StringComparison.Ordinal);
        return start >= 0 && name[(start + "operator".Length)..at].TrimStart() is "" or "<" or ">" or "-" or "<<" or ">>" or "<=" or "(" or "[";
    }

    /// <summary>Whether a space stands behind <c>operator</c>: of new, delete, a conversion, or a literal.</summary>
    private static bool IsInOperator(string name, int at)
    {
        int start = name.LastIndexOf("operator", at, StringComparison.Ordinal);
        if (start < 0)
        {
            return false;
        }

        string between = name[(start + "operator".Length)..at];
        return between.All(c => "<>=!+-*/%^&|~,()[]".Contains(c, StringComparison.Ordinal)) || (between.StartsWith(' ') && !between.Contains('(', StringComparison.Ordinal));
    }
}
