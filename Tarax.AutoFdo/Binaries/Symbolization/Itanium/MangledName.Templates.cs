using System.Globalization;
using Tarax.AutoFdo.Binaries.Dwarf;

namespace Tarax.AutoFdo.Binaries.Symbolization.Itanium;

/// <content>Arguments of templates, and how signatures depend on their parameters.</content>
internal sealed partial class MangledName
{
    /// <summary>std::__invoke_r of GCC's library, by which every std::function calls what it holds.</summary>
    private bool IsInvokeR(DieFacts function, string name) =>
        name == "10__invoke_r" && _parameters.Count == 2 && function.TemplateArguments.Count == 3 && _entries.ScopesOf(function) is [{ IsStd: true }];

    /// <summary>std::move of a value, not of a range, and std::forward (bits/move.h), which GCC before 12 calls, and later without optimization.</summary>
    private bool IsMoveOrForward(DieFacts function, string name) =>
        name is "4move" or "7forward" && _parameters.Count == 1 && function is { TemplateArguments.Count: 1, Parameters.Count: 1 } && _entries.ScopesOf(function) is [{ IsStd: true }];

    /// <summary>The one returns <c>remove_reference&lt;T&gt;::type&amp;&amp;</c>, the other takes <c>remove_reference&lt;T&gt;::type&amp;</c> or, of an rvalue, <c>&amp;&amp;</c>.</summary>
    private bool AddMoveOrForward(DieFacts function, bool isMove)
    {
        bool AddWithoutReference(char sign)
        {
            _text.Append(sign);
            bool added = AddMemberOf("St16remove_reference", "4type");
            _substitutions.Add("reference to it");
            return added;
        }

        bool isRvalue = WithoutQualifiers(function.Parameters[0]).Inner is { Tag: DwarfTag.RvalueReferenceType };
        return isMove ? AddWithoutReference('O') && AddFormOf("O", _parameters[0]) : AddFormOf("O", _parameters[0]) && AddWithoutReference(isRvalue ? 'O' : 'R');
    }

    /// <summary>Functions of GCC's library that count, or measure a distance (bits/stl_algo.h, bits/stl_iterator_base_funcs.h).</summary>
    private bool ReturnsDifference(DieFacts function, string name) =>
        name is "8distance" or "10__distance" or "5count" or "8count_if" or "10__count_if" && _parameters.Count > 0 && _entries.ScopesOf(function) is [{ IsStd: true }];

    /// <summary>They return <c>typename iterator_traits&lt;T&gt;::difference_type</c>, of which the debug information has only what it stands for.</summary>
    private bool AddDifference() => AddMemberOf("St15iterator_traits", "15difference_type");

    /// <summary>A type in a template of the parameter, such as <c>NSt15iterator_traitsIT_E15difference_typeE</c>.</summary>
    private bool AddMemberOf(string template, string member)
    {
        bool Name(MangledName to)
        {
            to._text.Append(template);
            return true;
        }

        bool Class(MangledName to)
        {
            bool added = to.AddComponent(Name, () => Name(to));
            to._text.Append('I');
            added = added && to.AddParameter(_parameters[0]);
            to._text.Append('E');
            return added;
        }

        _text.Append('N');
        bool added = AddComponent(Class, () => Class(this));
        _text.Append(member).Append('E');
        _substitutions.Add(member);
        return added;
    }

    /// <summary>
    /// What it returns is written <c>enable_if_t&lt;is_invocable_r_v&lt;R, F, A...&gt;, R&gt;</c> (bits/invoke.h), of which the debug information has only R. The pack was written without J up to GCC 12,
    /// with it by 16 (symbols of both; those between are taken to be like 12).
    /// </summary>
    private bool AddInvokeRReturned(DieFacts function)
    {
        bool hasMark = UnitProducer.Of(function.Unit.Producer).MajorVersion >= FirstGccThatMarksPacks;
        bool Part(string text)
        {
            _text.Append(text);
            return true;
        }

        bool Name(MangledName to)
        {
            to._text.Append("St9enable_if");
            return true;
        }

        return Part("N") && AddComponent(Name, () => Name(this)) && Part("IX16is_invocable_r_vI") && AddParameter(_parameters[0]) && AddParameter(_parameters[1])
            && Part(hasMark ? "JDp" : "Dp") && AddParameter(new TemplateParameter("", "T1_")) && Part(hasMark ? "EEE" : "EE") && AddParameter(_parameters[0]) && Part("E4typeE");
    }

