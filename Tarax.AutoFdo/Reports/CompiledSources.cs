using System.Buffers.Binary;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Numbers;

namespace Tarax.AutoFdo.Reports;

/// <summary>What was compiled of source files, by the digests that Clang writes into DWARF 5 (DW_LNCT_MD5); GCC writes none.</summary>
internal sealed class CompiledSources
{
    private readonly Dictionary<string, HashSet<UInt128>> _digests = new(StringComparer.Ordinal);

    /// <summary>Adds the files of a function.</summary>
    public void Add(CodeFiles code)
    {
        foreach (var (path, digest) in code.Digests)
        {
            if (!_digests.TryGetValue(path, out var known))
            {
                _digests.Add(path, known = []);
            }

            known.Add(digest);
        }
    }

    /// <summary>Whether a file had another content whenever it was compiled; false where that is not known.</summary>
    public bool AreOthers(string path, ReadOnlySpan<byte> content) =>
        _digests.TryGetValue(path, out var known) && !known.Contains(BinaryPrimitives.ReadUInt128BigEndian(Md5.Of(content)));
}
