using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;

namespace Tarax.Tool;

/// <summary>What is wrong with a command line, in the words of someone who typed it.</summary>
internal static partial class ParseErrors
{
    /// <summary>The messages, each once.</summary>
    public static IEnumerable<string> Of(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        string start = command is RootCommand ? "tarax" : $"tarax {command.Name}";
        // An argument that may come several times takes all that no option is.
        var unknown = parsed.UnmatchedTokens.Concat(command.Arguments.SelectMany(a => parsed.CommandResult.GetResult(a)?.Tokens ?? []).Select(t => t.Value)).Where(t => t.StartsWith('-') && t.Length > 1).ToList();
        if (unknown.Count > 0)
        {
            return unknown.Select(t => $"{start} has no option {t.Split('=')[0]}{Guess(t.Split('=')[0], command.Options.SelectMany(o => o.Aliases.Append(o.Name)))}");
        }

        if (command is RootCommand && parsed.UnmatchedTokens is [var name, ..])
        {
            return [$"there is no command {name}{Guess(name, command.Subcommands.Select(c => c.Name))}"];
        }

        if (command is RootCommand)
        {
            return [$"name a command: {string.Join(", ", command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name))}"];
        }

        return parsed.Errors.Select(e => Words(e, command, parsed.CommandResult)).Distinct();
    }

    private static string Words(ParseError error, Command command, CommandResult result)
    {
        string message = error.Message;
        if (MissingArgument().IsMatch(message))
        {
            var missing = command.Arguments.First(a => result.GetResult(a) is not { Tokens.Count: > 0 });
            return $"{missing.Name} is missing: {missing.Description}";
        }

        if (MissingValue().Match(message) is { Success: true } value)
        {
            var option = command.Options.First(o => o.Name == value.Groups[1].Value || o.Aliases.Contains(value.Groups[1].Value));
            return $"{value.Groups[1].Value} needs a value: {option.HelpName ?? option.Name}, {option.Description}";
        }

        if (MissingOption().Match(message) is { Success: true } needed)
        {
            var option = command.Options.First(o => o.Name == needed.Groups[1].Value);
            return $"{string.Join(" or ", option.Aliases.Append(option.Name))} {option.HelpName} is required: {option.Description}";
        }

        if (NotAmong().Match(message) is { Success: true } choice)
        {
            var option = error.SymbolResult switch { OptionResult o => o.Option, ArgumentResult { Parent: OptionResult o } => o.Option, _ => null };
            string given = choice.Groups[1].Value;
            string[] known = [.. Quoted().Matches(message[(message.IndexOf(':', StringComparison.Ordinal) + 1)..]).Select(m => m.Groups[1].Value)];
            return $"{option?.Name} {given}: is none of {string.Join(", ", known)}{Guess(given, known)}";
        }

        if (TooMany().Match(message) is { Success: true } many)
        {
            return $"{many.Groups[1].Value} is given more than once, or with more than one value";
        }

        if (Unrecognized().Match(message) is { Success: true } extra)
        {
            return $"{extra.Groups[1].Value} is one argument too many";
        }

        return message;
    }

    /// <summary>The known word that is nearest to what was typed, where one is near.</summary>
    public static string Guess(string typed, IEnumerable<string> known)
    {
        string? nearest = known.Where(k => k.Length > 2).OrderBy(k => Distance(typed, k)).ThenBy(k => k, StringComparer.Ordinal).FirstOrDefault();
        return nearest is not null && (Distance(typed, nearest) <= Math.Clamp(typed.Length / 3, 1, 3) || nearest.StartsWith(typed, StringComparison.Ordinal)) ? $"; did you mean {nearest}?" : "";
    }

    /// <summary>Number of letters to change, add, leave out or swap with their neighbour (optimal string alignment).</summary>
    private static int Distance(string left, string right)
    {
        int[,] distance = new int[left.Length + 1, right.Length + 1];
        for (int i = 0; i <= left.Length; i++)
        {
            for (int j = 0; j <= right.Length; j++)
            {
                distance[i, j] = i == 0 || j == 0 ? i + j
                    : Math.Min(Math.Min(distance[i - 1, j], distance[i, j - 1]) + 1, distance[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    distance[i, j] = Math.Min(distance[i, j], distance[i - 2, j - 2] + 1);
                }
            }
        }

        return distance[left.Length, right.Length];
    }

    [GeneratedRegex("^Required argument .*missing for command")]
    private static partial Regex MissingArgument();

    [GeneratedRegex("^Required argument .*missing for option: '([^']+)'")]
    private static partial Regex MissingValue();

    [GeneratedRegex("^Option '([^']+)' is required")]
    private static partial Regex MissingOption();

    [GeneratedRegex("^Argument '([^']*)' not recognized. Must be one of")]
    private static partial Regex NotAmong();

    [GeneratedRegex("'([^']+)'")]
    private static partial Regex Quoted();

    [GeneratedRegex("^Option '([^']+)' expects a single argument")]
    private static partial Regex TooMany();

    [GeneratedRegex("^Unrecognized command or argument '([^']*)'")]
    private static partial Regex Unrecognized();
}
