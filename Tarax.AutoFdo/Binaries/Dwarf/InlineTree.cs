using System.Runtime.InteropServices;
using Tarax.AutoFdo.Binaries.Elf;

namespace Tarax.AutoFdo.Binaries.Dwarf;

/// <summary>
/// A function, or a call inlined into it. Scope 0 of a function is the function itself; the parent of every other scope comes before it.
/// </summary>
/// <param name="Parent">Index of the scope that the call was inlined into; −1 for the function itself.</param>
/// <param name="Origin">Entry that names the function: its abstract origin, or itself; null where it is not known.</param>
/// <param name="CallLine">Line of the call; 0 where it is not known.</param>
/// <param name="CallColumn">Column of the call; 0 where it is not known.</param>
/// <param name="CallDiscriminator">Discriminator of the call.</param>
/// <param name="Entry">ELF virtual address of the first instruction that an inlined call executes (DW_AT_entry_pc, else the first of its code); 0 where it is not known.</param>
/// <param name="FirstRange">Index of the first part of its code among those of all scopes.</param>
/// <param name="RangeCount">Number of parts.</param>
internal readonly record struct InlineScope(int Parent, DieReference? Origin, uint CallLine, uint CallColumn, uint CallDiscriminator, ulong Entry, int FirstRange, int RangeCount)
{
    /// <summary>Number of the file that the call stands in (DW_AT_call_file); null where it is not known.</summary>
    public uint? CallFile { get; init; }
}

/// <summary>Code of one scope, without what is inlined into it.</summary>
internal readonly record struct ScopeRun(ulong Start, ulong End, int Scope);

/// <summary>The calls that were inlined into a function. It is read for one function after another, since a kernel has thousands with tens of calls each; one thread may use it.</summary>
internal sealed class InlineTree
{
    /// <summary>Calls nested deeper than this count for the one around them; compilers stay below a hundred.</summary>
    private const int MaximumDepth = 1000;

    private readonly List<InlineScope> _scopes = [];

    /// <summary>The code of all scopes.</summary>
    private readonly List<CodeRange> _ranges = [];

    /// <summary>For each scope its place in the order in which entries end: inner before outer.</summary>
    private readonly List<int> _endOrder = [];

    private readonly List<(ulong Address, bool IsStart, int Scope)> _events = [];

    private readonly List<ScopeRun> _runs = [];
    private readonly Stack<(int Depth, int Scope)> _open = [];
    private readonly Dictionary<int, RangeIndex<ulong>> _byStart = [];
    private readonly List<(CodeRange Range, int Scope, ulong FurthestEnd)> _parts = [];
    private readonly ActiveScopes _active = new();

    /// <summary>The function and the calls, until the next is read.</summary>
    public List<InlineScope> Scopes => _scopes;

    /// <summary>Reads the calls of a function, in place of those of the one before.</summary>
    public void Read(DwarfFunction function)
    {
        function.Unit.File.CountReading();
        Clear();
        _ranges.AddRange(function.Ranges);
        _scopes.Add(new InlineScope(-1, function.Die, 0, 0, 0, 0, 0, function.Ranges.Length));
        var open = _open;
        open.Push((0, 0));
        int ended = 0;
        _endOrder.Add(0);
        var die = new DieCursor(function.Unit, function.Die.Offset);
        die.MoveNext();
        int nestedFunctionDepth = int.MaxValue;
        while (die.MoveNext())
        {
            if (die.Depth <= nestedFunctionDepth)
            {
                nestedFunctionDepth = int.MaxValue;
            }

            while (open.Peek().Depth >= die.Depth)
            {
                _endOrder[open.Pop().Scope] = ended++;
            }

            if (die.Tag == DwarfTag.Subprogram && nestedFunctionDepth == int.MaxValue)
            {
                // A nested function has code of its own; what is inlined there is not inlined here.
                nestedFunctionDepth = die.Depth;
            }
            else if (die.Tag == DwarfTag.InlinedSubroutine && nestedFunctionDepth == int.MaxValue && open.Count < MaximumDepth)
            {
                int depth = die.Depth;
                var scope = ReadScope(function.Unit, ref die, open.Peek().Scope, _ranges);
                open.Push((depth, _scopes.Count));
                _scopes.Add(scope);
                _endOrder.Add(0);
            }
        }

        while (open.TryPop(out var left))
        {
            _endOrder[left.Scope] = ended++;
        }

        SortParts();
    }

