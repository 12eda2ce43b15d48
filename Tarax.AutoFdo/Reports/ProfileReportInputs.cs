using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Profiles;

namespace Tarax.AutoFdo.Reports;

/// <summary>Where source files are that were elsewhere when the binary was built.</summary>
/// <param name="From">How their paths in the debug information begin.</param>
/// <param name="To">What stands there instead on this machine.</param>
public readonly record struct SourcePath(string From, string To);

/// <summary>What a report is made of: a profile, and as much beside it as there is.</summary>
/// <param name="Profile">The profile.</param>
public sealed record ProfileReportInputs(SampleProfile Profile)
{
    /// <summary>What the report is called.</summary>
    public string Title { get; init; } = "profile";

    /// <summary>What was recorded; null where that is not known.</summary>
    public RecordingInspection? Recording { get; init; }

    /// <summary>What was recorded and how much its halves have in common, which may still be found out while the report is made; null where that is not known, or <see cref="Recording"/> says it.</summary>
    internal Task<(RecordingInspection Recording, HalvesOverlap? Halves)>? Recorded { get; init; }

    /// <summary>How the profile was made; null where it was read from a file.</summary>
    public ConversionReport? Conversion { get; init; }

    /// <summary>The binary that ran: it tells files and lines. It stays open. Null for none.</summary>
    public Binary? Binary { get; init; }

    /// <summary>Counts of the binary: with them the report has its instructions. Null for none.</summary>
    public BinaryCounts? Counts { get; init; }

    /// <summary>Where source files are; the first that fits a path is taken, and else the path as it is.</summary>
    public IReadOnlyList<SourcePath> SourcePaths { get; init; } = [];

    /// <summary>Whether the text of source files that are here stands in the report.</summary>
    public bool ShowsSources { get; init; } = true;

    /// <summary>An older profile to compare with; null for none.</summary>
    public SampleProfile? OldProfile { get; init; }

    /// <summary>What the older profile is called.</summary>
    public string OldTitle { get; init; } = "";

    /// <summary>What a compiler made of the profile; null where that is not known.</summary>
    public CompilerUse? Compiler { get; init; }

    /// <summary>What people call a function by its linkage name; null for linkage names.</summary>
    public Func<string, string>? ShortName { get; init; }
}
