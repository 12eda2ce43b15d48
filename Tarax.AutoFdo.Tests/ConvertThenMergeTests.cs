using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Profiles.Formats.Gcov;
using Tarax.AutoFdo.Targets;

namespace Tarax.AutoFdo.Tests;

/// <summary>Whether a profile is made ready for a compiler when a recording is converted or when profiles are merged makes no difference.</summary>
public sealed class ConvertThenMergeTests
{
    private static readonly string[] Compilers = ["gcc-11", "gcc-12", "gcc-16", "clang-22"];

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
}
