using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;
using Tarax.AutoFdo.Bench;
using Tarax.AutoFdo.Bench.Outcome;

switch (args)
{
    // Whole conversions beside the peers': on the recordings of a folder, or on one.
    case ["peers", var data, .. var executable]:
        return PeerComparison.Run(DataSet.In(data), Executable.Of(executable));
    case ["peer", var recording, var binary, .. var executable]:
        return PeerComparison.Run([new DataSet(Path.GetFileName(recording), recording, binary, null)], Executable.Of(executable));

    // Counts for BOLT beside perf2bolt's.
    case ["bolt", var recording, var binary, .. var executable]:
        return BoltComparison.Run(recording, binary, Executable.Of(executable));

    // The counting stage beside a sum of the file's words.
    case ["counting", var recording]:
        return CountingComparison.Run(recording);

    // Threads, streams and distinct branches, at full size or at a part of it.
    case ["scaling", var data, var scale, .. var executable]:
        return ScalingComparison.Run(DataSet.In(data).Single(s => s.Name == "stlmix-d5-pie"), Executable.Of(executable), double.Parse(scale, CultureInfo.InvariantCulture));

    // The counting stage on streams of 100 MB, 1 GB and 10 GB, or of a part of them.
    case ["streams", var template, var scale]:
        return StreamComparison.Run(template, double.Parse(scale, CultureInfo.InvariantCulture));

    // A thousand files of counts added up.
    case ["counts", .. var executable]:
        return CountsComparison.Run(Executable.Of(executable));

    // What compilers make of profiles.
    case ["outcome", .. var options]:
        return OutcomeLab.Run(options);

    // How alike the profiles of a program are that was built with its own, again and again.
    case ["generations", .. var options]:
        return LabGenerations.Run(options);

    case ["generate", ("repeat" or "distinct") and var kind, var template, var amount, var output]:
        return GeneratedRecording.Run(kind, template, amount, output);

    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, DefaultConfig.Instance.AddColumn(new ThroughputColumn()));
        return 0;
}
