using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;

namespace Tarax.AutoFdo.Fleet;

/// <summary>A recording's counts on their way into a fleet.</summary>
public sealed class PushedRecording
{
    private const int MostBuildIdDigits = 40;

    private PushedRecording(string id, DateOnly day, RecordingOrigin origin, RecordingCounts counts) => (Id, Day, Origin, Counts) = (id, day, origin, counts);

    /// <summary>32 hexadecimal digits that depend on the counts and the host alone: the same recording has the same id whenever and however it is pushed.</summary>
    public string Id { get; }

    /// <summary>Day of the recording in UTC.</summary>
    public DateOnly Day { get; }

    /// <summary>What is known of it.</summary>
    public RecordingOrigin Origin { get; }

    /// <summary>The counts.</summary>
    public RecordingCounts Counts { get; }

    /// <summary>Names of its events, in lines.</summary>
    internal string Event => string.Join('\n', Counts.EventNames);

    /// <summary>Reads a file of counts.</summary>
    /// <param name="path">The file, in either form.</param>
    /// <param name="origin">What is known of the recording.</param>
    /// <exception cref="InvalidFormatException">It is not of counts or damaged, has a build-id longer than 20 bytes, or its day is tomorrow or later: a clock is wrong.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static PushedRecording Load(string path, RecordingOrigin origin)
    {
        ArgumentNullException.ThrowIfNull(origin);
        try
        {
            return Of(RecordingCounts.Load(path), origin with { Day = origin.Day ?? DateOnly.FromDateTime(File.GetLastWriteTimeUtc(path)) });
        }
        catch (InvalidFormatException e) when (e.Format == FleetFormat.Name)
        {
            throw new InvalidFormatException($"{path}: {e.Format}", e.Field, e.Offset, e.Message[(e.Message.IndexOf(e.Field, StringComparison.Ordinal) + e.Field.Length + 2)..]);
        }
    }

    /// <summary>Takes counts.</summary>
    /// <param name="counts">The counts of one recording.</param>
    /// <param name="origin">What is known of the recording, with its day.</param>
    /// <exception cref="InvalidFormatException">A build-id is longer than 20 bytes, or the day is tomorrow or later.</exception>
    public static PushedRecording Of(RecordingCounts counts, RecordingOrigin origin)
    {
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentNullException.ThrowIfNull(origin);
        var day = origin.Day ?? DateOnly.FromDateTime(DateTime.UtcNow);
        // A day of difference is what time zones and slow clocks make.
        if (day > DateOnly.FromDateTime(DateTime.UtcNow).AddDays(1) || day < new DateOnly(2000, 1, 1))
        {
            throw new InvalidFormatException(FleetFormat.Name, "day", -1, string.Create(CultureInfo.InvariantCulture, $"is {day:yyyy-MM-dd}: a clock is wrong, or the day is to be said (--day)"));
        }

        foreach (var file in counts.Files)
        {
            if (file.Counts.BuildId is { Length: > MostBuildIdDigits } longer)
            {
                throw new InvalidFormatException(FleetFormat.Name, "build-id", -1, $"of {file.Name} is {longer.Length / 2} bytes, where 20 are the most");
            }
        }

        return new PushedRecording(IdOf(counts, origin.Host), day, origin, counts);
    }

    private static string IdOf(RecordingCounts counts, string host)
    {
        using var bytes = new MemoryStream();
        bytes.Write(Encoding.UTF8.GetBytes(host));
        bytes.WriteByte(0);
        counts.Write(bytes);
        const int IdBytes = 16;
        return Convert.ToHexStringLower(SHA256.HashData(bytes.GetBuffer().AsSpan(0, (int)bytes.Length))[..IdBytes]);
    }
}
