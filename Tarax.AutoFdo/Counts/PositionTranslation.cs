namespace Tarax.AutoFdo.Counts;

/// <summary>From positions in a mapped file to the file offsets of a binary.</summary>
internal sealed class PositionTranslation(MappedFile file, BinaryLayout layout, FileCounts.Collected target)
{
    public void Add(FileCounts counts)
    {
        // Ranges that were dropped are not known one by one: those that begin outside of the binary's segments stay among them.
        target.Sums = counts.Sums with { Samples = 0 };
        var samples = counts.Samples.ToList();

        // Where samples have no addresses, each branch into the file stands for one.
        bool areBranches = samples.Count == 0 && counts.Sums.Samples > 0;
        foreach (var sample in samples)
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
                target.Sums.Samples += areBranches ? entry.Count : 0;
            }
        }

        foreach (var branch in counts.Branches.ToList())
        {
            if (!TryTranslate(branch.To, out ulong to))
            {
                continue;
            }

            target.Sums.Samples += areBranches ? branch.Count : 0;
            if (TryTranslate(branch.From, out ulong from))
            {
                target.Branches.Add(new BranchCount(from, to, branch.Count));
            }
            else
            {
                target.Entries.Add(new AddressCount(to, branch.Count, 0));
            }
        }

        target.Sums.Samples = Math.Min(target.Sums.Samples, counts.Sums.Samples);
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
