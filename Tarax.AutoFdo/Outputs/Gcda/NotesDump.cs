using System.Globalization;

namespace Tarax.AutoFdo.Outputs.Gcda;

/// <summary>
/// What GCC prints of the functions of its notes with <c>-fdump-ipa-profile-lineno-blocks-details</c>: their blocks, by the numbers of the notes, with file, line and column of each statement, and a
/// guess how likely each arc is taken. Of each function the first body counts (profile.cc, branch_prob), since blocks that calls cut are joined again before the next. Notes have lines only.
/// </summary>
internal sealed class NotesDump
{
    private readonly Dictionary<string, NotesFunction> _functions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _fileNames = new(StringComparer.Ordinal);
    private readonly List<NotesPosition> _positions = [];
    private readonly List<(int Block, string Callee)> _calls = [];
    private readonly HashSet<int> _withoutEffect = [];
    private readonly Dictionary<(int From, int To), double> _guesses = [];
    private readonly HashSet<NotesFunction> _described = [];
    private NotesFunction? _function;
    private bool _isInBody;
    private bool _listsSuccessors;
    private int _block;
    private uint _discriminator;

    private NotesDump(NotesFile notes)
    {
        foreach (var function in notes.Functions)
        {
            _functions[function.Name] = function;
        }
    }

    /// <summary>Adds what a dump says to the functions of notes.</summary>
    /// <param name="notes">The notes of the same compilation.</param>
    /// <param name="dump">Lines of the dump.</param>
    /// <returns>Number of functions that it describes.</returns>
    public static int AddTo(NotesFile notes, IEnumerable<string> dump)
    {
        var reader = new NotesDump(notes);
        foreach (string line in dump)
        {
            reader.Read(line);
        }

        return reader._described.Count;
    }

    private void Read(string line)
    {
        if (line.StartsWith(";; Function ", StringComparison.Ordinal))
        {
            _function = _functions.TryGetValue(AssemblerName(line), out var named) && !_described.Contains(named) ? named : null;
            _isInBody = false;
        }
        else if (_function is not null)
        {
            ReadOfFunction(line, _function);
        }
    }

    private void ReadOfFunction(string line, NotesFunction function)
    {
        if (!_isInBody)
        {
            _isInBody = line == "{";
            if (_isInBody)
            {
                _positions.Clear();
                _calls.Clear();
                _withoutEffect.Clear();
                _guesses.Clear();
                _block = 0;
            }
        }
        else if (line == "}")
        {
            Take(function);
            _function = null;
        }
        else if (line.StartsWith(";;", StringComparison.Ordinal))
        {
            ReadNote(line);
        }
        else if (line.StartsWith("  [", StringComparison.Ordinal))
        {
            ReadStatement(line.AsSpan(3));
        }
    }

    /// <summary>Of <c>;; Function int f(int) (_Z1fi, funcdef_no=0, …)</c> the name before the number.</summary>
    private static string AssemblerName(string line)
    {
        int end = line.LastIndexOf(", funcdef_no=", StringComparison.Ordinal);
        int start = end < 0 ? -1 : line.LastIndexOf('(', end);
        return start < 0 ? "" : line[(start + 1)..end];
    }

    /// <summary>Of <c>;;   basic block 3, …</c>, <c>;;    succ:       4 [80.0% (guessed)] …</c> and <c>;;                EXIT [never]</c>.</summary>
    private void ReadNote(ReadOnlySpan<char> line)
    {
        const string BasicBlock = ";;   basic block ";
        if (line.StartsWith(BasicBlock))
        {
            _ = int.TryParse(Number(line[BasicBlock.Length..]), CultureInfo.InvariantCulture, out _block);
            _listsSuccessors = false;
            _discriminator = 0;
            _withoutEffect.Add(_block);
            return;
        }

        const string Discriminator = ", discriminator ";
        if (line.IndexOf(Discriminator) is > 0 and var at)
        {
            _ = uint.TryParse(Number(line[(at + Discriminator.Length)..]), CultureInfo.InvariantCulture, out _discriminator);
            return;
        }

        const string Successors = ";;    succ:";
        bool isFirst = line.StartsWith(Successors);
        _listsSuccessors = isFirst || (_listsSuccessors && !line.StartsWith(";;    pred:"));
        if (!_listsSuccessors || !(isFirst || line.StartsWith(";;           ")))
        {
            // Complaints about sums of guesses stand between.
            return;
        }

        var text = line[(isFirst ? Successors.Length : 2)..].Trim();
        int to = NotesFunction.Exit;
        int bracket = text.IndexOf('[');
        if (bracket > 0 && (text.StartsWith("EXIT") || int.TryParse(Number(text), CultureInfo.InvariantCulture, out to)))
        {
            var guess = text[(bracket + 1)..];
            int percent = guess.IndexOf('%');
            _guesses[(_block, to)] = guess.StartsWith("always") ? 1 : percent > 0 && double.TryParse(guess[..percent], CultureInfo.InvariantCulture, out double value) ? value / 100 : 0;
        }
    }

