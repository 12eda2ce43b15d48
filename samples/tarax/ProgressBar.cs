using System.Diagnostics;
using System.Globalization;

namespace Tarax.Tool;

/// <summary>A bar on standard error that appears when the work takes longer than a second.</summary>
internal sealed class ProgressBar : IProgress<double>, IDisposable
{
    private const int Width = 40;
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly Lock _lock = new();
    private int _shown = -1;

    private ProgressBar()
    {
    }

    /// <summary>A bar; null where standard error is not a terminal.</summary>
    public static ProgressBar? OnTerminal() => Console.IsErrorRedirected ? null : new ProgressBar();

    public void Report(double value)
    {
        int percent = (int)(Math.Clamp(value, 0, 1) * 100);
        lock (_lock)
        {
            if (percent <= _shown || Stopwatch.GetElapsedTime(_start) < Delay)
            {
                return;
            }

            _shown = percent;
            int filled = percent * Width / 100;
            StandardStreams.Error.WriteRaw(string.Create(CultureInfo.InvariantCulture, $"\r[{new string('#', filled)}{new string(' ', Width - filled)}] {percent,3} %"));
            StandardStreams.Error.Flush();
        }
    }

    /// <summary>Removes the bar.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            if (_shown >= 0)
            {
                StandardStreams.Error.WriteRaw($"\r{new string(' ', Width + 9)}\r");
                StandardStreams.Error.Flush();
                _shown = -1;
            }
        }
    }

    public void Dispose() => Clear();
}
