using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Profiles.Formats.Llvm;

/// <summary>Reads LLVM's first binary form: summary, names, functions up to the end.</summary>
internal static class LlvmBinaryReader
{
    /// <exception cref="InvalidFormatException">The bytes are damaged, or of another version.</exception>
    public static SampleProfile Read(ReadOnlySpan<byte> bytes)
    {
        var cursor = new ByteCursor(bytes, LlvmFormat.Name, 0, isBigEndian: false);
        cursor.Skip("magic", (ulong)LlvmFormat.BinaryMagic.Length);
        cursor.CheckVersion();
        cursor.SkipSummary();
        var names = cursor.Names();
        var functions = new List<FunctionProfile>();
        new LlvmBodyReader(cursor, names, hasVtables: false).ReadAll(functions);
        return new SampleProfile(functions) { Format = LlvmBinaryFormat.Instance };
    }
}
