using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Profiles.Formats.Gcov;
using Tarax.AutoFdo.Targets;
using Tarax.AutoFdo.Tests.Builders;

namespace Tarax.AutoFdo.Tests.Conversion;

/// <summary>Whether a profile is made ready for a compiler when a recording is converted or when profiles are merged makes no difference.</summary>
public sealed class ConvertThenMergeTests
{
    private static readonly string[] Compilers = ["gcc-11", "gcc-12", "gcc-16", "clang-22"];

    private static IEnumerable<(string Recording, string Binary, string? MappedAs)> OfUserSpace => RecordedSets.All.Where(s => !s.Binary.EndsWith(".ko", StringComparison.Ordinal));

    [TestCaseSource(typeof(RecordedSets), nameof(RecordedSets.All))]
    public void Merging_for_a_compiler_what_was_converted_for_it_changes_no_byte((string Recording, string Binary, string? MappedAs) set)
    {
        string folder = TestEnvironment.NewFolder();
        string binary = TestEnvironment.Data(set.Binary);
        var recording = Recording.Count(TestEnvironment.Data(set.Recording), new ConversionOptions { MinimumSamples = 0 }).Counts;
        foreach (string name in Compilers)
        {
            Assert.That(TargetCompiler.TryParse(name, out var compiler));
            foreach (var inlined in Enum.GetValues<InlinedBodies>())
            {
                ProfileFormat[] formats = name == "clang-22" ? [ProfileFormat.LlvmExtBinary, ProfileFormat.LlvmBinary, ProfileFormat.LlvmText] : [compiler!.Format];
                foreach (var format in formats)
                {
                    var options = new ConversionOptions { ForCompiler = compiler, Inlined = inlined, MappedAs = set.MappedAs, MinimumSamples = 0, Format = format is GcovProfileFormat ? null : format };
                    string converted = Path.Combine(folder, "converted");
                    Recording.Of(recording, options).Convert(binary).Profile.Save(converted, format);
                    string merged = Path.Combine(folder, "merged");
                    SampleProfile.Merge([SampleProfile.Load(converted)]).For(new TargetChoices { Compiler = compiler, Format = format }, out var passes).Save(merged, format);
                    Assert.That(File.ReadAllBytes(merged), Is.EqualTo(File.ReadAllBytes(converted)), $"{name} {inlined} {format}: {string.Join(", ", passes)}");
                }
            }
        }
    }

    /// <summary>
    /// Not the same bytes: the count of a position is the largest of its instructions' counts, and the largest of the sums is at most the sum of the largest. So the merged profiles have at least the
    /// total of the summed recordings, and little more: what the instructions of one position differ by in thirds of a recording (0.3 % where it is most, of rare positions).
    /// </summary>
    [TestCaseSource(nameof(OfUserSpace))]
    public void Merging_what_was_converted_gives_what_the_sum_of_the_counts_gives((string Recording, string Binary, string? MappedAs) set)
    {
        const int Parts = 3;
        const double Rounding = 0.005;
        string binary = TestEnvironment.Data(set.Binary);
        var parts = BroughtRecording.Parts(TestEnvironment.Data(set.Recording), Parts);
        foreach (string name in Compilers)
        {
            Assert.That(TargetCompiler.TryParse(name, out var compiler));
            var options = new ConversionOptions { ForCompiler = compiler, MappedAs = set.MappedAs, MinimumSamples = 0 };
            var ofSum = Recording.Of(RecordingCounts.Merge(parts), options).Convert(binary).Profile;
            var merged = SampleProfile.Merge(parts.Select(p => Recording.Of(p, options).Convert(binary).Profile)).For(compiler!);
            var diff = SampleProfile.Diff(ofSum, merged);
            Assert.That(merged.Functions.Select(f => f.Name), Is.EqualTo(ofSum.Functions.Select(f => f.Name)), name);
            Assert.That((double)merged.TotalCount() / ofSum.TotalCount(), Is.InRange(1, 1 + Rounding), name);
            Assert.That(diff.Overlap, Is.GreaterThan(1 - Rounding), name);
        }
    }
}
