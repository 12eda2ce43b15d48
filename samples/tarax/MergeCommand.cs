using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Tarax.AutoFdo;
using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Targets;

namespace Tarax.Tool;

/// <summary><c>tarax merge</c>: profiles of any formats in, their sum out.</summary>
internal static class MergeCommand
{
    private static readonly Argument<string[]> Inputs = new("PROFILE")
    {
        Description = "profiles of any formats, or folders of them",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string> Output = new("--output", "-o")
    {
        Description = "the profile to write; - for standard output",
        HelpName = "FILE",
        Required = true,
    };

    private static readonly Option<string[]> Weights = new("--weight")
    {
        Description = "FILE counts N times, N from 1; may be given several times, and adds FILE where it is not given otherwise",
        HelpName = "FILE=N",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<bool> Equalize = new("--equalize")
    {
        Description = "scale every profile to the total of the largest before it is weighted, so that a longer recording does not count for more",
    };

    private static readonly Option<ulong?> ScaleTo = NumberOption.OptionalWhole("--scale-to", "scale the sum to this total", 1UL, ulong.MaxValue);

    private static readonly Option<ulong> MinimumCount = NumberOption.Whole("--min-count", "leave out functions whose positions all ran less often in all", 0UL, 0UL, ulong.MaxValue);

    private static readonly Option<string> Discriminators = new("--discriminators")
    {
        Description = "keep them, or drop them (one count per line), as profiles of different compilers need it",
        HelpName = "keep|drop",
        DefaultValueFactory = _ => "keep",
    };

    private static readonly Option<bool> OmitZeroCounts = new("--omit-zero-counts") { Description = "leave out positions that did not run" };

    public static Command Create()
    {
        Discriminators.AcceptOnlyFromAmong("keep", "drop");
        var command = new Command("merge", "Adds profiles up, also of different formats, and converts one format into another.")
        {
            Inputs, Output, Weights, Equalize, ScaleTo, MinimumCount, Discriminators, OmitZeroCounts,
        };
        FormatOptions.AddTo(command);
        command.Validators.Add(CheckWeights);
        command.SetAction(parsed => ExitCode.Of(() => Run(parsed)));
        return command;
    }

    private static void Run(ParseResult parsed)
    {
        var inputs = WeightedInputs(parsed);
        FileKinds.RefuseTerminal(parsed.GetRequiredValue(Output), parsed);
        inputs.ForEach(i => FileKinds.ExpectProfile(i.Path));
        ulong largest = parsed.GetValue(Equalize) ? inputs.Select(i => SampleProfile.Load(i.Path).TotalCount()).Max() : 0;
        ProfileFormat? first = null;
        var merged = SampleProfile.Merge(inputs.Select(input =>
        {
            var profile = SampleProfile.Load(input.Path);
            first ??= profile.Format;
            profile = parsed.GetValue(Discriminators) == "drop" ? profile.WithoutDiscriminators() : profile;
            return (largest > 0 ? profile.ScaledTo(largest) : profile).Times(input.Weight);
        }));
        merged = parsed.GetValue(ScaleTo) is { } total ? merged.ScaledTo(total) : merged;
        merged = merged.WithMinimumCount(parsed.GetValue(MinimumCount));
        merged = merged.For(ChoicesOf(parsed, first), out _);
        if (merged.Functions.Count == 0)
        {
            throw new ConversionException(ConversionFailure.EmptyProfile, $"no function is left of {inputs.Count} profiles");
        }

        ProfileOutput.Write(merged, parsed.GetRequiredValue(Output), FormatOptions.WithChoices(FormatOptions.FormatOf(parsed, first), parsed));
        Diagnostics.Write(merged.Diagnostics, Console.Error);
    }

    /// <summary>Without a compiler that is named, the sum stays as it is but for what is asked for.</summary>
    private static TargetChoices ChoicesOf(ParseResult parsed, ProfileFormat? first)
    {
        var compiler = FormatOptions.Compiler(parsed);
        return new TargetChoices
        {
            Compiler = compiler,
            Format = compiler is null ? ProfileFormat.GcovV1 : FormatOptions.FormatOf(parsed, first),
            Inlined = FormatOptions.InlinedBodies(parsed),
            HotCutoff = FormatOptions.HotCutoff(parsed),
            OmitZeroCounts = parsed.GetValue(OmitZeroCounts),
            PassesOff = FormatOptions.PassesOff(parsed),
        };
    }

    /// <summary>The inputs in the order in which they are given, folders as their files in order of name.</summary>
    private static List<WeightedInput> WeightedInputs(ParseResult parsed)
    {
        var weights = parsed.GetValue(Weights)!.Select(Split).ToList();
        var inputs = new List<WeightedInput>();
        foreach (string path in parsed.GetValue(Inputs)!)
        {
            IEnumerable<string> files = FileSystem.IsFolder(path) ? FileSystem.FilesIn(path) : [path];
            inputs.AddRange(files.Select(f => weights.Find(w => IsSame(w.Path, f)) ?? new WeightedInput(f, 1)));
        }

        inputs.AddRange(weights.FindAll(w => inputs.TrueForAll(i => !IsSame(i.Path, w.Path))));
        return inputs.Count > 0 ? inputs : throw new ConversionException(ConversionFailure.EmptyProfile, "there are no profiles in these folders");
    }

    private static WeightedInput Split(string text)
    {
        int equals = text.LastIndexOf('=');
        return new WeightedInput(text[..equals], ulong.Parse(text[(equals + 1)..], NumberStyles.None, CultureInfo.InvariantCulture));
    }

    private static bool IsSame(string left, string right) => Path.GetFullPath(left) == Path.GetFullPath(right);

    private static void CheckWeights(CommandResult result)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var token in result.GetResult(Weights)?.Tokens ?? [])
        {
            int equals = token.Value.LastIndexOf('=');
            if (equals < 1 || !ulong.TryParse(token.Value[(equals + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out ulong weight) || weight == 0)
            {
                result.AddError($"--weight {token.Value}: is not of the form FILE=N with N from 1");
            }
            else if (!seen.Add(Path.GetFullPath(token.Value[..equals])))
            {
                result.AddError($"--weight {token.Value}: this file has a weight already");
            }
        }
    }

    private sealed record WeightedInput(string Path, ulong Weight);
}
