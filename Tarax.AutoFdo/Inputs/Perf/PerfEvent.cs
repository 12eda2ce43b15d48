using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Inputs.Perf;

/// <summary>One recorded event: its attribute, name, and the layouts that follow from the attribute.</summary>
internal sealed class PerfEvent
{
    public PerfEvent(int index, in EventAttribute attribute, ulong[] ids)
    {
        Index = index;
        Attribute = attribute;
        Ids = ids;
        Layout = new SampleLayout(attribute);
        SampleId = new SampleIdLayout(attribute);
        Name = DefaultName(attribute);
    }

    public int Index { get; }

    public EventAttribute Attribute { get; }

    /// <summary>Ids that samples of this event carry.</summary>
    public ulong[] Ids { get; }

    public SampleLayout Layout { get; }

    public SampleIdLayout SampleId { get; }

    /// <summary>The name from the EVENT_DESC feature, or one made of type and config.</summary>
    public string Name { get; set; }

    /// <summary>Whether its branches are in AUX data instead of samples.</summary>
    public bool IsTraced { get; set; }

    /// <summary>Whether branches were recorded with it.</summary>
    public bool HasBranches => Layout.HasBranchStack || IsTraced;

    /// <summary>Events by the ids that their samples carry; of several with one id, the first.</summary>
    public static Dictionary<ulong, PerfEvent> ById(IEnumerable<PerfEvent> events)
    {
        var result = new Dictionary<ulong, PerfEvent>();
        foreach (var perfEvent in events)
        {
            foreach (ulong id in perfEvent.Ids)
            {
                result.TryAdd(id, perfEvent);
            }
        }

        return result;
    }

    /// <summary>The ids from the cursor's place to its end.</summary>
    public static ulong[] ReadIds(ref ByteCursor cursor)
    {
        var ids = new ulong[cursor.Remaining / sizeof(ulong)];
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = cursor.U64("event id");
        }

        return ids;
    }

    private static string DefaultName(in EventAttribute attribute) => $"type {attribute.Type} config 0x{attribute.Config:x}";
}
