namespace Tarax.AutoFdo.PerfData;

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

    private static string DefaultName(in EventAttribute attribute) => $"type {attribute.Type} config 0x{attribute.Config:x}";
}
