using System.Globalization;

namespace Tarax.AutoFdo.Profiles.Gcov;

/// <summary>
/// Reads what GCC 16 writes with <c>-fdump-ipa-afdo-details</c> (auto-profile.cc, afdo_annotate_cfg and function_instance::dump). For each function it says with which
/// tree of positions it annotated the code, all of which had code: those that had none it took out before. The dump of the pass before
/// (<c>-fdump-ipa-afdo_offline-details</c>) says for which functions it took names that are not symbols.
/// </summary>
internal static class GccAnnotationDump
{
    private const string Annotating = "Annotating BB profile of ";
    private const string Cold = "Setting global count to afdo0";
    private const string Total = " total:";
    private const string Renaming = "Adding dwarf->symbol rename ";
    private const string RenamedTo = " -> ";

    /// <summary>Adds what a dump says.</summary>
    /// <returns>False where it is no such dump.</returns>
    public static bool TryRead(TextReader dump, CompilerReport report)
    {
        bool isDump = false;
        ReportedFunction? function = null;
        var tree = new List<string>();
        var state = State.Outside;
        while (dump.ReadLine() is { } line)
        {
            if (line.StartsWith(Annotating, StringComparison.Ordinal))
            {
                (isDump, state, function) = (true, State.BeforeTree, null);
            }
            else if (line.StartsWith("No afdo profile for ", StringComparison.Ordinal))
            {
                isDump = true;
            }
            else if (line.StartsWith(Renaming, StringComparison.Ordinal) && line.IndexOf(RenamedTo, Renaming.Length, StringComparison.Ordinal) is > 0 and var arrow)
            {
                isDump = true;
                report.Rename(line[Renaming.Length..arrow], line[(arrow + RenamedTo.Length)..]);
            }
            else if (state == State.BeforeTree && IsRoot(line))
            {
                tree.Clear();
                tree.Add(line[..line.IndexOf(Total, StringComparison.Ordinal)]);
                function = report.Mention(tree[0]);
                state = State.InTree;
            }
            else if (state == State.InTree && !AddLine(line, tree, report))
            {
                state = State.Outside;
            }
            else if (line.EndsWith(Cold, StringComparison.Ordinal) && function is not null)
            {
                function.IsCold = true;
            }
        }

        return isDump;
    }

    private static bool IsRoot(string line) => line.Length > 0 && line[0] != ' ' && line.Contains(Total, StringComparison.Ordinal);

    /// <summary>A line of a tree: two spaces more for each function that encloses it, an offset, and a count or the name of an inlined function.</summary>
    private static bool AddLine(string line, List<string> tree, CompilerReport report)
    {
        int depth = (line.Length - line.TrimStart(' ').Length) / 2;
        int colon = line.IndexOf(": ", StringComparison.Ordinal);
        if (depth == 0 || depth > tree.Count || colon < 0)
        {
            return false;
        }

        var rest = line.AsSpan(colon + 2);
        int total = rest.IndexOf(Total, StringComparison.Ordinal);
        tree.RemoveRange(depth, tree.Count - depth);
        if (total >= 0)
        {
            tree.Add(rest[..total].ToString());
            report.Mention(tree[^1]);
            return true;
        }

        int end = rest.IndexOf(' ');
        if (!ulong.TryParse(end < 0 ? rest : rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out ulong count))
        {
            return false;
        }

        report.Use(tree[^1], count);
        return true;
    }

    private enum State
    {
        Outside,
        BeforeTree,
        InTree,
    }
}
