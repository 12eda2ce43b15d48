using System.Collections.Concurrent;
using System.Text;
using Tarax.AutoFdo.Binaries.Dwarf;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Binaries.Symbolization.Itanium;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Binaries.Symbolization;

/// <summary>
/// Finds functions by address and their source positions: names from the symbol table, lines and inlined calls from the debug
/// information, which is read for a unit or a function when the first address in it is asked for. Any number of threads may ask.
/// </summary>
internal sealed class Symbolizer : IDisposable
{
    /// <summary>Fewer units are read before threads have started.</summary>
    private const int UnitsForThreads = 8;

    private static readonly FunctionDescription Unknown = new("", 0, "");

    /// <summary>Where a thread collects what it makes of a function.</summary>
    [ThreadStatic]
    private static List<CodeSegment>? CollectedSegments;

    /// <summary>Where a thread reads the inlined calls of a function.</summary>
    [ThreadStatic]
    private static InlineTree? ReadTree;

    private readonly ElfFile _binary;
    private readonly FunctionSymbols _symbols;
    private readonly DwarfFile? _dwarf;
    private readonly CodeRange[] _stubs;
    private readonly DieCache _entries = new();
    private readonly ConcurrentDictionary<DwarfFunction, CodeFunction> _functions = [];
    private readonly ConcurrentDictionary<DieReference, FunctionDescription> _descriptions = [];
    private readonly Lazy<RangeIndex<CodeFunction>?> _thunks;
    private readonly Func<DwarfFunction, CodeFunction> _makeFunction;
    private readonly Func<DieReference, FunctionDescription> _readDescription;

    public Symbolizer(BinaryFiles files)
    {
        _binary = files.Binary;
        _symbols = FunctionSymbols.Of(files.Debug.HasSymbolTable ? files.Debug : files.Binary);
        _dwarf = DwarfFile.Of(files.Debug, files.Supplementary);
        _thunks = new Lazy<RangeIndex<CodeFunction>?>(ReadThunks);
        Func<DwarfFunction, FunctionIdentity> find = SymbolOf;
        _makeFunction = debug => new CodeFunction(debug, find);
        _readDescription = ReadDescription;
        _stubs = [.. files.Binary.Sections.Where(s => s.Name is ".plt" or ".plt.sec" or ".plt.got" or ".iplt" or ".plt.bnd").Select(s => new CodeRange(s.Address, s.Address + s.Size))];
    }

    /// <summary>A symbolizer for a binary that holds all of its debug information itself.</summary>
    public Symbolizer(ElfFile binary)
        : this(new BinaryFiles(binary))
    {
    }

    /// <summary>Whether there is DWARF that describes code.</summary>
    public bool HasDebugInformation => _dwarf is { Units.Count: > 0 };

    /// <summary>Whether any unit has a line program.</summary>
    public bool HasLines => _dwarf?.Sections.Line is not null;

    /// <summary>What ended the reading of the debug information early; null where nothing did.</summary>
    public InvalidFormatException? Damage => _dwarf?.Damage;

    /// <summary>Files of split DWARF that units name and that are not at hand, of the units that were looked into.</summary>
    public IEnumerable<string> MissingSplitFiles() => (_dwarf?.Units ?? []).Select(u => u.MissingSplitUnit).OfType<string>();

    /// <summary>The files of split DWARF that were opened.</summary>
    public IEnumerable<string> SplitFiles() => _dwarf?.SplitUnits.Files ?? [];

    /// <summary>See <see cref="IO.ByteSource.EnsureUnchanged"/>, for the files of split DWARF.</summary>
    public void EnsureSplitUnchanged() => _dwarf?.SplitUnits.EnsureUnchanged();

    public void Dispose() => _dwarf?.Dispose();

    /// <summary>Whether Clang's flow-sensitive passes gave the discriminators.</summary>
    public bool IsFlowSensitive => _symbols.IsFlowSensitive;

