using Tarax.AutoFdo.Inputs.Perf;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Tests.Builders;
using Tarax.AutoFdo.Tests.Truth;

namespace Tarax.AutoFdo.Tests.Conversion;

/// <summary>One recording of a real program, stored in different ways: the profiles are the same, byte for byte.</summary>
public sealed class SameRecordingTests
{
    private const int DataSizeOffset = 48;
    private const int FeaturesOffset = 72;
    private const int CompressedFeature = 27;

    [TestCase(1)]
    [TestCase(3)]
    public void Profile_of_a_recording_does_not_depend_on_how_it_is_stored(int version)
    {
        string set = TestEnvironment.Data("programs/cmulti-d5-pie");
        string recording = Path.Combine(set, "perf.data");
        string folder = TestEnvironment.NewFolder();
        string pipe = Path.Combine(folder, "pipe.data");
        TestEnvironment.Run("bash", "-c", $"perf inject -i {recording} -o - >{pipe}");
        string compressed = Path.Combine(folder, "compressed.data");
        File.WriteAllBytes(compressed, WithCompressedRecords(File.ReadAllBytes(recording)));
        string file = Path.Combine(folder, "perf.data.zst");
        TestEnvironment.Run("zstd", "-q", recording, "-o", file);

        byte[] expected = Convert(recording, set, version);
        foreach (string other in (string[])[pipe, compressed, file])
        {
            Assert.That(Convert(other, set, version), Is.EqualTo(expected), other);
        }

        string output = Path.Combine(folder, "stdin.afdo");
        string tarax = Path.Combine(TestContext.CurrentContext.TestDirectory, "tarax.dll");
        TestEnvironment.Run("bash", "-c", $"cat {pipe} | dotnet {tarax} convert - --binary {Path.Combine(set, "cmulti")} --gcov-version {version} -o {output}");
        Assert.That(File.ReadAllBytes(output), Is.EqualTo(expected), "standard input");
        Assert.That(PerfTool.RecordsByType(compressed)["SAMPLE"], Is.EqualTo(19_086), "perf itself reads the compressed form");
    }

    private static byte[] Convert(string recording, string set, int version)
    {
        string output = Path.Combine(TestEnvironment.NewFolder(), "out.afdo");
        var run = TestEnvironment.Tarax("convert", recording, "--binary", Path.Combine(set, "cmulti"), "--gcov-version", $"{version}", "-o", output);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        return File.ReadAllBytes(output);
    }

    /// <summary>A regular file whose records are in COMPRESSED records, with the feature that announces them.</summary>
    private static byte[] WithCompressedRecords(byte[] regular)
    {
        using var file = PerfDataFile.Read(ByteSource.FromArray(regular, PerfDataFile.Format));
        byte[] records = regular[(int)file.DataStart..(int)file.DataEnd];
        byte[] stream = ZstdData.Compress(records);
        byte[] compressed = ZstdData.Records(stream, (stream.Length / 30_000) + 1, RecordType.Compressed);
        var writer = new ByteWriter();
        writer.Bytes(regular.AsSpan(0, DataSizeOffset));
        writer.U64((ulong)compressed.Length);
        writer.Bytes(regular.AsSpan((DataSizeOffset + 8)..FeaturesOffset));
        writer.U64(1UL << CompressedFeature);
        writer.Zeros(24);
        writer.Bytes(regular.AsSpan((FeaturesOffset + 32)..(int)file.DataStart));
        writer.Bytes(compressed);

        // COMPRESSED: version, type (zstd), level, ratio, and the most that one record expands to.
        const int FeatureSize = 20;
        writer.U64((ulong)writer.Written.Length + 16);
        writer.U64(FeatureSize);
        foreach (uint value in (uint[])[1, 1, 3, 4, (uint)records.Length])
        {
            writer.U32(value);
        }

        return writer.Written.ToArray();
    }
}
