using System.Collections.Concurrent;
using System.Globalization;
using Tarax.AutoFdo.Binaries.Dwarf;

namespace Tarax.AutoFdo.Binaries.Symbolization.Itanium;

/// <content>Types.</content>
internal sealed partial class MangledName
{
    private bool AddParameters(IEnumerable<DieFacts> parameters)
    {
        int count = 0;
        foreach (var parameter in parameters)
        {
            count++;
            if (parameter.Tag == DwarfTag.UnspecifiedParameters)
            {
                _text.Append('z');
            }
            else if (!AddUnqualifiedType(parameter))
            {
                return false;
            }
        }

        _text.Append(count == 0 ? "v" : "");
        return true;
    }

    /// <summary>The type of a parameter, of which the outermost qualifiers are no part of the signature.</summary>
    private bool AddUnqualifiedType(DieFacts parameter)
    {
        var inner = WithoutQualifiers(parameter).Inner;
        if (inner is { Tag: DwarfTag.ReferenceType } && ParameterFor(inner) is { } forwarded)
        {
            // An argument that is a reference comes of a parameter that takes references of all kinds.
            return AddComponent(m => m.AddForwarded(forwarded), () => AddForwarded(forwarded));
        }

        return !parameter.HasUnknownType && AddType(inner, isVoid: parameter.Type is null);
    }

    private bool AddForwarded(TemplateParameter parameter)
    {
        _text.Append('O');
        return AddParameter(parameter);
    }

    private bool AddParameter(TemplateParameter parameter)
    {
        bool Add(MangledName to)
        {
            to._text.Append(parameter.Code);
            return true;
        }

        return AddComponent(Add, () => Add(this));
    }

    /// <summary>The parameter that stands for a type; null where none does.</summary>
    private TemplateParameter? ParameterFor(DieFacts? type)
    {
        if (_parameters.Count == 0)
        {
            return null;
        }

        string? text = type is not null && _entries.Types.TryGetValue(type.Reference, out var known) && TryTake(known) ? known.Text : PlainText(m => m.AddType(type, isVoid: type is null));
        return text is null ? null : _parameters.Find(p => p.Argument == text);
    }

    /// <summary>The type of an entry.</summary>
    private bool AddType(DieFacts typed)
    {
        if (typed.HasUnknownType)
        {
            return false;
        }

        var (isConst, isVolatile, isRestrict, inner) = WithoutQualifiers(typed);
        bool isVoid = inner is null;
        if (!isConst && !isVolatile && !isRestrict)
        {
            return AddType(inner, isVoid);
        }

        if (_parameters.Count > 0 && PlainText(m => m.AddType(typed)) is { } text && _parameters.Find(p => p.Argument == text) is { } parameter)
        {
            return AddParameter(parameter);
        }

        bool AddQualified(MangledName to)
        {
            to._text.Append(isRestrict ? "r" : "").Append(isVolatile ? "V" : "").Append(isConst ? "K" : "");
            return to.AddType(inner, isVoid);
        }

        return AddComponent(AddQualified, () => AddQualified(this));
    }

    private bool AddType(DieFacts? type, bool isVoid)
    {
        if (ParameterFor(type) is { } parameter)
        {
            return AddParameter(parameter);
        }

        if (type is null)
        {
            _text.Append('v');
            return isVoid;
        }

        return _substitutions.IsUsed || _parameters.Count > 0 ? AddTypeAnew(type) : AddTypeInFull(type);
    }

    /// <summary>A type in full is the same wherever it stands, and is made once.</summary>
    private bool AddTypeInFull(DieFacts type) => AddInFull(_entries.Types, type, () => AddTypeAnew(type));

