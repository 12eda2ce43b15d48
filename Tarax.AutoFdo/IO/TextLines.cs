using System.Text;
using Tarax.AutoFdo.Diagnostics;

namespace Tarax.AutoFdo.IO;

/// <summary>Lines of a text file that may be anything: what is beyond a length is left out of a line, and what is no text ends with an exception.</summary>
internal static class TextLines
{
    /// <summary>Characters of a line that are kept.</summary>
    private const int Longest = 1 << 16;

    /// <summary>Reads a file, once and in order, so that it may be a pipe.</summary>
    /// <param name="path">The file.</param>
    /// <param name="format">What it is taken for, in messages.</param>
    /// <exception cref="InvalidFormatException">It holds a NUL.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IEnumerable<string> Of(string path, string format)
    {
        using var reader = new StreamReader(FileSystem.OpenRead(path));
        var line = new StringBuilder();
        char[] buffer = new char[1 << 14];
        long offset = 0;
        for (int read; (read = reader.Read(buffer, 0, buffer.Length)) > 0; offset += read)
        {
            for (int start = 0; start < read;)
            {
                var rest = buffer.AsSpan(start, read - start);
                int end = rest.IndexOfAny('\n', '\0');
                if (end >= 0 && rest[end] == '\0')
                {
                    throw new InvalidFormatException(format, "text", offset + start + end, $"{path} holds a NUL, so it is not text");
                }

                var part = end < 0 ? rest : rest[..end];
                line.Append(part[..Math.Min(part.Length, Longest - line.Length)]);
                start += part.Length + 1;
                if (end >= 0)
                {
                    yield return line.ToString().TrimEnd('\r');
                    line.Clear();
                }
            }
        }

        if (line.Length > 0)
        {
            yield return line.ToString();
        }
    }
}
