using System.Diagnostics;
using System.Globalization;
using Tarax.AutoFdo.Diagnostics;

namespace Tarax.AutoFdo.Conversion;

/// <summary>Says what each step of a conversion took and gave to whoever asked, and ends it where that is asked for.</summary>
/// <param name="trace">Who asked; null for nobody.</param>
/// <param name="cancellation">Ends the conversion between two steps.</param>
internal sealed class StageClock(IProgress<ConversionStage>? trace, CancellationToken cancellation)
{
    /// <summary>Without an observer, and without end.</summary>
    public static readonly StageClock None = new(null, CancellationToken.None);

    private long _start = Stopwatch.GetTimestamp();

    /// <summary>A step has ended, and the next one begins.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="input">What came in; not evaluated where nobody asks.</param>
    /// <param name="output">What went out.</param>
    /// <exception cref="OperationCanceledException">No other step is wanted.</exception>
    public void End(string name, Func<FormattableString> input, Func<FormattableString> output)
    {
        var time = Stopwatch.GetElapsedTime(_start);
        trace?.Report(new ConversionStage(name, input().ToString(CultureInfo.InvariantCulture), output().ToString(CultureInfo.InvariantCulture), time));
        cancellation.ThrowIfCancellationRequested();
        _start = Stopwatch.GetTimestamp();
    }
}
