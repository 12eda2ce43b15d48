namespace Tarax.AutoFdo.Outputs.Propeller;

/// <summary>
/// Layouts of binaries of one build, which the compiler reads in one file for all of them, as Linux builds vmlinux and its modules: functions of one name are told apart by the files that they were
/// compiled from, also those of different binaries.
/// </summary>
internal static class BuildLayouts
{
    /// <summary>Leaves out of each what one file cannot say beside the others.</summary>
    public static BinaryOrder[] Together(IReadOnlyList<BinaryOrder> layouts)
    {
        var weights = new Dictionary<(int Layout, string Name, string Module), double>();
        for (int i = 0; i < layouts.Count; i++)
        {
            foreach (var function in layouts[i].Functions)
            {
                weights[(i, function.Names[0].Name, function.Unit)] = function.Weight;
            }
        }

        return [.. layouts.Select((layout, i) => layout.Without(LeftOut(layouts, i, weights)))];
    }

    private static Dictionary<LayoutFunction, UnplacedReason> LeftOut(IReadOnlyList<BinaryOrder> layouts, int own, Dictionary<(int Layout, string Name, string Module), double> weights)
    {
        var reasons = new Dictionary<LayoutFunction, UnplacedReason>();
        foreach (var function in layouts[own].Functions)
        {
            var mapped = layouts[own].Map[function.Index];
            for (int i = 0; i < layouts.Count; i++)
            {
                var others = i == own ? [] : function.Names.SelectMany(n => layouts[i].Owners![n.Name]).ToArray();
                if (others.Length == 0)
                {
                    continue;
                }

                var same = others.Where(o => o.Module == function.Unit).ToArray();
                if (function.Unit.Length == 0 || Array.Exists(same, o => !IsSameCode(o.Function, mapped)))
                {
                    reasons[function] = UnplacedReason.AmbiguousName;
                    break;
                }

                // The compiler makes one function for both, and can lay it out in one way.
                if (same.Length > 0 && weights.TryGetValue((i, function.Names[0].Name, function.Unit), out double other) && (other > function.Weight || (other == function.Weight && i < own)))
                {
                    reasons[function] = UnplacedReason.OfOtherBinary;
                    break;
                }

                function.Module = function.Unit;
            }
        }

        return reasons;
    }

    private static bool IsSameCode(MappedFunction one, MappedFunction other) =>
        one.Ranges.SelectMany(r => r.Blocks).Select(b => (b.Id, b.Size)).SequenceEqual(other.Ranges.SelectMany(r => r.Blocks).Select(b => (b.Id, b.Size)));
}
