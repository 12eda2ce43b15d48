namespace Tarax.AutoFdo.Counting;

/// <summary>What became of the records of Arm's Statistical Profiling Extension.</summary>
internal sealed class SpeTotals
{
    /// <summary>Whole records.</summary>
    public long Records { get; set; }

    /// <summary>Loads, stores and other operations that are no branches.</summary>
    public long OtherOperations { get; set; }

    /// <summary>Branches that were only speculated.</summary>
    public long NotRetired { get; set; }

    /// <summary>Branches without their address or their target.</summary>
    public long WithoutAddress { get; set; }

    /// <summary>Branches of threads of which nothing is known.</summary>
    public long OfUnknownThread { get; set; }

    /// <summary>Records with bytes that are no packets.</summary>
    public long DamagedRecords { get; set; }

    /// <summary>Records that a buffer's end cuts.</summary>
    public long CutRecords { get; set; }

    /// <summary>Adds what became of other records.</summary>
    public void Add(SpeTotals other)
    {
        Records += other.Records;
        OtherOperations += other.OtherOperations;
        NotRetired += other.NotRetired;
        WithoutAddress += other.WithoutAddress;
        OfUnknownThread += other.OfUnknownThread;
        DamagedRecords += other.DamagedRecords;
        CutRecords += other.CutRecords;
    }
}
