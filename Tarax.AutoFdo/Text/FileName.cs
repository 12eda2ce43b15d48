using System.Text;

namespace Tarax.AutoFdo.Text;

/// <summary>
/// Names of files as text and as the bytes that Linux has for them, which need not be UTF-8: a byte that is none becomes a lone surrogate, U+DC80 to U+DCFF, and
/// comes back from it as it was (Python's PEP 383 does the same), so that every file that exists can be named.
/// </summary>
internal static class FileName
{
    private const char FirstEscape = '\udc80';
    private const char LastEscape = '\udcff';
    private const int EscapeBase = 0xdc00;

    /// <summary>The text of a name.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (System.Text.Unicode.Utf8.IsValid(bytes))
        {
            return Encoding.UTF8.GetString(bytes);
        }

        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out int length) == System.Buffers.OperationStatus.Done)
            {
                text.Append(rune.ToString());
            }
            else
            {
                // Of what is no character only the first byte is taken: the next may begin one.
                text.Append((char)(EscapeBase + bytes[0]));
                length = 1;
            }

            bytes = bytes[length..];
        }

        return text.ToString();
    }

    /// <summary>The bytes of a name, without an end.</summary>
    public static byte[] Encode(string name)
    {
        if (!HasEscapes(name))
        {
            return Encoding.UTF8.GetBytes(name);
        }

        var bytes = new List<byte>(name.Length);
        for (int at = 0; at < name.Length;)
        {
            int end = at;
            while (end < name.Length && !IsEscape(name, end))
            {
                end++;
            }

            bytes.AddRange(Encoding.UTF8.GetBytes(name[at..end]));
            if (end < name.Length)
            {
                bytes.Add((byte)(name[end] - EscapeBase));
                end++;
            }

            at = end;
        }

        return [.. bytes];
    }

    /// <summary>Number of bytes of a name.</summary>
    public static int ByteCount(string name) => HasEscapes(name) ? Encode(name).Length : Encoding.UTF8.GetByteCount(name);

    /// <summary>The bytes of a path as the C library takes it.</summary>
    /// <exception cref="IOException">The path holds a NUL, where it would end.</exception>
    public static byte[] ToNative(string path) =>
        path.Contains('\0', StringComparison.Ordinal) ? throw new IOException($"{path.Replace("\0", "\\0", StringComparison.Ordinal)}: no file can have a NUL in its name") : [.. Encode(path), 0];

    /// <summary>Whether a name holds bytes that are not UTF-8.</summary>
    public static bool HasEscapes(string name)
    {
        for (int i = 0; i < name.Length; i++)
        {
            if (IsEscape(name, i))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsEscape(string name, int at) =>
        name[at] is >= FirstEscape and <= LastEscape && (at == 0 || !char.IsHighSurrogate(name[at - 1]));
}
