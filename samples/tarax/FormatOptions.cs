using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics.CodeAnalysis;
using Tarax.AutoFdo;
using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Profiles.Formats.Gcov;
using Tarax.AutoFdo.Profiles.Formats.Llvm;
using Tarax.AutoFdo.Targets;

namespace Tarax.Tool;

/// <summary>How profiles are written: the options that several commands share.</summary>
internal static class FormatOptions
{
    private static readonly string[] HotShares = ["auto", "99%", "99.9%", "99.99%", "99.999%"];

    /// <summary>GCC's, in the version that the compiler reads.</summary>
    private const string Gcov = "gcov";

    private static readonly string[] FormatNames = [Gcov, .. ProfileFormat.All.Where(f => f is not GcovProfileFormat).Select(f => f.Name).Reverse()];

    public static readonly Option<string?> CompilerName = new("--for")
    {
        Description = "the compiler that will read the profile, such as gcc-16 or clang-22 [default: the one that made the binary]",
        HelpName = "COMPILER",
    };

    private static readonly Option<string?> FormatName = new("--format")
    {
        Description = "format of the profile [default: the one that the compiler reads]",
        HelpName = string.Join('|', FormatNames),
    };

    public static readonly Option<int?> Version = NumberOption.OptionalWhole("--gcov-version", "version of a profile for GCC, 1 to 3 [default: the one that the compiler reads]", 1, 3);

    private static readonly Option<bool> HashNames = new("--md5-names") { Description = "llvm-extbinary: hashes instead of names, which makes it smaller" };

    private static readonly Option<bool> Compress = new("--compress") { Description = "llvm-extbinary: sections compressed with zlib" };

    private static readonly Option<string> Inlined = new("--inlined")
    {
        Description = "counts of inlined functions: nested where they were called, flat in functions of their own, or both; auto as the compiler makes best use of them",
        HelpName = "auto|nested|flat|both",
        DefaultValueFactory = _ => "auto",
    };

    private static readonly Option<string> HotShare = new("--hot-share")
    {
        Description = "the share of all counts whose code the compiler takes for hot; auto is as it makes best use of",
        HelpName = string.Join('|', HotShares),
        DefaultValueFactory = _ => HotShares[0],
    };

