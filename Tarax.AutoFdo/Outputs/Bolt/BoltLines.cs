using System.Buffers.Text;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Numbers;

namespace Tarax.AutoFdo.Outputs.Bolt;

/// <summary>The lines of a profile for BOLT, and what is left out of it, while it is made.</summary>
internal sealed class BoltLines
{
    private const int LongestNumber = 20;

    private readonly ByteWriter _bytes = new();
    private readonly Dictionary<string, ulong> _leftOut = new(StringComparer.Ordinal);

    /// <summary>Lines of branches, ranges and samples.</summary>
    public int Count { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.Written;

    /// <summary>The reasons in the order in which they came up.</summary>
    public IReadOnlyList<BoltLeftOut> LeftOut => [.. _leftOut.Select(l => new BoltLeftOut(l.Key, l.Value))];

    public void LeaveOut(string reason, ulong executions)
    {
        if (executions > 0)
        {
            _leftOut[reason] = SaturatingSum.Of(_leftOut.GetValueOrDefault(reason), executions);
        }
    }

    public BoltLines Text(string text)
    {
        _bytes.Text(text);
        return this;
    }

    public BoltLines Text(ReadOnlySpan<byte> text)
    {
        _bytes.Bytes(text);
        return this;
    }

    public BoltLines Hexadecimal(ulong number)
    {
        Span<byte> digits = stackalloc byte[LongestNumber];
        Utf8Formatter.TryFormat(number, digits, out int length, 'x');
        _bytes.Bytes(digits[..length]);
        return this;
    }

    /// <summary>A count and the end of the line. BOLT reads signed numbers.</summary>
    /// <param name="count">How often.</param>
    /// <param name="rest">What is behind it.</param>
    public void Counted(ulong count, ReadOnlySpan<byte> rest = default)
    {
        Span<byte> digits = stackalloc byte[LongestNumber];
        Utf8Formatter.TryFormat(Math.Min(count, long.MaxValue), digits, out int length);
        _bytes.Bytes(digits[..length]);
        _bytes.Bytes(rest);
        End();
        Count++;
    }

    public void End() => _bytes.U8((byte)'\n');
}
