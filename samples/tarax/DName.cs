using System.Globalization;
using System.Text;

namespace Tarax.Tool;

/// <summary>Names of D as its source has them (dlang.org/spec/abi.html, "Name Mangling"), without types of functions: <c>std.stdio.File.this</c>, <c>app.largest!(int).largest</c>.</summary>
internal sealed class DName
{
    private const int DeepestNesting = 100;
    private const int MostWork = 1 << 14;
    private const int LongestName = 1 << 14;

    private readonly string _text;
    private int _at;
    private int _depth;
    private int _work;
    private bool _isBad;

    private DName(string text) => _text = text;

    /// <summary>The name; null where it is none of D's.</summary>
    public static string? Of(string name)
    {
        if (name == "_Dmain")
        {
            return "D main";
        }

        if (!name.StartsWith("_D", StringComparison.Ordinal))
        {
            return null;
        }

        int end = name.IndexOf('.', StringComparison.Ordinal);
        var parsed = new DName(end < 0 ? name : name[..end]) { _at = 2 };
        string made = parsed.Qualified();
        if (!parsed.Take('Z') && !parsed._isBad)
        {
            parsed.Take('M');
            parsed.Type();
        }

        return parsed._isBad || made.Length == 0 || parsed._at != parsed._text.Length ? null : made + (end < 0 ? "" : $" [{name[end..]}]");
    }

    private char Peek(int ahead = 0) => _at + ahead < _text.Length ? _text[_at + ahead] : '\0';

    private char Next() => _at < _text.Length ? _text[_at++] : Bad<char>();

    private bool Take(char c)
    {
        if (Peek() == c)
        {
            _at++;
            return true;
        }

        return false;
    }

    private T? Bad<T>()
    {
        _isBad = true;
        return default;
    }

    private string Nested(Func<string> parse)
    {
        string made = ++_depth > DeepestNesting || ++_work > MostWork || _isBad ? Bad<string>() ?? "" : parse();
        _depth--;
        return made.Length > LongestName ? Bad<string>() ?? "" : made;
    }

