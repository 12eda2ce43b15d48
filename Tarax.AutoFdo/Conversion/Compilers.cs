using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Tarax.AutoFdo.Targets;
using Tarax.AutoFdo.Targets.Clang;
using Tarax.AutoFdo.Targets.Gcc;

namespace Tarax.AutoFdo.Conversion;

/// <summary>The compilers that are known. Any thread may ask and add.</summary>
public static class Compilers
{
    private static readonly Lock Lock = new();

    private static volatile CompilerFamily[] Known = [GccFamily.Instance, ClangFamily.Instance];

    /// <summary>All families.</summary>
    public static IReadOnlyList<CompilerFamily> All => [.. Known];

    /// <summary>The GNU compilers.</summary>
    public static CompilerFamily Gcc => GccFamily.Instance;

    /// <summary>LLVM's compilers.</summary>
    public static CompilerFamily Clang => ClangFamily.Instance;

    /// <summary>Adds a family: from now on it can be named, and is found as the producer of a binary, before those that are known.</summary>
    /// <param name="family">The family; one of the same name takes the place of the one before.</param>
    public static void Add(CompilerFamily family)
    {
        ArgumentNullException.ThrowIfNull(family);
        lock (Lock)
        {
            Known = [family, .. Known.Where(f => f.Name != family.Name)];
        }
    }

    extension(TargetCompiler)
    {
        /// <summary>Reads a name such as <c>gcc-16</c>, <c>gcc16</c>, <c>gcc</c> with a version, or the name of an executable such as <c>x86_64-linux-gnu-g++-12</c>.</summary>
        /// <param name="text">The name.</param>
        /// <param name="compiler">The compiler.</param>
        /// <returns>False where no compiler and version can be read from it.</returns>
        public static bool TryParse(string text, [NotNullWhen(true)] out TargetCompiler? compiler)
        {
            ArgumentNullException.ThrowIfNull(text);

            // The version is the last number with its dots; only its first part counts.
            int start = text.Length;
            while (start > 0 && (char.IsAsciiDigit(text[start - 1]) || text[start - 1] == '.'))
            {
                start--;
            }

            string name = text[..start].TrimEnd('-', ' ');
            var family = Known.FirstOrDefault(f => f.IsNamed(name));
            compiler = family is not null && text.Length > 0 && text[^1] != '.' && int.TryParse(text[start..].Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major)
                ? new TargetCompiler(family, major) : null;
            return compiler is not null;
        }

        /// <summary>Reads the compiler from DW_AT_producer, such as <c>GNU C17 12.2.0 -O2</c> or <c>Debian clang version 14.0.6</c>.</summary>
        /// <param name="producer">The producer.</param>
        /// <param name="compiler">The compiler.</param>
        /// <returns>False for others, among them <c>GNU AS</c>.</returns>
        public static bool TryParseProducer(string producer, [NotNullWhen(true)] out TargetCompiler? compiler)
        {
            ArgumentNullException.ThrowIfNull(producer);
            compiler = Known.Select(f => f.VersionOf(producer) is { } version ? new TargetCompiler(f, version) : null).FirstOrDefault(c => c is not null);
            return compiler is not null;
        }
    }
}
