namespace Tarax.AutoFdo.Counts;

/// <summary>From positions in a mapped file to the file offsets of a binary.</summary>
internal sealed class PositionTranslation(MappedFile file, BinaryLayout layout, FileCounts.Collected target)
{
    public void Add(FileCounts counts)
    {
        // Ranges that were dropped are not known one by one: those that begin outside of the binary's segments stay among them.
        target.Sums = counts.Sums with { Samples = 0 };
        foreach (var sample in counts.Samples.ToList())
        {
            if (TryTranslate(sample.Address, out ulong offset))
            {
                target.Samples.Add(sample with { Address = offset });
                target.Sums.Samples += sample.Count;
            }
        }

        foreach (var entry in counts.Entries.ToList())
        {
            if (TryTranslate(entry.Address, out ulong offset))
            {
                target.Entries.Add(entry with { Address = offset });
            }
        }

        foreach (var branch in counts.Branches.ToList())
        {
            if (!TryTranslate(branch.To, out ulong to))
            {
                continue;
            }

            if (TryTranslate(branch.From, out ulong from))
            {
                target.Branches.Add(new BranchCount(from, to, branch.Count));
            }
            else
            {
                target.Entries.Add(new AddressCount(to, branch.Count, 0));
            }
        }

        foreach (var range in counts.Ranges.ToList())
        {
            if (!TryTranslate(range.Start, out ulong start))
            {
                target.Sums.RangesSeen -= Math.Min(range.Count, target.Sums.RangesSeen);
            }
            else if (!TryTranslate(range.End, out ulong end) || end - start != range.End - range.Start)
            {
                target.Sums.RangesLeaving += range.Count;
            }
            else
            {
                target.Ranges.Add(range with { Start = start, End = end });
            }
        }
    }

    private bool TryTranslate(ulong position, out ulong offset) => layout.TryGetFileOffset(file, position, out offset);
}