    private int Number()
    {
        int start = _at;
        while (char.IsAsciiDigit(Peek()))
        {
            _at++;
        }

        return int.TryParse(_text.AsSpan(start, _at - start), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : Bad<int>();
    }

    /// <summary>Parses what stands earlier: as many bytes before the Q as a number to the base 26 says, whose last digit is a small letter.</summary>
    private string Back(Func<string> parse) => Nested(() =>
    {
        int from = _at - 1;
        long distance = 0;
        char c;
        do
        {
            c = Next();
            distance = (distance * 26) + (char.IsAsciiLetterLower(c) ? c - 'a' : char.IsAsciiLetterUpper(c) ? c - 'A' : Bad<int>());
        }
        while (char.IsAsciiLetterUpper(c) && distance <= _text.Length && !_isBad);
        if (_isBad || distance < 1 || distance > from)
        {
            return Bad<string>() ?? "";
        }

        int end = _at;
        _at = from - (int)distance;
        string made = parse();
        _at = end;
        return made;
    });

    private bool IsAtTemplate => Peek() == '_' && Peek(1) == '_' && Peek(2) is 'T' or 'U';

    private bool IsAtName => char.IsAsciiDigit(Peek()) || IsAtTemplate || (Peek() == 'Q' && IsBackToName());

    /// <summary>Whether what a Q leads to is a name, and no type.</summary>
    private bool IsBackToName()
    {
        int at = _at + 1;
        long distance = 0;
        while (at < _text.Length && char.IsAsciiLetter(_text[at]) && distance <= _text.Length)
        {
            bool isLast = char.IsAsciiLetterLower(_text[at]);
            distance = (distance * 26) + (char.ToLowerInvariant(_text[at++]) - 'a');
            if (isLast)
            {
                return distance > 0 && distance <= _at && char.IsAsciiDigit(_text[_at - (int)distance]);
            }
        }

        return false;
    }

    private string Qualified() => Nested(() =>
    {
        var parts = new List<string>();
        while (!_isBad && IsAtName)
        {
            if (Name() is { Length: > 0 } name)
            {
                parts.Add(name);
            }

            // What is in a function has the types of its arguments before it.
            int before = _at;
            bool wasBad = _isBad;
            if (Take('M') | IsAtFunction())
            {
                Modifiers();
                if (IsAtFunction())
                {
                    Function(withResult: false);
                }

                if (_isBad || !IsAtName)
                {
                    (_at, _isBad) = (before, wasBad);
                    break;
                }
            }
        }

        return string.Join('.', parts);
    });

    private string Name()
    {
        if (Take('Q'))
        {
            return Back(Name);
        }

        if (IsAtTemplate)
        {
            return Template();
        }

        int length = Number();
        if (_isBad || length > _text.Length - _at)
        {
            return Bad<string>() ?? "";
        }

        int end = _at + length;
        if (IsAtTemplate)
        {
            string instance = Template();
            return _at == end ? instance : Bad<string>() ?? "";
        }

        string name = _text[_at..end];
        _at = end;
        return name switch
        {
            "__ctor" => "this",
            "__dtor" => "~this",
            "__postblit" => "this(this)",
            ['_', '_', 'S', .. var digits] when digits.All(char.IsAsciiDigit) => "",
            _ => name,
        };
    }

    private string Template() => Nested(() =>
    {
        _at += "__T".Length;
        string name = Name();
        var arguments = new List<string>();
        while (!_isBad && !Take('Z'))
        {
            Take('H');
            switch (Next())
            {
                case 'T':
                    arguments.Add(Type());
                    break;
                case 'V':
                    char kind = Peek();
                    string type = Type();
                    arguments.Add(Value(kind, type));
                    break;
                case 'S':
                    arguments.Add(Symbol());
                    break;
                case 'X':
                    int length = Number();
                    arguments.Add(_isBad || length > _text.Length - _at ? Bad<string>() ?? "" : _text.Substring(_at, length));
                    _at += _isBad ? 0 : length;
                    break;
                default:
                    Bad<int>();
                    break;
            }
        }

        return $"{name}!({string.Join(", ", arguments)})";
    });

    private string Symbol()
    {
        if (Peek() != '_' || Peek(1) != 'D')
        {
            return Qualified();
        }

        _at += 2;
        string name = Qualified();
        if (!Take('Z'))
        {
            Take('M');
            Type();
        }

        return name;
    }

    private string Value(char kind, string type) => Nested(() =>
    {
        char c = Peek();
        if (char.IsAsciiDigit(c) || c is 'i' or 'N')
        {
            _at += char.IsAsciiDigit(c) ? 0 : 1;
            int start = _at;
            while (char.IsAsciiDigit(Peek()))
            {
                _at++;
            }

            string digits = _text[start.._at];
            return kind == 'b' ? digits == "0" ? "false" : "true" : (c == 'N' ? "-" : "") + digits;
        }

        _at++;
        switch (c)
        {
            case 'n':
                return "null";
            case 'a' or 'w' or 'd':
                int bytes = Number();
                if (!Take('_') || _isBad || bytes > (_text.Length - _at) / 2)
                {
                    return Bad<string>() ?? "";
                }

                var text = new byte[bytes];
                for (int i = 0; i < bytes; i++, _at += 2)
                {
                    _isBad |= !byte.TryParse(_text.AsSpan(_at, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out text[i]);
                }

                return $"\"{Encoding.UTF8.GetString(text)}\"";
            case 'A' or 'S':
                int count = Number();
                var values = new List<string>();
                for (int i = 0; i < count && !_isBad; i++)
                {
                    values.Add(Value('\0', ""));
                }

                return c == 'A' ? $"[{string.Join(", ", values)}]" : $"{type}({string.Join(", ", values)})";
            case 'e':
                int from = _at;
                while (char.IsAsciiHexDigitUpper(Peek()) || Peek() is 'N' or 'P' or 'I')
                {
                    _at++;
                }

                return $"0x{_text[from.._at]}";
            case 'f':
                return Symbol();
            default:
                return Bad<string>() ?? "";
        }
    });

    private string Type() => Nested(() =>
    {
        if (IsAtFunction())
        {
            return Function(withResult: true);
        }

        char kind = Next();
        switch (kind)
        {
            case 'x':
                return $"const({Type()})";
            case 'y':
                return $"immutable({Type()})";
            case 'O':
                return $"shared({Type()})";
            case 'A':
                return $"{Type()}[]";
            case 'G':
                int length = Number();
                return string.Create(CultureInfo.InvariantCulture, $"{Type()}[{length}]");
            case 'H':
                string key = Type();
                return $"{Type()}[{key}]";
            case 'P':
                return IsAtFunction() ? Function(withResult: true) : $"{Type()}*";
            case 'D':
                Modifiers();
                return Peek() == 'Q' ? Type() : Function(withResult: true, "delegate");
            case 'C' or 'S' or 'E' or 'T' or 'I':
                return Qualified();
            case 'B':
                var parts = new List<string>();
                for (int count = Number(); count > 0 && !_isBad; count--)
                {
                    parts.Add(Type());
                }

                return $"tuple({string.Join(", ", parts)})";
            case 'Q':
                return Back(Type);
            case 'N':
                return Next() switch { 'g' => $"inout({Type()})", 'h' => $"__vector({Type()})", 'n' => "noreturn", _ => Bad<string>() ?? "" };
            case 'z':
                return Next() switch { 'i' => "cent", 'k' => "ucent", _ => Bad<string>() ?? "" };
            default:
                return Basic(kind) ?? Bad<string>() ?? "";
        }
    });

    private bool IsAtFunction() => Peek() is 'F' or 'U' or 'W' or 'V' or 'R' or 'Y';

    private void Modifiers()
    {
        while (Peek() is 'x' or 'y' or 'O' || (Peek() == 'N' && Peek(1) == 'g'))
        {
            _at += Peek() == 'N' ? 2 : 1;
        }
    }

    private string Function(bool withResult, string kind = "function") => Nested(() =>
    {
        _isBad |= !IsAtFunction();
        _at++;
        while (Peek() == 'N' && Peek(1) is 'a' or 'b' or 'c' or 'd' or 'e' or 'f' or 'i' or 'j' or 'l' or 'm')
        {
            _at += 2;
        }

        var arguments = new List<string>();
        while (!_isBad && !(Peek() is 'X' or 'Y' or 'Z'))
        {
            while (Peek() is 'M' or 'I' or 'J' or 'K' or 'L' || (Peek() == 'N' && Peek(1) == 'k'))
            {
                _at += Peek() == 'N' ? 2 : 1;
            }

            arguments.Add(Type());
        }

        _at++;
        return withResult ? $"{Type()} {kind}({string.Join(", ", arguments)})" : "";
    });

    private static string? Basic(char kind) => kind switch
    {
        'a' => "char",
        'b' => "bool",
        'c' => "creal",
        'd' => "double",
        'e' => "real",
        'f' => "float",
        'g' => "byte",
        'h' => "ubyte",
        'i' => "int",
        'j' => "ireal",
        'k' => "uint",
        'l' => "long",
        'm' => "ulong",
        'n' => "typeof(null)",
        'o' => "ifloat",
        'p' => "idouble",
        'q' => "cfloat",
        'r' => "cdouble",
        's' => "short",
        't' => "ushort",
        'u' => "wchar",
        'v' => "void",
        'w' => "dchar",
        _ => null,
    };
}
