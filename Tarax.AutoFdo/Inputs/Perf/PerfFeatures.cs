using System.Text;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Text;

namespace Tarax.AutoFdo.Inputs.Perf;

/// <summary>A build-id that the recording gives to a file name.</summary>
internal sealed record BuildIdEntry(string FileName, BuildId BuildId, bool IsKernel);

/// <summary>
/// The feature sections that a conversion uses (HEADER_* numbers of tools/perf/util/header.h).
/// A section that does not hold together is dropped and named in <see cref="Unreadable"/>: none of them is needed.
/// </summary>
internal sealed class PerfFeatures
{
    private const int BuildIdFeature = 2;
    private const int OsReleaseFeature = 4;
    private const int VersionFeature = 5;
    private const int ArchFeature = 6;
    private const int CpuDescFeature = 8;
    private const int CpuIdFeature = 9;
    private const int CmdLineFeature = 11;
    private const int EventDescFeature = 12;
    private const int SampleTimeFeature = 21;
    private const int BitmapBits = 256;
    private const int BuildIdSize = 20;
    private const ushort BuildIdSizeBit = 1 << 15;

    public List<BuildIdEntry> BuildIds { get; } = [];

    public string? OsRelease { get; private set; }

    public string? PerfVersion { get; private set; }

    public string? Arch { get; private set; }

    public string? CpuDescription { get; private set; }

    /// <summary>For instance <c>AuthenticAMD,25,97,2</c>.</summary>
    public string? CpuId { get; private set; }

    public IReadOnlyList<string> CommandLine { get; private set; } = [];

    /// <summary>Times of the first and last sample in nanoseconds; null without SAMPLE_TIME.</summary>
    public (ulong First, ulong Last)? SampleTime { get; private set; }

    /// <summary>Feature numbers whose sections were dropped, each with the reason.</summary>
    public List<string> Unreadable { get; } = [];

    /// <summary>Reads the table of sections at <paramref name="tableOffset"/>, one entry per bit of the bitmap in ascending order.</summary>
    public static PerfFeatures Read(ByteSource source, ReadOnlySpan<ulong> bitmap, long tableOffset, IReadOnlyList<PerfEvent> events, bool isForeign = false)
    {
        var features = new PerfFeatures();
        long entry = tableOffset;
        for (int feature = 0; feature < BitmapBits && feature / 64 < bitmap.Length; feature++)
        {
            if ((bitmap[feature / 64] >> (feature % 64) & 1) == 0)
            {
                continue;
            }

            try
            {
                var table = source.Cursor("feature section table", entry, 16, isForeign);
                long offset = (long)table.U64("feature section offset");
                features.Take(feature, source, offset, (long)table.U64("feature section size"), events, isForeign);
            }
            catch (InvalidFormatException e)
            {
                features.Unreadable.Add($"{feature}: {e.Message}");
            }

            entry += 16;
        }

        return features;
    }

    /// <summary>Reads the content of one feature, wherever it stands.</summary>
    public void Take(int feature, ByteSource source, long offset, long size, IReadOnlyList<PerfEvent> events, bool isForeign)
    {
        if (!IsUsed(feature))
        {
            return;
        }

        try
        {
            ReadSection(feature, source.Cursor("feature section", offset, size, isForeign), events);
        }
        catch (InvalidFormatException e)
        {
            Unreadable.Add($"{feature}: {e.Message}");
        }
    }

    /// <summary>One entry of the build-id table, or a HEADER_BUILD_ID record: {s32 pid, 20 bytes and their size, file name}.</summary>
    public void TakeBuildId(ByteCursor body, ushort misc, bool hasPid = true)
    {
        if (hasPid)
        {
            body.Skip("build-id pid", 4);
        }

        var bytes = body.Bytes("build-id", BuildIdSize);
        int length = body.U8("build-id size");
        body.Skip("build-id padding", 3);
        var id = (misc & BuildIdSizeBit) != 0 && length is > 0 and <= BuildIdSize ? new BuildId(bytes[..length]) : BuildId.FromPadded(bytes);
        BuildIds.Add(new BuildIdEntry(Text(body.Rest()), id, (CpuMode)(misc & 7) == CpuMode.Kernel));
    }