    /// <summary>The names of all functions, in order, each once, without the suffixes of parts.</summary>
    public IReadOnlyList<string> FunctionNames() => _symbols.Names();

    /// <summary>The functions of the symbol table, by address, each with its name without the suffixes of parts.</summary>
    public IEnumerable<(string Name, ulong Address)> FunctionStarts() => _symbols.Starts();

    /// <summary>The functions of the symbol table, by address, each with its own name and its bytes.</summary>
    public IEnumerable<(string Name, ulong Address, ulong Size)> FunctionSymbolsInOrder() => _symbols.All();

    /// <summary>The ELF virtual address of a file offset of the binary that holds code.</summary>
    public bool TryGetVirtualAddress(ulong fileOffset, out ulong virtualAddress) => _binary.TryGetVirtualAddress(fileOffset, out virtualAddress);

    /// <summary>The same, with the number of bytes from there on of which the same holds.</summary>
    public bool TryGetVirtualAddress(ulong fileOffset, out ulong virtualAddress, out ulong length) =>
        _binary.TryGetVirtualAddress(fileOffset, out virtualAddress, out length);

    /// <summary>The symbols of the function that holds an address.</summary>
    public FunctionSymbol? FindSymbol(ulong address) => _symbols.Find(address);

    /// <summary>The name of the unit that holds an address, as the compiler was given it (DW_AT_name); empty where none does.</summary>
    public string UnitNameAt(ulong address) => _dwarf?.UnitsAt(address).FirstOrDefault()?.Name ?? "";

    /// <summary>Whether an address lies in what the linker made for calls into shared objects: a procedure linkage table.</summary>
    public bool IsLinkerStub(ulong address) => Array.Exists(_stubs, s => s.Contains(address));

    /// <summary>The function that holds an address; null where the debug information has none.</summary>
    public CodeFunction? FindFunction(ulong address) => FindDescribed(address) ?? ThunkAt(address);

    private CodeFunction? FindDescribed(ulong address)
    {
        if (_dwarf is null)
        {
            return null;
        }

        // Nearly always the first unit has it.
        var first = _dwarf.UnitThatHolds(address);
        if (first?.Functions.Find(address) is { } known)
        {
            return FunctionOf(known);
        }

        foreach (var unit in _dwarf.UnitsAt(address))
        {
            if (unit != first && unit.Functions.Find(address) is { } found)
            {
                return FunctionOf(found);
            }
        }

        return null;
    }

    /// <summary>The code around an address that lies in the same part of the same function.</summary>
    public FunctionRange FindFunctionRange(ulong address)
    {
        ulong until = _dwarf?.SameUnitsUntil(address) ?? ulong.MaxValue;
        if (FindFunctionRange(address, _dwarf?.UnitsThatHold(address) ?? [], ref until) is { } functionRange)
        {
            return functionRange;
        }

        until = Math.Min(until, _dwarf?.SameUnitsWithoutRangesUntil(address) ?? ulong.MaxValue);
        return FindFunctionRange(address, _dwarf?.UnitsWithoutRangesAt(address) ?? [], ref until)
            ?? (ThunkAt(address) is { } thunk ? new FunctionRange(thunk, thunk.Debug.Ranges[0], address, Math.Min(until, thunk.Debug.Ranges[0].End))
            : new FunctionRange(null, default, address, Math.Min(until, _thunks.Value?.SameUntil(address) ?? ulong.MaxValue)));
    }

    /// <summary>
    /// The thunk that holds an address; null where none does. GCC gives thunks no entry in the debug information, nor does it tell of what it inlined into them: of their code the line table has the
    /// first line of the function (GCC 12 and 16) or none (11).
    /// </summary>
    private CodeFunction? ThunkAt(ulong address) => _thunks.Value is { } thunks && thunks.TryFind(address, out var thunk) ? thunk : null;

