using Tarax.AutoFdo.Text;

namespace Tarax.AutoFdo.Diagnostics;

/// <summary>An input file does not follow its format: what was found, in which field, and where.</summary>
public sealed class InvalidFormatException : AutoFdoException
{
    /// <summary>Creates the exception for one field of one file.</summary>
    /// <param name="format">The format that was expected: <c>perf.data</c>, <c>ELF</c>, <c>DWARF</c>, <c>gcov</c>, <c>counts text</c>.</param>
    /// <param name="field">The field that does not hold, in the words of the format's specification.</param>
    /// <param name="offset">Absolute offset of the field in bytes (for text: the line number, from 1); −1 where none applies.</param>
    /// <param name="problem">What was found, as the end of a sentence.</param>
    public InvalidFormatException(string format, string field, long offset, string problem)
        : base(Printable.Of(offset < 0 ? $"{format}: {field}: {problem}" : $"{format}: {field} at {Place(format, offset)}: {problem}"))
    {
        Format = format;
        Field = field;
        Offset = offset;
    }

    /// <summary>The same with the file in which it was found, for those who read many.</summary>
    internal InvalidFormatException(string path, InvalidFormatException found)
        : base($"{Printable.Of(path)}: {found.Message}", found)
    {
        Format = found.Format;
        Field = found.Field;
        Offset = found.Offset;
    }

    /// <summary>The format that was expected.</summary>
    public string Format { get; }

    /// <summary>The field that does not hold.</summary>
    public string Field { get; }

    /// <summary>Absolute offset of the field in bytes, or the line number in a text; −1 where none applies.</summary>
    public long Offset { get; }

    private static string Place(string format, long offset) =>
        format.EndsWith("text", StringComparison.Ordinal) ? $"line {offset}" : $"offset {offset} (0x{offset:x})";
}
