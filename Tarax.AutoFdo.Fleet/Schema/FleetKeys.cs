using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Tarax.AutoFdo.Fleet;

/// <summary>Numbers that stand for binaries and parts. Where two things had the same, reading says so.</summary>
internal static class FleetKeys
{
    /// <summary>The number of a binary, in every recording the same.</summary>
    public static ulong OfBinary(string buildId, string name, bool isKernel) => Of($"binary\n{buildId}\n{(isKernel ? 1 : 0)}\n{name}");

    /// <summary>The number of a recording's part in a push of several; another push of it makes another part.</summary>
    public static ulong OfPart(string id, string push) => Of($"part\n{id}\n{push}");

    /// <summary>The name of a push: the same recordings have the same, in any order.</summary>
    public static string OfPush(IEnumerable<string> ids, string kind)
    {
        const int Bytes = 16;
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}\n{string.Join('\n', ids.Order(StringComparer.Ordinal))}"))[..Bytes]);
    }

    /// <summary>A number that no push had before.</summary>
    public static ulong NewPart()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    private static ulong Of(string text) => BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
