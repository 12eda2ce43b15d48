using System.CommandLine;
using System.CommandLine.Parsing;
using Tarax.AutoFdo;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Reports;

namespace Tarax.Tool;

/// <summary><c>tarax show</c>: what is in a profile.</summary>
internal static class ShowCommand
{
    private static readonly Argument<string> Input = new("FILE") { Description = "a profile of any format" };

    private static readonly Option<int> Top = NumberOption.Whole("--top", "number of hottest functions to list [default: 10]", 10, 0, int.MaxValue);

    private static readonly Option<bool> Wide = new("--wide") { Description = "whole names, with types and arguments, however long the lines become" };

    private static readonly Option<string?> Function = new("--function")
    {
        Description = "show all counts of this function, by its linkage name or its demangled one",
        HelpName = "NAME",
    };

    private static readonly Option<string?> Explain = new("--explain")
    {
        Description = "show the addresses, ranges and branches behind the counts of a function, or of a line of it, counted from its first as profiles do",
        HelpName = "FUNCTION[:LINE[.DISCRIMINATOR]]",
    };

    private static readonly Option<string?> Binary = new("--binary", "-b") { Description = "with --explain, --function or --format: the binary that was profiled, which tells files and lines", HelpName = "FILE" };

    private static readonly Option<string?> Counts = new("--counts")
    {
        Description = "with --explain: what the profile was made of: a recording, a file of counts, or counts text",
        HelpName = "FILE",
    };

    private static readonly Option<string[]> DebugDirectories = new("--debug-dir")
    {
        Description = "with --binary: folder of separate debug files, before /usr/lib/debug; may be given several times",
        HelpName = "DIR",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<string?> MappedAs = new("--mapped-as") { Description = "with --explain: path or base name under which the binary ran", HelpName = "NAME" };

    private static readonly Option<bool> NoBranchStacks = new("--no-lbr") { Description = "with --explain: of the addresses of the samples, as the profile was made" };

    private static readonly Option<bool> Mangled = new("--mangled") { Description = "names as the linker knows them" };

    private static readonly Option<bool> Json = new("--json") { Description = "write JSON" };

    private static readonly Option<string?> Format = new("--format")
    {
        Description = "write the whole profile for another viewer; with --binary, by files and lines",
        HelpName = string.Join('|', ViewerOutput.Names),
    };

    private static readonly Option<string?> Output = new("--output", "-o") { Description = "with --format: the file to write [default: standard output]", HelpName = "FILE" };

    public static Command Create()
    {
        var command = new Command("show", "Shows a profile: summary, hottest functions, one function's counts, or where a count comes from.")
        {
            Input, Top, Function, Explain, Binary, Counts, DebugDirectories, MappedAs, NoBranchStacks, Mangled, Wide, Json, Format, Output,
        };
        Format.AcceptOnlyFromAmong(ViewerOutput.Names);
        command.Validators.Add(result =>
        {
            bool forViewer = result.GetResult(Format) is { Implicit: false };
            if (forViewer && ((Option[])[Explain, Function, Json, Counts, Wide]).FirstOrDefault(o => result.GetResult(o) is { Implicit: false }) is { } other)
            {
                result.AddError($"--format and {other.Name} do not go together");
            }

            if (!forViewer && result.GetResult(Output) is { Implicit: false })
            {
                result.AddError("-o goes with --format");
            }

            if (result.GetResult(Explain) is { Implicit: false } && (result.GetResult(Binary) is not { Implicit: false } || result.GetResult(Counts) is not { Implicit: false }))
            {
                result.AddError("--explain needs --binary FILE and --counts FILE");
            }

            bool explains = result.GetResult(Explain) is { Implicit: false };
            if (!explains && !forViewer && result.GetResult(Binary) is { Implicit: false } && result.GetResult(Function) is not { Implicit: false })
            {
                result.AddError("--binary goes with --function NAME, --explain NAME or --format");
            }

            if (!explains && result.GetResult(Counts) is { Implicit: false })
            {
                result.AddError("--counts goes with --explain NAME");
            }
        });
        command.SetAction(parsed => ExitCode.Of(() => Run(parsed)));
        return command;
    }

    private static void Run(ParseResult parsed)
    {
        string path = parsed.GetRequiredValue(Input);
        FileKinds.ExpectProfile(path);
        Terminal.IsWide = parsed.GetValue(Wide);
        var profile = SampleProfile.Load(path);
        Diagnostics.Write(profile.Diagnostics, Console.Error);
        if (parsed.GetValue(Format) is { } viewer)
        {
            ViewerOutput.Write(profile, path, parsed.GetValue(Binary), parsed.GetValue(DebugDirectories)!, parsed.GetValue(Mangled), viewer, parsed.GetValue(Output));
            return;
        }

        Func<string, string> nameOf = parsed.GetValue(Mangled) ? name => name : Demangled.Shown;
        if (parsed.GetValue(Explain) is { } place)
        {
            var options = new ConversionOptions { DebugDirectories = parsed.GetValue(DebugDirectories)!, MappedAs = parsed.GetValue(MappedAs), UseBranchStacks = !parsed.GetValue(NoBranchStacks) };
            ExplanationText.Write(profile, place, parsed.GetRequiredValue(Binary)!, parsed.GetRequiredValue(Counts)!, options, nameOf, Console.Out);
            return;
        }

        if (profile.HasHashedNames && parsed.GetValue(Function) is not null && parsed.GetValue(Binary) is { } hashed)
        {
            FileKinds.ExpectBinary(hashed);
            using var opened = AutoFdo.Binaries.Binary.Open(hashed, parsed.GetValue(DebugDirectories)!);
            profile = opened.Use(b => ResolvedHashes.Of(profile, b).Profile);
        }

        var functions = profile.Functions.OrderByDescending(f => f.Body.TotalCount()).ThenBy(f => f.Name, StringComparer.Ordinal).AsEnumerable();
        if (parsed.GetValue(Function) is { } name)
        {
            functions = [.. functions.Where(f => Demangled.Is(f.Name, name))];
            if (!functions.Any())
            {
                throw new ConversionException(ConversionFailure.EmptyProfile, $"{path}: has no function {name}{ParseErrors.Guess(name, profile.Functions.Select(f => FunctionName.Short(Demangled.Name(f.Name))))}");
            }
        }
        else
        {
            functions = functions.Take(parsed.GetValue(Top));
        }

        var view = new ProfileView(profile, [.. functions], FileSystem.StatusOf(path)?.Size ?? 0, showsBodies: parsed.GetValue(Function) is not null, nameOf)
        {
            Places = parsed.GetValue(Function) is not null && parsed.GetValue(Binary) is { } binary ? SourcePlaces.Of(profile, binary, parsed.GetValue(DebugDirectories)!) : null,
        };
        if (parsed.GetValue(Binary) is { } given)
        {
            FileKinds.ExpectBinary(given);
        }

        if (parsed.GetValue(Json))
        {
            view.WriteJson(Console.Out);
        }
        else
        {
            view.WriteText(Console.Out);
        }
    }
}