    /// <summary>Whatever ended the reading of the function before.</summary>
    private void Clear()
    {
        _scopes.Clear();
        _ranges.Clear();
        _endOrder.Clear();
        _open.Clear();
        _byStart.Clear();
        _parts.Clear();
    }

    /// <summary>
    /// Cuts a range of the function's code into runs of one innermost scope each. Where scopes that are not nested overlap,
    /// the one whose entry ends first owns the code. They are good until the next are asked for.
    /// </summary>
    public List<ScopeRun> RunsIn(CodeRange range)
    {
        var events = _events;
        events.Clear();
        var parts = CollectionsMarshal.AsSpan(_parts);
        for (int i = FirstStartingAt(parts, range.End) - 1; i >= 0 && parts[i].FurthestEnd > range.Start; i--)
        {
            var clipped = parts[i].Range.Intersect(range);
            if (clipped.Start < clipped.End && IsWithinParents(parts[i].Scope, clipped))
            {
                events.Add((clipped.Start, true, parts[i].Scope));
                events.Add((clipped.End, false, parts[i].Scope));
            }
        }

        events.Sort();
        var runs = _runs;
        runs.Clear();
        var active = _active;
        active.Begin(_endOrder);
        for (int i = 0; i < events.Count; i++)
        {
            var (address, isStart, scope) = events[i];
            active.Note(scope, isStart);
            if (i + 1 == events.Count || events[i + 1].Address == address || active.Innermost is not { } innermost)
            {
                continue;
            }

            if (runs.Count > 0 && runs[^1].Scope == innermost && runs[^1].End == address)
            {
                runs[^1] = runs[^1] with { End = events[i + 1].Address };
            }
            else
            {
                runs.Add(new ScopeRun(address, events[i + 1].Address, innermost));
            }
        }

        return runs;
    }

    /// <summary>The scopes that an address lies in, while addresses are passed in ascending order.</summary>
    private sealed class ActiveScopes
    {
        private int[] _activations = [];
        private List<int> _endOrder = [];

        /// <summary>Scopes that began, the innermost first; those that ended since are taken away when they come first.</summary>
        private readonly PriorityQueue<int, int> _begun = new();

        /// <summary>Before the first address of a range.</summary>
        public void Begin(List<int> endOrder)
        {
            _endOrder = endOrder;
            _begun.Clear();
            if (_activations.Length < endOrder.Count)
            {
                _activations = new int[2 * endOrder.Count];
            }

            _activations.AsSpan(0, endOrder.Count).Clear();
        }

        public int? Innermost
        {
            get
            {
                while (_begun.TryPeek(out int scope, out _))
                {
                    if (_activations[scope] > 0)
                    {
                        return scope;
                    }

                    _begun.Dequeue();
                }

                return null;
            }
        }

        public void Note(int scope, bool isStart)
        {
            _activations[scope] += isStart ? 1 : -1;
            if (isStart && _activations[scope] == 1)
            {
                _begun.Enqueue(scope, _endOrder[scope]);
            }
        }
    }

