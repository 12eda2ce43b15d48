using System.CommandLine;
using Tarax.AutoFdo;
using Tarax.AutoFdo.Profiles;

namespace Tarax.Tool;

/// <summary><c>tarax show</c>: what is in a profile.</summary>
internal static class ShowCommand
{
    private static readonly Argument<string> Input = new("FILE") { Description = "a profile for GCC (.afdo)" };

    private static readonly Option<int> Top = new("--top")
    {
        Description = "number of hottest functions to list",
        HelpName = "N",
        DefaultValueFactory = _ => 10,
    };

    private static readonly Option<string?> Function = new("--function")
    {
        Description = "show all counts of this function",
        HelpName = "NAME",
    };

    private static readonly Option<bool> Json = new("--json") { Description = "write JSON" };

    public static Command Create()
    {
        var command = new Command("show", "Shows a profile: summary, hottest functions, or one function's counts.") { Input, Top, Function, Json };
        command.SetAction(parsed => ExitCode.Of(() => Run(parsed)));
        return command;
    }

    private static void Run(ParseResult parsed)
    {
        string path = parsed.GetRequiredValue(Input);
        var profile = SampleProfile.Load(path);
        var functions = profile.Functions.OrderByDescending(f => f.Body.TotalCount()).ThenBy(f => f.Name, StringComparer.Ordinal).AsEnumerable();
        if (parsed.GetValue(Function) is { } name)
        {
            functions = [.. functions.Where(f => f.Name == name)];
            if (!functions.Any())
            {
                throw new ConversionException(ConversionFailure.EmptyProfile, $"{path}: has no function {name}; names are linkage names, see tarax show {path} --top {profile.Functions.Count}");
            }
        }
        else
        {
            functions = functions.Take(Math.Max(parsed.GetValue(Top), 0));
        }

        var writer = new ProfileView(profile, [.. functions], showsBodies: parsed.GetValue(Function) is not null);
        if (parsed.GetValue(Json))
        {
            writer.WriteJson(Console.Out);
        }
        else
        {
            writer.WriteText(Console.Out);
        }
    }
}
