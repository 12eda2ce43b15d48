using Mono.Cecil;
using Mono.Cecil.Cil;
using Tarax.AutoFdo.Conversion;

namespace Tarax.AutoFdo.Tests;

/// <summary>Which folder uses which, as the compiled assembly has it: ARCHITECTURE.md says the same, and nothing refers back.</summary>
public sealed class FolderTests
{
    private const string Root = "Tarax.AutoFdo";
    private const string Facade = "(root)";

    /// <summary>Methods that are longer than 80 lines, or have more than 7 parameters, each with the reason.</summary>
    private static readonly Dictionary<string, string> Exceptions = new(StringComparer.Ordinal)
    {
        ["ScriptRecording.TakeSampleLine"] = "one pass over the words of a line, whose state is in locals",
        ["RecordingCounter.Count"] = "the loop over records, whose state is in locals",
    };

    private ModuleDefinition _module = null!;

    [OneTimeSetUp]
    public void Read() => _module = ModuleDefinition.ReadModule(typeof(AutoFdoConverter).Assembly.Location, new ReaderParameters { ReadSymbols = true });

    [OneTimeTearDown]
    public void Close() => _module.Dispose();

    [Test]
    public void Folders_use_each_other_as_the_page_says()
    {
        var found = References().Select(r => $"{r.From} -> {r.To}").ToHashSet(StringComparer.Ordinal);
        var page = Page();
        Assert.That(found.Except(page).Order(), Is.Empty, "the assembly has references that ARCHITECTURE.md does not allow");
        Assert.That(page.Except(found).Order(), Is.Empty, "ARCHITECTURE.md allows references that nobody needs");
    }

    [Test]
    public void No_folder_is_in_a_circle()
    {
        var uses = References().ToLookup(r => r.From, r => r.To, StringComparer.Ordinal);
        var done = new HashSet<string>(StringComparer.Ordinal);
        var open = new List<string>();
        void Visit(string folder)
        {
            Assert.That(open, Has.No.Member(folder), $"{string.Join(" -> ", open)} -> {folder}");
            if (!done.Add(folder))
            {
                return;
            }

            open.Add(folder);
            foreach (string used in uses[folder])
            {
                Assert.That(open, Has.No.Member(used), $"{string.Join(" -> ", open)} -> {used}");
                if (!done.Contains(used))
                {
                    Visit(used);
                }
            }

            open.RemoveAt(open.Count - 1);
        }

        foreach (var folder in uses.Select(u => u.Key).Order(StringComparer.Ordinal))
        {
            if (!done.Contains(folder))
            {
                Visit(folder);
            }
        }
    }

    [Test]
    public void Report_of_a_conversion_is_read_by_no_step()
    {
        string report = typeof(AutoFdo.Conversion.ConversionReport).FullName!;
        var readers = _module.GetTypes().Where(t => t.FullName != report && t.Namespace is not ($"{Root}.Reports" or Root))
            .SelectMany(t => t.Methods).Where(m => m.HasBody)
            .SelectMany(m => m.Body.Instructions.Select(i => i.Operand).OfType<MethodReference>().Where(c => c.DeclaringType.FullName == report && c.Name.StartsWith("get_", StringComparison.Ordinal)).Select(c => $"{m.FullName} {c.Name}"));
        Assert.That(readers, Is.Empty);
    }

    [Test]
    public void Namespaces_are_folders()
    {
        string source = Path.Combine(TestEnvironment.Repository, Root);
        foreach (string name in _module.Types.Select(t => t.Namespace).Where(n => n.StartsWith(Root, StringComparison.Ordinal)).Distinct())
        {
            Assert.That(Directory.Exists(Path.Combine(source, name[Root.Length..].TrimStart('.').Replace('.', Path.DirectorySeparatorChar))), name);
        }
    }

