using System.Buffers.Text;
using Tarax.AutoFdo.Diagnostics;

namespace Tarax.AutoFdo.Inputs.Preaggregated;

/// <summary>An address in a pre-aggregated text.</summary>
/// <param name="buildId">Hexadecimal digits of the build-id of its file; empty where the text does not name it.</param>
/// <param name="address">ELF virtual address.</param>
/// <param name="isOutside">Whether it is of none of the files: <c>X:</c>, or 0.</param>
internal readonly ref struct PreaggregatedLocation(ReadOnlySpan<byte> buildId, ulong address, bool isOutside)
{
    public ReadOnlySpan<byte> BuildId { get; } = buildId;

    public ulong Address { get; } = address;

    public bool IsOutside { get; } = isOutside;
}

/// <summary>
/// A line of a pre-aggregated text, which is read field by field (bolt/docs/profiles.md, and DataAggregator::parseAggregatedLBREntry of LLVM 22): a letter, addresses, counts.
/// </summary>
internal ref struct PreaggregatedLine
{
    public const string Format = "pre-aggregated text";

    private readonly long _number;
    private ReadOnlySpan<byte> _rest;

    /// <param name="line">The line, without its end.</param>
    /// <param name="number">Its number, from 1.</param>
    public PreaggregatedLine(ReadOnlySpan<byte> line, long number)
    {
        _number = number;
        _rest = line.Trim((byte)' ');
        IsBlank = _rest.IsEmpty;
        Type = Word() is [var letter] ? letter : (byte)0;
    }

    /// <summary>The letter; 0 where it does not begin with one.</summary>
    public byte Type { get; }

    /// <summary>Whether there is nothing on it.</summary>
    public bool IsBlank { get; }

    /// <summary>What has not been read of it.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>The next address.</summary>
    /// <exception cref="InvalidFormatException">There is none.</exception>
    public PreaggregatedLocation Location(string field)
    {
        const byte Outside = (byte)'X';
        var word = Word();
        int colon = word.IndexOf((byte)':');
        var file = colon < 0 ? default : word[..colon];
        bool isOutside = file is [Outside];
        if (!TryHexadecimal(word[(colon + 1)..], out ulong address) || (colon >= 0 && !isOutside && !IsBuildId(file)))
        {
            throw Invalid(field, $"is \"{Shown(word)}\", where an address in hexadecimal is expected, alone or behind a build-id or X and a colon");
        }

        return new PreaggregatedLocation(isOutside ? default : file, address, isOutside || address == 0);
    }

    /// <summary>The next number.</summary>
    /// <exception cref="InvalidFormatException">There is none.</exception>
    public ulong Count(string field)
    {
        var word = Word();
        return Utf8Parser.TryParse(word, out ulong count, out int length) && length == word.Length && count <= long.MaxValue
            ? count
            : throw Invalid(field, $"is \"{Shown(word)}\", where a number from 0 to {long.MaxValue} is expected");
    }

    /// <summary>Whether nothing is left.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <exception cref="InvalidFormatException">Something is left.</exception>
    public readonly void End()
    {
        if (!_rest.IsEmpty)
        {
            throw Invalid("end of line", $"\"{Shown(_rest)}\" is more than the line of its kind has");
        }
    }

    public readonly InvalidFormatException Invalid(string field, string problem) => new(Format, field, _number, problem);

    private static string Shown(ReadOnlySpan<byte> word)
    {
        const int Most = 60;
        return System.Text.Encoding.Latin1.GetString(word[..Math.Min(word.Length, Most)]);
    }

    /// <summary>The distances from the largest address are how the constants may be written.</summary>
    private static bool TryHexadecimal(ReadOnlySpan<byte> word, out ulong number)
    {
        bool isNegative = word is [(byte)'-', (byte)'1' or (byte)'2' or (byte)'3'];
        bool isNumber = Utf8Parser.TryParse(isNegative ? word[1..] : word, out number, out int length, 'x') && length == (isNegative ? 1 : word.Length);
        number = isNegative ? 0 - number : number;
        return isNumber;
    }

    private static bool IsBuildId(ReadOnlySpan<byte> digits)
    {
        foreach (byte digit in digits)
        {
            if (!char.IsAsciiHexDigit((char)digit))
            {
                return false;
            }
        }

        return digits.Length > 0 && digits.Length % 2 == 0;
    }

    private ReadOnlySpan<byte> Word()
    {
        int end = _rest.IndexOf((byte)' ');
        var word = end < 0 ? _rest : _rest[..end];
        _rest = _rest[word.Length..].TrimStart((byte)' ');
        return word;
    }
}