    private static readonly Option<string[]> Pass = new("--pass")
    {
        Description = "no-ID: leave out what is done for the compiler's sake; may be given several times (tarax passes lists them)",
        HelpName = "no-ID",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<string?> Passes = new("--passes")
    {
        Description = "do only this for the compiler's sake: IDs with commas between, or none",
        HelpName = "ID,ID|none",
    };

    /// <summary>The options that say who will read the profile.</summary>
    public static IReadOnlyList<Option> Target => [CompilerName, FormatName, Version, HashNames, Compress];

    /// <summary>The options that say how it is made for that.</summary>
    public static IReadOnlyList<Option> Making => [Inlined, HotShare, Pass, Passes];

    /// <summary>Whether any of them is given.</summary>
    public static bool IsGiven(CommandResult result) => Target.Concat(Making).Any(o => result.GetResult(o) is { Implicit: false });

    /// <summary>Adds the options to a command, with what they must hold.</summary>
    public static void AddTo(Command command)
    {
        Inlined.AcceptOnlyFromAmong("auto", "nested", "flat", "both");
        HotShare.AcceptOnlyFromAmong(HotShares);
        foreach (Option option in (Option[])[CompilerName, FormatName, Version, HashNames, Compress, Inlined, HotShare, Pass, Passes])
        {
            command.Options.Add(option);
        }

        CheckCompiler(command);
        command.Validators.Add(result =>
        {
            CheckPasses(result);
            if (result.GetResult(FormatName)?.Tokens is [var format] && !FormatNames.Contains(format.Value))
            {
                result.AddError($"{FormatName.Name} {format.Value}: is none of {string.Join(", ", FormatNames)}");
            }
            else if (result.GetResult(Version) is { Implicit: false } && result.GetResult(FormatName)?.Tokens is [{ Value: not "gcov" }])
            {
                result.AddError($"{Version.Name} goes with {FormatName.Name} gcov only");
            }
        });
    }

    /// <summary>Refuses compilers that there are none of.</summary>
    public static void CheckCompiler(Command command) => command.Validators.Add(static result =>
    {
        if (result.GetResult(CompilerName)?.Tokens is [var compiler] && !TryParseCompiler(compiler.Value, out _))
        {
            result.AddError(
                $"{CompilerName.Name} {compiler.Value}: is none of {string.Join(", ", Compilers.All.Select(f => $"{f.Name}-{f.FirstVersion} to {f.Name}-{f.LastVersion}"))}");
        }
    });

    private static void CheckPasses(CommandResult result)
    {
        const string No = "no-";
        foreach (var token in result.GetResult(Pass)?.Tokens ?? [])
        {
            if (!token.Value.StartsWith(No, StringComparison.Ordinal) || !IsPass(token.Value[No.Length..]))
            {
                result.AddError($"{Pass.Name} {token.Value}: is not no- and one of {string.Join(", ", ProfilePasses.All.Select(p => p.Id))}");
            }
        }

        foreach (string id in result.GetResult(Passes)?.Tokens is [{ Value: not "none" } list] ? list.Value.Split(',') : [])
        {
            if (!IsPass(id))
            {
                result.AddError($"{Passes.Name} {id}: is none of {string.Join(", ", ProfilePasses.All.Select(p => p.Id))}");
            }
        }
    }

    private static bool IsPass(string id) => ProfilePasses.All.Any(p => p.Id == id);

    /// <summary>The passes that are not run.</summary>
    public static IReadOnlyCollection<string> PassesOff(ParseResult parsed)
    {
        var off = parsed.GetValue(Pass)!.Select(p => p["no-".Length..]).ToHashSet(StringComparer.Ordinal);
        if (parsed.GetValue(Passes) is { } only)
        {
            string[] on = only.Split(',');
            off.UnionWith(ProfilePasses.All.Select(p => p.Id).Where(id => !on.Contains(id)));
        }

        return off;
    }

    public static TargetCompiler? Compiler(ParseResult parsed) =>
        parsed.GetValue(CompilerName) is { } name && TryParseCompiler(name, out var compiler) ? compiler : null;

    /// <summary>The format that is named; null for the one that the compiler reads.</summary>
    public static ProfileFormat? Format(ParseResult parsed) =>
        parsed.GetValue(Version) is { } version ? GcovProfileFormat.Of(version) : ProfileFormat.All.FirstOrDefault(f => f.Name == parsed.GetValue(FormatName));

    /// <summary>The family of compilers whose format is named without a version; null for any.</summary>
    public static CompilerFamily? Family(ParseResult parsed) => parsed.GetValue(FormatName) == Gcov ? Compilers.Gcc : null;

    /// <summary>The format with the choices that it has.</summary>
    /// <exception cref="ProfileNotExpressibleException">The format has no such choices.</exception>
    public static ProfileFormat WithChoices(ProfileFormat format, ParseResult parsed)
    {
        bool hashes = parsed.GetValue(HashNames);
        bool compresses = parsed.GetValue(Compress);
        return !hashes && !compresses ? format
            : format is LlvmExtBinaryFormat ? new LlvmExtBinaryFormat { HashNames = hashes, Compress = compresses }
            : throw new ProfileNotExpressibleException($"{HashNames.Name} and {Compress.Name} go with llvm-extbinary, and this is {format.Name}");
    }

    public static InlinedBodies InlinedBodies(ParseResult parsed) => parsed.GetValue(Inlined) switch
    {
        "nested" => Tarax.AutoFdo.Profiles.InlinedBodies.Nested,
        "flat" => Tarax.AutoFdo.Profiles.InlinedBodies.Flat,
        "both" => Tarax.AutoFdo.Profiles.InlinedBodies.Both,
        _ => Tarax.AutoFdo.Profiles.InlinedBodies.Auto,
    };

    /// <summary>In millionths; null for auto.</summary>
    public static uint? HotCutoff(ParseResult parsed) => parsed.GetValue(HotShare) switch
    {
        "99%" => 990_000,
        "99.9%" => 999_000,
        "99.99%" => 999_900,
        "99.999%" => 999_990,
        _ => null,
    };

    /// <summary>The format that is asked for, where no binary names its compiler.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="natural">The format where none is asked for.</param>
    /// <exception cref="ConversionException">The options do not go together, or do not name a version.</exception>
    public static ProfileFormat FormatOf(ParseResult parsed, ProfileFormat? natural)
    {
        var compiler = Compiler(parsed);
        var format = Format(parsed) ?? compiler?.Format ?? (Family(parsed) is not { } family || (natural is not null && family.Reads(natural)) ? natural : null);
        if (format is null || (compiler is not null && !compiler.Family.Reads(format)) || Family(parsed)?.Reads(format) == false)
        {
            throw new ConversionException(ConversionFailure.UnknownCompiler, "name the compiler that will read the profile, and that reads this format: --for gcc-16, --for clang-22");
        }

        return format;
    }

    private static bool TryParseCompiler(string name, [NotNullWhen(true)] out TargetCompiler? compiler) =>
        TargetCompiler.TryParse(name, out compiler) && compiler.MajorVersion >= compiler.Family.FirstVersion && compiler.MajorVersion <= compiler.Family.LastVersion;
}