    private RangeIndex<CodeFunction>? ReadThunks()
    {
        var thunks = new List<(CodeRange Range, CodeFunction Function)>();
        foreach (var (code, start, isCovariant) in _dwarf is null ? [] : _symbols.Thunks())
        {
            if (FindDescribed(start) is { } function && function.Entry == start && FindDescribed(code.Start) is null)
            {
                var debug = new DwarfFunction(function.Debug.Unit, function.Debug.Die.Offset, [code]);
                thunks.Add((code, new CodeFunction(debug, _ => new FunctionIdentity(function.Name, code.Start, false)) { ThunkFor = function, CallsOn = isCovariant }));
            }
        }

        return thunks.Count == 0 ? null : new RangeIndex<CodeFunction>(thunks);
    }

    private FunctionRange? FindFunctionRange(ulong address, IEnumerable<DwarfUnit> units, ref ulong until)
    {
        foreach (var unit in units)
        {
            until = Math.Min(until, unit.Functions.SameUntil(address));
            if (unit.Functions.Find(address) is { } found && FunctionOf(found) is var function && function.PartAt(address) is { } part)
            {
                return new FunctionRange(function, part, address, Math.Min(until, part.End));
            }
        }

        return null;
    }

    /// <summary>Reads the functions of the units that hold some addresses, on several threads, before they are asked for one by one.</summary>
    /// <param name="addresses">The addresses in ascending order.</param>
    /// <param name="threads">Number of threads.</param>
    public void ReadUnits(IEnumerable<ulong> addresses, int threads)
    {
        if (_dwarf is null || threads < 2)
        {
            return;
        }

        var addressesOf = new Dictionary<DwarfUnit, List<ulong>>();
        var lists = new List<List<ulong>>();
        ulong until = 0;
        foreach (ulong address in addresses)
        {
            if (address >= until)
            {
                lists.Clear();
                until = _dwarf.SameUnitsUntil(address);
                foreach (var unit in _dwarf.UnitsThatHold(address))
                {
                    if (!addressesOf.TryGetValue(unit, out var known))
                    {
                        addressesOf.Add(unit, known = []);
                    }

                    lists.Add(known);
                }
            }

            foreach (var list in lists)
            {
                list.Add(address);
            }
        }

        if (addressesOf.Count < UnitsForThreads)
        {
            return;
        }

        KeyValuePair<DwarfUnit, List<ulong>>[] all = [.. addressesOf];
        ParallelLoop.Run(all.Length, threads, i =>
        {
            // What is nested in other functions is read when the others do not have an address.
            foreach (ulong address in all[i].Value)
            {
                _ = all[i].Key.Functions.Find(address);
            }
        });
    }

    /// <summary>The source positions of all parts of a function.</summary>
    /// <param name="function">The function.</param>
    /// <param name="byColumn">Whether columns stand beside discriminators (<see cref="ColumnPosition"/>).</param>
    public FunctionSource Source(CodeFunction function, bool byColumn = false)
    {
        try
        {
            return ReadSource(function, byColumn);
        }
        catch (InvalidFormatException e)
        {
            _dwarf!.NoteDamage(e);
            return new FunctionSource([new SourceScope(-1, Unknown, 0, 0, 0)], []);
        }
    }

    /// <summary>Which file each piece of a function's code is of, and each call that is inlined into it.</summary>
    /// <param name="function">The function.</param>
    /// <param name="source">Its source positions.</param>
    public CodeFiles Files(CodeFunction function, FunctionSource source)
    {
        try
        {
            return CodeFiles.Read(function, source);
        }
        catch (InvalidFormatException e)
        {
            _dwarf!.NoteDamage(e);
            return new CodeFiles(source, [], []);
        }
    }

    /// <summary>What the debug information says of an entry.</summary>
    public FunctionDescription Describe(DieReference die) => _descriptions.GetOrAdd(die, _readDescription);

