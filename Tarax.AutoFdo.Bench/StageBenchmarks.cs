using BenchmarkDotNet.Attributes;
using Tarax.AutoFdo.Attribution;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Counting;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Inputs.Perf;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;

namespace Tarax.AutoFdo.Bench;

/// <summary>The stages of a conversion one by one: decoding, counting, symbolizing and writing.</summary>
[MemoryDiagnoser]
public class StageBenchmarks
{
    private PerfDataFile _file = null!;
    private BinaryCounts _counts = null!;
    private SampleProfile _profile = null!;
    private DataSet _set = null!;

    /// <summary>Which recording.</summary>
    [Params("intel-lbr-2011", "cmulti-d4-nopie", "cmulti-d5-pie", "stlmix-d5-pie", "threads-d5-pie")]
    public string Set { get; set; } = "";

    /// <summary>Opens the recording and makes what the later stages need.</summary>
    [GlobalSetup]
    public void Open()
    {
        _set = DataSet.Find(Set);
        _file = PerfDataFile.Open(_set.Recording);
        var result = AutoFdoConverter.Convert(_set.Recording, _set.Binary, new ConversionOptions { MappedAs = _set.MappedAs });
        _counts = result.Counts;
        _profile = result.Profile;
    }

    /// <summary>Closes the recording.</summary>
    [GlobalCleanup]
    public void Close() => _file.Dispose();

    /// <summary>Every record's header, and the fields of every sample up to the branch stack.</summary>
    [Benchmark]
    public long Decode()
    {
        long branches = 0;
        var records = _file.Records();
        while (records.TryRead(out var record))
        {
            if (record.Type == RecordType.Sample && _file.Events[0].Layout.TryReadBranchStack(record.Body, out var stack))
            {
                branches += stack.Entries.Length;
            }
        }

        return branches;
    }

    /// <summary>Counting on one thread.</summary>
    [Benchmark]
    public long Count() => RecordingCounter.Run(_file, _ => true, threads: 1, progress: null).Scan.Samples;

    /// <summary>From counts to a profile, debug information included.</summary>
    [Benchmark]
    public int Symbolize()
    {
        using var elf = ElfFile.Open(_set.Binary);
        using var symbolizer = new Symbolizer(elf);
        return ProfileBuilder.Of(_counts, symbolizer).Build(new AttributionChoices()).Functions.Count;
    }

    /// <summary>The profile as bytes.</summary>
    [Benchmark]
    public long Write()
    {
        _profile.Write(Stream.Null, ProfileFormat.GcovV3);
        return _profile.Functions.Count;
    }
}
