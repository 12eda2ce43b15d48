using System.CommandLine;
using System.CommandLine.Invocation;

namespace Tarax.Tool;

/// <summary>Options that belong together, under a heading.</summary>
/// <param name="Heading">The heading.</param>
/// <param name="Options">The options.</param>
internal sealed record OptionGroup(string Heading, IReadOnlyList<Option> Options);

/// <summary>The help of a command: what it does, how it is called, its options in groups, examples, exit codes.</summary>
internal static class HelpText
{
    private const int LeftColumn = 30;
    private const int StandardWidth = 100;

    private static readonly Dictionary<Command, (OptionGroup[] Groups, string[] Examples)> Known = [];

    /// <summary>Says how a command's help looks.</summary>
    public static void Describe(Command command, OptionGroup[] groups, string[] examples) => Known[command] = (groups, examples);

    /// <summary>The options of a command in its groups, or all in one, and its examples.</summary>
    public static (OptionGroup[] Groups, string[] Examples) Of(Command command)
    {
        var (groups, examples) = Known.GetValueOrDefault(command, ([], []));
        var grouped = groups.SelectMany(g => g.Options).ToHashSet();
        Option[] others = [.. command.Options.Where(o => !grouped.Contains(o) && !o.Hidden && o is not (System.CommandLine.Help.HelpOption or VersionOption))];
        return others.Length == 0 ? (groups, examples) : ([.. groups, new OptionGroup(groups.Length > 0 ? "other" : "options", others)], examples);
    }

    /// <summary>Makes all commands show their help in this way.</summary>
    public static void UseFor(RootCommand root)
    {
        foreach (var option in root.Options.OfType<System.CommandLine.Help.HelpOption>())
        {
            option.Description = "show help";
            option.Action = new Action();
        }

        foreach (var option in root.Options.OfType<VersionOption>())
        {
            option.Description = "show the version";
        }
    }

    /// <summary>Writes a command's help.</summary>
    public static void Write(Command command, TextWriter writer)
    {
        int width = Math.Min(Terminal.Width ?? StandardWidth, StandardWidth);
        foreach (string line in Wrapped(command.Description ?? "", width))
        {
            writer.WriteLine(line);
        }

        writer.WriteLine();
        writer.WriteLine(command is RootCommand ? "usage: tarax COMMAND …" : $"usage: tarax {command.Name} {string.Join(' ', command.Arguments.Select(a => a.Arity.MaximumNumberOfValues > 1 ? $"{a.Name}…" : a.Name))} [OPTION…]");
        Section(writer, "", command.Arguments.Select(a => (a.Name, a.Description)), width);
        Section(writer, "commands", command.Subcommands.Where(c => !c.Hidden).Select(c => (c.Name, c.Description)), width);
        var (groups, examples) = Of(command);
        foreach (var group in groups)
        {
            Section(writer, group.Heading, group.Options.Select(Row), width);
        }

        Section(writer, "", [("-h, --help", "show help")], width);
        if (examples.Length > 0)
        {
            writer.WriteLine();
            writer.WriteLine("examples:");
            foreach (string example in examples)
            {
                writer.WriteLine($"  {example}");
            }
        }

        writer.WriteLine();
        writer.WriteLine("exit codes: 0 good, 1 bad input, 2 wrong usage, 3 good inputs of which nothing usable came");
    }

    private static (string Name, string? Description) Row(Option option)
    {
        string names = string.Join(", ", option.Aliases.Append(option.Name).OrderBy(n => n.Length));
        return ($"{names}{(option.ValueType == typeof(bool) ? "" : $" {option.HelpName}")}", option.Description);
    }

    private static void Section(TextWriter writer, string heading, IEnumerable<(string Name, string? Description)> rows, int width)
    {
        var list = rows.ToList();
        if (list.Count == 0)
        {
            return;
        }

        writer.WriteLine();
        if (heading.Length > 0)
        {
            writer.WriteLine($"{heading}:");
        }

        foreach (var (name, description) in list)
        {
            string left = $"  {name}";
            var lines = Wrapped(description ?? "", width - LeftColumn);
            if (left.Length > LeftColumn - 2)
            {
                writer.WriteLine(left);
                left = "";
            }

            foreach (string line in lines)
            {
                writer.WriteLine(left.PadRight(LeftColumn) + line);
                left = "";
            }
        }
    }

    private static List<string> Wrapped(string text, int width)
    {
        var lines = new List<string>();
        string line = "";
        foreach (string word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                lines.Add(line);
                line = "";
            }

            line += line.Length == 0 ? word : $" {word}";
        }

        lines.Add(line);
        return lines;
    }

    private sealed class Action : SynchronousCommandLineAction
    {
        /// <summary>Who asks for help need not say anything else.</summary>
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            Write(parseResult.CommandResult.Command, Console.Out);
            return ExitCode.Good;
        }
    }
}
