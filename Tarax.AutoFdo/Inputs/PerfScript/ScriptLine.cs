using System.Buffers.Text;
using System.Text;
using Tarax.AutoFdo.Inputs.Perf;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Text;

namespace Tarax.AutoFdo.Inputs.PerfScript;

/// <summary>A mapping as <c>perf script --show-mmap-events</c> prints it; runtime addresses.</summary>
internal readonly ref struct ScriptMapping
{
    public uint Pid { get; init; }

    public ulong Start { get; init; }

    public ulong Length { get; init; }

    public ulong PageOffset { get; init; }

    public bool IsExecutable { get; init; }

    public ReadOnlySpan<byte> FileName { get; init; }

    /// <summary>In hexadecimal digits; empty where the line has none.</summary>
    public ReadOnlySpan<byte> BuildId { get; init; }
}

/// <summary>Reads the lines of <c>perf script</c>, whatever columns were asked for.</summary>
internal static class ScriptLine
{
    private const ulong Mispredicted = 1;
    private const ulong Predicted = 2;
    private const ulong WrongPath = 1UL << 24;
    private const ulong NotTaken = 1UL << 33;

    /// <summary>Takes the next word of a line; lines are of words with blanks between them.</summary>
    public static bool TryTakeWord(scoped ref ReadOnlySpan<byte> line, out ReadOnlySpan<byte> word)
    {
        line = line.TrimStart(" \t"u8);
        int length = line.IndexOfAny(" \t"u8);
        word = length < 0 ? line : line[..length];
        line = line[word.Length..];
        return !word.IsEmpty;
    }

    /// <summary>
    /// A branch: <c>0xFROM/0xTO/MISPREDICTED/…</c>, where an address may be followed by the file it lies in, in parentheses
    /// (the columns brstack and dso).
    /// </summary>
    public static bool TryReadBranch(ReadOnlySpan<byte> word, out BranchEntry branch)
    {
        branch = default;
        if (!word.StartsWith("0x"u8) || !TryTakeAddress(ref word, out ulong from) || !word.StartsWith("/"u8))
        {
            return false;
        }

        word = word[1..];
        if (!TryTakeAddress(ref word, out ulong to))
        {
            return false;
        }

        // Only the first field has these letters alone, and only the last ones say SPEC.
        var flags = word.StartsWith("/"u8) ? word[1..] : default;
        int end = flags.IndexOf((byte)'/');
        var prediction = end < 0 ? flags : flags[..end];
        ulong bits = (prediction.Contains((byte)'M') ? Mispredicted : 0) | (prediction.Contains((byte)'P') ? Predicted : 0)
            | (prediction.Contains((byte)'N') ? NotTaken : 0) | (flags.IndexOf("SPEC_WRONG_PATH"u8) >= 0 && flags.IndexOf("NON_SPEC_WRONG_PATH"u8) < 0 ? WrongPath : 0);
        branch = new BranchEntry(from, to, bits);
        return true;
    }

    /// <summary>A time, <c>1234.567890:</c>, in nanoseconds.</summary>
    public static bool TryReadTime(ReadOnlySpan<byte> word, out ulong nanoseconds)
    {
        const int MostDigits = 9;
        nanoseconds = 0;
        if (!word.EndsWith(":"u8) || !Utf8Parser.TryParse(word, out ulong seconds, out int read) || read >= word.Length || word[read] != '.' || seconds > ulong.MaxValue / 2_000_000_000)
        {
            return false;
        }

        var fraction = word[(read + 1)..^1];
        if (fraction.Length is 0 or > MostDigits || fraction.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0)
        {
            return false;
        }

        ulong value = 0;
        foreach (byte digit in fraction)
        {
            value = (value * 10) + (ulong)(digit - '0');
        }

        for (int i = fraction.Length; i < MostDigits; i++)
        {
            value *= 10;
        }

        nanoseconds = (seconds * 1_000_000_000) + value;
        return true;
    }

    /// <summary><c>pid</c>, or <c>pid/tid</c>; −1 is the kernel's.</summary>
    public static bool TryReadPid(ReadOnlySpan<byte> word, out uint pid)
    {
        int slash = word.IndexOf((byte)'/');
        var digits = slash < 0 ? word : word[..slash];
        bool isNumber = Utf8Parser.TryParse(digits, out int value, out int read) && read == digits.Length;
        pid = (uint)value;
        return isNumber;
    }

