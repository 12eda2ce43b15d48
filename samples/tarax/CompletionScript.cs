using System.CommandLine;
using System.Text;

namespace Tarax.Tool;

/// <summary><c>tarax completions SHELL</c>: completion of commands, options and their values for bash, zsh and fish, made of the commands themselves.</summary>
internal static class CompletionScript
{
    private static readonly Argument<string> Shell = new("SHELL") { Description = "bash, zsh or fish" };

    public static Command Create(RootCommand root)
    {
        Shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completions", "Prints a script by which a shell completes what is typed.") { Shell };
        command.SetAction(parsed => ExitCode.Of(() => Console.Out.Write(parsed.GetRequiredValue(Shell) switch
        {
            "bash" => Bash(root),
            "zsh" => Zsh(root),
            _ => Fish(root),
        })));
        return command;
    }

    private static IEnumerable<Command> Commands(RootCommand root) => root.Subcommands.Where(c => !c.Hidden);

    private static IEnumerable<Option> OptionsOf(RootCommand root, Command command) => command.Options.Concat(root.Options.Where(o => o.Recursive)).Where(o => o is not System.CommandLine.Help.HelpOption && !o.Hidden);

    private static IEnumerable<string> Names(Option option) => option.Aliases.Append(option.Name).OrderBy(n => n.Length);

    /// <summary>The values that an option takes, where it takes one of some.</summary>
    private static string[] Values(Option option) => option.HelpName?.Contains('|', StringComparison.Ordinal) == true ? option.HelpName.Split('|') : [];

    private static bool TakesValue(Option option) => option.ValueType != typeof(bool);

    private static string Bash(RootCommand root)
    {
        var text = new StringBuilder("# bash completion for tarax; made by: tarax completions bash\n_tarax() {\n    local cur=\"${COMP_WORDS[COMP_CWORD]}\" prev=\"${COMP_WORDS[COMP_CWORD-1]}\" words=\"\"\n    COMPREPLY=()\n");
        text.Append($"    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        COMPREPLY=($(compgen -W \"{string.Join(' ', Commands(root).Select(c => c.Name))} --help --version\" -- \"$cur\"))\n        return\n    fi\n");
        text.Append("    case \"${COMP_WORDS[1]} $prev\" in\n");
        foreach (var command in Commands(root))
        {
            foreach (var option in OptionsOf(root, command).Where(o => Values(o).Length > 0))
            {
                text.Append($"        {string.Join('|', Names(option).Select(n => $"\"{command.Name} {n}\""))}) COMPREPLY=($(compgen -W \"{string.Join(' ', Values(option))}\" -- \"$cur\")); return ;;\n");
            }
        }

        text.Append("    esac\n    case \"${COMP_WORDS[1]}\" in\n");
        foreach (var command in Commands(root))
        {
            text.Append($"        {command.Name}) words=\"{string.Join(' ', OptionsOf(root, command).SelectMany(Names))} --help\" ;;\n");
        }

        text.Append("        completions) words=\"bash zsh fish\" ;;\n    esac\n    case \"$cur\" in\n        -*) COMPREPLY=($(compgen -W \"$words\" -- \"$cur\")) ;;\n        *) COMPREPLY=($(compgen -f -- \"$cur\")) ;;\n    esac\n}\ncomplete -o filenames -F _tarax tarax\n");
        return text.ToString();
    }

    private static string Zsh(RootCommand root)
    {
        var text = new StringBuilder("#compdef tarax\n# zsh completion for tarax; made by: tarax completions zsh\n_tarax() {\n    local -a commands\n    commands=(\n");
        foreach (var command in Commands(root))
        {
            text.Append($"        '{command.Name}:{Quoted(command.Description)}'\n");
        }

        text.Append("    )\n    if (( CURRENT == 2 )); then\n        _describe command commands\n        return\n    fi\n    local command=$words[2]\n    shift words\n    (( CURRENT-- ))\n    case $command in\n");
        foreach (var command in Commands(root))
        {
            text.Append($"        {command.Name})\n            _arguments \\\n");
            foreach (var option in OptionsOf(root, command))
            {
                foreach (string name in Names(option))
                {
                    string value = !TakesValue(option) ? "" : Values(option).Length > 0 ? $":{option.HelpName!.Replace('|', ' ')}:({string.Join(' ', Values(option))})" : $":{option.HelpName}:_files";
                    text.Append($"                '*{name}[{Quoted(option.Description)}]{value}' \\\n");
                }
            }

            text.Append("                '*:file:_files'\n            ;;\n");
        }

        return text.Append("    esac\n}\n_tarax \"$@\"\n").ToString();
    }

    private static string Fish(RootCommand root)
    {
        var text = new StringBuilder("# fish completion for tarax; made by: tarax completions fish\n");
        foreach (var command in Commands(root))
        {
            text.Append($"complete -c tarax -n __fish_use_subcommand -f -a {command.Name} -d '{Quoted(command.Description)}'\n");
            foreach (var option in OptionsOf(root, command))
            {
                string names = string.Concat(Names(option).Select(n => n.StartsWith("--", StringComparison.Ordinal) ? $" -l {n[2..]}" : $" -s {n[1..]}"));
                string value = !TakesValue(option) ? "" : Values(option).Length > 0 ? $" -x -a '{string.Join(' ', Values(option))}'" : " -r";
                text.Append($"complete -c tarax -n '__fish_seen_subcommand_from {command.Name}'{names}{value} -d '{Quoted(option.Description)}'\n");
            }
        }

        return text.ToString();
    }

    private static string Quoted(string? text) => (text ?? "").Replace("'", "", StringComparison.Ordinal).Replace("[", "(", StringComparison.Ordinal).Replace("]", ")", StringComparison.Ordinal).Replace(":", ",", StringComparison.Ordinal);
}
