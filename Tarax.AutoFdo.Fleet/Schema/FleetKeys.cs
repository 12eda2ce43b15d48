using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Tarax.AutoFdo.Fleet;

/// <summary>Numbers that stand for binaries and parts. Where two things had the same, reading says so.</summary>
internal static class FleetKeys
{
    /// <summary>The number of a binary, in every recording the same.</summary>
    public static ulong OfBinary(string buildId, string name, bool isKernel) => Of($"binary\n{buildId}\n{(isKernel ? 1 : 0)}\n{name}");

    /// <summary>The number of the part of a recording, and of those that are alike, in a push; another push of it makes another part.</summary>
    public static ulong OfPart(string id, string push) => Of($"part\n{id}\n{push}");

    /// <summary>The name of what a day's recordings become in files: the same have the same name, in any order.</summary>
    /// <param name="recordings">The ids of the recordings, and what else makes their rows others.</param>
    /// <param name="day">Their day.</param>
    /// <param name="kind">What makes the files.</param>
    public static string OfPush(IEnumerable<string> recordings, DateOnly day, string kind)
    {
        const int Bytes = 16;
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}\n{FleetFormat.Of(day)}\n{string.Join('\n', recordings.Order(StringComparer.Ordinal))}"))[..Bytes]);
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
