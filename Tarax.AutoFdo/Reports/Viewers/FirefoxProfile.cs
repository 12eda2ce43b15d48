using System.Text.Json;
using Tarax.AutoFdo.Reports.Page;

namespace Tarax.AutoFdo.Reports.Viewers;

/// <summary>
/// Processed profiles of the Firefox Profiler (github.com/firefox-devtools/profiler, docs-developer/CHANGELOG-formats.md) in version 57, which it brings up to date itself: one sample for each
/// position that ran, its weight the count.
/// </summary>
internal sealed class FirefoxProfile
{
    private const int FormatVersion = 57;
    private const int GeckoVersion = 31;

    private readonly ReportData _data;
    private readonly StackWalk _walk;
    private readonly List<(int Frame, int Prefix)> _stacks = [];
    private readonly Dictionary<(int Frame, int Prefix), int> _stackIndices = [];
    private readonly List<(int Function, int Line, bool IsInlined)> _frames = [];
    private readonly Dictionary<(int Function, int Line, bool IsInlined), int> _frameIndices = [];
    private readonly List<(int Stack, ulong Count)> _samples = [];

    private FirefoxProfile(ReportData data)
    {
        _data = data;
        _walk = new StackWalk(data);
        foreach (var function in data.Functions)
        {
            foreach (var (body, position) in StackWalk.Positions(function))
            {
                int stack = -1;
                foreach (var (viewed, line) in _walk.Lines(function, body, position).Reverse())
                {
                    int frame = IndexOf((viewed, (int)line, stack >= 0), _frames, _frameIndices);
                    stack = IndexOf((frame, stack), _stacks, _stackIndices);
                }

                _samples.Add((stack, function.Bodies[body].Counts[position]));
            }
        }
    }

    public static void Write(ReportData data, Stream stream)
    {
        using var json = new Utf8JsonWriter(stream);
        new FirefoxProfile(data).Write(json);
    }

    private static int IndexOf<T>(T item, List<T> items, Dictionary<T, int> indices)
        where T : notnull
    {
        if (!indices.TryGetValue(item, out int index))
        {
            index = items.Count;
            indices.Add(item, index);
            items.Add(item);
        }

        return index;
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject("meta");
        json.WriteNumber("interval", 1);
        json.WriteNumber("startTime", 0);
        json.WriteNumber("processType", 0);
        json.WriteString("product", _data.Title);
        json.WriteNumber("stackwalk", 0);
        json.WriteNumber("version", GeckoVersion);
        json.WriteNumber("preprocessedProfileVersion", FormatVersion);
        json.WriteBoolean("symbolicated", true);
        json.WriteString("importedFrom", _data.MadeBy);
        json.WriteStartArray("categories");
        WriteCategory(json, "Code", "grey");
        WriteCategory(json, "Inlined", "blue");
        json.WriteEndArray();
        json.WriteStartArray("markerSchema");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartArray("libs");
        json.WriteEndArray();
        json.WriteStartObject("shared");
        Column(json, "stringArray", _data.Names.Select(n => n.Short ?? n.Name).Concat(_data.Files), (j, text) => j.WriteStringValue(text));
        json.WriteEndObject();
        json.WriteStartArray("threads");
        WriteThread(json);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteCategory(Utf8JsonWriter json, string name, string color)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("color", color);
        Column(json, "subcategories", ["Other"], (j, text) => j.WriteStringValue(text));
        json.WriteEndObject();
    }

    private void WriteThread(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("processType", "default");
        json.WriteNumber("processStartupTime", 0);
        json.WriteNull("processShutdownTime");
        json.WriteNumber("registerTime", 0);
        json.WriteNull("unregisterTime");
        Column<int>(json, "pausedRanges", [], Number);
        json.WriteString("name", _data.Title);
        json.WriteBoolean("isMainThread", true);
        json.WriteString("pid", "0");
        json.WriteNumber("tid", 0);
        Table(json, "samples", _samples.Count, () =>
        {
            json.WriteString("weightType", "samples");
            Column(json, "weight", _samples, (j, s) => j.WriteNumberValue(s.Count));
            Column(json, "stack", _samples, (j, s) => j.WriteNumberValue(s.Stack));
            Column(json, "time", Enumerable.Range(0, _samples.Count), Number);
        });
        Table(json, "markers", 0, () => Empty(json, "data", "name", "startTime", "endTime", "phase", "category"));
        Table(json, "stackTable", _stacks.Count, () =>
        {
            Column(json, "frame", _stacks, (j, s) => j.WriteNumberValue(s.Frame));
            Column(json, "prefix", _stacks, (j, s) => NumberOrNull(j, s.Prefix < 0 ? null : s.Prefix));
        });
        WriteFrames(json);
        WriteFunctions(json);
        Table(json, "resourceTable", 0, () => Empty(json, "lib", "name", "host", "type"));
        Table(json, "nativeSymbols", 0, () => Empty(json, "libIndex", "address", "name", "functionSize"));
        json.WriteEndObject();
    }

    private void WriteFrames(Utf8JsonWriter json) => Table(json, "frameTable", _frames.Count, () =>
    {
        Column(json, "address", _frames, (j, _) => j.WriteNumberValue(-1));
        Column(json, "inlineDepth", _frames, (j, _) => j.WriteNumberValue(0));
        Column(json, "category", _frames, (j, f) => j.WriteNumberValue(f.IsInlined ? 1 : 0));
        Column(json, "subcategory", _frames, (j, _) => j.WriteNumberValue(0));
        Column(json, "func", _frames, (j, f) => j.WriteNumberValue(f.Function));
        Column(json, "line", _frames, (j, f) => NumberOrNull(j, f.Line > 0 ? f.Line : null));
        Nulls(json, _frames.Count, "nativeSymbol", "innerWindowID", "column");
    });

    private void WriteFunctions(Utf8JsonWriter json)
    {
        var functions = _walk.Functions;
        Table(json, "funcTable", functions.Count, () =>
        {
            Column(json, "isJS", functions, (j, _) => j.WriteBooleanValue(false));
            Column(json, "relevantForJS", functions, (j, _) => j.WriteBooleanValue(false));
            Column(json, "name", functions, (j, f) => j.WriteNumberValue(f.Name));
            Column(json, "resource", functions, (j, _) => j.WriteNumberValue(-1));
            Column(json, "fileName", functions, (j, f) => NumberOrNull(j, f.File is { } file ? _data.Names.Length + file : null));
            Column(json, "lineNumber", functions, (j, f) => NumberOrNull(j, f.Line));
            Nulls(json, functions.Count, "columnNumber");
        });
    }

    private static void Table(Utf8JsonWriter json, string name, int length, Action columns)
    {
        json.WriteStartObject(name);
        json.WriteNumber("length", length);
        columns();
        json.WriteEndObject();
    }

    private static void Column<T>(Utf8JsonWriter json, string name, IEnumerable<T> rows, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        foreach (var row in rows)
        {
            write(json, row);
        }

        json.WriteEndArray();
    }

    private static void Empty(Utf8JsonWriter json, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            Column<int>(json, name, [], Number);
        }
    }

    private static void Nulls(Utf8JsonWriter json, int length, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            Column(json, name, Enumerable.Range(0, length), (j, _) => j.WriteNullValue());
        }
    }

    private static void Number(Utf8JsonWriter json, int number) => json.WriteNumberValue(number);

    private static void NumberOrNull(Utf8JsonWriter json, long? number)
    {
        if (number is { } value)
        {
            json.WriteNumberValue(value);
        }
        else
        {
            json.WriteNullValue();
        }
    }
}
