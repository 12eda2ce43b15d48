using Tarax.AutoFdo.Diagnostics;

namespace Tarax.AutoFdo.Fleet;

/// <summary>Selections as the queries need them.</summary>
internal static class SelectionCheck
{
    /// <summary>The build-id in lower case, as columns have it.</summary>
    public static FleetSelection Normal(this FleetSelection selection)
    {
        string? id = selection.BuildId?.ToLowerInvariant();
        return id is null || (id.Length > 0 && BuildIdColumn.IsRight(id))
            ? selection with { BuildId = id }
            : throw new InvalidFormatException(FleetFormat.Name, "build-id", -1, $"is \"{id}\", not hexadecimal of at most 20 bytes");
    }
}
