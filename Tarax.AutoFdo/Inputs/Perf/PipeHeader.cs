using System.Text;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Inputs.Perf;

/// <summary>The attributes and features of a recording in pipe format, which are records among the others.</summary>
internal static class PipeHeader
{
    public const int Size = 16;
    private const ulong UpdateName = 2;
    private const int UpdateNameOffset = 16;
    private const ulong CompressedFeature = 27;

    public static RecordingHead Read(ByteSource source, bool isForeign)
    {
        var events = new List<PerfEvent>();
        var names = new List<(ulong Id, string Name)>();
        var features = new PerfFeatures();
        var featureRecords = new List<(int Feature, long Offset, int Length)>();
        bool isCompressed = false;
        bool hasSpe = false;
        var records = new RecordReader(source, Size, source.Length, isForeign, RecordsEnd.MayBeCut);
        while (records.TryRead(out var record))
        {
            hasSpe |= AuxTraceInfo.IsOfArmSpe(record);
            switch (record.Type)
            {
                case RecordType.HeaderAttr:
                    events.Add(ReadEvent(source, record, events.Count, isForeign));
                    break;
                case RecordType.EventUpdate:
                    ReadUpdate(CursorOf(source, record, isForeign), names);
                    break;
                case RecordType.HeaderBuildId:
                    features.TakeBuildId(CursorOf(source, record, isForeign), record.Misc);
                    break;

                // A record without content only says that no more features come, under the first number that its writer did not know.
                case RecordType.HeaderFeature when record.Body.Length > sizeof(ulong):
                    var cursor = CursorOf(source, record, isForeign);
                    ulong feature = cursor.U64("feature");
                    isCompressed |= feature == CompressedFeature;
                    featureRecords.Add(((int)Math.Min(feature, int.MaxValue), cursor.Offset - source.Position, cursor.Remaining));
                    break;
                case RecordType.Compressed or RecordType.Compressed2:
                    isCompressed = true;
                    break;
            }
        }

        if (events.Count == 0)
        {
            throw new InvalidFormatException(PerfDataFile.Format, "HEADER_ATTR", Size, "is missing: the recording does not say what its samples hold");
        }

        Name(names, PerfEvent.ById(events));

        // Features may come before the events that they name.
        foreach (var (feature, offset, length) in featureRecords)
        {
            features.Take(feature, source, offset, length, events, isForeign);
        }

        return new RecordingHead(events, features, Size, records.Offset) { IsCompressed = isCompressed, HasSpe = hasSpe, LostBytes = source.Length - records.Offset };
    }

    /// <summary>Takes over what a record says that comes among the samples.</summary>
    /// <exception cref="InvalidFormatException">It is an attribute, whose samples came before it.</exception>
    public static void TakeLate(in PerfRecord record, RecordingHead head, Dictionary<ulong, PerfEvent> eventById)
    {
        var cursor = new ByteCursor(record.Body, PerfDataFile.Format, record.Offset + RecordReader.HeaderSize, isBigEndian: false);
        switch (record.Type)
        {
            case RecordType.HeaderAttr:
                throw new InvalidFormatException(PerfDataFile.Format, "HEADER_ATTR", record.Offset, "comes after the first megabyte of a stream; record into a file");
            case RecordType.EventUpdate:
                var names = new List<(ulong Id, string Name)>();
                ReadUpdate(cursor, names);
                Name(names, eventById);
                break;
            case RecordType.HeaderBuildId:
                head.Features.TakeBuildId(cursor, record.Misc);
                break;
            case RecordType.HeaderFeature when record.Body.Length > sizeof(ulong):
                ulong feature = cursor.U64("feature");
                using (var content = ByteSource.FromArray(record.Body[sizeof(ulong)..].ToArray(), PerfDataFile.Format))
                {
                    head.Features.Take((int)Math.Min(feature, int.MaxValue), content, 0, content.Length, head.Events, isForeign: false);
                }

                break;
        }
    }

    private static void Name(List<(ulong Id, string Name)> names, Dictionary<ulong, PerfEvent> eventById)
    {
        foreach (var (id, name) in names)
        {
            if (eventById.TryGetValue(id, out var named))
            {
                named.Name = name;
            }
        }
    }

    private static ByteCursor CursorOf(ByteSource source, in PerfRecord record, bool isForeign) =>
        source.Cursor("record", record.Offset + RecordReader.HeaderSize, record.Body.Length, isForeign);

    private static PerfEvent ReadEvent(ByteSource source, in PerfRecord record, int index, bool isForeign)
    {
        var cursor = CursorOf(source, record, isForeign);
        var attribute = EventAttribute.Read(cursor);
        cursor.Skip("perf_event_attr", Math.Min(attribute.Size, (uint)cursor.Remaining));
        return new PerfEvent(index, attribute, PerfEvent.ReadIds(ref cursor));
    }

    private static void ReadUpdate(ByteCursor cursor, List<(ulong Id, string Name)> names)
    {
        if (cursor.Remaining < UpdateNameOffset || cursor.U64("event update type") != UpdateName)
        {
            return;
        }

        ulong id = cursor.U64("event update id");
        var name = cursor.Rest();
        int nul = name.IndexOf((byte)0);
        names.Add((id, Encoding.UTF8.GetString(nul < 0 ? name : name[..nul])));
    }
}
