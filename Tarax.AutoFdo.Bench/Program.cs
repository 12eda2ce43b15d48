using BenchmarkDotNet.Running;
using Tarax.AutoFdo.Bench;

if (args is ["peers", var data, .. var rest])
{
    return PeerComparison.Run(data, rest is [var executable] ? executable : null);
}

if (args is ["counting", var recording])
{
    return CountingComparison.Run(recording);
}

if (args is ["generate", ("repeat" or "distinct") and var kind, var template, var amount, var output])
{
    return GeneratedRecording.Run(kind, template, amount, output);
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
