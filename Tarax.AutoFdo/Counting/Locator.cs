using Tarax.AutoFdo.Counts;

namespace Tarax.AutoFdo.Counting;

/// <summary>Where an address lies: a position in a mapped file; no file for memory without one, and for addresses where nothing was mapped.</summary>
internal readonly record struct Location(MappedFile? File, ulong Position);

/// <summary>Finds mappings of a process, and of the kernel for addresses in the upper half.</summary>
/// <param name="space">The process's mappings; null where none are known, and for the kernel itself.</param>
/// <param name="kernel">The kernel's mappings.</param>
/// <param name="isFinal">
/// Whether all mappings of the recording are known. Before that, an address where nothing is mapped yet is not decided: a mapping may still come, and
/// counts for what was sampled there before it.
/// </param>
internal sealed class Locator(AddressSpace? space, AddressSpace? kernel, bool isFinal)
{
    private Mapping _lastOfProcess;
    private Mapping _lastOfKernel;

    /// <returns>False where it is not decided.</returns>
    public bool TryLocate(ulong address, out Location location)
    {
        // Kernels of 32-bit machines lie in the lower half too, but only where the process never maps anything.
        if ((long)address < 0 ? TryFind(kernel, address, ref _lastOfKernel, out var mapping)
            : TryFind(space, address, ref _lastOfProcess, out mapping) || (isFinal && TryFind(kernel, address, ref _lastOfKernel, out mapping)))
        {
            location = mapping.File is null ? default : new Location(mapping.File, mapping.PositionOf(address));
            return true;
        }

        location = default;
        return isFinal;
    }

    private static bool TryFind(AddressSpace? searched, ulong address, ref Mapping last, out Mapping mapping)
    {
        if (address < last.Start || address >= last.End)
        {
            if (searched is null || !searched.TryFind(address, out mapping))
            {
                mapping = default;
                return false;
            }

            last = mapping;
        }

        mapping = last;
        return true;
    }
}
