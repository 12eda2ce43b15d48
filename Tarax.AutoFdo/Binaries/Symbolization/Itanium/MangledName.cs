using System.Globalization;
using System.Text;
using Tarax.AutoFdo.Binaries.Dwarf;
using Tarax.AutoFdo.Diagnostics;

namespace Tarax.AutoFdo.Binaries.Symbolization.Itanium;

/// <summary>
/// Makes the linkage name of a C++ function from its debug information (Itanium C++ ABI, section 5.1). GCC leaves it out where other units cannot see the function (dwarf2out.cc gives only the
/// names of what is TREE_PUBLIC): members of classes in unnamed namespaces and in functions, lambdas, functions of unnamed namespaces. Its reader of profiles looks functions up by it.
/// How the signature of a function template depends on its parameters the debug information does not tell: what is of the type of an argument is taken to be written by the parameter, as it is in
/// most templates (of 959 of a C++ program whose names are known, two in three). A name that is wrong is not found, as the plain name would not be.
/// </summary>
internal sealed partial class MangledName
{
    private const int MaximumDepth = 64;
    private const int MaximumLength = 2048;
    private const int UsualLength = 120;
    private const string Conversion = "cv";
    private const int FirstGccThatMarksPacks = 16;
    private const int FirstGccThatMarksUnnamed = 16;

    private readonly StringBuilder _text = new(UsualLength);
    private readonly DieCache _entries;
    private readonly Substitutions _substitutions;

    /// <summary>Steps taken for the name, and the deepest of them.</summary>
    private readonly int[] _steps;
    private int _depth;

    /// <summary>What the parameters of the template stand for whose signature is being written.</summary>
    private List<TemplateParameter> _parameters = [];

    /// <summary>Whether the name of a function around was taken as it is, so that what its components are is not known.</summary>
    private bool _hasUnknownComponents;

    private MangledName(DieCache entries, Substitutions substitutions, int depth, int[] steps)
    {
        _steps = steps;
        _entries = entries;
        _substitutions = substitutions;
        _depth = depth;
    }

    /// <summary>The linkage name of a function; null where it is not known.</summary>
    /// <param name="entries">Reads entries.</param>
    /// <param name="declaration">Its declaration: the entry in its class, namespace or function.</param>
    public static string? Of(DieCache entries, DieReference declaration)
    {
        try
        {
            var name = new MangledName(entries, new Substitutions(isUsed: true), 0, [0, 0]);
            name._text.Append("_Z");
            return entries.Read(declaration) is { Tag: DwarfTag.Subprogram, Unit.Scopes.HasTypes: true } function && name.AddEncoding(function) && name._text.Length <= MaximumLength ? name._text.ToString() : null;
        }
        catch (InvalidFormatException)
        {
            return null;
        }
    }

    private bool AddEncoding(DieFacts function)
    {
        if (_entries.ScopesOf(function) is not { } scopes)
        {
            return false;
        }

        var self = function.HasObject ? function.AllParameters.FirstOrDefault(c => c.Tag == DwarfTag.FormalParameter && c.IsArtificial) : null;
        string qualifiers = self is null ? "" : QualifiersOf(self) + function.ReferenceQualifier;
        var outer = _parameters;
        _parameters = [];
        bool added = UnqualifiedName(function, self is not null, scopes) is { } name && AddName(scopes, qualifiers, name, function) && AddSignature(function, name);
        _parameters = outer;
        return added;
    }

    /// <summary>Parameters, and of templates, but for constructors, destructors and conversions, the type that is returned before them.</summary>
    private bool AddSignature(DieFacts function, string name)
    {
        if (!function.IsTemplate)
        {
            return AddParameters(function.Parameters);
        }

        _parameters = ParametersOf(function);
        if (IsMoveOrForward(function, name))
        {
            return AddMoveOrForward(function, isMove: name == "4move");
        }

        bool isLambda = function.IsArtificial && name == OperatorNames.Call;
        _text.Append(isLambda ? "Da" : "");
        bool added = isLambda || name is "C2" or "D2" or Conversion || (IsInvokeR(function, name) ? AddInvokeRReturned(function) : ReturnsDifference(function, name) ? AddDifference() : AddReturned(function));
        return added && (isLambda ? AddParametersOfLambda(function) : AddParametersOfTemplate(function));
    }

