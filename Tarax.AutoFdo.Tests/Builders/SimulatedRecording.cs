namespace Tarax.AutoFdo.Tests.Builders;

/// <summary>Recordings with branch stacks of programs that the tests compile: qemu-x86_64 with the plugin beside the shared recordings.</summary>
internal static class SimulatedRecording
{
    private static readonly Lazy<string> Plugin = new(() =>
    {
        string folder = TestEnvironment.NewFolder();
        TestEnvironment.Run("make", "-s", "-C", TestEnvironment.DataTool("qemu-lbr"), $"B={folder}");
        return Path.Combine(folder, "qemu-lbr.so");
    });

    /// <summary>Runs a program and records every so many taken branches.</summary>
    public static void Record(string recording, int period, string program, params string[] arguments) =>
        TestEnvironment.Run("qemu-x86_64", ["-seed", "1", "-plugin", $"{Plugin.Value},out={recording},period={period},statsfile={recording}.stats", program, .. arguments]);

    /// <summary>The same, with the exact executions of each block.</summary>
    public static void Record(string recording, int period, string exactCounts, string[] emulatorArguments, string program, params string[] arguments) =>
        TestEnvironment.Run("qemu-x86_64", [.. emulatorArguments, "-seed", "1", "-plugin", $"{Plugin.Value},out={recording},period={period},counts={exactCounts},statsfile={recording}.stats", program, .. arguments]);
}
