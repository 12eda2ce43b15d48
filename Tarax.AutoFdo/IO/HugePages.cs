namespace Tarax.AutoFdo.IO;

/// <summary>
/// Memory in pages of 2 MB where Linux has them to give (transparent huge pages, <c>always</c> or <c>madvise</c>): what is looked into here and there does not
/// also miss the processor's table of pages, and 512 times as few pages have to be faulted in, which is dear in virtual machines.
/// </summary>
internal static unsafe class HugePages
{
    /// <summary>Bytes of a huge page of x86-64 and, with base pages of 4 KB, of Arm64.</summary>
    public const int Size = 2 << 20;

    /// <summary>An array of zeros.</summary>
    public static T[] Allocate<T>(int length)
        where T : unmanaged
    {
        var array = new T[length];
        long bytes = (long)length * sizeof(T);
        if (bytes >= 2 * Size)
        {
            // Mostly fresh memory, which the collector has not touched; otherwise the hint does nothing.
            fixed (T* first = array)
            {
                Advise(first, (nuint)bytes);
            }
        }

        return array;
    }

    /// <summary>Asks for huge pages in memory that has not been touched yet; a hint, no more.</summary>
    public static void Advise(void* memory, nuint length)
    {
        const int HugePage = 14;
        nuint start = ((nuint)memory + Size - 1) & ~((nuint)Size - 1);
        nuint end = ((nuint)memory + length) & ~((nuint)Size - 1);
        if (OperatingSystem.IsLinux() && end > start)
        {
            _ = LibC.madvise((void*)start, end - start, HugePage);
        }
    }
}
