using Tarax.AutoFdo;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Reports;

// Last month's profile and this month's counts of many machines: is it time for a new profile, and what does the next build read?
// profiles OLD_PROFILE BINARY NEW_PROFILE COUNTS…
if (args is not [var old, var binary, var output, _, ..])
{
    Console.Error.WriteLine("profiles OLD_PROFILE BINARY NEW_PROFILE COUNTS...");
    return 2;
}

// The machines sent files of counts, some kilobytes each (tarax counts, or Recording.Count(path).Counts.Save(file)).
var counts = RecordingCounts.Load(args[3..], threads: Environment.ProcessorCount);
var current = Recording.Of(counts).Convert(binary);
var previous = SampleProfile.Load(old);

var diff = SampleProfile.Diff(previous, current.Profile);
var match = ProfileMatch.Of(previous, binary);
Console.WriteLine($"overlap with the previous profile {diff.Overlap:0.000}; {match.MatchedShare:P1} of that match this build");
foreach (var function in diff.Functions.Where(f => f.LeftRank == 0).Take(3))
{
    Console.WriteLine($"new: {function.Name} with {function.RightShare:P1}");
}

// Old and new together, the new counting twice, for the compiler that made the binary.
var merged = SampleProfile.Merge([previous, current.Profile.ScaledTo(previous.TotalCount()).Times(2)]);
merged.Save(output, current.Report.Format);
foreach (var diagnostic in merged.Diagnostics)
{
    Console.WriteLine(diagnostic.Message);
}

return 0;