    [Test]
    public void Methods_are_short_and_have_few_parameters()
    {
        const int MostLines = 80;
        const int MostParameters = 7;
        var beyond = new List<string>();
        foreach (var method in _module.GetTypes().Where(t => !IsMade(t)).SelectMany(t => t.Methods).Where(m => m.HasBody && !m.Name.StartsWith('<') && m.Name != "Deconstruct" && !m.DeclaringType.Name.StartsWith('<')))
        {
            // Records take all of their members, and what initializes members stands all over the class.
            bool isRecord = method.IsConstructor && method.DeclaringType.Methods.Any(m => m.Name == "<Clone>$" || m.Name == "PrintMembers");
            var points = method.DebugInformation.SequencePoints.Where(p => !p.IsHidden).ToList();
            int lines = points.Count == 0 || method.IsConstructor ? 0 : points.Max(p => p.EndLine) - points.Min(p => p.StartLine) + 1;
            if ((lines > MostLines || (method.Parameters.Count > MostParameters && !isRecord)) && !Exceptions.ContainsKey($"{method.DeclaringType.Name}.{method.Name}"))
            {
                beyond.Add($"{method.DeclaringType.Name}.{method.Name}: {lines} lines, {method.Parameters.Count} parameters");
            }
        }

        Assert.That(beyond, Is.Empty);
    }

    /// <summary>Whether a type, or a part of it, is code that a generator made: of it nobody reads the methods.</summary>
    private static bool IsMade(TypeDefinition type) =>
        type.CustomAttributes.Any(a => a.AttributeType.Name == nameof(System.CodeDom.Compiler.GeneratedCodeAttribute)) || (type.DeclaringType is { } around && IsMade(around));

    /// <summary>The arrows of the page: a block of lines such as <c>Counting -> Counts, IO</c>.</summary>
    private static HashSet<string> Page()
    {
        var arrows = new HashSet<string>(StringComparer.Ordinal);
        foreach (string line in File.ReadLines(Path.Combine(TestEnvironment.Repository, "ARCHITECTURE.md")))
        {
            string[] sides = line.Split(" -> ");
            if (sides.Length == 2 && !line.StartsWith(' ') && !line.Contains('|', StringComparison.Ordinal))
            {
                arrows.UnionWith(sides[1].Split(", ").Select(to => $"{sides[0].Trim()} -> {to.Trim()}"));
            }
        }

        return arrows;
    }

    private HashSet<(string From, string To)> References()
    {
        var references = new HashSet<(string, string)>();
        void Add(TypeDefinition from, TypeReference? to)
        {
            switch (to)
            {
                case null or GenericParameter:
                    return;
                case GenericInstanceType generic:
                    foreach (var argument in generic.GenericArguments)
                    {
                        Add(from, argument);
                    }

                    break;
                case TypeSpecification specification:
                    Add(from, specification.ElementType);
                    return;
            }

            var (user, used) = (FolderOf(from), FolderOf(to));
            if (to.GetElementType() is TypeDefinition && user is not null && used is not null && user != used)
            {
                references.Add((user, used));
            }
        }

        foreach (var type in _module.GetTypes())
        {
            Add(type, type.BaseType);
            type.Interfaces.ToList().ForEach(i => Add(type, i.InterfaceType));
            type.Fields.ToList().ForEach(f => Add(type, f.FieldType));
            foreach (var method in type.Methods)
            {
                AddMethod(type, method, Add);
                (method.HasBody ? method.Body.ExceptionHandlers.ToList() : []).ForEach(h => Add(type, h.CatchType));
                foreach (var instruction in method.HasBody ? method.Body.Instructions : [])
                {
                    switch (instruction.Operand)
                    {
                        case TypeReference operand:
                            Add(type, operand);
                            break;
                        case MethodReference called:
                            Add(type, called.DeclaringType);
                            AddMethod(type, called, Add);
                            break;
                        case FieldReference field:
                            Add(type, field.DeclaringType);
                            Add(type, field.FieldType);
                            break;
                    }
                }
            }
        }

        return references;
    }

    private static void AddMethod(TypeDefinition from, MethodReference method, Action<TypeDefinition, TypeReference?> add)
    {
        add(from, method.ReturnType);
        method.Parameters.ToList().ForEach(p => add(from, p.ParameterType));
        (method as GenericInstanceMethod)?.GenericArguments.ToList().ForEach(a => add(from, a));
        ((method as MethodDefinition)?.Body?.Variables.ToList() ?? []).ForEach(v => add(from, v.VariableType));
    }

    /// <summary>The folder of a type; null for what the compiler made.</summary>
    private static string? FolderOf(TypeReference type)
    {
        var outer = type.GetElementType();
        while (outer.DeclaringType is { } around)
        {
            outer = around.GetElementType();
        }

        return outer.Namespace == Root ? Facade : outer.Namespace.StartsWith(Root + ".", StringComparison.Ordinal) ? outer.Namespace[(Root.Length + 1)..].Replace('.', '/') : null;
    }
}