    /// <summary>The name of a function with the scopes that it stands in.</summary>
    private bool AddName(Scope[] scopes, string qualifiers, string name, DieFacts function)
    {
        // What a conversion is to is part of its name.
        bool AddLast()
        {
            _text.Append(name);
            bool added = name != Conversion || AddType(function);
            if (!function.IsTemplate)
            {
                _text.Append(TagOf(function, scopes));
                return added;
            }

            // The template's own name may be written by its number.
            _substitutions.Add($"{FullText(m => m.AddPrefix(scopes, scopes.Length, 0))}{name}");
            return added && AddArguments(function);
        }

        int from = Array.FindLastIndex(scopes, s => s.IsFunction) + 1;
        if (from > 0 && !AddLocal(scopes[from - 1].Entry))
        {
            return false;
        }

        string discriminator = DiscriminatorOf(scopes, from);
        if (scopes.Length == from || (from == 0 && scopes is [{ IsStd: true }]))
        {
            _text.Append(scopes.Length > from ? "St" : "");
            return AddLast();
        }

        _text.Append('N').Append(qualifiers);
        bool added = AddPrefix(scopes, scopes.Length, from) && AddLast();
        _text.Append('E').Append(discriminator);
        return added;
    }

    /// <summary>Distinguishes classes of one name in one function: the second has 0.</summary>
    private string DiscriminatorOf(Scope[] scopes, int from) =>
        from > 0 && from < scopes.Length && !scopes[from].IsClosure && _entries.SameNamesBefore(scopes[from].Entry) is > 0 and var before
            ? string.Create(CultureInfo.InvariantCulture, $"_{before - 1}") : "";

    private string? UnqualifiedName(DieFacts function, bool isMember, Scope[] scopes)
    {
        const string Operator = "operator";
        const string OfLambda = "<lambda>";
        if (function.Name is OfLambda or "~" + OfLambda)
        {
            return function.Name[0] == '~' ? "D2" : "C2";
        }

        string name = function.IsTemplate ? TemplateText.WithoutArguments(function.Name) : function.Name;
        if (scopes is [.., { Entry.IsClass: true } around] && around.SourceName.Length > 0 && (name == around.SourceName || name.StartsWith('~')))
        {
            return name.StartsWith('~') ? "D2" : IsInherited(function) ? null : "C2";
        }

        bool isOperator = name.StartsWith(Operator, StringComparison.Ordinal) && name.Length > Operator.Length && !char.IsAsciiLetterOrDigit(name[Operator.Length]) && name[Operator.Length] != '_';
        if (!isOperator)
        {
            return name.Length == 0 || name.Contains('<', StringComparison.Ordinal) ? null : (IsMarkedInternal(function, scopes) ? "L" : "") + Sized(name);
        }

        string symbol = name[Operator.Length..].Trim();
        return symbol.StartsWith("\"\"", StringComparison.Ordinal) ? "li" + Sized(symbol[2..].Trim())
            : OperatorNames.CodeOf(symbol, function.Parameters.Count + (isMember ? 1 : 0)) is { } code ? code
            : name[Operator.Length] == ' ' ? Conversion
            : null;
    }

    /// <summary>Whether a constructor is one of a base class, of which the name is another: the compiler made it, and it takes something else than its own class.</summary>
    private bool IsInherited(DieFacts constructor) =>
        constructor.IsArtificial && constructor.Parameters.Any(p => WithoutQualifiers(p).Inner is not { Tag: DwarfTag.ReferenceType or DwarfTag.RvalueReferenceType } reference
            || WithoutQualifiers(reference).Inner is not { IsClass: true } argument || !argument.Name.StartsWith(constructor.Name, StringComparison.Ordinal));

    /// <summary>
    /// A static function of a namespace is marked, also one of an unnamed namespace by GCC 16, but not by 12 (those between are taken to be like 12); not one of a template, or that is declared inline and takes
    /// something that others cannot see, which is hidden for its sake alone; nor what initializes variables (cp/mangle.cc, write_unqualified_name; symbols of GCC 12 and 16 compared).
    /// </summary>
    private bool IsMarkedInternal(DieFacts function, Scope[] scopes) =>
        function is { IsExternal: false, IsArtificial: false } && (scopes.Length == 0 || scopes[^1].Entry.Tag == DwarfTag.Namespace)
        && (Array.Exists(scopes, s => s.IsUnnamedNamespace) ? UnitProducer.Of(function.Unit.Producer).MajorVersion >= FirstGccThatMarksUnnamed
            : !function.IsTemplate && !(function.IsDeclaredInline && FullText(m => m.AddParameters(function.Parameters))?.Contains("12_GLOBAL__N_1", StringComparison.Ordinal) == true));

