using System.Text.Json;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Etlx;
using Microsoft.Diagnostics.Tracing.Parsers;
using Microsoft.Diagnostics.Tracing.Parsers.Universal.Events;
using Tarax.AutoFdo.Counting;
using Tarax.AutoFdo.Counts;

namespace Tarax.AutoFdo.TraceEvent;

/// <summary>Takes mappings and samples out of a trace, in the order of their time.</summary>
internal sealed class SampleReader
{
    private const ulong PageMask = 0xfff;
    private const double NanosecondsInMillisecond = 1e6;

    private readonly Dictionary<int, string> _buildIds = [];
    private readonly SampleCounter _counter;

    private SampleReader(string path) => _counter = new SampleCounter(path, "cpu");

    /// <summary>Reads a trace.</summary>
    public static RecordingCounts Read(TraceLog log, string path)
    {
        var reader = new SampleReader(path);

        // What is known of a file may come after it was mapped.
        Process(log, (system, _) => system.ProcessMappingMetadata += reader.TakeMetadata);
        Process(log, (system, events) =>
        {
            system.ProcessMapping += reader.TakeMapping;
            events.cpu += reader.TakeSample;
        });
        return reader._counter.ToCounts();
    }

    private static void Process(TraceLog log, Action<UniversalSystemTraceEventParser, UniversalEventsTraceEventParser> subscribe)
    {
        using var source = log.Events.GetSource();
        subscribe(new UniversalSystemTraceEventParser(source), new UniversalEventsTraceEventParser(source));
        source.Process();
    }

    /// <summary>The build-id stands in JSON: <c>{"type": "ELF", "build_id": "…", …}</c>.</summary>
    private void TakeMetadata(ProcessMappingMetadataTraceData metadata)
    {
        try
        {
            using var json = JsonDocument.Parse(metadata.SymbolMetadata);
            if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("build_id", out var buildId)
                && buildId.ValueKind == JsonValueKind.String && buildId.GetString() is { } text && text.All(char.IsAsciiHexDigit) && text.Length % 2 == 0)
            {
                _buildIds[(int)metadata.Id] = text;
            }
        }
        catch (JsonException)
        {
            // The file is found by its name then.
        }
    }

    private void TakeMapping(ProcessMappingTraceData mapping)
    {
        // Mappings that were there at the start end behind their last byte; those of mmap records end with it.
        ulong end = mapping.EndAddress;
        end = (end & PageMask) == PageMask && end != ulong.MaxValue ? end + 1 : end;
        if (end > mapping.StartAddress)
        {
            _counter.Map(
                mapping.ProcessID, mapping.StartAddress, end, mapping.FileOffset, IsFile(mapping.FileName) ? mapping.FileName : "",
                _buildIds.GetValueOrDefault((int)mapping.MetadataId, ""));
        }
    }

    /// <summary>
    /// Other names stand for memory without a file; for the kernel a range is stated, but not where its code lies in it.
    /// </summary>
    private static bool IsFile(string name) => name.StartsWith('/') && !name.StartsWith("//anon", StringComparison.Ordinal) && !name.StartsWith("/memfd:", StringComparison.Ordinal);

    private void TakeSample(SampleTraceData sample)
    {
        if (sample.CallStack() is { } stack)
        {
            _counter.Sample(sample.ProcessID, stack.CodeAddress.Address, (ulong)(sample.TimeStampRelativeMSec * NanosecondsInMillisecond), (ulong)Math.Max(1, sample.Value));
        }
    }
}
