using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Tarax.AutoFdo.Numbers;

namespace Tarax.AutoFdo.Profiles;

/// <summary>Names as LLVM hashes them (llvm/ProfileData/FunctionId.h, llvm/Support/MD5.h).</summary>
internal static class HashedNames
{
    /// <summary>The first eight bytes of a name's MD5 as a little-endian number.</summary>
    public static ulong HashOf(string name) => BinaryPrimitives.ReadUInt64LittleEndian(Md5.Of(Encoding.UTF8.GetBytes(name)));

    /// <summary>The hash that a profile with hashed names has for a name.</summary>
    public static string ToName(ulong hash) => hash.ToString(CultureInfo.InvariantCulture);

    public static ulong ToHash(string name) => ulong.Parse(name, NumberStyles.None, CultureInfo.InvariantCulture);

    public static SampleProfile Of(SampleProfile profile)
    {
        var hashes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string name in ProfileNames.Of(profile))
        {
            hashes.Add(name, ToName(HashOf(name)));
        }

        var hashed = ProfileTransformation.Rename(profile, hashes);
        return hashed.With(hashed.Functions, hasHashedNames: true);
    }
}
