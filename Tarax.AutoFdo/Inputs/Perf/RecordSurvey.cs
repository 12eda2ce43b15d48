using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Inputs.Perf;

/// <summary>A first look over records whose end is not known: how far whole records go, and whether some are compressed.</summary>
internal readonly record struct RecordSurvey(long End, bool HasCompressed)
{
    public static RecordSurvey Of(ByteSource source, long start, long end, bool isForeign)
    {
        bool hasCompressed = false;
        var records = new RecordReader(source, start, end, isForeign, RecordsEnd.MayBeCut);
        while (records.TryRead(out var record))
        {
            hasCompressed |= record.Type is RecordType.Compressed or RecordType.Compressed2;
        }

        return new RecordSurvey(records.Offset, hasCompressed);
    }
}
