namespace Tarax.AutoFdo.Attribution.Inference;

/// <summary>
/// Makes functions agree about calls: one is entered at least as often as others call it. The times of instructions are estimates, and those of one function may be
/// off as a whole (a load that misses the cache, a long dependency), so each function has a factor for its counts, near 1, under which calls and entries come together.
/// </summary>
/// <remarks>
/// The factors' logarithms u minimize <c>Σ u² / 2v + Σ w · d² / 2</c>. d is the difference of the logarithms of a function's entries and of the calls of it, both with their
/// factors. v is the variance of u: that of times, and that of the number of samples. 1 / w is the variance of d: that of the two counts, and a small one where there are more calls than
/// entries, which cannot be, or a larger one where there are fewer, since some may come through pointers; with far fewer, nothing is said.
/// </remarks>
internal sealed class CallBalance
{
    private const int Sweeps = 30;

    /// <summary>Calls beyond the entries cannot be; the two differ by this and by the noise of their counts.</summary>
    private const double VarianceOfExcess = 0.05 * 0.05;

    /// <summary>Entries beyond the calls may come through pointers.</summary>
    private const double VarianceOfLack = 0.2 * 0.2;

    /// <summary>Samples that stand behind a count, about: those of a block of five instructions.</summary>
    private const double SamplesOfCount = 5 / SampledFunction.Scale;

    /// <summary>Where calls and entries do not agree within this, something else is wrong: a call that a kernel has overwritten, a block that was misjudged.</summary>
    private static readonly double MostLogFactor = Math.Log(3);

    /// <summary>With three times as many entries as calls, the others come through pointers.</summary>
    private static readonly double FarFewer = Math.Log(3);

    private readonly double _varianceOfTimes;
    private readonly double[] _calls;
    private readonly double[] _factor;
    private readonly List<Call>[] _callsBy;
    private readonly double[] _entries;
    private readonly double[] _variance;
    private readonly double[] _logFactor;

    private CallBalance(int functions, double varianceOfTimes)
    {
        _varianceOfTimes = varianceOfTimes;
        _calls = new double[functions];
        _factor = new double[functions];
        _callsBy = new List<Call>[functions];
        for (int i = 0; i < functions; i++)
        {
            _factor[i] = 1;
            _callsBy[i] = [];
        }

        _entries = new double[functions];
        _variance = new double[functions];
        _logFactor = new double[functions];
    }

    /// <summary>Finds the factors.</summary>
    /// <param name="functions">The functions; null for those whose control flow is not known.</param>
    /// <param name="entries">ELF virtual address of the first instruction of each.</param>
    /// <param name="varianceOfTimes">How much the times of whole functions are off.</param>
    public static double[] Factors(SampledFunction?[] functions, ulong[] entries, double varianceOfTimes)
    {
        var balance = new CallBalance(functions.Length, varianceOfTimes);
        balance.FindCalls(functions, entries);
        for (int sweep = 0; sweep < Sweeps; sweep++)
        {
            for (int i = 0; i < functions.Length; i++)
            {
                balance.Improve(i);
            }
        }

        return balance._factor;
    }

    private void FindCalls(SampledFunction?[] functions, ulong[] entries)
    {
        var functionAt = new Dictionary<ulong, int>();
        for (int i = 0; i < functions.Length; i++)
        {
            if (functions[i] is { } function)
            {
                functionAt.TryAdd(entries[i], i);
                _entries[i] = function.Entries;
                _variance[i] = _varianceOfTimes + (1.0 / Math.Max(function.Total, 1));
            }
        }

        for (int i = 0; i < functions.Length; i++)
        {
            if (functions[i] is not { } caller)
            {
                continue;
            }

            foreach (var (target, count) in caller.DirectCalls())
            {
                if (functionAt.TryGetValue(target, out int callee) && _entries[callee] > 0)
                {
                    _calls[callee] += count;
                    _callsBy[i].Add(new Call(callee, count));
                }
            }
        }
    }

    /// <summary>Moves one factor to where the sum is least while the others stay.</summary>
    private void Improve(int function)
    {
        if (_variance[function] == 0)
        {
            return;
        }

        double slope = _logFactor[function] / _variance[function];
        double curvature = 1 / _variance[function];
        void Add(int callee, double share)
        {
            if (_entries[callee] <= 0 || _calls[callee] <= 0)
            {
                return;
            }

            double calls = _calls[callee];
            double difference = Math.Log(_entries[callee]) + _logFactor[callee] - Math.Log(calls);
            double variance = (difference < 0 ? VarianceOfExcess : VarianceOfLack) + (1 / (SamplesOfCount * _entries[callee])) + (1 / (SamplesOfCount * calls));
            if (difference < FarFewer)
            {
                double weight = 1 / variance;
                slope += weight * share * difference;
                curvature += weight * share * share;
            }
        }

        double own = 0;
        foreach (var call in _callsBy[function])
        {
            double share = call.Count * _factor[function] / _calls[call.Callee];
            if (call.Callee == function)
            {
                own += share;
            }
            else
            {
                Add(call.Callee, -share);
            }
        }

        Add(function, 1 - own);
        Set(function, Math.Clamp(_logFactor[function] - (slope / curvature), -MostLogFactor, MostLogFactor));
    }

    /// <summary>Sets a factor, and what depends on it.</summary>
    private void Set(int function, double logFactor)
    {
        double before = _factor[function];
        _logFactor[function] = logFactor;
        _factor[function] = Math.Exp(logFactor);
        foreach (var call in _callsBy[function])
        {
            _calls[call.Callee] += call.Count * (_factor[function] - before);
        }
    }

    /// <summary>All calls of a function by another, without factors.</summary>
    private sealed record Call(int Callee, double Count);
}
