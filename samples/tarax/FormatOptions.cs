using System.CommandLine;
using System.CommandLine.Parsing;
using Tarax.AutoFdo;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Gcov;

namespace Tarax.Tool;

/// <summary>How profiles are written: the options that several commands share.</summary>
internal static class FormatOptions
{
    private static readonly string[] FormatNames = ["gcov", "llvm-text", "llvm-binary", "llvm-extbinary"];

    public static readonly Option<TargetCompiler?> Compiler = new("--for")
    {
        Description = "the compiler that will read the profile, such as gcc-16 or clang-22 [default: the one that made the binary]",
        HelpName = "COMPILER",
        CustomParser = ParseCompiler,
    };

    public static readonly Option<OutputFormat> Format = new("--format")
    {
        Description = "format of the profile [default: the one that the compiler reads]",
        HelpName = string.Join('|', FormatNames),
        CustomParser = result => (OutputFormat)(1 + Array.IndexOf(FormatNames, result.Tokens[0].Value)),
    };

    public static readonly Option<int?> Version = new("--gcov-version")
    {
        Description = "version of a profile for GCC, 1 to 3 [default: the one that the compiler reads]",
        HelpName = "N",
    };

    private static readonly Option<bool> HashNames = new("--md5-names") { Description = "llvm-extbinary: hashes instead of names, which makes it smaller" };

    private static readonly Option<bool> Compress = new("--compress") { Description = "llvm-extbinary: sections compressed with zlib" };

    private static readonly Option<string> Inlined = new("--inlined")
    {
        Description = "counts of inlined functions: nested where they were called, flat in functions of their own, or both; auto as the compiler makes best use of them",
        HelpName = "auto|nested|flat|both",
        DefaultValueFactory = _ => "auto",
    };

    /// <summary>Adds the options to a command, with what they must hold.</summary>
    public static void AddTo(Command command)
    {
        Inlined.AcceptOnlyFromAmong("auto", "nested", "flat", "both");
        foreach (Option option in (Option[])[Compiler, Format, Version, HashNames, Compress, Inlined])
        {
            command.Options.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (result.GetResult(Version)?.Tokens is [var version] && version.Value is not ("1" or "2" or "3"))
            {
                result.AddError($"{Version.Name} {version.Value}: is not a number from 1 to 3");
            }

            if (result.GetResult(Format)?.Tokens is [var format] && !FormatNames.Contains(format.Value))
            {
                result.AddError($"{Format.Name} {format.Value}: is none of {string.Join(", ", FormatNames)}");
            }
            else if (result.GetResult(Version) is { Implicit: false } && result.GetResult(Format)?.Tokens is [{ Value: not "gcov" }])
            {
                result.AddError($"{Version.Name} goes with {Format.Name} gcov only");
            }
        });
    }

    public static LlvmProfileOptions Llvm(ParseResult parsed) => new() { HashNames = parsed.GetValue(HashNames), Compress = parsed.GetValue(Compress) };

    public static InlinedBodies InlinedBodies(ParseResult parsed) => parsed.GetValue(Inlined) switch
    {
        "nested" => Tarax.AutoFdo.Profiles.InlinedBodies.Nested,
        "flat" => Tarax.AutoFdo.Profiles.InlinedBodies.Flat,
        "both" => Tarax.AutoFdo.Profiles.InlinedBodies.Both,
        _ => Tarax.AutoFdo.Profiles.InlinedBodies.Auto,
    };

    public static GcovVersion? GcovVersion(ParseResult parsed) => (GcovVersion?)parsed.GetValue(Version);

    /// <summary>The format that is asked for, where no binary tells its compiler.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="natural">The format where none is asked for.</param>
    /// <exception cref="ConversionException">The options do not go together, or do not name a version.</exception>
    public static ProfileFormat FormatOf(ParseResult parsed, ProfileFormat? natural)
    {
        var compiler = parsed.GetValue(Compiler);
        var format = (GcovVersion(parsed), parsed.GetValue(Format)) switch
        {
            ({ } version, _) => version.ToFormat(),
            (_, OutputFormat.LlvmText) => ProfileFormat.LlvmText,
            (_, OutputFormat.LlvmBinary) => ProfileFormat.LlvmBinary,
            (_, OutputFormat.LlvmExtBinary) => ProfileFormat.LlvmExtBinary,
            (_, OutputFormat.Gcov) => compiler?.Format ?? (natural is <= ProfileFormat.GcovV3 ? natural : null),
            _ => compiler?.Format ?? natural,
        };
        if (format is null || (parsed.GetValue(Format) == OutputFormat.Gcov && format.Value.IsLlvm())
            || (compiler is { } known && (known.Family == CompilerFamily.Clang) != format.Value.IsLlvm()))
        {
            throw new ConversionException(ConversionFailure.UnknownCompiler, "name the compiler that will read the profile, and that reads this format: --for gcc-16, --for clang-22");
        }

        return format.Value;
    }

    private static TargetCompiler? ParseCompiler(ArgumentResult result)
    {
        const int OldestGcc = 5;
        const int OldestClang = 4;
        string text = result.Tokens[0].Value;
        if (TargetCompiler.TryParse(text, out var compiler) && compiler.MajorVersion >= (compiler.Family == CompilerFamily.Gcc ? OldestGcc : OldestClang))
        {
            return compiler;
        }

        result.AddError($"{Compiler.Name} {text}: is neither a GCC from version {OldestGcc} on, such as gcc-12, nor a Clang from version {OldestClang} on, such as clang-22");
        return null;
    }
}