    /// <summary>Of <c>[file.c:10:5 discrim 2] a = f (b);</c> behind the bracket.</summary>
    private void ReadStatement(ReadOnlySpan<char> text)
    {
        int close = text.IndexOf(']');
        if (close < 0 || text[close..].StartsWith("] # "))
        {
            return;
        }

        // Each location has a discriminator since GCC 13, each block before.
        const string Discriminator = " discrim ";
        var place = text[..close];
        uint discriminator = _discriminator;
        if (place.IndexOf(Discriminator) is > 0 and var at)
        {
            _ = uint.TryParse(place[(at + Discriminator.Length)..], CultureInfo.InvariantCulture, out discriminator);
            place = place[..at];
        }

        int ofColumn = place.LastIndexOf(':');
        int ofLine = ofColumn > 0 ? place[..ofColumn].LastIndexOf(':') : -1;
        if (ofLine > 0 && uint.TryParse(place[(ofLine + 1)..ofColumn], CultureInfo.InvariantCulture, out uint line) && uint.TryParse(place[(ofColumn + 1)..], CultureInfo.InvariantCulture, out uint column))
        {
            _positions.Add(new NotesPosition(_block, FileName(place[..ofLine]), line, column, discriminator));
        }

        ReadEffect(text[(close + 1)..]);
    }

    /// <summary>Of <c> a_1 = f (b);</c>, <c> f (b);</c>, <c> [file.c:10:5] *p_1 = a;</c> or <c> if (a_1 > 0)</c>: whether it calls or stores.</summary>
    private void ReadEffect(ReadOnlySpan<char> statement)
    {
        int assigned = statement.IndexOf(" = ");
        var target = statement[..Math.Max(assigned, 0)].Trim();
        var call = statement[(assigned < 0 ? 0 : assigned + 3)..].Trim();
        if (assigned < 0 ? !call.StartsWith("if (") && !call.StartsWith("goto ") && !call.StartsWith("//") : !IsValue(target) || call.Contains(" (", StringComparison.Ordinal))
        {
            _withoutEffect.Remove(_block);
        }

        int end = call.IndexOf(" (");
        if (end > 0 && _functions.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(call[..end], out var callee))
        {
            _calls.Add((_block, callee.Name));
        }
    }

    /// <summary>Whether what is assigned is a value without a place in memory: <c>name_12</c>, <c>_12</c>, <c>name_12(D)</c>.</summary>
    private static bool IsValue(ReadOnlySpan<char> target)
    {
        int version = target.LastIndexOf('_');
        var number = target[(version + 1)..];
        int end = number.IndexOf('(');
        number = end < 0 ? number : number[..end];
        return version >= 0 && number.Length > 0 && !number.ContainsAnyExceptInRange('0', '9') && !target[..version].ContainsAny('[', '>', '*');
    }

    private string FileName(ReadOnlySpan<char> path)
    {
        var known = _fileNames.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!known.TryGetValue(path, out string? name))
        {
            name = Path.GetFileName(path).ToString();
            known[path] = name;
        }

        return name;
    }

    private static ReadOnlySpan<char> Number(ReadOnlySpan<char> text) => text[..Math.Max(text.IndexOfAnyExceptInRange('0', '9'), 0)];

    /// <summary>Takes a body for that of the notes where it has the same arcs; those that stand for computed gotos have no guess.</summary>
    private void Take(NotesFunction function)
    {
        foreach (var arc in function.Arcs)
        {
            if (arc.From != NotesFunction.Entry && !arc.IsFake && !_guesses.ContainsKey((arc.From, arc.To)))
            {
                return;
            }
        }

        if (_positions.Exists(p => p.Block >= function.Blocks) || _calls.Exists(c => c.Block >= function.Blocks))
        {
            return;
        }

        _described.Add(function);
        function.Positions = [.. _positions];
        function.Calls = [.. _calls];
        function.WithoutEffect = [.. _withoutEffect];
        for (int i = 0; i < function.Arcs.Count; i++)
        {
            var arc = function.Arcs[i];
            function.Arcs[i] = arc with { Guess = arc.From == NotesFunction.Entry ? 1 : _guesses.GetValueOrDefault((arc.From, arc.To)) };
        }
    }
}
