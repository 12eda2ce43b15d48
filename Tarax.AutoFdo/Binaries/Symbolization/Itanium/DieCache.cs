using System.Collections.Concurrent;
using Tarax.AutoFdo.Binaries.Dwarf;

namespace Tarax.AutoFdo.Binaries.Symbolization.Itanium;

/// <summary>Entries that were read for names, each once. Any thread may ask.</summary>
internal sealed class DieCache
{
    private readonly ConcurrentDictionary<DieReference, DieFacts?> _facts = [];
    private readonly ConcurrentDictionary<DwarfUnit, QualifiedNames> _names = [];
    private readonly ConcurrentDictionary<DieReference, bool> _agreements = [];
    private long _steps;

    /// <summary>Counts a step on the way to a name: where types hold each other in a circle, or a file is made to take long, names come to an end.</summary>
    /// <param name="stepsOfName">Steps for the same name so far.</param>
    /// <returns>Whether it may be taken.</returns>
    public bool TryStep(ref int stepsOfName)
    {
        const int MostForName = 20_000;
        const long MostForFile = 50_000_000;
        return ++stepsOfName <= MostForName && Interlocked.Increment(ref _steps) <= MostForFile;
    }

    /// <summary>An entry; null where there is none.</summary>
    public DieFacts? Read(DieReference? reference) => reference is { } known ? _facts.GetOrAdd(known, DieFacts.Read) : null;

    /// <summary>Types in full.</summary>
    public ConcurrentDictionary<DieReference, NameText> Types { get; } = [];

    /// <summary>Scopes in full, with those around them.</summary>
    public ConcurrentDictionary<DieReference, NameText> Scopes { get; } = [];

    /// <summary>Whether the entries of a template's arguments can be those of its name.</summary>
    public bool HasEntriesOfArguments(DieFacts template) => _agreements.GetOrAdd(template.Reference, _ => TemplateText.Agrees(this, template));

    /// <summary>The types of a unit by their names.</summary>
    public QualifiedNames NamesOf(DwarfUnit unit) => _names.GetOrAdd(unit, u => QualifiedNames.Of(this, u));

    /// <summary>The declaration of an entry: where its specifications and origins lead.</summary>
    public DieFacts DeclarationOf(DieFacts entry)
    {
        const int MaximumLinks = 8;
        for (int i = 0; i < MaximumLinks && Read(entry.Declared) is { } declared; i++)
        {
            entry = declared;
        }

        return entry;
    }

    /// <summary>What an entry stands in, from the outermost: namespaces, classes, functions. Null where it is not known.</summary>
    public Scope[]? ScopesOf(DieFacts entry) => entry.Scopes ??= ReadScopes(entry);

    private Scope[]? ReadScopes(DieFacts entry)
    {
        const int MaximumScopes = 64;
        var scopes = new List<Scope>();
        var at = entry;
        while (at.Unit.Scopes.Around(at.Reference.Offset) is { } around)
        {
            if (Read(new DieReference(at.Reference.File, around.Offset)) is not { } outer || scopes.Count == MaximumScopes || around.Tag is DwarfTag.InlinedSubroutine or DwarfTag.EnumerationType)
            {
                return null;
            }

            at = outer;
            if (outer.Tag == DwarfTag.LexicalBlock)
            {
                continue;
            }

            // A function may stand elsewhere than its declaration, of which its name is made.
            at = outer.Tag == DwarfTag.Subprogram ? DeclarationOf(outer) : outer;
            scopes.Insert(0, new Scope(at, at.Call is not null));
        }

        return [.. scopes];
    }

