using System.Globalization;

namespace Tarax.AutoFdo.Reports;

/// <summary>
/// Reads what GCC 16 writes with <c>-fdump-ipa-afdo-details</c> (auto-profile.cc, afdo_annotate_cfg and function_instance::dump). For each function it says with which
/// tree of positions it annotated the code, all of which had code: those that had none it took out before. The dump of the pass before
/// (<c>-fdump-ipa-afdo_offline-details</c>) says for which functions it took names that are not symbols.
/// </summary>
internal sealed class GccAnnotationDump
{
    private const string Annotating = "Annotating BB profile of ";
    private const string WithoutProfile = "No afdo profile for ";
    private const string OfPassBefore = "Max count in profile ";
    private const string Cold = "Setting global count to afdo0";
    private const string Total = " total:";
    private const string Renaming = "Adding dwarf->symbol rename ";
    private const string RenamedTo = " -> ";

    private readonly FileReport _report = new();
    private readonly List<string> _tree = [];
    private bool _isDump;
    private State _state;

    /// <summary>Reads a dump.</summary>
    /// <param name="lines">Its lines.</param>
    /// <returns>Null where it is no such dump.</returns>
    public static FileReport? Read(IEnumerable<string> lines)
    {
        var dump = new GccAnnotationDump();
        foreach (string line in lines)
        {
            dump.Take(line);
        }

        return dump._isDump ? dump._report : null;
    }

    private void Take(string line)
    {
        if (line.StartsWith(Annotating, StringComparison.Ordinal))
        {
            (_isDump, _state) = (true, State.BeforeTree);
            _tree.Clear();
        }
        else if (line.StartsWith(WithoutProfile, StringComparison.Ordinal) || line.StartsWith(OfPassBefore, StringComparison.Ordinal))
        {
            (_isDump, _state) = (true, State.Outside);
            _tree.Clear();
        }
        else if (line.StartsWith(Renaming, StringComparison.Ordinal) && line.IndexOf(RenamedTo, Renaming.Length, StringComparison.Ordinal) is > 0 and var arrow)
        {
            _report.Rename(line[Renaming.Length..arrow], line[(arrow + RenamedTo.Length)..]);
        }
        else if (_state == State.BeforeTree && line.Length > 0 && line[0] != ' ' && line.IndexOf(Total, StringComparison.Ordinal) is > 0 and var end)
        {
            _tree.Add(_report.Mention(line[..end]));
            _state = State.InTree;
        }
        else if (_state == State.InTree && !TakeOfTree(line))
        {
            _state = State.Outside;
        }
        else if (_tree.Count > 0 && line.EndsWith(Cold, StringComparison.Ordinal))
        {
            _report.TakeForCold(_tree[0]);
        }
    }

    /// <summary>A line of a tree: two spaces more for each function that encloses it, an offset, and a count or the name of an inlined function.</summary>
    private bool TakeOfTree(string line)
    {
        int depth = (line.Length - line.AsSpan().TrimStart(' ').Length) / 2;
        int colon = line.IndexOf(": ", StringComparison.Ordinal);
        if (depth == 0 || depth > _tree.Count || colon < 0)
        {
            return false;
        }

        var rest = line.AsSpan(colon + 2);
        int total = rest.IndexOf(Total, StringComparison.Ordinal);
        _tree.RemoveRange(depth, _tree.Count - depth);
        if (total >= 0)
        {
            _tree.Add(_report.Mention(rest[..total].ToString()));
            return true;
        }

        int end = rest.IndexOf(' ');
        if (!ulong.TryParse(end < 0 ? rest : rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out ulong count))
        {
            return false;
        }

        // An offset, a discriminator behind a dot.
        var position = line.AsSpan(0, colon).TrimStart(' ');
        int dot = position.IndexOf('.');
        if (int.TryParse(dot < 0 ? position : position[..dot], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int offset))
        {
            _report.Use(new UsedPosition(_tree[^1], offset, count));
        }
        else
        {
            _report.Use(_tree[^1], count);
        }

        return true;
    }

    private enum State
    {
        Outside,
        BeforeTree,
        InTree,
    }
}
