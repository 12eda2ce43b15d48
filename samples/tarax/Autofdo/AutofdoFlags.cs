using System.Globalization;

using Tarax.AutoFdo.IO;

namespace Tarax.Tool.Autofdo;

/// <summary>
/// Flags as google/autofdo's tools take them: one dash or two, a value behind <c>=</c> or as the next word, <c>--noX</c> for truths, files of flags, and
/// everything else in between.
/// </summary>
internal sealed class AutofdoFlags
{
    /// <summary>Flags of the tools and of their log that change nothing here, with a value; those of truths end with a question mark.</summary>
    private static readonly string[] Ignored =
    [
        "cutoff_percent", "max_ggc_memory", "debug_dump?", "sample_threshold_frac", "strip_dup_backedge_stride_limit", "suffix_elision_policy",
        "use_discriminator_encoding?", "use_discriminator_multiply_factor?", "use_base_only_in_fs_discriminator?", "use_fs_discriminator?", "symbol_list_size_coverage_ratio",
        "check_lbr_entry?", "ignore_build_id?", "propeller_verbose_stats?", "legacy_symbol_map?",
        "alsologtoemail", "alsologtostderr?", "colorlogtostderr?", "colorlogtostdout?", "drop_log_memory?", "log_backtrace_at", "log_dir", "log_link", "log_prefix?",
        "log_utc_time?", "log_year_in_prefix?", "logbuflevel", "logbufsecs", "logcleansecs", "logemaillevel", "logfile_mode", "logmailer", "logtostderr?", "logtostdout?",
        "max_log_size", "minloglevel", "stderrthreshold", "stop_logging_if_full_disk?", "timestamp_in_logfile_name?", "symbolize_stacktrace?", "v", "vmodule", "fromenv", "tryfromenv", "undefok",
        "tab_completion_columns", "tab_completion_word",
    ];

    /// <summary>A file of flags that names itself would never end.</summary>
    private const int MostFlagFiles = 20;

    private readonly HashSet<string> _truths;
    private readonly HashSet<string> _values;
    private readonly Dictionary<string, string> _given = new(StringComparer.Ordinal);
    private readonly List<string> _files = [];

    /// <param name="names">The tool's own flags; those of truths end with a question mark.</param>
    public AutofdoFlags(params string[] names)
    {
        string[] all = [.. names, .. Ignored, "help?", "helpfull?", "helpshort?", "helppackage?", "helpxml?", "helpmatch", "helpon", "version?", "flagfile"];
        _truths = [.. all.Where(n => n.EndsWith('?')).Select(n => n[..^1])];
        _values = [.. all.Where(n => !n.EndsWith('?'))];
    }

    /// <summary>The words that are no flags.</summary>
    public IReadOnlyList<string> Files => _files;

    public bool WantsHelp => IsSet("help") || IsSet("helpfull") || IsSet("helpshort") || IsSet("helppackage") || IsSet("helpxml") || IsGiven("helpmatch") || IsGiven("helpon");

    public bool WantsVersion => IsSet("version");

    /// <summary>Names of all flags but those of the log.</summary>
    public IEnumerable<string> Names => _truths.Concat(_values).Except(Ignored.Select(n => n.TrimEnd('?'))).Order(StringComparer.Ordinal);

    /// <exception cref="UsageException">A flag is not known, or has no value.</exception>
    public void Parse(IReadOnlyList<string> words) => Parse(words, 0);

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
        if (value is null && name.StartsWith("no", StringComparison.Ordinal) && _truths.Contains(name[2..]))
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
            if (name == "flagfile")
            {
                FlagFiles.Add(value);
                Parse([.. Lines(value).Select(l => l.Trim()).Where(l => l.StartsWith('-'))], depth + 1);
                return;
            }

            _given[name] = value;
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
