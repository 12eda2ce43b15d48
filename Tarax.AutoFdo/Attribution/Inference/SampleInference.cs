using Tarax.AutoFdo.Binaries.Disassembly;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Numbers;

namespace Tarax.AutoFdo.Attribution.Inference;

/// <summary>
/// From addresses of samples to the counts that branch records would have given: the control flow of each sampled function says which counts are possible, and of
/// these the most probable ones are taken.
/// </summary>
internal sealed class SampleInference
{
    /// <summary>Times are calibrated on the functions with most samples.</summary>
    private const int FunctionsForTimes = 200;
    private const int Calibrations = 3;

    /// <summary>Where times are given, the second round knows how often each way is taken.</summary>
    private const int RoundsWithoutCalibration = 2;

    /// <summary>So much more probable (e to this power) must samples with skid be to be taken for such; the two differ by thousands where times differ.</summary>
    private const double SkidMargin = 30;

    /// <summary>Whole functions are off by a tenth where times were calibrated, by a third where they are those of processors.</summary>
    private const double VarianceOfTimes = 0.1 * 0.1;
    private const double VarianceOfCycles = 0.3 * 0.3;

    private readonly IReadOnlyList<AddressCount> _samples;
    private readonly FunctionGraphs _graphs;
    private readonly CountsByFunction _counts;
    private readonly SampledFunction?[] _functions;
    private readonly bool _areOfTime;
    private readonly int _threads;

    private SampleInference(IReadOnlyList<AddressCount> samples, FunctionGraphs graphs, CountsByFunction counts, bool areOfTime, int threads)
    {
        _areOfTime = areOfTime;
        _samples = samples;
        _graphs = graphs;
        _counts = counts;
        _functions = new SampledFunction?[counts.Functions.Count];
        _threads = threads;
    }

    /// <summary>Infers the counts of a binary.</summary>
    /// <param name="counts">Its samples; the rest of the counts is not looked at.</param>
    /// <param name="binary">The binary.</param>
    /// <param name="graphs">The control flow of its functions.</param>
    /// <param name="symbolizer">Its functions.</param>
    /// <param name="areOfTime">Whether samples are of time or cycles, of a processor; otherwise of instructions, or of what is not known.</param>
    /// <param name="threads">Number of threads; the result does not depend on it.</param>
    /// <returns>The counts, and whether samples name the instruction after the one that took the time.</returns>
    public static (BinaryCounts Counts, bool Skids) Run(BinaryCounts counts, ElfFile binary, FunctionGraphs graphs, Symbolizer symbolizer, bool areOfTime, int threads)
    {
        ulong[] offsets = new ulong[counts.Samples.Count];
        for (int i = 0; i < offsets.Length; i++)
        {
            offsets[i] = counts.Samples[i].Address;
        }

        var inference = new SampleInference(counts.Samples, graphs, CountsByFunction.Of(offsets, symbolizer, threads), areOfTime, threads);
        bool[] affordable = graphs.Affordable(inference._counts.Functions.ConvertAll(f => f.Function.Debug.Ranges));
        inference.ForEach(inference._functions.Length, i => inference.Disassemble(i, affordable[i]));
        var times = inference.CalibratedTimes();
        inference.ForEach(inference._functions.Length, i => inference._functions[i]?.Infer(times));
        inference.BalanceCalls();
        return (inference.Result(counts, binary), times.Skids);
    }

    private void ForEach(int count, Action<int> action) => ParallelLoop.Run(count, _threads, action);

    private void Disassemble(int index, bool isAffordable)
    {
        var function = _counts.Functions[index];
        if (!isAffordable || _graphs.Build(function.Function.Debug.Ranges, function.Function.Entry) is not { } graph)
        {
            return;
        }

        ulong[] samples = new ulong[graph.Instructions.Length];
        for (int i = 0; i < function.Indices.Count; i++)
        {
            ref ulong sum = ref samples[graph.InstructionHolding(function.Addresses[i])];
            sum = SaturatingSum.Of(sum, _samples[function.Indices[i]].Count);
        }

        _functions[index] = new SampledFunction(graph, samples);
    }

