using Tarax.AutoFdo.Diagnostics;

namespace Tarax.AutoFdo.Binaries.Elf;

/// <summary>The files that together are a binary with its debug information.</summary>
internal sealed class BinaryFiles : IDisposable
{
    public BinaryFiles(ElfFile binary, ElfFile? debug = null, ElfFile? supplementary = null)
    {
        Binary = binary;
        Debug = debug ?? binary;
        Supplementary = supplementary;
    }

    /// <summary>The binary that ran: its segments say where code lies.</summary>
    public ElfFile Binary { get; }

    /// <summary>The file with symbols and DWARF: the binary itself, or a separate debug file.</summary>
    public ElfFile Debug { get; }

    /// <summary>The file with what dwz moved out of the debug file; null where there is none.</summary>
    public ElfFile? Supplementary { get; }

    /// <summary>Where they were looked for; null where they were given.</summary>
    public DebugFileSearch? Search { get; private init; }

    /// <summary>Their paths, each once.</summary>
    public IEnumerable<string> Paths => new[] { Binary.Path, Debug.Path, Supplementary?.Path }.OfType<string>().Distinct();

    /// <summary>Opens a binary and what belongs to it.</summary>
    /// <exception cref="InvalidFormatException">The binary or a file that belongs to it is damaged.</exception>
    /// <exception cref="IOException">The binary cannot be opened.</exception>
    public static BinaryFiles Open(string path, DebugFileSearch search) => Of(ElfFile.Open(path), search);

    /// <summary>An open binary, and what belongs to it.</summary>
    public static BinaryFiles Of(ElfFile binary, DebugFileSearch search)
    {
        ElfFile? debug = null;
        try
        {
            if (!binary.HasDebugInformation && search.FindDebugFile(binary) is { } debugPath)
            {
                debug = ElfFile.Open(debugPath);
            }

            string? supplementary = search.FindSupplementaryFile(debug ?? binary);
            return new BinaryFiles(binary, debug, supplementary is null ? null : ElfFile.Open(supplementary)) { Search = search };
        }
        catch
        {
            debug?.Dispose();
            binary.Dispose();
            throw;
        }
    }

    /// <summary>Does something with the files, which must not change meanwhile: what looks damaged may be that.</summary>
    /// <exception cref="InvalidFormatException">One of them changed.</exception>
    public T WhileUnchanged<T>(Func<T> use)
    {
        try
        {
            return use();
        }
        finally
        {
            EnsureUnchanged(Binary);
            EnsureUnchanged(Debug);
            EnsureUnchanged(Supplementary);
        }
    }

    private static void EnsureUnchanged(ElfFile? file)
    {
        try
        {
            file?.EnsureUnchanged();
        }
        catch (InvalidFormatException e)
        {
            throw new InvalidFormatException(file!.Path, e);
        }
    }

    public void Dispose()
    {
        Supplementary?.Dispose();
        if (Debug != Binary)
        {
            Debug.Dispose();
        }

        Binary.Dispose();
    }
}
