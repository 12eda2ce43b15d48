using Tarax.AutoFdo.Profiles.Formats.Gcov;
using Tarax.AutoFdo.Profiles.Formats.Llvm;

namespace Tarax.AutoFdo.Profiles.Formats;

/// <summary>The formats that are known. Any thread may ask and add.</summary>
public static class ProfileFormats
{
    private static readonly Lock Lock = new();

    /// <summary>The text form is last, since it has no first bytes by which it is recognized.</summary>
    private static volatile ProfileFormat[] Known = [.. GcovProfileFormat.All, LlvmExtBinaryFormat.Instance, LlvmBinaryFormat.Instance, LlvmTextFormat.Instance];

    extension(ProfileFormat)
    {
        /// <summary>For GCC 5 to 11.</summary>
        public static ProfileFormat GcovV1 => GcovProfileFormat.Of(1);

        /// <summary>For GCC 12 to 15.</summary>
        public static ProfileFormat GcovV2 => GcovProfileFormat.Of(2);

        /// <summary>For GCC 16.</summary>
        public static ProfileFormat GcovV3 => GcovProfileFormat.Of(3);

        /// <summary>LLVM's sample profile as text.</summary>
        public static ProfileFormat LlvmText => LlvmTextFormat.Instance;

        /// <summary>LLVM's sample profile in its first binary form.</summary>
        public static ProfileFormat LlvmBinary => LlvmBinaryFormat.Instance;

        /// <summary>LLVM's sample profile in sections, of which a compiler reads what it needs: what LLVM's own tools write.</summary>
        public static ProfileFormat LlvmExtBinary => LlvmExtBinaryFormat.Instance;

        /// <summary>All formats, in the order in which a file is tried.</summary>
        public static IReadOnlyList<ProfileFormat> All => [.. Known];

        /// <summary>Adds a format: files of it are read from now on. It is tried before those that are known.</summary>
        /// <param name="format">The format; one of the same name takes the place of the one before.</param>
        public static void Add(ProfileFormat format)
        {
            ArgumentNullException.ThrowIfNull(format);
            lock (Lock)
            {
                Known = [format, .. Known.Where(f => f.Name != format.Name)];
            }
        }
    }
}
