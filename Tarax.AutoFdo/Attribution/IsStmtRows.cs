using Tarax.AutoFdo.Binaries.Dwarf;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Numbers;
using Tarax.AutoFdo.Profiles;

namespace Tarax.AutoFdo.Attribution;

/// <summary>
/// Positions run as often as their statements begin, and inlined calls as often as their code is entered, however often code of theirs ran that was moved elsewhere. GCC 8 and later mark where
/// statements begin, with code of their own or without (-gstatement-frontiers); what other compilers mark is not taken.
/// </summary>
internal static class IsStmtRows
{
    /// <summary>Takes up for the positions of a function how often they began.</summary>
    /// <param name="function">The function.</param>
    /// <param name="source">Its source positions.</param>
    /// <param name="bodies">The counts of its scopes.</param>
    /// <param name="ranges">What ran of it.</param>
    public static void Add(CodeFunction function, FunctionSource source, BodyAccumulator?[] bodies, ExecutedRanges ranges)
    {
        AddEntries(source, bodies, ranges, CountRule.Maximum);
        var unit = function.Debug.Unit;
        var producer = UnitProducer.Of(unit.Producer);
        if (producer.Family != ProducerFamily.Gnu || unit.LineTable is not { } lines || lines.Statements.IsEmpty)
        {
            return;
        }

        var encoding = Discriminator.EncodingOf(producer);
        var running = new RunningRanges(ranges);
        ulong last = 0;
        foreach (var part in function.PartsInOrder())
        {
            for (int s = lines.FirstSequenceEndingAfter(part.Start); s < lines.Sequences.Length && lines.Sequences[s].Start < part.End; s++)
            {
                foreach (ref readonly var statement in lines.StatementsIn(lines.Sequences[s], part))
                {
                    // Where sequences overlap, which compilers do not make, the first counts.
                    if (statement.Address >= last)
                    {
                        last = statement.Address;
                        running.PassTo(last);
                        var discriminator = Discriminator.Of(statement.Discriminator, encoding);
                        Add(statement with { Discriminator = discriminator.Number }, source, bodies, SaturatingSum.Times(running.Count, discriminator.DuplicationFactor));
                    }
                }
            }
        }
    }

    /// <summary>
    /// A statement belongs to the innermost function around it that has code of its line: of those that the code there belongs to, or, where it begins, the code just before.
    /// </summary>
    private static void Add(in LineRow statement, FunctionSource source, BodyAccumulator?[] bodies, ulong count)
    {
        int segment = source.SegmentAt(statement.Address);
        if (segment >= 0 && !TryAdd(statement, source.Segments[segment].Scope, source, bodies, count)
            && segment > 0 && source.Segments[segment].Start == statement.Address && source.Segments[segment - 1].End == statement.Address)
        {
            TryAdd(statement, source.Segments[segment - 1].Scope, source, bodies, count);
        }
    }

    private static bool TryAdd(in LineRow statement, int scope, FunctionSource source, BodyAccumulator?[] bodies, ulong count)
    {
        for (; scope >= 0; scope = source.Scopes[scope].Parent)
        {
            uint first = source.Scopes[scope].Function.DeclarationLine;
            if (bodies[scope] is { } body && first != 0 && statement.Line != 0
                && body.TryAddBegin(new SourcePosition((int)(statement.Line - first), statement.Discriminator), statement.Address, count))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes up how often inlined calls were entered.</summary>
    /// <param name="source">The function's source positions.</param>
    /// <param name="bodies">The counts of its scopes.</param>
    /// <param name="ranges">What ran of it.</param>
    /// <param name="rule">Whether of several copies of a call the most often entered counts, as for its positions, or all.</param>
    /// <param name="comesAgain">How often the code of a scope came back to an address: a loop that begins there does not enter the call.</param>
    public static void AddEntries(FunctionSource source, BodyAccumulator?[] bodies, ExecutedRanges ranges, CountRule rule, Func<ulong, int, ulong>? comesAgain = null)
    {
        ulong[] entries = new ulong[bodies.Length];
        ulong[] scopes = new ulong[bodies.Length];
        for (int scope = 0; scope < bodies.Length; scope++)
        {
            entries[scope] = source.Scopes[scope].Entry;
            scopes[scope] = (ulong)scope;
        }

        Array.Sort(entries, scopes);
        var running = new RunningRanges(ranges);
        for (int i = 0; i < entries.Length; i++)
        {
            running.PassTo(entries[i]);
            if (entries[i] != 0)
            {
                ulong again = comesAgain?.Invoke(entries[i], (int)scopes[i]) ?? 0;
                bodies[scopes[i]]?.AddEntries(running.Count - Math.Min(running.Count, again), rule);
            }
        }
    }
}
