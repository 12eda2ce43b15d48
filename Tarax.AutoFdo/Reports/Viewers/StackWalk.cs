using Tarax.AutoFdo.Reports.Page;

namespace Tarax.AutoFdo.Reports.Viewers;

/// <summary>The positions of a function as stacks of the calls that are inlined into each other.</summary>
internal static class StackWalk
{
    /// <summary>The positions that ran: index of the body, and index in it.</summary>
    public static IEnumerable<(int Body, int Position)> Positions(ReportFunction function)
    {
        for (int body = 0; body < function.Bodies.Length; body++)
        {
            for (int position = 0; position < function.Bodies[body].Counts.Length; position++)
            {
                if (function.Bodies[body].Counts[position] > 0)
                {
                    yield return (body, position);
                }
            }
        }
    }

    /// <summary>The name and the line, relative to the function's first, of a position and then of the calls that it is inlined into, up to the function.</summary>
    public static IEnumerable<(int Name, int Line)> Lines(ReportFunction function, int body, int position)
    {
        int line = function.Bodies[body].Lines[position];
        for (int at = body; at >= 0; at = function.Bodies[at].Parent)
        {
            yield return (function.Bodies[at].Name, line);
            line = function.Bodies[at].Line;
        }
    }

    /// <summary>A line in its file; where that is not known, its distance from the function's first.</summary>
    public static long LineOf(ReportData data, int name, int line) => (data.Names[name].Line ?? 0) + (line > short.MaxValue ? line - (1L << 16) : line);
}
