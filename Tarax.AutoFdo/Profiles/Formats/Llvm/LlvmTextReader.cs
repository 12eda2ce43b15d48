using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Tarax.AutoFdo.Diagnostics;

namespace Tarax.AutoFdo.Profiles.Formats.Llvm;

/// <summary>Reads LLVM's text form (llvm/lib/ProfileData/SampleProfReader.cpp, SampleProfileReaderText).</summary>
internal ref struct LlvmTextReader
{
    private const int BytesOfExcerpt = 40;

    private readonly ReadOnlySpan<byte> _text;
    private readonly List<FunctionProfile> _functions = [];
    private readonly List<OpenBody> _open = [];
    private int _lineStart;
    private int _next;
    private string _name = "";
    private ulong _head;
    private long _vtables;

    private LlvmTextReader(ReadOnlySpan<byte> text) => _text = text;

    /// <exception cref="InvalidFormatException">The text is not such a profile.</exception>
    public static SampleProfile Read(ReadOnlySpan<byte> text)
    {
        var reader = new LlvmTextReader(text);
        while (reader.TryReadLine(out var line))
        {
            int depth = line.IndexOfAnyExcept((byte)' ');
            if (depth < 0 || line[depth] == '#')
            {
                continue;
            }

            if (depth == 0)
            {
                reader.StartFunction(line);
            }
            else
            {
                reader.ReadItem(line[depth..], depth);
            }
        }

        reader.EndFunction();
        return new SampleProfile(reader._functions) { Format = LlvmTextFormat.Instance, Diagnostics = LlvmDiagnostics.OfVtables(reader._vtables) };
    }

    private bool TryReadLine(out ReadOnlySpan<byte> line)
    {
        _lineStart = _next;
        if (_next >= _text.Length)
        {
            line = default;
            return false;
        }

        int length = _text[_next..].IndexOf((byte)'\n');
        line = length < 0 ? _text[_next..] : _text.Slice(_next, length);
        _next += line.Length + 1;
        line = line.EndsWith("\r"u8) ? line[..^1] : line;
        return true;
    }

    private void StartFunction(ReadOnlySpan<byte> line)
    {
        bool isFirst = _open.Count == 0;
        EndFunction();
        if (line[0] == '[')
        {
            throw Invalid("function", LlvmFormat.NoContexts);
        }

        int second = line.LastIndexOf((byte)':');
        int first = second < 0 ? -1 : line[..second].LastIndexOf((byte)':');
        if (first <= 0 || !TryNumber(line[(first + 1)..second], out ulong total) || !TryNumber(line[(second + 1)..], out _head))
        {
            throw isFirst
                ? new InvalidFormatException("profile", "magic", _lineStart, "this is not a profile: neither one for GCC nor one of LLVM")
                : Invalid("function", $"is \"{Excerpt(line)}\", not of the form name:total:head");
        }

        CheckText(line);
        _name = Encoding.UTF8.GetString(line[..first]);
        _open.Add(new OpenBody(total, null, default, ""));
    }

    private void EndFunction()
    {
        if (_open.Count == 0)
        {
            return;
        }

        CloseTo(1);
        _functions.Add(new FunctionProfile(_name, "", _head, 0, _open[0].Body.ToBody()));
        _open.Clear();
    }

    /// <summary>Ends the inlined calls that are deeper than a line.</summary>
    private readonly void CloseTo(int depth)
    {
        if (_open.Count > depth)
        {
            _open.RemoveRange(depth, _open.Count - depth);
        }
    }

    private void ReadItem(ReadOnlySpan<byte> item, int depth)
    {
        if (_open.Count == 0)
        {
            throw Invalid("line", $"\"{Excerpt(item)}\" stands before any function: this is not a profile");
        }

        if (depth > _open.Count)
        {
            throw Invalid("line", $"\"{Excerpt(item)}\" is indented by {depth} spaces, where {_open.Count} are the most");
        }

        CheckText(item);
        CloseTo(depth);
        if (item[0] == '!')
        {
            ReadMetadata(item);
            return;
        }

        int colon = item.IndexOf((byte)':');
        if (colon < 0 || colon + 2 >= item.Length || item[colon + 1] != ' ' || !TryPosition(item[..colon], out var position))
        {
            throw Invalid("line", $"is \"{Excerpt(item)}\", not of the form offset.discriminator: count");
        }

        var rest = item[(colon + 2)..];
        if (char.IsAsciiDigit((char)rest[0]))
        {
            ReadCount(position, rest);
        }
        else if (rest.StartsWith("vtables "u8))
        {
            _vtables++;
        }
        else
        {
            StartCall(position, rest);
        }
    }

    private readonly void ReadMetadata(ReadOnlySpan<byte> item)
    {
        if (item.StartsWith("!CFGChecksum"u8))
        {
            throw Invalid("!CFGChecksum", LlvmFormat.NoProbes);
        }

        // Attributes are of contexts, and whether a function is flat is seen in its calls.
        if (!item.StartsWith("!Attributes"u8) && !item.SequenceEqual("!Flat"u8))
        {
            throw Invalid("line", $"is \"{Excerpt(item)}\", which is not known");
        }
    }

    private readonly void ReadCount(SourcePosition position, ReadOnlySpan<byte> rest)
    {
        int space = rest.IndexOf((byte)' ');
        if (!TryNumber(space < 0 ? rest : rest[..space], out ulong count))
        {
            throw Invalid("count", $"is \"{Excerpt(rest)}\"");
        }

        var body = _open[^1].Body;
        body.AddCount(position, count, 0, CountRule.Sum);
        for (rest = space < 0 ? default : rest[(space + 1)..]; rest.IndexOfAnyExcept((byte)' ') is >= 0 and var start;)
        {
            rest = rest[start..];
            int colon = EndOfTarget(rest, out int length);
            if (colon <= 0 || !TryNumber(rest[(colon + 1)..length], out ulong calls))
            {
                throw Invalid("call target", $"is \"{Excerpt(rest)}\", not of the form name:count");
            }

            body.AddTarget(position, Encoding.UTF8.GetString(rest[..colon]), calls);
            rest = rest[length..];
        }
    }

    /// <summary>The colon before a target's count: the first with a number and then a space or the end behind it, since names may hold colons and spaces.</summary>
    private static int EndOfTarget(ReadOnlySpan<byte> targets, out int length)
    {
        for (int colon = targets.IndexOf((byte)':'); colon >= 0;)
        {
            length = colon + 1;
            while (length < targets.Length && char.IsAsciiDigit((char)targets[length]))
            {
                length++;
            }

            if (length > colon + 1 && (length == targets.Length || targets[length] == ' '))
            {
                return colon;
            }

            int next = targets[(colon + 1)..].IndexOf((byte)':');
            colon = next < 0 ? -1 : colon + 1 + next;
        }

        length = 0;
        return -1;
    }

    private readonly void StartCall(SourcePosition position, ReadOnlySpan<byte> rest)
    {
        int colon = rest.LastIndexOf((byte)':');
        if (colon <= 0 || !TryNumber(rest[(colon + 1)..], out ulong total))
        {
            throw Invalid("inlined call", $"is \"{Excerpt(rest)}\", not of the form name:total");
        }

        if (_open.Count > LlvmFormat.MaximumDepth)
        {
            throw Invalid("inlined call", $"is nested more than {LlvmFormat.MaximumDepth} deep");
        }

        _open.Add(new OpenBody(total, _open[^1].Body, position, Encoding.UTF8.GetString(rest[..colon])));
    }

    /// <summary>Names that are not UTF-8 would become the same.</summary>
    private readonly void CheckText(ReadOnlySpan<byte> line)
    {
        if (!Utf8.IsValid(line))
        {
            throw Invalid("line", "is not UTF-8");
        }
    }

    private static bool TryPosition(ReadOnlySpan<byte> text, out SourcePosition position)
    {
        int dot = text.IndexOf((byte)'.');
        ulong discriminator = 0;
        bool isGood = TryNumber(dot < 0 ? text : text[..dot], out ulong line) & (dot < 0 || TryNumber(text[(dot + 1)..], out discriminator));
        position = new SourcePosition((int)line, (uint)discriminator);
        return isGood && line <= LlvmFormat.MaximumLine && discriminator <= uint.MaxValue;
    }

    private static bool TryNumber(ReadOnlySpan<byte> text, out ulong number) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static string Excerpt(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text[..Math.Min(text.Length, BytesOfExcerpt)]);

    private readonly InvalidFormatException Invalid(string field, string problem) => new(LlvmFormat.Name, field, _lineStart, problem);

    /// <summary>A function or inlined call whose lines are being read.</summary>
    private readonly struct OpenBody
    {
        public OpenBody(ulong total, BodyAccumulator? parent, SourcePosition position, string callee)
        {
            Body = parent is null ? new BodyAccumulator() : parent.CallAt(position, callee, "");
            Body.AddTotal(total);
        }

        public BodyAccumulator Body { get; }
    }
}
