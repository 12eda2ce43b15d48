using System.Globalization;

using Tarax.AutoFdo.IO;

namespace Tarax.Tool.Links;

/// <summary>
/// Flags as google/autofdo's and LLVM's tools take them: one dash or two, a value behind <c>=</c> or as the next word, and everything else in between; those of google/autofdo with <c>--noX</c> for
/// truths and files of flags too.
/// </summary>
internal sealed class ToolFlags
{
    private const string FlagFile = "flagfile";

    /// <summary>A file of flags that names itself would never end.</summary>
    private const int MostFlagFiles = 20;

    private readonly HashSet<string> _truths;
    private readonly HashSet<string> _values;
    private readonly HashSet<string> _ignored;
    private readonly IReadOnlyList<(string Flag, string Instead)> _refused;
    private readonly Dictionary<string, string> _aliases = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _all = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _given = new(StringComparer.Ordinal);
    private readonly List<string> _files = [];

    /// <param name="names">The tool's own flags; those of truths end with a question mark, and other names of one stand behind it, each behind a bar.</param>
    /// <param name="ignored">Flags that change nothing here.</param>
    /// <param name="refused">Flags of what is not done here, and what is done instead.</param>
    public ToolFlags(IEnumerable<string> names, IEnumerable<string> ignored, IReadOnlyList<(string Flag, string Instead)>? refused = null)
    {
        _refused = refused ?? [];
        names = names.Concat(_refused.Select(r => r.Flag));
        string[] known = [.. ignored];
        _ignored = [.. known.Select(NameOf)];
        (_truths, _values) = ([], []);
        foreach (string[] spelled in names.Concat(known).Select(n => n.Split('|')))
        {
            string name = NameOf(spelled[0]);
            (spelled[0].EndsWith('?') ? _truths : _values).Add(name);
            foreach (string alias in spelled[1..])
            {
                _aliases.Add(alias, name);
            }
        }
    }

    /// <summary>The words that are no flags.</summary>
    public IReadOnlyList<string> Files => _files;

    public bool WantsHelp => IsSet("help") || IsSet("helpfull") || IsSet("helpshort") || IsSet("helppackage") || IsSet("helpxml") || IsGiven("helpmatch") || IsGiven("helpon");

    public bool WantsVersion => IsSet("version");

    /// <summary>What there is, in lines.</summary>
    public IEnumerable<string> Help()
    {
        string[] refused = [.. _refused.Select(r => NameOf(r.Flag))];
        yield return Spelled(_truths.Concat(_values).Except(_ignored).Except(refused));
        if (_ignored.Count > 0)
        {
            yield return $"without effect here: {Spelled(_ignored)}";
        }

        foreach (var (flag, instead) in _refused)
        {
            yield return $"not done here: --{NameOf(flag)}: {instead}";
        }
    }

    private static string NameOf(string spelling) => spelling.Split('|')[0].TrimEnd('?');

    private static string Spelled(IEnumerable<string> names) => string.Join(' ', names.Order(StringComparer.Ordinal).Select(n => $"--{n}"));

    /// <exception cref="UsageException">A flag is not known, has no value, or is of what is not done.</exception>
    public void Parse(IReadOnlyList<string> words)
    {
        Parse(words, 0);
        foreach (var (flag, instead) in _refused)
        {
            if (Value(NameOf(flag), "false") != "false")
            {
                throw new UsageException($"--{NameOf(flag)} is not done here: {instead}");
            }
        }
    }

    private void Parse(IReadOnlyList<string> words, int depth)
    {
        bool isOver = false;
        if (depth > MostFlagFiles)
        {
            throw new UsageException($"--flagfile is nested more than {MostFlagFiles} deep");
        }

        for (int i = 0; i < words.Count; i++)
        {
            string word = words[i];
            if (word.Length == 0)
            {
                throw new UsageException("an argument is empty");
            }

            if (isOver || word.Length < 2 || word[0] != '-')
            {
                _files.Add(word);
            }
            else if (word == "--")
            {
                isOver = true;
            }
            else
            {
                ParseFlag(word.TrimStart('-'), words, ref i, depth);
            }
        }
    }

    public string Value(string name, string natural) => _given.GetValueOrDefault(name, natural);

    /// <summary>All values of a flag, in their order.</summary>
    public IReadOnlyList<string> Values(string name) => _all.TryGetValue(name, out var values) ? values : [];

    public bool IsGiven(string name) => _given.ContainsKey(name);

    public bool IsSet(string name, bool natural = false) => _given.TryGetValue(name, out string? value) ? value == "true" : natural;

    /// <exception cref="UsageException">The value is not a number.</exception>
    public ulong Number(string name, ulong natural) =>
        !_given.TryGetValue(name, out string? value) ? natural
        : ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number
        : throw new UsageException($"illegal value '{value}' specified for flag '{name}'");

    private void ParseFlag(string flag, IReadOnlyList<string> words, ref int at, int depth)
    {
        int equals = flag.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? flag : flag[..equals];
        string? value = equals < 0 ? null : flag[(equals + 1)..];
        name = _aliases.GetValueOrDefault(name, name);
        if (value is null && _values.Contains(FlagFile) && name.StartsWith("no", StringComparison.Ordinal) && _truths.Contains(name[2..]))
        {
            _given[name[2..]] = "false";
        }
        else if (_truths.Contains(name))
        {
            _given[name] = value?.ToUpperInvariant() switch
            {
                null or "TRUE" or "T" or "YES" or "Y" or "1" => "true",
                "FALSE" or "F" or "NO" or "N" or "0" => "false",
                _ => throw new UsageException($"illegal value '{value}' specified for bool flag '{name}'"),
            };
        }
        else if (_values.Contains(name))
        {
            value ??= ++at < words.Count ? words[at] : throw new UsageException($"flag '-{name}' is missing its argument");
            if (name == FlagFile)
            {
                FlagFiles.Add(value);
                Parse([.. Lines(value).Select(l => l.Trim()).Where(l => l.StartsWith('-'))], depth + 1);
                return;
            }

            _given[name] = value;
            if (!_all.TryGetValue(name, out var all))
            {
                _all.Add(name, all = []);
            }

            all.Add(value);
        }
        else
        {
            throw new UsageException($"unknown command line flag '{name}'");
        }
    }

    /// <summary>The files that flags were read from.</summary>
    public List<string> FlagFiles { get; } = [];

    private static IEnumerable<string> Lines(string path)
    {
        using var reader = new StreamReader(FileSystem.OpenRead(path));
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}
