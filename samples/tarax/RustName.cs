using System.Globalization;
using System.Text;

namespace Tarax.Tool;

/// <summary>
/// Names of Rust as its source has them, without the hashes that tell crates and instances apart: those that look like C++'s and end in a hash, and those of version 0 (rust-lang.github.io/rfcs/2603,
/// doc.rust-lang.org/rustc/symbol-mangling/v0.html).
/// </summary>
internal sealed class RustName
{
    private const int DeepestNesting = 200;
    private const int LongestName = 1 << 14;
    private const int MostWork = 1 << 14;

    private readonly string _text;
    private readonly StringBuilder _made = new();
    private int _at;
    private int _depth;
    private int _work;
    private int _lifetimes;
    private bool _isBad;

    private RustName(string text) => _text = text;

    /// <summary>The name; null where it is none of Rust's.</summary>
    public static string? Of(string name)
    {
        if (name.StartsWith("_R", StringComparison.Ordinal))
        {
            // What the linker and LLVM add begins with a dot or a dollar sign, which version 0 has nowhere else.
            int end = name.AsSpan().IndexOfAny('.', '$');
            return new RustName(end < 0 ? name[2..] : name[2..end]).Version0() is { } made ? made + Suffix(end < 0 ? "" : name[end..]) : null;
        }

        return name.StartsWith("_ZN", StringComparison.Ordinal) ? WithHash(name) : null;
    }

    private static string Suffix(string text) => text.Length == 0 || text.StartsWith(".llvm.", StringComparison.Ordinal) ? "" : $" [{text}]";

    /// <summary>A nested name of C++ whose last part is <c>h</c> and 16 digits.</summary>
    private static string? WithHash(string name)
    {
        const int HashLength = 17;
        var parts = new List<string>();
        int at = "_ZN".Length;
        while (at < name.Length && char.IsAsciiDigit(name[at]))
        {
            int digits = at;
            while (at < name.Length && char.IsAsciiDigit(name[at]))
            {
                at++;
            }

            if (!int.TryParse(name.AsSpan(digits, at - digits), NumberStyles.None, CultureInfo.InvariantCulture, out int length) || length > name.Length - at)
            {
                return null;
            }

            parts.Add(name.Substring(at, length));
            at += length;
        }

        return parts.Count > 1 && at < name.Length && name[at] == 'E' && parts[^1] is ['h', .. var hash] && parts[^1].Length == HashLength && hash.All(char.IsAsciiHexDigitLower)
            ? string.Join("::", parts[..^1].Select(Unescaped)) + Suffix(name[(at + 1)..]) : null;
    }

    /// <summary>What linkers did not take in names once: <c>$LT$</c> for &lt;, <c>$u7e$</c> for ~, two dots for two colons.</summary>
    private static string Unescaped(string part)
    {
        var made = new StringBuilder();
        part = part.StartsWith("_$", StringComparison.Ordinal) ? part[1..] : part;
        for (int i = 0; i < part.Length; i++)
        {
            if (part[i] == '$' && part.IndexOf('$', i + 1) is > 0 and var end && Escaped(part[(i + 1)..end]) is { } sign)
            {
                made.Append(sign);
                i = end;
            }
            else if (part[i] == '.' && i + 1 < part.Length && part[i + 1] == '.')
            {
                made.Append("::");
                i++;
            }
            else
            {
                made.Append(part[i]);
            }
        }

        return made.ToString();
    }

