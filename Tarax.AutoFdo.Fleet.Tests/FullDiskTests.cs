using System.Diagnostics;
using System.Globalization;
using Tarax.AutoFdo.Counts;

namespace Tarax.AutoFdo.Fleet.Tests;

/// <summary>A disk that has no room for a push: a file system in memory of a few kilobytes.</summary>
[NonParallelizable]
public sealed class FullDiskTests
{
    private string _disk = "";

    [SetUp]
    public void Mount()
    {
        _disk = FleetEnvironment.NewFolder();
        FleetEnvironment.Require(Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", _disk), "no file system can be mounted here (it takes root)");
    }

    [TearDown]
    public void Unmount()
    {
        if (Directory.Exists(Path.Combine(_disk, "fleet")))
        {
            Run("umount", _disk);
        }
    }

    [Test]
    public void A_push_that_has_no_room_counts_nothing_and_is_pushed_again()
    {
        string folder = FleetEnvironment.NewFolder();
        string[] files = [Path.Combine(folder, "small.counts"), Path.Combine(folder, "large.counts")];
        MadeCounts.Of(5).Save(files[0]);
        MadeCounts.Many(20_000).Save(files[1]);
        string fleet = Path.Combine(_disk, "fleet");
        Assert.That(Tool.Run("push", files[0], "-f", fleet, "--day", "2026-01-02").Code, Is.Zero);
        long before = Used(fleet);
        int failed = 0;
        string pushed = "";
        // From no room for anything to room for all but the last file.
        for (int kilobytes = (int)(before / 1024); pushed.Length == 0; kilobytes += 12)
        {
            if (!Run("mount", "-o", string.Create(CultureInfo.InvariantCulture, $"remount,size={kilobytes}k"), _disk))
            {
                Assert.That(failed, Is.Zero, "what is there needs more, until it has it");
                continue;
            }

            var (code, errors) = Tool.Run("push", files[1], "-f", fleet, "--day", "2026-01-02");
            if (code == 0)
            {
                pushed = errors;
                continue;
            }

            failed++;
            Assert.That(code, Is.EqualTo(1), errors);
            Assert.That(errors, Does.Contain(fleet));
            Assert.That(Used(fleet), Is.EqualTo(before), "what was written goes at once");
            using var store = new ParquetFolder(fleet);
            Assert.That(FleetEnvironment.Bytes(store.Pull(FleetSelection.All).Counts), Is.EqualTo(File.ReadAllBytes(files[0])));
        }

        Assert.That(failed, Is.GreaterThan(5));
        Assert.That(pushed, Does.StartWith("1 recordings pushed"));
        using (var store = new ParquetFolder(fleet))
        {
            Assert.That(FleetEnvironment.Bytes(store.Pull(FleetSelection.All).Counts), Is.EqualTo(FleetEnvironment.Merged(files)));
        }
    }

    private static long Used(string fleet) => Directory.GetFiles(fleet, "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length);

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
