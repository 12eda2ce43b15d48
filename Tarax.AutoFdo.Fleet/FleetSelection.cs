namespace Tarax.AutoFdo.Fleet;

/// <summary>Which recordings of a fleet, and which binary of them.</summary>
public sealed record FleetSelection
{
    /// <summary>Everything.</summary>
    public static FleetSelection All { get; } = new();

    /// <summary>Build-id of the only binary that is wanted, in hexadecimal; null for all.</summary>
    public string? BuildId { get; init; }

    /// <summary>The first day; null for the first there is.</summary>
    public DateOnly? Since { get; init; }

    /// <summary>The last day; null for the last there is.</summary>
    public DateOnly? Until { get; init; }

    /// <summary>The event as the recordings have it; null for any.</summary>
    public string? Event { get; init; }

    /// <summary>A condition on the columns of <c>recording</c>, in the engine's SQL: <c>host_class = 'web'</c>. It is part of the query as it is, so that it must come from those who may ask anything; null for none.</summary>
    public string? Where { get; init; }
}
