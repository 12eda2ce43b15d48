using System.Globalization;
using Tarax.AutoFdo.Binaries.Elf;

namespace Tarax.Tool;

/// <summary>A line on standard error while a debuginfod server is waited for.</summary>
internal sealed class DownloadProgress : IProgress<DebuginfodDownload>
{
    private bool _isShown;

    private DownloadProgress()
    {
    }

    /// <summary>A line; null where standard error is not a terminal.</summary>
    public static DownloadProgress? OnTerminal() => Console.IsErrorRedirected ? null : new DownloadProgress();

    public void Report(DebuginfodDownload value)
    {
        if (value is { Received: 0, Total: 0 })
        {
            StandardStreams.Error.WriteRaw(_isShown ? $"\r{new string(' ', 60)}\r" : "");
            _isShown = false;
        }
        else
        {
            const double Mebi = 1 << 20;
            string of = value.Total > 0 ? string.Create(CultureInfo.InvariantCulture, $" of {value.Total / Mebi:0.0}") : "";
            StandardStreams.Error.WriteRaw(string.Create(CultureInfo.InvariantCulture, $"\rdebuginfod {Terminal.BuildId(value.BuildId)}: {value.Received / Mebi:0.0}{of} MB "));
            _isShown = true;
        }

        StandardStreams.Error.Flush();
    }
}
