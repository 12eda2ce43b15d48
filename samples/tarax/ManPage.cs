using System.CommandLine;
using System.Text;

namespace Tarax.Tool;

/// <summary><c>tarax man-page</c>: the page for man(1), made of the commands themselves.</summary>
internal static class ManPage
{
    public static Command Create(RootCommand root)
    {
        var command = new Command("man-page", "Prints the page for man.") { Hidden = true };
        command.SetAction(_ => ExitCode.Of(() => Console.Out.Write(Text(root))));
        return command;
    }

    private static string Text(RootCommand root)
    {
        var text = new StringBuilder();
        text.Append($".TH TARAX 1 \"\" \"tarax {Version}\" \"User Commands\"\n.SH NAME\ntarax \\- profiles for GCC and Clang from recordings of perf\n.SH SYNOPSIS\n");
        foreach (var command in root.Subcommands.Where(c => !c.Hidden))
        {
            text.Append($".B tarax {command.Name}\n.I {string.Join(' ', command.Arguments.Select(a => Escaped(a.Name)))}\n[\\fIoption\\fR ...]\n.br\n");
        }

        text.Append($".SH DESCRIPTION\n{Escaped(root.Description)}\n");
        text.Append(Escaped("The usual way: record under the load that matters with perf record -b, look with tarax inspect, make a profile with tarax convert, and rebuild with the options that it names."));
        text.Append('\n');
        foreach (var command in root.Subcommands.Where(c => !c.Hidden))
        {
            text.Append($".SH TARAX {command.Name.ToUpperInvariant()}\n{Escaped(command.Description)}\n");
            foreach (var argument in command.Arguments)
            {
                text.Append($".TP\n.I {Escaped(argument.Name)}\n{Escaped(argument.Description)}\n");
            }

            var (groups, examples) = HelpText.Of(command);
            foreach (var group in groups)
            {
                text.Append($".SS {group.Heading}\n");
                AddOptions(text, group.Options);
            }

            if (examples.Length > 0)
            {
                text.Append($".SS examples\n.nf\n{string.Join('\n', examples.Select(Escaped))}\n.fi\n");
            }
        }

        text.Append(".SH OTHER NAMES\nThrough links named create_gcov, create_llvm_prof, dump_gcov, profile_merger, profile_diff, sample_merger, llvm-profgen and llvm-profdata the executable takes the flags of those tools of google/autofdo and LLVM.\n");
        text.Append(".SH ENVIRONMENT\n.TP\n.B DEBUGINFOD_URLS\nservers that are asked for binaries and debug information that are not here\n.TP\n.B TMPDIR\nwhere temporary files without a name are made\n.TP\n.B NO_COLOR\nno colours, where it is not empty\n");
        text.Append(".SH EXIT STATUS\n.TP\n.B 0\ngood\n.TP\n.B 1\nbad input\n.TP\n.B 2\nwrong usage\n.TP\n.B 3\ngood inputs of which nothing usable came\n");
        text.Append(".SH SEE ALSO\n.BR perf-record (1),\n.BR gcc (1),\n.BR clang (1)\n");
        return text.ToString();
    }

    private static string Version => typeof(ManPage).Assembly.GetName().Version!.ToString(3);

    private static void AddOptions(StringBuilder text, IEnumerable<Option> options)
    {
        foreach (var option in options)
        {
            string names = string.Join(", ", option.Aliases.Append(option.Name).OrderBy(n => n.Length).Select(n => $"\\fB{Escaped(n)}\\fR"));
            text.Append($".TP\n{names}{(option.ValueType == typeof(bool) ? "" : $" \\fI{Escaped(option.HelpName)}\\fR")}\n{Escaped(option.Description)}\n");
        }
    }

    /// <summary>Text in which a hyphen is one, and no line is a request.</summary>
    private static string Escaped(string? text)
    {
        string escaped = (text ?? "").Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal);
        return escaped.StartsWith('.') || escaped.StartsWith('\'') ? "\\&" + escaped : escaped;
    }
}