    /// <summary>The times under which the samples are most probable, with skid or without.</summary>
    private InstructionTimes CalibratedTimes()
    {
        var largest = new List<SampledFunction>();
        foreach (var function in _functions)
        {
            if (function is not null)
            {
                largest.Add(function);
            }
        }

        int[] places = new int[largest.Count];
        for (int i = 0; i < places.Length; i++)
        {
            places[i] = i;
        }

        // Equal ones stay in the order in which they lie.
        Array.Sort(places, (a, b) => largest[a].Total != largest[b].Total ? largest[b].Total.CompareTo(largest[a].Total) : a.CompareTo(b));
        var sorted = Array.ConvertAll(places[..Math.Min(places.Length, FunctionsForTimes)], i => largest[i]);
        var (exact, likelihoodOfExact) = Calibrate(sorted, skids: false);
        var (skidding, likelihoodOfSkidding) = Calibrate(sorted, skids: true);
        return likelihoodOfSkidding > likelihoodOfExact + SkidMargin ? skidding : exact;
    }

    private (InstructionTimes Times, double LogLikelihood) Calibrate(SampledFunction[] functions, bool skids)
    {
        var times = First(skids);
        double likelihood = 0;
        for (int i = 0; i < (_areOfTime ? RoundsWithoutCalibration : Calibrations); i++)
        {
            var known = times;
            ForEach(functions.Length, f => functions[f].Infer(known));
            var (samples, executions) = (new double[InstructionTimes.Kinds], new double[InstructionTimes.Kinds]);
            Array.ForEach(functions, f => f.AddTo(samples, executions, known));
            times = _areOfTime ? times : First(skids).Calibrated(samples, executions);
            likelihood = 0;
            foreach (var function in functions)
            {
                likelihood += function.LogLikelihood(times);
            }
        }

        return (times, likelihood);
    }

    private void BalanceCalls()
    {
        ulong[] entries = new ulong[_functions.Length];
        for (int i = 0; i < entries.Length; i++)
        {
            entries[i] = _counts.Functions[i].Function.Entry;
        }

        double[] factors = CallBalance.Factors(_functions, entries, _areOfTime ? VarianceOfCycles : VarianceOfTimes);
        ForEach(factors.Length, i => _functions[i]?.MultiplyBy(factors[i]));
    }

    private InstructionTimes First(bool skids) => _areOfTime ? InstructionTimes.OfProcessors(skids) : InstructionTimes.Guess(skids);

    private BinaryCounts Result(BinaryCounts counts, ElfFile binary)
    {
        var inferred = new InferredCounts(binary);
        void Keep(int index) => inferred.AddRange(
            _samples[index].Address, _samples[index].Address, SaturatingSum.Times(_samples[index].Count, (ulong)SampledFunction.Scale), _samples[index].FirstTime);
        _counts.Elsewhere.ForEach(Keep);

        for (int i = 0; i < _functions.Length; i++)
        {
            var function = _counts.Functions[i];
            if (_functions[i] is not { } sampled)
            {
                function.Indices.ForEach(Keep);
            }
            else
            {
                inferred.AddBlocks(sampled.Graph, sampled.Flow, (start, end) => FirstTime(function, start, end));
                inferred.AddBranches(sampled.Graph, sampled.Flow, function.Function.Entry);
            }
        }

        return inferred.ToCounts(counts.BuildId, counts.Samples);
    }

    private ulong FirstTime(FunctionCounts function, ulong start, ulong end)
    {
        ulong earliest = ulong.MaxValue;
        int first = function.Addresses.BinarySearch(start);
        for (int i = first < 0 ? ~first : first; i < function.Addresses.Count && function.Addresses[i] < end; i++)
        {
            ulong time = _samples[function.Indices[i]].FirstTime;
            earliest = time == 0 ? earliest : Math.Min(earliest, time);
        }

        return earliest == ulong.MaxValue ? 0 : earliest;
    }
}