    private FunctionDescription ReadDescription(DieReference die)
    {
        var description = Unknown;
        try
        {
            description = FunctionDescription.Read(die);
        }
        catch (InvalidFormatException e)
        {
            _dwarf!.NoteDamage(e);
        }

        if (die.File.UnitAtOffset(die.Offset) is { } unit && IsOfLlvm(unit))
        {
            return description with { DwarfName = SourceName.WithoutCoroutinePart(description.DwarfName) };
        }

        return description with
        {
            DwarfName = StructorName.Emitted(description.DwarfName),
            Made = description is { HasLinkageName: false, Declaration: { } at } && at.File.UnitAtOffset(at.Offset) is { IsCxx: true } ? new Lazy<MadeLinkageName>(() => LinkageNameOf(description)) : null,
        };
    }

    /// <summary>
    /// The linkage name of a C++ function that GCC's debug information has only the plain name of. None has what other units can see, which has C linkage then, and what stands
    /// in a header of C, of which <c>extern "C"</c> is likely, and what initializes the variables of a file, which is named for the linker at once (cp/decl2.cc).
    /// </summary>
    private MadeLinkageName LinkageNameOf(FunctionDescription described)
    {
        try
        {
            return NeedsLinkageName(described) ? new MadeLinkageName(true, MangledName.Of(_entries, described.Declaration!.Value)) : default;
        }
        catch (InvalidFormatException e)
        {
            _dwarf!.NoteDamage(e);
            return default;
        }
    }

    private bool NeedsLinkageName(FunctionDescription described) =>
        _entries.Read(described.Declaration) is { IsExternal: false } declaration && !declaration.Name.StartsWith("_GLOBAL__", StringComparison.Ordinal) && _entries.ScopesOf(declaration) is { } scopes && (scopes.Length > 0 || !IsHeaderOfC(described.File));

    /// <summary>A header of the system that is not of the C++ library.</summary>
    private static bool IsHeaderOfC(string path) => path.StartsWith("/usr/", StringComparison.Ordinal) && path.EndsWith(".h", StringComparison.Ordinal) && !path.Contains("/c++/", StringComparison.Ordinal);

    private FunctionSource ReadSource(CodeFunction function, bool byColumn)
    {
        if (function.ThunkFor is not null)
        {
            var described = Describe(function.Debug.Die);
            var code = function.Debug.Ranges[0];

            // What ran of it in its loops says nothing of the first line, which ran as often as the thunk was entered.
            return new FunctionSource(
                [new SourceScope(-1, described, 0, 0, 0)],
                [new CodeSegment(code.Start, code.Start + 1, 0, described.DeclarationLine, 0, 1, 0), new CodeSegment(code.Start + 1, code.End, 0, 0, 0, 1, 0)]);
        }

        var tree = ReadTree ??= new InlineTree();
        tree.Read(function.Debug);
        var encoding = EncodingOf(function.Debug.Unit);
        var scopes = new SourceScope[tree.Scopes.Count];
        for (int i = 0; i < scopes.Length; i++)
        {
            var scope = tree.Scopes[i];
            scopes[i] = new SourceScope(
                scope.Parent, scope.Origin is { } origin ? Describe(origin) : Unknown, scope.CallLine, Discriminator.Of(scope.CallDiscriminator, encoding).Number, scope.Entry)
            {
                CallFile = scope.CallFile,
            };
        }

        int[] homes = HomesOf(tree.Scopes, scopes, function);
        scopes[0] = scopes[0] with { Function = WithFirstLine(scopes[0].Function, function) };
        for (int i = 1; byColumn && i < scopes.Length; i++)
        {
            scopes[i] = scopes[i] with { CallDiscriminator = ColumnPosition.Of(tree.Scopes[i].CallColumn, scopes[i].CallDiscriminator) };
        }

        var segments = CollectedSegments ??= [];
        segments.Clear();
        if (function.Debug.Unit.LineTable is { } lines)
        {
            foreach (var part in function.PartsInOrder())
            {
                AddSegments(tree.RunsIn(part), homes, lines, encoding, segments);
            }
        }

        return new FunctionSource(scopes, byColumn && function.Debug.Unit.ColumnRows is { } columns ? ByColumn(segments, columns) : [.. segments]);
    }

