using Tarax.AutoFdo.Inputs.Perf;
using Tarax.AutoFdo.Inputs.PerfScript;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Tests.Builders;

/// <summary>Recordings in either form, as an input opens them.</summary>
internal static class OpenedRecording
{
    public static PerfDataFile Of(ByteSource source)
    {
        bool hasMagic = source.Length >= 8 && source.Span("magic", 0, 8) is var magic && (magic.SequenceEqual("PERFILE2"u8) || magic.SequenceEqual("2ELIFREP"u8));
        return !hasMagic && ScriptRecording.IsText(source) ? ScriptRecording.Open(source) : PerfDataFile.Read(source);
    }
}