    /// <summary>Of several parameters that stand for one type, the last is what is returned: copies are written to where an iterator of another kind leads.</summary>
    private bool AddReturned(DieFacts function)
    {
        var all = _parameters;
        _parameters = [.. Enumerable.Reverse(_parameters)];
        bool added = AddType(function);
        _parameters = all;
        return added;
    }

    /// <summary>
    /// Where several parameters of the template stand for one type, the last parameters of the function are of one each, those before of the first. Of a pack there is one for each of its
    /// types, which are forwarded where nothing says otherwise.
    /// </summary>
    private bool AddParametersOfTemplate(DieFacts function)
    {
        var parameters = function.Parameters.ToList();
        var pack = function.TemplateArguments is [.., { Tag: DwarfTag.GnuTemplateParameterPack } last] ? last : null;
        int packed = parameters.Exists(p => p.IsPacked) ? parameters.Count(p => p.IsPacked) : Math.Min(pack?.Children.Count ?? 0, parameters.Count);
        var single = parameters.SkipLast(packed).ToList();
        bool areDistinct = _parameters.Count < 2 || _parameters.DistinctBy(p => p.Argument).Count() == _parameters.Count;
        bool added = single.Count == 0 ? pack is not null || AddParameters([]) : areDistinct ? AddParameters(single) : AddParametersInOrder(single);
        return added && (pack is null || AddPack(function, pack, packed > 0 ? parameters[^packed] : null));
    }

    private bool AddParametersInOrder(List<DieFacts> parameters)
    {
        var all = _parameters;
        string?[] texts = [.. parameters.Select(p => PlainText(m => m.AddUnqualifiedType(p)))];
        for (int i = 0; i < texts.Length; i++)
        {
            string? text = texts[i];
            int behind = texts.AsSpan(i + 1).Count(text);
            var same = all.Where(p => p.Argument == text).ToList();
            _parameters = same.Count > 1 ? [same[Math.Max(same.Count - 1 - behind, 0)], .. all] : all;
            if (!AddParameters([parameters[i]]))
            {
                return false;
            }
        }

        _parameters = all;
        return true;
    }

    /// <summary>
    /// The parameters that a pack is expanded to, as <c>Dp</c> and what they are of the parameter of the template, by the first of them; without any they are taken to be forwarded, as most are.
    /// </summary>
    private bool AddPack(DieFacts function, DieFacts pack, DieFacts? first)
    {
        int number = function.TemplateArguments.Count - 1;
        string code = number == 0 ? "T_" : string.Create(CultureInfo.InvariantCulture, $"T{number - 1}_");
        var parameter = new TemplateParameter("", code);
        string? argument = first is not null && pack.Children.Count > 0 ? PlainText(m => m.AddType(pack.Children[0])) : null;
        string? text = argument is null ? null : PlainText(m => m.AddUnqualifiedType(first!));
        string? form = argument is null ? "O"
            : text == argument ? argument[0] == 'R' ? "O" : ""
            : text is not null && text.EndsWith(argument, StringComparison.Ordinal) && text[..^argument.Length] is "RK" or "R" or "O" or "P" or "PK" or "RVK" ? text[..^argument.Length]
            : null;
        bool Add(MangledName to)
        {
            to._text.Append("Dp");
            return to.AddFormOf(form!, parameter);
        }

        return form is not null && AddComponent(Add, () => Add(this));
    }

    /// <summary>A parameter with the references, pointers and qualifiers before it, each a component.</summary>
    private bool AddFormOf(string form, TemplateParameter parameter)
    {
        if (form.Length == 0)
        {
            return AddParameter(parameter);
        }

        bool Add(MangledName to)
        {
            to._text.Append(form[0]);
            return to.AddFormOf(form[1..], parameter);
        }

        return AddComponent(Add, () => Add(this));
    }

    private List<TemplateParameter> ParametersOf(DieFacts template)
    {
        var parameters = new List<TemplateParameter>();
        int number = 0;
        foreach (var argument in ArgumentsOf(template))
        {
            string code = number == 0 ? "T_" : string.Create(CultureInfo.InvariantCulture, $"T{number - 1}_");
            number++;
            if (argument.Entry?.Tag is null or DwarfTag.TemplateTypeParameter or DwarfTag.TemplateValueParameter && PlainText(m => m.AddArgument(argument)) is { } text)
            {
                parameters.Add(new TemplateParameter(text, code));
            }
        }

        return parameters;
    }

