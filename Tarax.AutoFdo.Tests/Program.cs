using System.Diagnostics;
using System.Globalization;
using Tarax.AutoFdo.Tests.Fuzzing;

// An input that ends the process, which the runner cannot survive to save, is found by halving the numbers and written with this.
if (args is ["fuzz-input", var chosen, var path])
{
    File.WriteAllBytes(path, new Mutator(FuzzSeeds.All).Make(long.Parse(chosen, CultureInfo.InvariantCulture)).Input);
    return 0;
}

// The tests run under "dotnet test"; by itself the project is the runner of long fuzzing.
if (args is not ["fuzz", .. var options])
{
    Console.Error.WriteLine("usage: fuzz [--inputs N] [--minutes N] [--first NUMBER] [--save FOLDER], or fuzz-input NUMBER FILE");
    return 2;
}

long Option(string name, long otherwise)
{
    int at = Array.IndexOf(options, name);
    return at < 0 ? otherwise : long.Parse(options[at + 1], CultureInfo.InvariantCulture);
}

long minutes = Option("--minutes", 0);
long inputs = Option("--inputs", minutes > 0 ? long.MaxValue / 2 : 100_000);
long first = Option("--first", 0);
using var end = new CancellationTokenSource();
if (minutes > 0)
{
    end.CancelAfter(TimeSpan.FromMinutes(minutes));
}

var run = new FuzzRun();
if (first == 0)
{
    run.TryTruncations();
}

run.Try(first, inputs, end.Token);
foreach (string fault in run.Faults.Take(20))
{
    Console.WriteLine(fault);
}

int save = Array.IndexOf(options, "--save");
if (save >= 0)
{
    Directory.CreateDirectory(options[save + 1]);
    foreach (string fault in run.Faults.Where(f => char.IsAsciiDigit(f[0])).Take(50))
    {
        long number = long.Parse(fault[..fault.IndexOf(' ', StringComparison.Ordinal)], CultureInfo.InvariantCulture);
        var (seed, input) = new Mutator(FuzzSeeds.All).Make(number);
        File.WriteAllBytes(Path.Combine(options[save + 1], $"{seed.Format}-{number}"), input);
    }
}

using var process = Process.GetCurrentProcess();
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"{run.Inputs:N0} inputs, {run.Refused:N0} refused with a message, {run.Faults.Count} faults; slowest {run.Slowest.TotalSeconds:0.00} s, most allocated {run.MostBytes >> 20} MiB, peak of the process {process.PeakWorkingSet64 >> 20} MiB"));
return run.Faults.Count == 0 ? 0 : 1;
