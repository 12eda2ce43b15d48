namespace Tarax.AutoFdo.Tests;

/// <summary>The recordings whose binaries are at hand, but for kernels.</summary>
internal static class RecordedSets
{
    /// <summary>Each with the name under which its binary ran, where that is another.</summary>
    public static (string Recording, string Binary, string? MappedAs)[] All { get; } =
    [
        ("programs/cmulti-d5-pie/perf.data", "programs/cmulti-d5-pie/cmulti", null),
        ("programs/cmulti-d4-nopie/perf.data", "programs/cmulti-d4-nopie/cmulti-d4", null),
        ("programs/stlmix-d5-pie/perf.data", "programs/stlmix-d5-pie/stlmix", null),
        ("programs/threads-d5-pie/perf.data", "programs/threads-d5-pie/threads", null),
        ("intel-lbr-2011/perf.data", "intel-lbr-2011/gzip", "test.binary"),
        ("kernel/modules/perf.data", "kernel/lib-modules/fs/ext4/ext4.ko", null),
        ("kernel/modules/perf.data", "kernel/lib-modules/drivers/block/loop.ko", null),
    ];

    /// <summary>The passes that make counts others than what the code ran, for tests that compare with how often it did.</summary>
    public static IReadOnlyCollection<string> PassesThatChangeCounts { get; } = ["is-stmt", "phi-arguments", "if-converted-loops", "call-positions"];
}