    private bool AddArguments(Scope template) => AddArguments(template.Entry);

    private bool AddArguments(DieFacts template)
    {
        // Of a partial specialization the name alone has the arguments, but not which of them are of a pack.
        bool agrees = _entries.HasEntriesOfArguments(template);
        if (!agrees && template.TemplateArguments.Any(a => a.Tag == DwarfTag.GnuTemplateParameterPack))
        {
            return false;
        }

        bool isPack = !agrees && template.IsClass && TemplateText.WithoutArguments(template.Name) is "tuple" or "variant";
        _text.Append(isPack ? "IJ" : "I");
        bool added = ArgumentsOf(template).TrueForAll(AddArgument);
        _text.Append(isPack ? "EE" : "E");
        return added;
    }

    /// <summary>
    /// The arguments of a template: its entries, or, where there are none, as for classes whose arguments others cannot see or of which there is an extern template, what its name says.
    /// </summary>
    private List<TemplateArgument> ArgumentsOf(DieFacts template) => _entries.HasEntriesOfArguments(template)
        ? [.. template.TemplateArguments.Select(a => new TemplateArgument(a, "", template.Unit))]
        : [.. template.NamedArguments.Select(text => new TemplateArgument(null, text, template.Unit))];

    private bool AddArgument(TemplateArgument argument) => argument.Entry is { } entry ? AddArgument(entry) : AddTypeText(argument.Text, argument.Unit);

    /// <summary>A type as GCC writes it in a name.</summary>
    private bool AddTypeText(string text, DwarfUnit unit)
    {
        foreach (var (sign, code) in (ReadOnlySpan<(string, string)>)[("&&", "O"), ("&", "R"), ("*", "P"), (" const", "K")])
        {
            if (text.EndsWith(sign, StringComparison.Ordinal))
            {
                return AddTextComponent(code, text[..^sign.Length].TrimEnd(), unit);
            }
        }

        const string Const = "const ";
        if (text.StartsWith(Const, StringComparison.Ordinal))
        {
            return AddTextComponent("K", text[Const.Length..], unit);
        }

        string? builtin = text switch { "true" => "Lb1E", "false" => "Lb0E", "void" => "v", _ => BuiltinTypes.CodeOf(text) };
        return builtin is not null ? AddCode(builtin) : _entries.NamesOf(unit).Find(text) is { } type && AddType(type, isVoid: false);
    }

    private bool AddTextComponent(string code, string inner, DwarfUnit unit)
    {
        bool Add(MangledName to)
        {
            to._text.Append(code);
            return to.AddTypeText(inner, unit);
        }

        if (_parameters.Count > 0 && PlainText(Add) is { } text && _parameters.Find(p => p.Argument == text) is { } parameter)
        {
            return AddParameter(parameter);
        }

        return AddComponent(Add, () => Add(this));
    }

    private bool AddCode(string code)
    {
        if (_parameters.Find(p => p.Argument == code) is { } parameter)
        {
            return AddParameter(parameter);
        }

        _text.Append(code);
        return true;
    }

    private bool AddArgument(DieFacts argument)
    {
        bool added = false;
        switch (argument.Tag)
        {
            case DwarfTag.TemplateTypeParameter:
                return AddType(argument);
            case DwarfTag.TemplateValueParameter when _parameters.Count > 0 && PlainText(m => m.AddArgument(argument)) is { } text && _parameters.Find(p => p.Argument == text) is { } parameter:
                _text.Append('X').Append(parameter.Code).Append('E');
                return true;
            case DwarfTag.TemplateValueParameter when argument is { ConstValue: { } value, Type: not null }:
                _text.Append('L');
                added = AddUnqualifiedType(argument);
                _text.Append((long)value < 0 ? "n" : "").Append(CultureInfo.InvariantCulture, $"{((long)value < 0 ? ~value + 1 : value)}E");
                break;
            case DwarfTag.GnuTemplateParameterPack:
                _text.Append('J');
                added = argument.Children.All(AddArgument);
                _text.Append('E');
                break;
        }

        return added;
    }

    /// <summary>An argument of a template: its entry, or its text where it has none.</summary>
    private sealed record TemplateArgument(DieFacts? Entry, string Text, DwarfUnit Unit);

    /// <summary>A parameter of a template, with what stands for it.</summary>
    /// <param name="Argument">The type in full.</param>
    /// <param name="Code">The parameter.</param>
    private sealed record TemplateParameter(string Argument, string Code);
}