    private static string? Escaped(string code) => code switch
    {
        "SP" => "@",
        "BP" => "*",
        "RF" => "&",
        "LT" => "<",
        "GT" => ">",
        "LP" => "(",
        "RP" => ")",
        "C" => ",",
        ['u', .. var digits] when int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int point) && Rune.IsValid(point) && !Rune.IsControl(new Rune(point)) => new Rune(point).ToString(),
        _ => null,
    };

    private string? Version0()
    {
        Path(inValue: true);
        bool isWhole = _at == _text.Length;
        if (!isWhole && !_isBad)
        {
            // The crate that made the instance is not a part of the name.
            int length = _made.Length;
            Path(inValue: false);
            _made.Length = Math.Min(length, _made.Length);
        }

        return _isBad || _at != _text.Length ? null : _made.ToString();
    }

    private char Next() => _at < _text.Length ? _text[_at++] : Bad();

    private char Bad()
    {
        _isBad = true;
        return '\0';
    }

    private bool Take(char c)
    {
        if (_at < _text.Length && _text[_at] == c)
        {
            _at++;
            return true;
        }

        return false;
    }

    private void Write(string text)
    {
        _isBad |= _made.Length + text.Length > LongestName;
        _made.Append(_isBad ? "" : text);
    }

    /// <summary>A number to the base 62, of which none is 0 and 0 is 1.</summary>
    private ulong Base62()
    {
        if (Take('_'))
        {
            return 0;
        }

        ulong number = 0;
        for (char c = Next(); c != '_' && !_isBad; c = Next())
        {
            int digit = char.IsAsciiDigit(c) ? c - '0' : char.IsAsciiLetterLower(c) ? c - 'a' + 10 : char.IsAsciiLetterUpper(c) ? c - 'A' + 36 : Bad();
            _isBad |= number > ulong.MaxValue / 62 - 1;
            number = (number * 62) + (ulong)digit;
        }

        return number + 1;
    }

    private ulong Disambiguator() => Take('s') ? Base62() + 1 : 0;

    /// <summary>Parses what stands earlier.</summary>
    private void Back(Action parse)
    {
        ulong to = Base62();
        int from = _at;
        if (_isBad || to >= (ulong)(from - 1))
        {
            _isBad = true;
            return;
        }

        _at = (int)to;
        Nested(parse);
        _at = from;
    }

    private void Nested(Action parse)
    {
        if (++_depth > DeepestNesting || ++_work > MostWork || _isBad)
        {
            _isBad = true;
        }
        else
        {
            parse();
        }

        _depth--;
    }

    private string Identifier(out ulong disambiguator)
    {
        disambiguator = Disambiguator();
        return PlainIdentifier();
    }

    private string PlainIdentifier()
    {
        bool isPunycode = Take('u');
        int start = _at;
        while (_at < _text.Length && char.IsAsciiDigit(_text[_at]) && (_at == start || _text[start] != '0'))
        {
            _at++;
        }

        if (!int.TryParse(_text.AsSpan(start, _at - start), NumberStyles.None, CultureInfo.InvariantCulture, out int length))
        {
            Bad();
            return "";
        }

        Take('_');
        if (length > _text.Length - _at)
        {
            Bad();
            return "";
        }

        string name = _text.Substring(_at, length);
        _at += length;
        return isPunycode ? Punycode.Decoded(name) ?? $"punycode{{{name}}}" : name;
    }

    private void Path(bool inValue) => Nested(() =>
    {
        char kind = Next();
        switch (kind)
        {
            case 'C':
                Write(Identifier(out _));
                break;
            case 'M' or 'X':
                Disambiguator();
                int length = _made.Length;
                Path(inValue: false);
                _made.Length = Math.Min(length, _made.Length);
                Qualified(hasTrait: kind == 'X');
                break;
            case 'Y':
                Qualified(hasTrait: true);
                break;
            case 'N':
                NestedPath(inValue);
                break;
            case 'I':
                Path(inValue);
                Write(inValue ? "::<" : "<");
                List(GenericArgument);
                Write(">");
                break;
            case 'B':
                Back(() => Path(inValue));
                break;
            default:
                Bad();
                break;
        }
    });

    private void Qualified(bool hasTrait)
    {
        Write("<");
        Type();
        if (hasTrait)
        {
            Write(" as ");
            Path(inValue: false);
        }

        Write(">");
    }

    private void NestedPath(bool inValue)
    {
        char space = Next();
        Path(inValue);
        string name = Identifier(out ulong number);
        if (char.IsAsciiLetterUpper(space))
        {
            string kind = space switch { 'C' => "closure", 'S' => "shim", _ => space.ToString() };
            Write(string.Create(CultureInfo.InvariantCulture, $"::{{{kind}{(name.Length > 0 ? ":" : "")}{name}#{number}}}"));
        }
        else if (name.Length > 0)
        {
            Write($"::{name}");
        }

        _isBad |= !char.IsAsciiLetter(space);
    }

    /// <summary>What follows up to E, with commas between.</summary>
    private int List(Action item)
    {
        int count = 0;
        for (; !_isBad && !Take('E'); count++)
        {
            Write(count > 0 ? ", " : "");
            item();
        }

        return count;
    }

    private void GenericArgument()
    {
        if (Take('L'))
        {
            Lifetime(Base62());
        }
        else if (Take('K'))
        {
            Constant();
        }
        else
        {
            Type();
        }
    }

    private void Lifetime(ulong index)
    {
        ulong depth = (ulong)_lifetimes - index;
        Write(index == 0 ? "'_" : index > (ulong)_lifetimes ? Bad().ToString() : depth < 26 ? $"'{(char)('a' + depth)}" : $"'_{depth}");
    }

    private void Type() => Nested(() =>
    {
        char kind = Next();
        if (Basic(kind) is { } basic)
        {
            Write(basic);
            return;
        }

        switch (kind)
        {
            case 'A' or 'S':
                Write("[");
                Type();
                if (kind == 'A')
                {
                    Write("; ");
                    Constant();
                }

                Write("]");
                break;
            case 'T':
                Write("(");
                Write(List(Type) == 1 ? ",)" : ")");
                break;
            case 'R' or 'Q':
                Write("&");
                if (Take('L') && Base62() is > 0 and var lifetime)
                {
                    Lifetime(lifetime);
                    Write(" ");
                }

                Write(kind == 'Q' ? "mut " : "");
                Type();
                break;
            case 'P' or 'O':
                Write(kind == 'P' ? "*const " : "*mut ");
                Type();
                break;
            case 'F':
                Bound(Function);
                break;
            case 'D':
                Write("dyn ");
                Bound(Traits);
                if (!Take('L'))
                {
                    Bad();
                }
                else if (Base62() is > 0 and var bound)
                {
                    Write(" + ");
                    Lifetime(bound);
                }

                break;
            case 'B':
                Back(Type);
                break;
            default:
                _at--;
                Path(inValue: false);
                break;
        }
    });

    /// <summary>Something with lifetimes of its own.</summary>
    private void Bound(Action what)
    {
        ulong bound = Take('G') ? Base62() + 1 : 0;
        _isBad |= bound > DeepestNesting;
        int outer = _lifetimes;
        if (bound > 0 && !_isBad)
        {
            Write("for<");
            for (ulong i = 0; i < bound; i++)
            {
                Write(i > 0 ? ", " : "");
                _lifetimes++;
                Lifetime(1);
            }

            Write("> ");
        }

        what();
        _lifetimes = outer;
    }

    private void Function()
    {
        Write(Take('U') ? "unsafe " : "");
        if (Take('K'))
        {
            Write($"extern \"{(Take('C') ? "C" : PlainIdentifier().Replace('_', '-'))}\" ");
        }

        Write("fn(");
        List(Type);
        Write(")");
        if (!Take('u'))
        {
            Write(" -> ");
            Type();
        }
    }

    private void Traits()
    {
        for (int i = 0; !_isBad && !Take('E'); i++)
        {
            Write(i > 0 ? " + " : "");
            bool isOpen = OpenPath();
            while (!_isBad && Take('p'))
            {
                Write(isOpen ? ", " : "<");
                isOpen = true;
                Write(PlainIdentifier());
                Write(" = ");
                Type();
            }

            Write(isOpen ? ">" : "");
        }
    }

    /// <summary>A path whose generic arguments, if there are any, are not closed: names of types may follow.</summary>
    private bool OpenPath()
    {
        bool isOpen = false;
        if (Take('B'))
        {
            Back(() => isOpen = OpenPath());
        }
        else if (Take('I'))
        {
            Path(inValue: false);
            Write("<");
            List(GenericArgument);
            isOpen = true;
        }
        else
        {
            Path(inValue: false);
        }

        return isOpen;
    }

    /// <summary>A constant: a number, a truth value, a character, or one that is not known.</summary>
    private void Constant() => Nested(() =>
    {
        char kind = Next();
        switch (kind)
        {
            case 'p':
                Write("_");
                break;
            case 'B':
                Back(Constant);
                break;
            case 'a' or 's' or 'l' or 'x' or 'n' or 'i' or 'h' or 't' or 'm' or 'y' or 'o' or 'j':
                Write(Take('n') ? "-" : "");
                string digits = HexDigits();
                Write(ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong number) ? number.ToString(CultureInfo.InvariantCulture) : $"0x{digits}");
                break;
            case 'b':
                Write(HexDigits() switch { "0" => "false", "1" => "true", _ => Bad().ToString() });
                break;
            case 'c':
                Write(int.TryParse(HexDigits(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int point) && Rune.IsValid(point) && !Rune.IsControl(new Rune(point)) ? $"'{new Rune(point)}'" : "'?'");
                break;
            default:
                Bad();
                break;
        }
    });

    private string HexDigits()
    {
        int start = _at;
        while (_at < _text.Length && char.IsAsciiHexDigitLower(_text[_at]))
        {
            _at++;
        }

        string digits = _text[start.._at].TrimStart('0');
        return Take('_') ? digits.Length == 0 ? "0" : digits : Bad().ToString();
    }

    private static string? Basic(char kind) => kind switch
    {
        'a' => "i8",
        'b' => "bool",
        'c' => "char",
        'd' => "f64",
        'e' => "str",
        'f' => "f32",
        'h' => "u8",
        'i' => "isize",
        'j' => "usize",
        'l' => "i32",
        'm' => "u32",
        'n' => "i128",
        'o' => "u128",
        's' => "i16",
        't' => "u16",
        'u' => "()",
        'v' => "...",
        'x' => "i64",
        'y' => "u64",
        'z' => "!",
        'p' => "_",
        _ => null,
    };
}