    /// <summary>
    /// The scopes that the code of each belongs to in the source: of a part that GCC split off a function and inlined again, that of the function. Such a call has the function's own place for its
    /// own (ipa-split.cc; GCC 16 finds 82 % of the counts of the corpus's openmp with such calls, and all without), where a function that calls itself has that of the call.
    /// </summary>
    private static int[] HomesOf(List<InlineScope> tree, SourceScope[] scopes, CodeFunction whole)
    {
        // A destructor that also frees calls the one that does not, of which the debug information distinguishes it by nothing else.
        bool isDeleting = whole.Name.Contains("D0E", StringComparison.Ordinal);
        int[] homes = new int[scopes.Length];
        for (int i = 1; i < homes.Length; i++)
        {
            int parent = homes[scopes[i].Parent];
            var function = scopes[i].Function;
            bool isPart = !(isDeleting && parent == 0) && function is { Declaration: { } declaration, DeclarationLine: not 0 } && scopes[parent].Function.Declaration == declaration
                && tree[i].CallLine == function.DeclarationLine && (tree[i].CallColumn == 0 ? scopes[i].CallDiscriminator == 0 : tree[i].CallColumn == function.DeclarationColumn);
            homes[i] = isPart ? parent : i;
            scopes[i] = scopes[i] with { Parent = parent };
        }

        return homes;
    }

    /// <summary>
    /// A function that GCC made and gave no line in the debug information, such as one of OpenMP or a part of a coroutine, begins where its first row says: with positions from there GCC 16 finds all
    /// counts of OpenMP's outlined functions and of coroutines (Corpus: openmp, coroutines).
    /// </summary>
    private static FunctionDescription WithFirstLine(FunctionDescription described, CodeFunction function)
    {
        var unit = function.Debug.Unit;
        if (described.DeclarationLine != 0 || !described.IsArtificial || UnitProducer.Of(unit.Producer).Family != ProducerFamily.Gnu || unit.FirstRows is not { } rows)
        {
            return described;
        }

        ulong entry = function.Entry;
        for (int s = rows.FirstSequenceEndingAfter(entry); s < rows.Sequences.Length && rows.Sequences[s].Start <= entry; s++)
        {
            if (entry < rows.Sequences[s].End)
            {
                return described with { DeclarationLine = rows.Rows[rows.RowAt(rows.Sequences[s], entry)].Line, File = unit.SourcePath };
            }
        }

        return described;
    }

    /// <summary>Cuts runs of one scope where a row of the line table begins.</summary>
    private static void AddSegments(List<ScopeRun> runs, int[] homes, LineTable lines, DiscriminatorEncoding encoding, List<CodeSegment> segments)
    {
        foreach (var run in runs)
        {
            ulong at = run.Start;
            for (int s = lines.FirstSequenceEndingAfter(at); s < lines.Sequences.Length && at < run.End; s++)
            {
                ref readonly var sequence = ref lines.Sequences[s];
                at = Math.Max(at, sequence.Start);
                int pastLast = sequence.FirstRow + sequence.RowCount;
                for (int row = lines.RowAt(sequence, at); row < pastLast && at < run.End && at < sequence.End; row++)
                {
                    ulong end = Math.Min(run.End, row + 1 < pastLast ? lines.Rows[row + 1].Address : sequence.End);
                    if (end > at)
                    {
                        var discriminator = Discriminator.Of(lines.Rows[row].Discriminator, encoding);
                        segments.Add(new CodeSegment(at, end, homes[run.Scope], lines.Rows[row].Line, discriminator.Number, discriminator.DuplicationFactor, discriminator.CopyId));
                    }

                    at = Math.Max(at, end);
                }
            }
        }
    }