    /// <summary>A hexadecimal number without prefix.</summary>
    public static bool TryReadHexadecimal(ReadOnlySpan<byte> word, out ulong value) =>
        Utf8Parser.TryParse(word, out value, out int read, 'x') && read == word.Length;

    /// <summary>
    /// What follows PERF_RECORD_MMAP or PERF_RECORD_MMAP2: <c>pid/tid: [0xSTART(0xLENGTH) @ OFFSET …]: PROTECTION FILE</c>, where the dots are
    /// device and inode, or the build-id.
    /// </summary>
    public static bool TryReadMapping(ReadOnlySpan<byte> text, out ScriptMapping mapping)
    {
        mapping = default;
        if (!TryTakeWord(ref text, out var pidWord) || !TryReadPid(pidWord.TrimEnd((byte)':'), out uint pid))
        {
            return false;
        }

        int open = text.IndexOf((byte)'[');
        int close = text.IndexOf("]: "u8);
        if (open < 0 || close < open)
        {
            return false;
        }

        var range = text[(open + 1)..close];
        var rest = text[(close + 3)..];
        if (!TryTakeAddress(ref range, out ulong start, stopsAtParenthesis: true) || !range.StartsWith("("u8))
        {
            return false;
        }

        range = range[1..];
        if (!TryTakeAddress(ref range, out ulong length) || !TryTakeWord(ref range, out _) || !TryTakeWord(ref range, out var at) || !at.SequenceEqual("@"u8)
            || !TryTakeWord(ref range, out var offsetWord) || !TryReadOffset(offsetWord, out ulong offset) || !TryTakeWord(ref rest, out var protection))
        {
            return false;
        }

        const int ShortestBuildId = 16;
        bool hasBuildId = TryTakeWord(ref range, out var first) && first.Length >= ShortestBuildId && first[0] != '<' && !TryTakeWord(ref range, out _);
        bool hasBracketedBuildId = first.StartsWith("<"u8) && first.EndsWith(">"u8);
        mapping = new ScriptMapping
        {
            Pid = pid,
            Start = start,
            Length = length,
            PageOffset = offset,
            IsExecutable = protection.Contains((byte)'x'),
            FileName = rest.TrimStart((byte)' '),
            BuildId = hasBuildId ? first : hasBracketedBuildId ? first[1..^1] : default,
        };
        return true;
    }

    /// <summary><c>PERF_RECORD_FORK(pid:tid):(ppid:ptid)</c>.</summary>
    public static bool TryReadFork(ReadOnlySpan<byte> text, out uint pid, out uint parent)
    {
        pid = parent = 0;
        int second = text.IndexOf("):("u8);
        return text.StartsWith("("u8) && second > 0 && TryReadBeforeColon(text[1..], out pid) && TryReadBeforeColon(text[(second + 3)..], out parent);
    }

    public static string Text(ReadOnlySpan<byte> bytes) => FileName.Decode(bytes);

    private static bool TryReadBeforeColon(ReadOnlySpan<byte> text, out uint value)
    {
        bool isNumber = Utf8Parser.TryParse(text, out int number, out int read) && read < text.Length && text[read] == ':';
        value = (uint)number;
        return isNumber;
    }

    /// <summary>The offset of a mapping is decimal 0 or hexadecimal with prefix.</summary>
    private static bool TryReadOffset(ReadOnlySpan<byte> word, out ulong offset) => TryTakeAddress(ref word, out offset) && word.IsEmpty;

    /// <summary>A hexadecimal address with or without prefix, and what follows it in parentheses.</summary>
    private static bool TryTakeAddress(scoped ref ReadOnlySpan<byte> text, out ulong address, bool stopsAtParenthesis = false)
    {
        text = text.StartsWith("0x"u8) ? text[2..] : text;
        if (!Utf8Parser.TryParse(text, out address, out int read, 'x'))
        {
            return false;
        }

        text = text[read..];
        if (!stopsAtParenthesis && text.StartsWith("("u8))
        {
            int close = text.IndexOf((byte)')');
            text = close < 0 ? default : text[(close + 1)..];
        }

        return true;
    }
}