    /// <summary>
    /// The build-id table: entries with record headers. perf of 2.6.3x wrote them without a pid; then the four first bytes of the kernel's name
    /// were taken for the end of the build-id (perf_header__read_build_ids).
    /// </summary>
    private void ReadBuildIds(ByteCursor cursor)
    {
        var again = cursor;
        ReadBuildIds(cursor, hasPid: true);
        if (BuildIds.Exists(b => b.FileName == "nel.kallsyms]"))
        {
            BuildIds.Clear();
            ReadBuildIds(again, hasPid: false);
        }
    }

    private void ReadBuildIds(ByteCursor cursor, bool hasPid)
    {
        while (cursor.Remaining >= 8)
        {
            long start = cursor.Offset;
            cursor.Skip("build-id record type", 4);
            ushort misc = cursor.U16("build-id record misc");
            ushort size = cursor.U16("build-id record size");
            if (size < 36)
            {
                throw new InvalidFormatException("perf.data", "build-id record size", start + 6, $"is {size}, less than 36");
            }

            var body = cursor.Child("build-id record", (ulong)size - 8);
            TakeBuildId(body, misc, hasPid);
        }
    }

    private static bool IsUsed(int feature) =>
        feature is BuildIdFeature or OsReleaseFeature or VersionFeature or ArchFeature or CpuDescFeature or CpuIdFeature
            or CmdLineFeature or EventDescFeature or SampleTimeFeature;

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        int nul = bytes.IndexOf((byte)0);
        return FileName.Decode(nul < 0 ? bytes : bytes[..nul]);
    }

    /// <summary>u32 length with padding, then that many bytes.</summary>
    private static string HeaderString(ref ByteCursor cursor, string field)
    {
        uint length = cursor.U32(field);
        return Text(cursor.Child(field, length).Rest());
    }

    private void ReadSection(int feature, ByteCursor cursor, IReadOnlyList<PerfEvent> events)
    {
        switch (feature)
        {
            case BuildIdFeature:
                ReadBuildIds(cursor);
                break;
            case OsReleaseFeature:
                OsRelease = HeaderString(ref cursor, "OSRELEASE");
                break;
            case VersionFeature:
                PerfVersion = HeaderString(ref cursor, "VERSION");
                break;
            case ArchFeature:
                Arch = HeaderString(ref cursor, "ARCH");
                break;
            case CpuDescFeature:
                CpuDescription = HeaderString(ref cursor, "CPUDESC");
                break;
            case CpuIdFeature:
                CpuId = HeaderString(ref cursor, "CPUID");
                break;
            case CmdLineFeature:
                var words = new List<string>();
                for (uint count = cursor.U32("CMDLINE count"); count > 0; count--)
                {
                    words.Add(HeaderString(ref cursor, "CMDLINE"));
                }

                CommandLine = words;
                break;
            case EventDescFeature:
                ReadEventNames(cursor, events);
                break;
            case SampleTimeFeature:
                SampleTime = (cursor.U64("SAMPLE_TIME first"), cursor.U64("SAMPLE_TIME last"));
                break;
        }
    }

    /// <summary>EVENT_DESC: names for the attributes, in the order of the attrs section.</summary>
    private static void ReadEventNames(ByteCursor cursor, IReadOnlyList<PerfEvent> events)
    {
        uint count = cursor.U32("EVENT_DESC count");
        uint attributeSize = cursor.U32("EVENT_DESC attr size");
        for (int i = 0; i < count && i < events.Count; i++)
        {
            cursor.Skip("EVENT_DESC attr", attributeSize);
            uint ids = cursor.U32("EVENT_DESC id count");
            string name = HeaderString(ref cursor, "EVENT_DESC name");
            cursor.Skip("EVENT_DESC ids", ids * 8UL);
            if (name.Length > 0)
            {
                events[i].Name = name;
            }
        }
    }
}