    /// <summary>
    /// The tag of the new std::string, where the function returns it and nothing else of its name has it (GCC, attribute abi_tag; cp/class.cc, check_abi_tags); functions that others cannot see
    /// have none.
    /// </summary>
    private string TagOf(DieFacts function, Scope[] scopes)
    {
        const string Tagged = "7__cxx11";
        bool Has(string? text) => text?.Contains(Tagged, StringComparison.Ordinal) == true;
        return function is { IsExternal: true, Type: not null } && Has(FullText(m => m.AddType(function))) && !Has(FullText(m => m.AddParameters(function.Parameters)))
            && !Has(FullText(m => m.AddPrefix(scopes, scopes.Length, 0))) ? "B5cxx11" : "";
    }

    /// <summary>Qualifiers of the object that a member function is called for: those of what <c>this</c> points to.</summary>
    private string QualifiersOf(DieFacts self)
    {
        var (isConst, isVolatile, _, pointed) = WithoutQualifiers(WithoutQualifiers(self).Inner is { Tag: DwarfTag.PointerType or DwarfTag.ReferenceType } pointer ? pointer : null);
        return pointed is null ? "" : (isVolatile ? "V" : "") + (isConst ? "K" : "");
    }

    /// <summary>What the type of an entry is without qualifiers and typedefs; null for void and where it cannot be followed.</summary>
    private (bool IsConst, bool IsVolatile, bool IsRestrict, DieFacts? Inner) WithoutQualifiers(DieFacts? typed)
    {
        var (isConst, isVolatile, isRestrict) = (false, false, false);
        var inner = _entries.Read(typed?.Type);
        for (int i = 0; i < MaximumDepth && inner is { Tag: DwarfTag.ConstType or DwarfTag.VolatileType or DwarfTag.RestrictType or DwarfTag.AtomicType or DwarfTag.Typedef }; i++)
        {
            isConst |= inner.Tag == DwarfTag.ConstType;
            isVolatile |= inner.Tag == DwarfTag.VolatileType;
            isRestrict |= inner.Tag == DwarfTag.RestrictType;
            inner = _entries.Read(inner.Type);
        }

        return (isConst, isVolatile, isRestrict, inner);
    }

    private static string Sized(string name) => string.Create(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetByteCount(name)}{name}");

    /// <summary>Something written in full, of which nothing is written by a template's parameters.</summary>
    private string? PlainText(Func<MangledName, bool> add)
    {
        if (!MayGoOn())
        {
            return null;
        }

        var plain = new MangledName(_entries, Substitutions.None, _depth + 1, _steps);
        return add(plain) && plain._text.Length <= MaximumLength ? plain._text.ToString() : null;
    }

    /// <summary>Something written in full, without the effect of what was written before; null where it is not known.</summary>
    private string? FullText(Func<MangledName, bool> add)
    {
        if (!MayGoOn())
        {
            return null;
        }

        var full = new MangledName(_entries, Substitutions.None, _depth + 1, _steps) { _parameters = _parameters };
        return add(full) && full._text.Length <= MaximumLength ? full._text.ToString() : null;
    }

    /// <summary>Writes a component by its number where it was written before; otherwise in full, and takes note of it.</summary>
    private bool AddComponent(Func<MangledName, bool> key, Func<bool> add)
    {
        if (!MayGoOn())
        {
            return false;
        }

        if (!_substitutions.IsUsed)
        {
            return Deeper(add);
        }

        if (_hasUnknownComponents || FullText(key) is not { } full)
        {
            return false;
        }

        if (_substitutions.Find(full) is { } number)
        {
            _text.Append(number);
            return true;
        }

        if (!Deeper(add))
        {
            return false;
        }

        _substitutions.Add(full);
        return true;
    }

    private bool MayGoOn()
    {
        _steps[1] = Math.Max(_steps[1], _depth);
        return _depth < MaximumDepth && _text.Length <= MaximumLength && _entries.TryStep(ref _steps[0]);
    }

    private bool Deeper(Func<bool> add)
    {
        _depth++;
        bool added = add();
        _depth--;
        return added;
    }

