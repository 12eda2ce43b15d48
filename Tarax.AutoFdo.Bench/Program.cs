using BenchmarkDotNet.Running;
using Tarax.AutoFdo.Bench;

if (args is ["peers", var data, .. var rest])
{
    return PeerComparison.Run(data, rest is [var executable] ? executable : null);
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
