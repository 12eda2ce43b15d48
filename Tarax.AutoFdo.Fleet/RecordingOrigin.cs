namespace Tarax.AutoFdo.Fleet;

/// <summary>What is known of a recording besides its counts: the columns by which a part of the fleet is chosen.</summary>
public sealed record RecordingOrigin
{
    /// <summary>Day of the recording in UTC; null for the day on which its file was written last.</summary>
    public DateOnly? Day { get; init; }

    /// <summary>Name of the host, which goes into the recording's id only, and is not kept; empty for none. Needed where two hosts could send the same bytes.</summary>
    public string Host { get; init; } = "";

    /// <summary>What the host is for: <c>web</c>, <c>build</c>; empty where nobody said.</summary>
    public string HostClass { get; init; } = "";

    /// <summary>Model of the processor; empty where nobody said.</summary>
    public string Cpu { get; init; } = "";

    /// <summary>Release of the kernel; empty where nobody said.</summary>
    public string Kernel { get; init; } = "";

    /// <summary>Events for each sample (<c>perf record -c</c>); 0 where it is not known.</summary>
    public ulong Period { get; init; }

    /// <summary>Samples that the kernel could not write.</summary>
    public ulong Lost { get; init; }

    /// <summary>What recorded and counted; empty where nobody said.</summary>
    public string Tool { get; init; } = "";
}
