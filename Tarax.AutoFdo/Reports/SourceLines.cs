using System.Text;

namespace Tarax.AutoFdo.Reports;

/// <summary>The lines of a source file, of which few are shown, so that only these become text.</summary>
internal sealed class SourceLines
{
    private readonly byte[] _content;

    /// <summary>Where each line begins, and where one behind the last would.</summary>
    private readonly List<int> _starts = [];

    /// <param name="content">The file: UTF-8, or what the mark at its beginning says.</param>
    public SourceLines(byte[] content)
    {
        _content = OfUtf8(content);
        for (int at = 0; at >= 0;)
        {
            _starts.Add(at);
            int end = _content.AsSpan(at).IndexOf((byte)'\n');
            at = end < 0 ? -1 : at + end + 1;
        }

        _starts.Add(_content.Length + 1);
    }

    /// <summary>How many lines there are; one of an empty file.</summary>
    public int Count => _starts.Count - 1;

    /// <summary>Some lines.</summary>
    /// <param name="first">Number of the first, from 1.</param>
    /// <param name="last">Number of the last.</param>
    /// <param name="shown">What is shown of a line.</param>
    public string[] From(int first, int last, Func<string, string> shown)
    {
        string[] lines = new string[last - first + 1];
        for (int i = 0; i < lines.Length; i++)
        {
            int start = _starts[first - 1 + i];
            lines[i] = shown(Encoding.UTF8.GetString(_content.AsSpan(start, _starts[first + i] - 1 - start)));
        }

        return lines;
    }

    private static byte[] OfUtf8(byte[] content)
    {
        // Only a file that begins like this may be of another encoding, or have a mark that is no text.
        if (content is not ([0xef, 0xbb, 0xbf, ..] or [0xfe, 0xff, ..] or [0xff, 0xfe, ..] or [0, 0, 0xfe, 0xff, ..]))
        {
            return content;
        }

        using var reader = new StreamReader(new MemoryStream(content), Encoding.UTF8);
        return Encoding.UTF8.GetBytes(reader.ReadToEnd());
    }
}