    /// <summary>Cuts segments where a row with another column begins, which stands beside the discriminator then.</summary>
    private static CodeSegment[] ByColumn(List<CodeSegment> segments, LineTable columns)
    {
        var result = new List<CodeSegment>(segments.Count);
        foreach (var segment in segments)
        {
            ulong at = segment.Start;
            for (int s = columns.FirstSequenceEndingAfter(at); s < columns.Sequences.Length && at < segment.End && columns.Sequences[s].Start <= at; s++)
            {
                ref readonly var sequence = ref columns.Sequences[s];
                int pastLast = sequence.FirstRow + sequence.RowCount;
                for (int row = columns.RowAt(sequence, at); row < pastLast && at < segment.End && at < sequence.End; row++)
                {
                    ulong end = Math.Min(segment.End, row + 1 < pastLast ? columns.Rows[row + 1].Address : sequence.End);
                    if (end > at)
                    {
                        result.Add(segment with { Start = at, End = end, Discriminator = ColumnPosition.Of(columns.Rows[row].Discriminator, segment.Discriminator) });
                    }

                    at = Math.Max(at, end);
                }
            }

            if (at < segment.End)
            {
                result.Add(segment with { Start = at, Discriminator = ColumnPosition.Of(0, segment.Discriminator) });
            }
        }

        return [.. result];
    }

    /// <summary>What the discriminators of a unit mean.</summary>
    public DiscriminatorEncoding EncodingOf(DwarfUnit unit) => IsFlowSensitive ? DiscriminatorEncoding.Plain : Discriminator.EncodingOf(UnitProducer.Of(unit.Producer));

    private CodeFunction FunctionOf(DwarfFunction debug) => _functions.GetOrAdd(debug, _makeFunction);

    /// <summary>
    /// One name of the symbols at the function's entry. Compilers read profiles before they split, clone or rename anything, and know functions by the names of that time.
    /// </summary>
    private FunctionIdentity SymbolOf(DwarfFunction debug)
    {
        FunctionIdentity? part = null;
        var described = Describe(debug.Die);
        bool isOfLlvm = IsOfLlvm(debug.Unit);
        foreach (var range in debug.Ranges)
        {
            if (_symbols.Find(range.Start) is not { } symbol || symbol.Start != range.Start)
            {
                continue;
            }

            string linked = symbol.Aliases[0].Name;
            string name = isOfLlvm ? SourceName.OfLlvm(symbol.Aliases, described) : Preferred(symbol.Aliases, described);
            var found = new FunctionIdentity(PartSuffix.Strip(name), range.Start, isOfLlvm && SourceName.IsCoroutinePart(linked));
            if (!PartSuffix.IsPart(Encoding.UTF8.GetBytes(isOfLlvm ? linked : name)))
            {
                return found;
            }

            part ??= found;
        }

        return part ?? new FunctionIdentity(described.Name, debug.Ranges[0].Start, false);
    }

    private static bool IsOfLlvm(DwarfUnit unit) => UnitProducer.Of(unit.Producer).Family == ProducerFamily.Llvm;

    /// <summary>The name of the debug information where the linker has it too, since the compiler knows the function by it; else the first by rank.</summary>
    private static string Preferred(SymbolAlias[] aliases, FunctionDescription described)
    {
        if (aliases.Length == 1)
        {
            return aliases[0].Name;
        }

        string own = described.Name;
        string best = Array.Exists(aliases, a => a.Name == own) ? own : aliases[0].Name;
        foreach (var alias in aliases)
        {
            if (StructorName.IsBaseVariant(alias.Name, own) || StructorName.IsBaseVariant(alias.Name, best))
            {
                return alias.Name;
            }
        }

        return best;
    }
}
