using System.Text;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Text;

namespace Tarax.Tool;

/// <summary>
/// Text to standard output or standard error. A line that is written as a whole stays one, whatever names are in it (<see cref="Printable"/>); what is written in parts keeps its line ends.
/// </summary>
/// <param name="stream">Where it goes; it stays open.</param>
/// <param name="mayFail">Whether a stream that takes nothing any more is an error; where not, what is written is lost, as it is nobody's but the reader's.</param>
internal sealed class LineWriter(Stream stream, bool mayFail) : TextWriter
{
    private const int LongestPart = 1 << 15;
    private readonly StringBuilder _text = new();

    public override Encoding Encoding { get; } = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Columns at which lines are broken between words; null where they may be of any length.</summary>
    public int? Width { get; init; }

    /// <summary>Whether each line goes out at once.</summary>
    public bool IsImmediate { get; init; }

    public override void Write(char value) => Add(value is '\n' ? "\n" : Printable.Of(value.ToString()));

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    public override void Write(string? value)
    {
        foreach (var (i, line) in (value ?? "").ReplaceLineEndings("\n").Split('\n').Index())
        {
            Add(i == 0 ? "" : "\n");
            Add(Printable.Of(line));
        }
    }

    public override void WriteLine() => Add("\n");

    public override void WriteLine(string? value)
    {
        string line = Printable.Of(value ?? "");
        if (Terminal.IsWide || Width is not { } width || line.Length <= width)
        {
            Add(line + "\n");
            return;
        }

        // What follows goes below the text behind the head of the line; a command is gone on with as a shell takes it.
        int text = line.IndexOf("  ", StringComparison.Ordinal);
        while (text >= 0 && text < line.Length && line[text] == ' ')
        {
            text++;
        }

        string indent = new(' ', text is > 0 and < 16 ? text : 2);
        string ending = line.StartsWith("next       tarax ", StringComparison.Ordinal) ? " \\" : "";
        while (line.Length > width)
        {
            int at = line.LastIndexOf(' ', width - ending.Length);
            if (at <= indent.Length)
            {
                break;
            }

            Add(line[..at] + ending + "\n");
            line = indent + line[(at + 1)..];
        }

        Add(line + "\n");
    }

    public override void WriteLine(ReadOnlySpan<char> buffer) => WriteLine(buffer.ToString());

    /// <summary>Writes text that is already as it is to be: with colours, or a bar that moves.</summary>
    public void WriteRaw(string text) => Add(text);

    public override void Flush()
    {
        byte[] bytes = Encoding.GetBytes(_text.ToString());
        _text.Clear();
        try
        {
            stream.Write(bytes);
        }
        catch (IOException) when (!mayFail)
        {
            // A closed or full standard error: there is nobody left to tell.
        }
    }

    private void Add(string text)
    {
        _text.Append(text);
        if (_text.Length > LongestPart || (IsImmediate && text.EndsWith('\n')))
        {
            Flush();
        }
    }
}
