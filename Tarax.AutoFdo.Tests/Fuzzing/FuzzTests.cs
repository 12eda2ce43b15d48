using Tarax.AutoFdo.Diagnostics;

namespace Tarax.AutoFdo.Tests.Fuzzing;

/// <summary>Damaged inputs end in success or in a message; the long run is that of Program.</summary>
public sealed class FuzzTests
{
    private const long InputsInTests = 20_000;

    [Test]
    public void Seeds_are_read_whole()
    {
        foreach (var seed in FuzzSeeds.All)
        {
            Assert.That(FuzzTarget.Run(seed.Format, seed.Bytes), Is.Null, $"{seed.Format} {seed.Name}");
        }
    }

    [Test]
    public void Every_truncation_ends_in_success_or_in_a_message()
    {
        var run = new FuzzRun();
        run.TryTruncations();
        Assert.That(run.Faults, Is.Empty);
        Assert.That(run.Refused, Is.GreaterThan(1000));
    }

    [Test]
    public void Mutated_inputs_end_in_success_or_in_a_message()
    {
        var run = new FuzzRun();
        run.Try(0, InputsInTests);
        Assert.That(run.Faults, Is.Empty);
        Assert.That(run.Refused, Is.InRange(InputsInTests / 20, InputsInTests), "mutations must do damage");
        Assert.That(run.Inputs - run.Refused, Is.GreaterThan(InputsInTests / 20), "and not only damage");
    }

    /// <summary>What is refused at its first check tries nothing behind it.</summary>
    [Test]
    public void Damaged_inputs_of_every_seed_are_read_at_depth()
    {
        const int Each = 60;
        var mutator = new Mutator(FuzzSeeds.All);
        var read = FuzzSeeds.All.ToDictionary(s => s, _ => 0);
        var reasons = FuzzSeeds.All.ToDictionary(s => s, _ => new HashSet<string>(StringComparer.Ordinal));
        for (long number = 0; number < Each * read.Count; number++)
        {
            var (seed, input) = mutator.Make(number);
            if (FuzzTarget.Run(seed.Format, input) is not { } refusal)
            {
                read[seed]++;
            }
            else if (refusal is InvalidFormatException { Field: var field })
            {
                reasons[seed].Add(field);
            }
        }

        Assert.That(read.Where(s => s.Value == 0 && reasons[s.Key].Count < 5).Select(s => $"{s.Key.Format} {s.Key.Name}"), Is.Empty);
        Assert.That(read.Keys.Select(s => s.Format).Distinct(), Is.EquivalentTo(Enum.GetValues<FuzzFormat>()), "every format has a seed");
    }

    /// <summary>Records that change little from one to the next are what makes readers quadratic.</summary>
    [Test]
    public void Each_record_a_mebibyte_long_stays_in_proportion()
    {
        const int Length = 1 << 20;
        var run = new FuzzRun();
        foreach (var seed in FuzzSeeds.All.Where(s => s is { Format: FuzzFormat.PerfData, Name: "pipe" or "every-field-pipe" }))
        {
            foreach (var (start, size) in FieldOffsets.RecordsOf(seed.Bytes))
            {
                var random = new Random(start);
                var input = new List<byte>(seed.Bytes);
                while (input.Count + size < Length)
                {
                    byte[] record = seed.Bytes[start..(start + size)];
                    for (int word = 8; word + 8 <= size; word += 8)
                    {
                        ulong value = BitConverter.ToUInt64(record, word) + (random.Next(2) == 0 ? 0 : (ulong)random.Next(1 << 16));
                        BitConverter.TryWriteBytes(record.AsSpan(word), value);
                    }

                    input.AddRange(record);
                }

                run.Try(seed.Format, [.. input], $"{seed.Name}, the record at {start} again and again");
            }
        }

        Assert.That(run.Faults, Is.Empty);
        Assert.That(run.Inputs, Is.GreaterThan(20));
    }

    /// <summary>Inputs that once broke a reader, named after what they broke.</summary>
    [Test]
    public void Inputs_that_once_broke_something_no_longer_do()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "Fuzzing", "Regressions");
        var run = new FuzzRun();
        foreach (string path in Directory.GetFiles(folder).Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(path);
            var format = Enum.Parse<FuzzFormat>(name[..name.IndexOf('-', StringComparison.Ordinal)]);
            run.Try(format, File.ReadAllBytes(path), name);
        }

        Assert.That(run.Faults, Is.Empty);
        Assert.That(run.Inputs, Is.GreaterThan(3));
    }
}
