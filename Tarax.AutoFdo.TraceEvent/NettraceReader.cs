using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Inputs;

namespace Tarax.AutoFdo.TraceEvent;

/// <summary>Reads <c>.nettrace</c> wherever recordings are read, once it is added: <c>InputReader.Add(new NettraceReader())</c>.</summary>
public sealed class NettraceReader : InputReader
{
    /// <inheritdoc/>
    public override string Format => ".nettrace";

    /// <inheritdoc/>
    public override bool Recognizes(ReadOnlySpan<byte> start) => start.StartsWith("Nettrace"u8);

    /// <inheritdoc/>
    public override RecordingCounts Read(Stream content, string name)
    {
        ArgumentNullException.ThrowIfNull(content);

        // TraceEvent reads files by their names.
        string copy = Path.Combine(Path.GetTempPath(), $"tarax-{Guid.NewGuid():N}.nettrace");
        try
        {
            using (var file = new FileStream(copy, FileMode.CreateNew, FileAccess.Write))
            {
                content.CopyTo(file);
            }

            return NettraceRecording.Read(copy, name);
        }
        finally
        {
            File.Delete(copy);
        }
    }
}
