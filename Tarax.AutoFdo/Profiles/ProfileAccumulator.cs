using System.Globalization;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Numbers;
using Tarax.AutoFdo.Profiles.Formats.Gcov;

namespace Tarax.AutoFdo.Profiles;

/// <summary>Profiles while they are added up; none of them is kept. Sums and minima make the result the same in any order.</summary>
internal sealed class ProfileAccumulator
{
    private readonly SortedDictionary<string, Function> _functions = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _symbolList = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Diagnostic> _diagnostics = new(StringComparer.Ordinal);
    private bool? _isFlowSensitive;
    private bool _hasHashedNames;
    private uint _hotCutoff;
    private int _profiles;
    private IReadOnlyList<WorkingSetRow>? _workingSet;
    private string? _family;
    private bool _isMixed;

    /// <exception cref="ProfileNotExpressibleException">Its discriminators mean something else than those before.</exception>
    public void Add(SampleProfile profile)
    {
        if (profile.Functions.Count > 0 && (_isFlowSensitive ??= profile.IsFlowSensitive) != profile.IsFlowSensitive)
        {
            throw new ProfileNotExpressibleException("some of the profiles have flow-sensitive discriminators and others have not: the same number means different code; drop them (--discriminators drop), or merge them apart");
        }

        if (profile.HasHashedNames && !_hasHashedNames)
        {
            Rehash();
        }

        profile = _hasHashedNames ? profile.WithHashedNames() : profile;
        _isMixed |= profile.Format is { } format && (_family ??= format.Family) != format.Family;
        _symbolList.UnionWith(profile.SymbolList);
        _workingSet = _profiles++ == 0 ? profile.WorkingSet : null;
        _hotCutoff = Math.Max(_hotCutoff, profile.HotCutoff);
        foreach (var diagnostic in profile.Diagnostics)
        {
            _diagnostics.TryAdd(diagnostic.Id, diagnostic);
        }

        foreach (var function in profile.Functions)
        {
            Add(function);
        }
    }

    public SampleProfile ToProfile()
    {
        if (_isMixed)
        {
            Note(new Diagnostic(DiagnosticId.MixedCompilers, DiagnosticSeverity.Warning, "profiles for GCC and for LLVM were added up: discriminators, by which each numbers the code of a line in its own way, do not match each other; --discriminators drop leaves them out"));
        }

        var functions = new List<FunctionProfile>(_functions.Count);
        long saturated = 0;
        foreach (var (name, sum) in _functions)
        {
            var function = sum.ToProfile(name);
            functions.Add(function);
            saturated += (function.HeadCount == ulong.MaxValue ? 1 : 0) + Saturated(function.Body);
        }

        if (saturated > 0)
        {
            Note(new Diagnostic(DiagnosticId.SaturatedCounts, DiagnosticSeverity.Warning, string.Create(CultureInfo.InvariantCulture, $"{saturated} counts are as large as 64 bits can say, or larger; scale the profiles down")));
        }

        return new SampleProfile(functions)
        {
            IsFlowSensitive = _isFlowSensitive ?? false,
            HasHashedNames = _hasHashedNames,
            SymbolList = [.. _symbolList],
            HotCutoff = _hotCutoff,
            WorkingSet = _workingSet,
            Diagnostics = [.. _diagnostics.Values],
        };
    }

    private void Add(FunctionProfile function)
    {
        if (!_functions.TryGetValue(function.Name, out var sum))
        {
            sum = new Function(function.File);
            _functions.Add(function.Name, sum);
        }

        sum.Add(function);
    }

    private void Note(Diagnostic diagnostic) => _diagnostics[diagnostic.Id] = diagnostic;

    private void Rehash()
    {
        var hashed = ToProfile().WithHashedNames();
        _hasHashedNames = true;
        _functions.Clear();
        foreach (var function in hashed.Functions)
        {
            Add(function);
        }
    }

    private static long Saturated(FunctionBody body) => body.Positions.LongCount(p => p.Count == ulong.MaxValue) + body.Calls.Sum(c => Saturated(c.Body));

    /// <summary>Functions of one name.</summary>
    private sealed class Function(string file)
    {
        private readonly BodyAccumulator _body = new();
        private string _file = file;
        private ulong _head;
        private ulong _firstTime;

        public void Add(FunctionProfile function)
        {
            _body.Add(function.Body, CountRule.Sum, p => p, n => n);
            _file = ProfileTransformation.CommonFile(_file, function.File);
            _head = SaturatingSum.Of(_head, function.HeadCount);
            _firstTime = ProfileTransformation.Earliest(_firstTime, function.FirstTime);
        }

        public FunctionProfile ToProfile(string name) => new(name, _file, _head, _firstTime, _body.ToBody());
    }
}
