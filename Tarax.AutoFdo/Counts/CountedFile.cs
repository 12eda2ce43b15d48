namespace Tarax.AutoFdo.Counts;

/// <summary>Sums over all samples of recordings.</summary>
/// <param name="Samples">Number of samples.</param>
/// <param name="SamplesWithBranchStack">Of these, with a branch stack.</param>
/// <param name="BranchEntries">Entries of all branch stacks.</param>
public readonly record struct RecordingSums(long Samples, long SamplesWithBranchStack, long BranchEntries);

/// <summary>Sums over all samples of recordings in one file that was mapped.</summary>
/// <param name="Samples">Samples whose address lies in the file.</param>
/// <param name="BranchesInto">Recorded branches whose target lies in it.</param>
/// <param name="RangesSeen">Executions of ranges that begin in it, dropped ones included.</param>
/// <param name="RangesLeaving">Of these, the next recorded branch lies in another file or in none.</param>
/// <param name="RangesBackward">Of these, the next recorded branch lies before the range's start.</param>
/// <param name="RangesTooLong">Of these, longer than 1 MiB.</param>
public readonly record struct CountedFileSums(ulong Samples, ulong BranchesInto, ulong RangesSeen, ulong RangesLeaving, ulong RangesBackward, ulong RangesTooLong);

/// <summary>
/// What was counted of one file that was mapped, by positions in it: file offsets, but of the kernel distances from the symbol in its name, and of a module from its beginning. That is
/// what files of counts hold, and what other stores of counts keep.
/// </summary>
/// <param name="Name">Its path when it was recorded; for the kernel <c>[kernel.kallsyms]_text</c>.</param>
/// <param name="IsKernel">Whether it is the kernel or one of its modules.</param>
/// <param name="Sums">Sums over its samples.</param>
/// <param name="Counts">Its branches, ranges, samples and entries, and its build-id.</param>
public sealed record CountedFile(string Name, bool IsKernel, CountedFileSums Sums, BinaryCounts Counts);
