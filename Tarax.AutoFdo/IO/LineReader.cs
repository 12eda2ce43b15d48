using System.Text;
using Tarax.AutoFdo.Diagnostics;

namespace Tarax.AutoFdo.IO;

/// <summary>The lines of a text in a format of numbers and names, none of which is long: one that is ends with an exception, before it fills the memory.</summary>
internal sealed class LineReader(TextReader reader, string format)
{
    private const int Longest = 1 << 16;

    private readonly char[] _buffer = new char[1 << 14];
    private int _at;
    private int _end;

    /// <summary>Number of the last line, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>The next line without its end; null after the last.</summary>
    /// <exception cref="InvalidFormatException">It is longer than any that the format has.</exception>
    public string? Read()
    {
        StringBuilder? line = null;
        while (true)
        {
            if (_at == _end)
            {
                (_at, _end) = (0, reader.Read(_buffer, 0, _buffer.Length));
                if (_end <= 0)
                {
                    _end = 0;
                    Number++;
                    return line?.ToString();
                }
            }

            var rest = _buffer.AsSpan(_at, _end - _at);
            int end = rest.IndexOf('\n');
            var part = end < 0 ? rest : rest[..end];
            _at += part.Length + (end < 0 ? 0 : 1);
            if ((line?.Length ?? 0) + part.Length > Longest)
            {
                throw new InvalidFormatException(format, "line", Number + 1, $"is longer than {Longest} characters");
            }

            if (end >= 0)
            {
                Number++;
                string text = line is null ? part.ToString() : line.Append(part).ToString();
                return text.EndsWith('\r') ? text[..^1] : text;
            }

            (line ??= new StringBuilder()).Append(part);
        }
    }
}
