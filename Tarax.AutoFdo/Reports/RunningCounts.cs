using Tarax.AutoFdo.Counts;

namespace Tarax.AutoFdo.Reports;

/// <summary>How often the instructions of a piece of code ran, asked for by ascending address.</summary>
internal sealed class RunningCounts
{
    private readonly List<RangeCount> _byStart;
    private readonly List<RangeCount> _byEnd;
    private UInt128 _count;
    private int _started;
    private int _ended;

    /// <param name="ranges">The ranges that begin in it, by where they do.</param>
    public RunningCounts(List<RangeCount> ranges)
    {
        _byStart = ranges;
        _byEnd = [.. ranges];
        _byEnd.Sort((a, b) => a.End.CompareTo(b.End));
    }

    /// <summary>How often the instruction at an address ran; a range ends with its last instruction.</summary>
    public ulong At(ulong address)
    {
        for (; _started < _byStart.Count && _byStart[_started].Start <= address; _started++)
        {
            _count += _byStart[_started].Count;
        }

        for (; _ended < _byEnd.Count && _byEnd[_ended].End < address; _ended++)
        {
            _count -= _byEnd[_ended].Count;
        }

        return (ulong)UInt128.Min(_count, ulong.MaxValue);
    }
}
