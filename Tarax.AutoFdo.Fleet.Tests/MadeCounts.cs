using Tarax.AutoFdo.Counts;

namespace Tarax.AutoFdo.Fleet.Tests;

/// <summary>Small counts for what recordings do not show.</summary>
internal static class MadeCounts
{
    public const string BuildId = "00112233445566778899aabbccddeeff00112233";

    public static readonly DateOnly Day = new(2026, 1, 2);

    /// <summary>Counts of one program with one of everything.</summary>
    /// <param name="count">Executions.</param>
    /// <param name="name">The program's path.</param>
    /// <param name="time">Time of the sample.</param>
    public static RecordingCounts Of(ulong count, string name = "/bin/program", ulong time = 7, string buildId = BuildId) => RecordingCounts.Create(
        ["branches"],
        new RecordingSums(3, 2, 1),
        [
            new CountedFile(name, IsKernel: false, new CountedFileSums(3, 2, 1, 0, 0, 0), new BinaryCounts(
                buildId, [new BranchCount(0x10, 0x20, count)], [new RangeCount(0x20, 0x28, count, time)], [new AddressCount(0x24, count, time)], [new AddressCount(0x20, count, time)])),
        ]);

    /// <summary>Counts of one program with many branches: megabytes as rows.</summary>
    public static RecordingCounts Many(int branches) => RecordingCounts.Create(
        ["branches"],
        new RecordingSums(3, 2, 1),
        [
            new CountedFile("/bin/program", IsKernel: false, new CountedFileSums(3, 2, 1, 0, 0, 0), new BinaryCounts(
                BuildId, [.. Enumerable.Range(1, branches).Select(i => new BranchCount((ulong)i * 16, Scattered(i) >> 44, 1 + (Scattered(i) << 20 >> 44)))], [], [], [])),
        ]);

    /// <summary>A number in which no compression finds an order.</summary>
    private static ulong Scattered(int number) => (ulong)number * 0x9e37_79b9_7f4a_7c15 * (ulong)number;

    public static PushedRecording Pushed(RecordingCounts counts, string host = "", string hostClass = "", ulong period = 0, DateOnly? day = null) =>
        PushedRecording.Of(counts, new RecordingOrigin { Day = day ?? Day, Host = host, HostClass = hostClass, Period = period });
}
