using System.Globalization;
using Tarax.AutoFdo.Binaries.Dwarf;

namespace Tarax.AutoFdo.Binaries.Symbolization.Itanium;

/// <content>Lambdas.</content>
internal sealed partial class MangledName
{
    /// <summary>Of -fabi-version=18: lambdas are numbered by their parameters, and what they initialize can be written again by a number.</summary>
    private const int FirstGccOfAbi18 = 13;

    private bool IsInFunction(DieFacts closure) => _entries.ScopesOf(closure) is [.., { IsFunction: true }];

    /// <summary>
    /// What a lambda that stands in no function initializes: a variable or a member, and <c>M</c> (Itanium C++ ABI, section 5.1.8, closure-prefix). Up to GCC 12 static members of classes are left out.
    /// </summary>
    private bool AddContext(DieFacts context, Scope[] scopes, int count, int from)
    {
        bool isOld = UnitProducer.Of(context.Unit.Producer).MajorVersion < FirstGccOfAbi18;
        if (context.Name.Contains('<', StringComparison.Ordinal))
        {
            return false;
        }

        // Static members are variables in DWARF 5, before they are members that are external.
        if (isOld && count > 0 && scopes[count - 1].Entry.IsClass && (context.Tag == DwarfTag.Variable || context.IsExternal))
        {
            return AddPrefix(scopes, count, from);
        }

        bool AddName(MangledName to, int first)
        {
            bool added = to.AddPrefix(scopes, count, first);
            to._text.Append(IsMarkedInternal(context, scopes[..count]) ? "L" : "").Append(Sized(context.Name));
            return added;
        }

        bool added = isOld ? AddName(this, from) : AddComponent(m => AddName(m, 0), () => AddName(this, from));
        _text.Append('M');
        return added;
    }

    /// <summary>
    /// A lambda: its parameters, and the how manieth it is in its scope, in the order of the source: up to GCC 12 of all lambdas, from 13 on of those with the same parameters (-fabi-version=18;
    /// cp/mangle.cc, write_closure_type_name; symbols of GCC 11, 12 and 16 compared).
    /// </summary>
    private bool AddClosure(Scope[] scopes, int count, int from)
    {
        var closure = scopes[count - 1].Entry;
        if (!MayGoOn() || SignatureOf(closure) is not { } signature || closure.Call is not { } call)
        {
            return false;
        }

        var context = IsInFunction(closure) ? null : _entries.ContextOf(closure);
        if (!(IsInFunction(closure) ? AddPrefix(scopes, count - 1, from) : context is not null && AddContext(context, scopes, count - 1, from)))
        {
            return false;
        }

        bool countsAll = UnitProducer.Of(closure.Unit.Producer).MajorVersion < FirstGccOfAbi18;
        int before = _entries.ClosuresBeside(closure).Count(other => other.Place.CompareTo(closure.Place) < 0 && (context is null || _entries.ContextOf(other)?.Reference == context.Reference)
            && (countsAll || SignatureOf(other) == signature));
        _text.Append("Ul");
        var outer = _parameters;
        _parameters = ParametersOf(call);
        bool added = AddParametersOfLambda(call);
        _parameters = outer;
        _text.Append('E').Append(before == 0 ? "" : (before - 1).ToString(CultureInfo.InvariantCulture)).Append('_');
        return added;
    }

    private string? SignatureOf(DieFacts lambda) => lambda.Call is not { } call ? null : PlainText(m =>
    {
        m._parameters = m.ParametersOf(call);
        return m.AddParametersOfLambda(call);
    });

    /// <summary>
    /// Each <c>auto</c> of a lambda is a parameter of its template, in their order. GCC names these <c>auto:1</c>; how others that are written out depend on each other is not stated.
    /// </summary>
    private bool AddParametersOfLambda(DieFacts call)
    {
        if (call.TemplateArguments.Any(a => a.Name.Length > 0 && !a.Name.StartsWith("auto:", StringComparison.Ordinal)))
        {
            return false;
        }

        var parameters = call.Parameters.ToList();
        var left = _parameters.ToList();
        bool added = parameters.Count > 0 || call.TemplateArguments.Count > 0 || AddParameters([]);
        foreach (var parameter in parameters.Where(p => !p.IsPacked))
        {
            _parameters = [.. left.Take(1)];
            bool isUsed = left.Count > 0 && FullText(m => m.AddParameters([parameter]))?.Contains(left[0].Code, StringComparison.Ordinal) == true;
            added = added && AddParameters([parameter]);
            if (isUsed)
            {
                left.RemoveAt(0);
            }
        }

        return added && (call.TemplateArguments is not [.., { Tag: DwarfTag.GnuTemplateParameterPack } pack] || AddPack(call, pack, parameters.Find(p => p.IsPacked)));
    }
}