    /// <summary>The first scopes of a chain, from one on, as what stands before a name.</summary>
    private bool AddPrefix(Scope[] scopes, int count, int from)
    {
        if (count == from)
        {
            return true;
        }

        var scope = scopes[count - 1];
        if (scope.IsFunction)
        {
            return AddLocal(scope.Entry);
        }

        if (scope.IsStd && count == 1)
        {
            _text.Append("St");
            return true;
        }

        if (WholeAbbreviation(scopes, count) is { } whole)
        {
            _text.Append(whole);
            return true;
        }

        // A lambda behind a name that was taken as it is cannot have been written before.
        return scope.IsClosure && _hasUnknownComponents ? AddScope(scopes, count, from) : AddComponent(m => m.AddScope(scopes, count, 0), () => AddScope(scopes, count, from));
    }

    private bool AddScope(Scope[] scopes, int count, int from) => from > 0 || _substitutions.IsUsed || _parameters.Count > 0
        ? AddScopeAnew(scopes, count, from)
        : AddInFull(_entries.Scopes, scopes[count - 1].Entry, () => AddScopeAnew(scopes, count, 0));

    private bool AddScopeAnew(Scope[] scopes, int count, int from)
    {
        var scope = scopes[count - 1];
        if (scope.IsClosure)
        {
            return AddClosure(scopes, count, from);
        }

        if (scope.IsTemplate)
        {
            return AddTemplate(scopes, count, from);
        }

        if ((scope.SourceName.Length == 0 && !scope.IsUnnamedNamespace) || !AddPrefix(scopes, count - 1, from))
        {
            return false;
        }

        _text.Append(scope.IsUnnamedNamespace ? "12_GLOBAL__N_1" : Sized(scope.SourceName));
        return true;
    }

    private bool AddTemplate(Scope[] scopes, int count, int from)
    {
        var scope = scopes[count - 1];
        if (count == 2 && scopes[0].IsStd && Abbreviation(scope) is { } abbreviation)
        {
            _text.Append(abbreviation.Code);
            return AddArguments(scope);
        }

        bool AddTemplateName(MangledName to, int first)
        {
            bool added = to.AddPrefix(scopes, count - 1, first);
            to._text.Append(Sized(scope.SourceName));
            return added;
        }

        return AddComponent(m => AddTemplateName(m, 0), () => AddTemplateName(this, from)) && AddArguments(scope);
    }

    /// <summary>The abbreviation of a class with its arguments, which needs no number.</summary>
    private string? WholeAbbreviation(Scope[] scopes, int count) =>
        count == 2 && scopes[0].IsStd && scopes[1].IsTemplate && Abbreviation(scopes[1]) is (var code, true) ? code : null;

    /// <summary>Names of the standard library that have an abbreviation, with arguments or without (section 5.1.10).</summary>
    private (string Code, bool IsWhole)? Abbreviation(Scope scope)
    {
        string? arguments = scope.SourceName.StartsWith("basic_", StringComparison.Ordinal) ? FullText(m => m.AddArguments(scope)) : null;
        return (scope.SourceName, arguments) switch
        {
            ("allocator", _) => ("Sa", false),
            ("basic_string", "IcSt11char_traitsIcESaIcEE") => ("Ss", true),
            ("basic_string", _) => ("Sb", false),
            ("basic_istream", "IcSt11char_traitsIcEE") => ("Si", true),
            ("basic_ostream", "IcSt11char_traitsIcEE") => ("So", true),
            ("basic_iostream", "IcSt11char_traitsIcEE") => ("Sd", true),
            _ => null,
        };
    }

    /// <summary>The encoding of a function by itself.</summary>
    private string? StandsAlone(DieFacts function)
    {
        var alone = new MangledName(_entries, new Substitutions(isUsed: true), _depth + 1, _steps);
        return alone.MayGoOn() && alone.AddEncoding(function) ? alone._text.ToString() : null;
    }

    /// <summary>What stands in a function, begins with the function's own encoding.</summary>
    private bool AddLocal(DieFacts function)
    {
        string linkage = function.LinkageName.StartsWith("_Z", StringComparison.Ordinal) ? function.LinkageName[2..] : "";
        _text.Append('Z');
        if (function is { LinkageName.Length: 0, IsExternal: true } && _entries.ScopesOf(function) is not [.., { Entry.IsClass: true }])
        {
            // main, and functions of C.
            _text.Append(Sized(function.Name));
        }
        else if (linkage.Length == 0 || !_substitutions.IsUsed || StandsAlone(function) == linkage)
        {
            if (!Deeper(() => MayGoOn() && AddEncoding(function)))
            {
                return false;
            }
        }
        else
        {
            _text.Append(linkage);
            _hasUnknownComponents = true;
        }

        _text.Append('E');
        return true;
    }
}
