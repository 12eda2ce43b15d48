using System.Runtime.InteropServices;

namespace Tarax.Tool;

/// <summary>Names as the source has them, by the demangler of the system's C++ library, which is looked for when the first mangled name comes; those of Rust and D by our own.</summary>
internal static partial class Demangled
{
    private static bool IsMissing { get; set; }

    /// <summary>The demangled name as it is shown: without types and arguments, or with all that --wide asks for.</summary>
    public static string Shown(string name) => Terminal.IsWide ? Name(name) : Short(name);

    /// <summary>The demangled name without types and arguments.</summary>
    public static string Short(string name) => OfOther(name) is { } other ? other : Name(name) is var demangled && demangled == name ? name : FunctionName.Short(demangled);

    /// <summary>Whether a function is the one that somebody means: by its linkage name, demangled, or as it is shown.</summary>
    public static bool Is(string name, string meant) => name == meant || (Name(name) is var demangled && (demangled == meant || (Short(name) is var shown && (shown == meant || shown.EndsWith($"::{meant}", StringComparison.Ordinal)))));

    /// <summary>The name of Rust or D, which has no types and arguments; null for others.</summary>
    private static string? OfOther(string name) => RustName.Of(name) ?? DName.Of(name);

    /// <summary>The demangled name; the name itself where it is not mangled, or the library is not installed.</summary>
    public static string Name(string name)
    {
        if (OfOther(name) is { } other)
        {
            return other;
        }

        // Clones keep their suffix, which is no part of the mangled name for the library.
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        string mangled = dot < 0 ? name : name[..dot];
        if (IsMissing || !mangled.StartsWith("_Z", StringComparison.Ordinal) || MayExplode(mangled))
        {
            return name;
        }

        try
        {
            nint text = __cxa_demangle(mangled, 0, 0, out int status);
            string demangled = status == 0 ? Marshal.PtrToStringUTF8(text)! + (dot < 0 ? "" : $" [{name[dot..]}]") : name;
            free(text);
            return demangled;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            IsMissing = true;
            return name;
        }
    }

    /// <summary>
    /// Whether the demangled name may be out of proportion: each substitution (Itanium C++ ABI, "Compression") that is used twice or more may double it, and some hundred bytes of them fill any
    /// memory. What compilers make stays far below.
    /// </summary>
    private static bool MayExplode(string mangled)
    {
        const int LongestName = 1 << 16;
        const int MostUsedTwice = 12;
        var uses = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < mangled.Length && mangled.Length <= LongestName; i++)
        {
            if (mangled[i] is 'S' or 'T')
            {
                int end = i + 1;
                while (end < mangled.Length && (char.IsAsciiDigit(mangled[end]) || char.IsAsciiLetterUpper(mangled[end])))
                {
                    end++;
                }

                if (end < mangled.Length && mangled[end] == '_')
                {
                    string substitution = mangled[i..end];
                    uses[substitution] = uses.GetValueOrDefault(substitution) + 1;
                }
            }
        }

        return mangled.Length > LongestName || uses.Values.Count(u => u > 1) > MostUsedTwice;
    }

    [LibraryImport("libstdc++.so.6", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint __cxa_demangle(string mangled, nint output, nint length, out int status);

    [LibraryImport("libc")]
    private static partial void free(nint memory);
}
