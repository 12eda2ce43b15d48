using System.CommandLine;
using System.Globalization;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Reports;

namespace Tarax.Tool;

/// <summary><c>tarax check</c>: how much of a profile a build can use.</summary>
internal static class CheckCommand
{
    private static readonly Argument<string> Input = new("PROFILE") { Description = "a profile of any format" };

    private static readonly Option<string?> Binary = new("--binary", "-b")
    {
        Description = "the new build, with debug information",
        HelpName = "FILE",
    };

    private static readonly Option<string[]> CompilerDumps = new("--compiler-dump")
    {
        Description = "instead of a build, what the compiler says that it made of the profile: GCC's -fdump-ipa-afdo-details or Clang's -fsave-optimization-record, of one or more files",
        HelpName = "FILE",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<string[]> DebugDirectories = new("--debug-dir")
    {
        Description = "folder of separate debug files, before /usr/lib/debug; may be given several times",
        HelpName = "DIR",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<int> Top = NumberOption.Whole("--top", "number of functions that lose most counts to list [default: 10]", 10, 0, int.MaxValue);

    private static readonly Option<bool> Wide = new("--wide") { Description = "whole names, with types and arguments, however long the lines become" };

    private static readonly Option<double?> FailUnder = NumberOption.Share("--fail-under", "a smaller part of the counts that matches ends with exit code 3");

    private static readonly Option<bool> Mangled = new("--mangled") { Description = "names as the linker knows them" };

    private static readonly Option<bool> Json = new("--json") { Description = "write JSON" };

    public static Command Create()
    {
        var command = new Command("check", "Tells how much of a profile still matches a new build, and whether it is time to record again.")
        {
            Input, Binary, CompilerDumps, DebugDirectories, Top, FailUnder, Mangled, Wide, Json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(Binary) is { Implicit: false } == result.GetResult(CompilerDumps) is { Implicit: false })
            {
                result.AddError(result.GetResult(Binary) is { Implicit: false } ? "--binary and --compiler-dump do not go together" : "--binary FILE or --compiler-dump FILE is required");
            }
        });
        command.SetAction(parsed =>
        {
            double share = 1;
            int code = ExitCode.Of(() => share = Run(parsed));
            return code == ExitCode.Good && share < parsed.GetValue(FailUnder) ? ExitCode.Under(share, parsed.GetValue(FailUnder)) : code;
        });
        return command;
    }

    private static double Run(ParseResult parsed)
    {
        FileKinds.ExpectProfile(parsed.GetRequiredValue(Input));
        Terminal.IsWide = parsed.GetValue(Wide);
        FileKinds.ExpectFolders(DebugDirectories.Name, parsed.GetValue(DebugDirectories)!);
        if (parsed.GetValue(Binary) is { } given)
        {
            FileKinds.ExpectBinary(given);
        }

        if (parsed.GetValue(CompilerDumps) is { Length: > 0 } dumps)
        {
            var use = CompilerUse.Of(SampleProfile.Load(parsed.GetRequiredValue(Input)), dumps);
            CompilerUseView.Write(use, parsed.GetValue(Top), parsed.GetValue(Mangled), parsed.GetValue(Json));
            return use.UsedShare;
        }

        var match = ProfileMatch.Of(SampleProfile.Load(parsed.GetRequiredValue(Input)), parsed.GetValue(Binary)!, parsed.GetValue(DebugDirectories));
        var lost = match.Functions.Where(f => f.MatchedCount < f.Count).Take(parsed.GetValue(Top)).ToList();
        if (parsed.GetValue(Json))
        {
            WriteJson(match, lost);
        }
        else
        {
            WriteText(match, lost, parsed.GetValue(Mangled));
        }

        return match.MatchedShare;
    }

    private static void WriteText(ProfileMatch match, List<MatchedFunction> lost, bool mangled)
    {
        Line($"functions  {match.FunctionsFound:N0} of {match.Functions.Count:N0} found by name");
        Line($"positions  {match.MatchedPositions:N0} of {match.Positions:N0} in the line table{(match.ComparesLinesOnly ? ", by line" : "")}");
        Line($"counts     {100 * match.MatchedShare:0.00} % match ({match.MatchedCount:N0} of {match.Count:N0})");
        if (lost.Count > 0)
        {
            Console.Out.WriteLine();
            Line($"{"lost",12} {"of its own",10}  function");
        }

        foreach (var function in lost)
        {
            ulong missing = function.Count - function.MatchedCount;
            string start = string.Create(CultureInfo.InvariantCulture, $"{missing,12:N0} {100.0 * missing / function.Count,8:0.0} %  ");
            string note = function.IsFound ? "" : " (not in the binary)";
            Terminal.WriteLine(start, Terminal.Fit(mangled ? function.Name : Demangled.Shown(function.Name), start.Length + note.Length), note, (double)missing / Math.Max(match.Count, 1));
        }
    }

    private static void WriteJson(ProfileMatch match, List<MatchedFunction> lost) => JsonText.Write(Console.Out, isIndented: true, json =>
    {
        json.WriteStartObject();
        json.WriteNumber("functions", match.Functions.Count);
        json.WriteNumber("functionsFound", match.FunctionsFound);
        json.WriteNumber("positions", match.Positions);
        json.WriteNumber("matchedPositions", match.MatchedPositions);
        json.WriteBoolean("comparesLinesOnly", match.ComparesLinesOnly);
        json.WriteNumber("count", match.Count);
        json.WriteNumber("matchedCount", match.MatchedCount);
        json.WriteNumber("matchedShare", match.MatchedShare);
        json.WriteStartArray("lost");
        foreach (var function in lost)
        {
            json.WriteStartObject();
            json.WriteString("name", function.Name);
            json.WriteBoolean("isFound", function.IsFound);
            json.WriteNumber("count", function.Count);
            json.WriteNumber("matchedCount", function.MatchedCount);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void Line(FormattableString text) => Console.Out.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
