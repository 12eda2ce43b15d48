namespace Tarax.AutoFdo.Counts;

/// <summary>Sums over the samples of one event.</summary>
internal sealed class SampleTotals
{
    public long Samples { get; set; }

    public long SamplesWithBranchStack { get; set; }

    public long BranchEntries { get; set; }

    /// <summary>Entries of the longest branch stack.</summary>
    public int DeepestBranchStack { get; set; }

    /// <summary>Time of the earliest sample in nanoseconds; 0 where times are not known.</summary>
    public ulong FirstTime { get; private set; }

    /// <summary>Time of the latest sample in nanoseconds.</summary>
    public ulong LastTime { get; private set; }

    /// <summary>Samples shorter than what they say they hold.</summary>
    public long DamagedSamples { get; set; }

    /// <summary>Samples from inside a virtual machine.</summary>
    public long GuestSamples { get; set; }

    /// <summary>Branch entries marked as executed on a wrong path only.</summary>
    public long WrongPathEntries { get; set; }

    /// <summary>Second copies of a stack's first entry.</summary>
    public long DuplicateHeads { get; set; }

    /// <summary>Takes note of the time of a sample; 0 for none.</summary>
    public void NoteTime(ulong time)
    {
        if (time != 0)
        {
            FirstTime = FirstTime == 0 ? time : Math.Min(FirstTime, time);
            LastTime = Math.Max(LastTime, time);
        }
    }

    /// <summary>Adds the sums over other samples.</summary>
    public void Add(SampleTotals other)
    {
        Samples = Sum(Samples, other.Samples);
        SamplesWithBranchStack = Sum(SamplesWithBranchStack, other.SamplesWithBranchStack);
        BranchEntries = Sum(BranchEntries, other.BranchEntries);
        DeepestBranchStack = Math.Max(DeepestBranchStack, other.DeepestBranchStack);
        NoteTime(other.FirstTime);
        NoteTime(other.LastTime);
        DamagedSamples += other.DamagedSamples;
        GuestSamples += other.GuestSamples;
        WrongPathEntries += other.WrongPathEntries;
        DuplicateHeads += other.DuplicateHeads;
    }

    /// <summary>Files may state any number; the sum stays at the largest.</summary>
    private static long Sum(long left, long right) => left > long.MaxValue - right ? long.MaxValue : left + right;
}