    /// <summary>Adds what is kept of an entry, or makes it and keeps it.</summary>
    private bool AddInFull(ConcurrentDictionary<DieReference, NameText> kept, DieFacts entry, Func<bool> add)
    {
        if (kept.TryGetValue(entry.Reference, out var known))
        {
            _text.Append(known.Text);
            return TryTake(known);
        }

        var (steps, deepest, start) = (_steps[0], _steps[1], _text.Length);
        _steps[1] = _depth;
        bool added = add();
        if (added)
        {
            kept.TryAdd(entry.Reference, new NameText(_text.ToString(start, _text.Length - start), _steps[1] - _depth, _steps[0] - steps));
        }

        _steps[1] = Math.Max(_steps[1], deepest);
        return added && MayGoOn();
    }

    /// <summary>Counts what it took to make a part that is kept; false where it could not be made again here.</summary>
    private bool TryTake(NameText known)
    {
        _steps[0] += known.Steps;
        _steps[1] = Math.Max(_steps[1], _depth + known.Height);
        return _depth + known.Height < MaximumDepth && MayGoOn();
    }

    private bool AddTypeAnew(DieFacts type)
    {
        switch (type.Tag)
        {
            case DwarfTag.BaseType:
                _text.Append(BuiltinTypes.CodeOf(type.Name));
                return BuiltinTypes.CodeOf(type.Name) is not null;
            case DwarfTag.UnspecifiedType:
                _text.Append("Dn");
                return type.Name.Contains("nullptr", StringComparison.Ordinal);
            case DwarfTag.ClassType or DwarfTag.StructureType or DwarfTag.UnionType or DwarfTag.EnumerationType:
                return AddClass(type);
            case DwarfTag.PointerType:
                return AddPointer("P", type);
            case DwarfTag.ReferenceType:
                return AddPointer("R", type);
            case DwarfTag.RvalueReferenceType:
                return AddPointer("O", type);
            case DwarfTag.ArrayType:
                return AddComponent(m => m.AddArray(type), () => AddArray(type));
            case DwarfTag.SubroutineType:
                return AddComponent(m => m.AddFunctionType(type), () => AddFunctionType(type));
            default:
                return false;
        }
    }

    private bool AddPointer(string code, DieFacts type)
    {
        bool Add(MangledName to)
        {
            to._text.Append(code);
            return to.AddType(type);
        }

        return AddComponent(Add, () => Add(this));
    }

    private bool AddArray(DieFacts type)
    {
        foreach (var dimension in type.Children.Where(c => c.Tag == DwarfTag.SubrangeType))
        {
            _text.Append('A').Append(dimension.Count?.ToString(CultureInfo.InvariantCulture)).Append('_');
        }

        return AddType(type);
    }

    private bool AddFunctionType(DieFacts type)
    {
        _text.Append('F');
        bool added = AddType(type) && AddParameters(type.Parameters);
        _text.Append('E');
        return added;
    }

    /// <summary>A class or an enumeration as a type.</summary>
    private bool AddClass(DieFacts type)
    {
        var declared = _entries.DeclarationOf(type);
        if (_entries.ScopesOf(declared) is not { } around)
        {
            return false;
        }

        Scope[] scopes = [.. around, new Scope(declared, declared.Call is not null)];
        if (WholeAbbreviation(scopes, scopes.Length) is { } whole)
        {
            _text.Append(whole);
            return true;
        }

        int from = Array.FindLastIndex(scopes, s => s.IsFunction) + 1;
        bool isNested = scopes.Length - from > (from == 0 && scopes[0].IsStd ? 2 : 1) || (scopes[^1].IsClosure && !IsInFunction(declared));
        return AddComponent(m => m.AddScope(scopes, scopes.Length, 0), () =>
        {
            if (from > 0 && !AddLocal(scopes[from - 1].Entry))
            {
                return false;
            }

            _text.Append(isNested ? "N" : "");
            bool added = AddScope(scopes, scopes.Length, from);
            _text.Append(isNested ? "E" : "").Append(DiscriminatorOf(scopes, from));
            return added;
        });
    }
}