    private static InlineScope ReadScope(DwarfUnit unit, ref DieCursor die, int parent, List<CodeRange> ranges)
    {
        DieReference? origin = null;
        uint? callFile = null;
        ulong callLine = 0;
        ulong callColumn = 0;
        ulong discriminator = 0;
        var code = default(CodeAttributes);
        AttributeValue entry = default;
        while (die.NextAttribute(out var attribute, out var value))
        {
            switch (attribute)
            {
                case DwarfAttribute.AbstractOrigin:
                    origin = unit.Reference(value);
                    break;
                case DwarfAttribute.CallFile:
                    callFile = (uint)Math.Min(value.Number, uint.MaxValue);
                    break;
                case DwarfAttribute.CallLine:
                    callLine = value.Number;
                    break;
                case DwarfAttribute.CallColumn:
                    callColumn = value.Number;
                    break;
                case DwarfAttribute.GnuDiscriminator:
                    discriminator = value.Number;
                    break;
                case DwarfAttribute.EntryPc:
                    entry = value;
                    break;
                default:
                    code.Take(attribute, value);
                    break;
            }
        }

        int first = ranges.Count;
        code.AddRangesIn(unit, ranges);
        var own = CollectionsMarshal.AsSpan(ranges)[first..];
        return new InlineScope(
            parent, origin, (uint)Math.Min(callLine, uint.MaxValue), (uint)Math.Min(callColumn, uint.MaxValue), (uint)Math.Min(discriminator, uint.MaxValue), EntryOf(unit, entry, own), first, own.Length)
        {
            CallFile = callFile,
        };
    }

    /// <summary>DWARF 5 lets DW_AT_entry_pc be an offset from the start too (section 2.18); GCC gives the address.</summary>
    private static ulong EntryOf(DwarfUnit unit, AttributeValue entry, ReadOnlySpan<CodeRange> ranges) =>
        entry.Kind is ValueKind.Address or ValueKind.AddressIndex ? unit.Address(entry)
        : ranges.Length == 0 ? 0
        : ranges[0].Start + (entry.Kind == ValueKind.Constant ? entry.Number : 0);

    /// <summary>The parts of all scopes by their starts, each with the largest end up to it: a function may have many parts, and many scopes.</summary>
    private void SortParts()
    {
        for (int i = 0; i < _scopes.Count; i++)
        {
            foreach (var range in RangesOf(i))
            {
                _parts.Add((range, i, 0));
            }
        }

        _parts.Sort(static (a, b) => a.Range.Start.CompareTo(b.Range.Start));
        ulong furthest = 0;
        foreach (ref var part in CollectionsMarshal.AsSpan(_parts))
        {
            furthest = Math.Max(furthest, part.Range.End);
            part.FurthestEnd = furthest;
        }
    }

    private ReadOnlySpan<CodeRange> RangesOf(int scope) => CollectionsMarshal.AsSpan(_ranges).Slice(_scopes[scope].FirstRange, _scopes[scope].RangeCount);

    private static int FirstStartingAt(ReadOnlySpan<(CodeRange Range, int Scope, ulong FurthestEnd)> parts, ulong address)
    {
        int low = 0;
        int high = parts.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (parts[middle].Range.Start < address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>A call that does not lie within the code of its caller is a mistake of the compiler, and not believed.</summary>
    private bool IsWithinParents(int scope, CodeRange range)
    {
        for (int parent = _scopes[scope].Parent; parent >= 0; parent = _scopes[parent].Parent)
        {
            if (!IsWithin(range, parent))
            {
                return false;
            }
        }

        return true;
    }

    private bool IsWithinMany(CodeRange range, int scope)
    {
        if (!_byStart.TryGetValue(scope, out var index))
        {
            index = new RangeIndex<ulong>([.. RangesOf(scope).ToArray().Select(r => (r, r.End))]);
            _byStart.Add(scope, index);
        }

        return index.At(range.Start).Any(end => range.End <= end);
    }

    private bool IsWithin(CodeRange range, int scope)
    {
        const int Few = 16;
        var ranges = RangesOf(scope);
        if (ranges.Length > Few)
        {
            return IsWithinMany(range, scope);
        }

        foreach (var each in ranges)
        {
            if (each.Start <= range.Start && range.End <= each.End)
            {
                return true;
            }
        }

        return false;
    }
}
