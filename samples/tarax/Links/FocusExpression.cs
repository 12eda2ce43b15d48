using System.Runtime.InteropServices;

namespace Tarax.Tool.Links;

/// <summary>A regular expression of the system's C library (POSIX, extended), as names of binaries are chosen by.</summary>
internal sealed partial class FocusExpression : IDisposable
{
    private const int Extended = 1;
    private const int NoPlaces = 8;

    /// <summary>More than any C library's regex_t takes.</summary>
    private const int CompiledSize = 1024;

    private readonly nint _compiled = Marshal.AllocHGlobal(CompiledSize);

    /// <exception cref="UsageException">It is not a regular expression.</exception>
    public FocusExpression(string text)
    {
        if (regcomp(_compiled, text, Extended | NoPlaces) != 0)
        {
            Marshal.FreeHGlobal(_compiled);
            throw new UsageException($"--focus_binary_re={text}: is not a regular expression");
        }
    }

    public bool IsMatch(string name) => regexec(_compiled, name, 0, 0, 0) == 0;

    public void Dispose()
    {
        regfree(_compiled);
        Marshal.FreeHGlobal(_compiled);
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int regcomp(nint compiled, string text, int flags);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int regexec(nint compiled, string text, nuint places, nint place, int flags);

    [LibraryImport("libc")]
    private static partial void regfree(nint compiled);
}