    /// <summary>The lambdas of the scope that one is in, wherever in its blocks.</summary>
    public IEnumerable<DieFacts> ClosuresBeside(DieFacts closure)
    {
        var scopes = closure.Unit.Scopes;
        int home = HomeOf(scopes, scopes.IndexOf(closure.Reference.Offset));
        for (int i = Math.Max(home, 0); i < scopes.Entries.Count && (home < 0 || IsWithin(scopes, i, home)); i++)
        {
            var entry = scopes.Entries[i];
            if (entry.Tag is DwarfTag.StructureType or DwarfTag.ClassType && HomeOf(scopes, i) == home
                && Read(new DieReference(closure.Reference.File, entry.Offset)) is { } facts && facts.Call is not null)
            {
                yield return facts;
            }
        }
    }

    /// <summary>
    /// The variable or the member that a lambda outside of functions is in the initializer of: the last that is declared before it where it stands. Null where there is none.
    /// </summary>
    public DieFacts? ContextOf(DieFacts closure)
    {
        ulong home = closure.Unit.Scopes.Around(closure.Reference.Offset)?.Offset ?? closure.Unit.FirstDie;
        DieFacts? last = null;
        foreach (var variable in Read(new DieReference(closure.Reference.File, home))?.Variables ?? [])
        {
            if (variable.DeclarationFile == closure.DeclarationFile && variable.Name.Length > 0 && variable.Place.CompareTo(closure.Place) < 0 && (last is null || variable.Place.CompareTo(last.Place) > 0))
            {
                last = variable;
            }
        }

        return last;
    }

    /// <summary>How many classes of the same name stand before a class in the same function.</summary>
    public int SameNamesBefore(DieFacts local)
    {
        var scopes = local.Unit.Scopes;
        int index = scopes.IndexOf(local.Reference.Offset);
        int home = HomeOf(scopes, index);
        int before = 0;
        for (int i = home + 1; home >= 0 && i < scopes.Entries.Count && IsWithin(scopes, i, home); i++)
        {
            if (i != index && scopes.Entries[i].Tag is DwarfTag.StructureType or DwarfTag.ClassType or DwarfTag.UnionType or DwarfTag.EnumerationType && HomeOf(scopes, i) == home
                && Read(new DieReference(local.Reference.File, scopes.Entries[i].Offset)) is { } other && other.Name == local.Name && other.Place.CompareTo(local.Place) < 0)
            {
                before++;
            }
        }

        return before;
    }

    private static int HomeOf(UnitScopes scopes, int index)
    {
        int parent = index < 0 ? -1 : scopes.Entries[index].Parent;
        while (parent >= 0 && scopes.Entries[parent].Tag == DwarfTag.LexicalBlock)
        {
            parent = scopes.Entries[parent].Parent;
        }

        return parent;
    }

    private static bool IsWithin(UnitScopes scopes, int index, int outer)
    {
        while (index > outer)
        {
            index = scopes.Entries[index].Parent;
        }

        return index == outer;
    }
}

/// <summary>A part of a name in full, and what it took to make it: it is taken from where it is kept only where it could be made again, so that names do not depend on the order in which they are asked for.</summary>
/// <param name="Text">The part.</param>
/// <param name="Height">How many steps deep it was made.</param>
/// <param name="Steps">How many steps it took.</param>
internal readonly record struct NameText(string Text, int Height, int Steps);

/// <summary>Something that names stand in.</summary>
/// <param name="Entry">Its entry: a namespace, a class, a function.</param>
/// <param name="IsClosure">Whether it is the class of a lambda.</param>
internal sealed record Scope(DieFacts Entry, bool IsClosure)
{
    /// <summary>Its name without template arguments.</summary>
    public string SourceName { get; } = Entry.Name.IndexOf('<', StringComparison.Ordinal) is > 0 and var end && Entry.IsClass ? Entry.Name[..end] : Entry.Name;

    public bool IsFunction => Entry.Tag == DwarfTag.Subprogram;

    public bool IsTemplate => Entry.IsClass && Entry.IsTemplate;

    /// <summary>Whether it is std where nothing is around it.</summary>
    public bool IsStd => Entry is { Tag: DwarfTag.Namespace, Name: "std" };

    public bool IsUnnamedNamespace => Entry is { Tag: DwarfTag.Namespace, Name.Length: 0 };
}
