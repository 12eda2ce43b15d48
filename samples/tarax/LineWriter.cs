using System.Text;
using Tarax.AutoFdo.IO;

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
        Add(Printable.Of(value ?? ""));
        Add("\n");
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
