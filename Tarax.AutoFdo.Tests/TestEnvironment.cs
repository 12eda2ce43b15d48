using System.Collections.Concurrent;
using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;

namespace Tarax.AutoFdo.Tests;

/// <summary>
/// Data and tools outside of the repository. A test that needs what a machine does not have is ignored with the reason;
/// where CI is true it fails.
/// </summary>
internal static partial class TestEnvironment
{
    private static readonly bool IsContinuousIntegration = Environment.GetEnvironmentVariable("CI") == "true";

    /// <summary>A tool that runs longer than this hangs, however loaded the machine is.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);

    private static readonly Lazy<string> DataFolder = new(FindData);

    /// <summary>Root of the repository: the folder with the solution.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>A format by its name.</summary>
    public static ProfileFormat Format(string name) => ProfileFormat.All.Single(f => f.Name == name);

    /// <summary>A file or folder of the test data: of the folder that TARAX_TEST_DATA names, of that beside the repository, or of what the repository holds.</summary>
    public static string Data(string path)
    {
        string full = Path.GetFullPath(Path.Combine(DataFolder.Value, path));
        Require(File.Exists(full) || Directory.Exists(full), $"the test data {path.Split('/')[0]} are not in this repository (TARAX_TEST_DATA names a folder that has them)");
        return full;
    }

    /// <summary>A script beside the shared recordings.</summary>
    public static string DataTool(string name)
    {
        string full = Path.GetFullPath(Path.Combine(Data("."), "..", "tools", name));
        Require(File.Exists(full) || Directory.Exists(full), $"the script {name} is not here");
        return full;
    }

    /// <summary>Runs a tool, which must be installed and succeed.</summary>
    public static string Run(string tool, params string[] arguments)
    {
        var result = Execute(tool, null, arguments);
        Assert.That(result.ExitCode, Is.Zero, $"{tool} {string.Join(' ', arguments)}\n{result.Error}");
        return result.Output;
    }

    /// <summary>Runs a tool with some input; it must be installed.</summary>
    public static (int ExitCode, string Output, string Error) Execute(string tool, string? input, params string[] arguments)
    {
        RequireTool(tool);
        var start = new ProcessStartInfo(tool, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C.UTF-8";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (input is not null)
        {
            process.StandardInput.Write(input);
        }

        process.StandardInput.Close();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{tool} {string.Join(' ', arguments)} did not end within {Patience}");
        }

        const int CommandNotFound = 127;
        if (tool == "bash" && MissingCommand().Match(error.Result) is { Success: true } missing)
        {
            RequireTool(missing.Groups[1].Value);
        }

        Require(tool != "bash" || process.ExitCode != CommandNotFound || error.Result.Length > 0, $"a tool is not installed: {string.Join(' ', arguments)}");
        return (process.ExitCode, output.Result, error.Result);
    }

    /// <summary>Runs the executable of this repository.</summary>
    public static (int ExitCode, string Output, string Error) Tarax(params string[] arguments) =>
        Execute("dotnet", null, [Path.Combine(TestContext.CurrentContext.TestDirectory, "tarax.dll"), .. arguments]);

    /// <summary>The executable of this repository as a shell runs it.</summary>
    public static string TaraxCommand => $"dotnet {Path.Combine(TestContext.CurrentContext.TestDirectory, "tarax.dll")}";

    /// <summary>Runs a shell's line, in which <c>tarax</c> is the executable of this repository.</summary>
    /// <param name="folder">The working folder.</param>
    /// <param name="line">The line.</param>
    public static (int ExitCode, string Output, string Error) Shell(string folder, string line) =>
        Execute("bash", null, "-c", $"tarax() {{ {TaraxCommand} \"$@\"; }}; cd {folder} && {{ {line}\n}}");

    public static bool IsInstalled(string tool) =>
        Path.IsPathRooted(tool)
            ? File.Exists(tool)
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, tool)));

    /// <summary>Ignores the test, or fails it in CI, where a tool is not installed.</summary>
    public static void RequireTool(string tool) => Require(IsInstalled(tool), $"{tool} is not installed (Debian: apt install {PackageOf(tool)})");

    /// <summary>Ignores the test, or fails it in CI, where a condition does not hold.</summary>
    public static void Require(bool condition, string reason)
    {
        if (condition)
        {
            return;
        }

        Skipped.AddOrUpdate(reason, 1, (_, tests) => tests + 1);
        if (IsContinuousIntegration)
        {
            Assert.Fail($"{reason}, and CI must have it");
        }

        Assert.Ignore(reason);
    }

    /// <summary>Why tests were ignored, each reason with the number of tests.</summary>
    public static ConcurrentDictionary<string, int> Skipped { get; } = new(StringComparer.Ordinal);

    /// <summary>A new folder for a test's files, which is removed when all tests ended (<see cref="TestFolders"/>).</summary>
    public static string NewFolder()
    {
        string folder = Path.Combine(TestFolders.OfThisRun, Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(folder);
        return folder;
    }

    [GeneratedRegex("^bash: (?:line \\d+: )?(\\S+): command not found", RegexOptions.Multiline)]
    private static partial Regex MissingCommand();

    /// <summary>The package of Debian that a tool is in.</summary>
    private static string PackageOf(string tool) => Path.GetFileName(tool) switch
    {
        "perf" => "linux-perf",
        "create_gcov" or "dump_gcov" or "profile_merger" or "profile_diff" or "sample_merger" or "create_llvm_prof" => "autofdo",
        "objcopy" or "readelf" or "strip" or "nm" or "objdump" or "as" or "ld" => "binutils",
        "perf2bolt-22" or "llvm-bolt-22" => "bolt-22",
        "ld.gold" => "binutils",
        "ld.lld-22" => "lld-22",
        "xz" => "xz-utils",
        "script" => "bsdutils",
        "debuginfod" => "debuginfod libdebuginfod1",
        "gnatmake-12" => "gnat-12",
        "ldc2" => "ldc",
        "go" => "golang-go",
        var name when name.StartsWith("qemu-", StringComparison.Ordinal) => "qemu-user",
        var name when name.StartsWith("gcov-", StringComparison.Ordinal) => $"gcc-{name[(name.LastIndexOf('-') + 1)..]}",
        var name when name.StartsWith("llvm-", StringComparison.Ordinal) => $"llvm-{name[(name.LastIndexOf('-') + 1)..]}",
        var name when name.StartsWith("clang++-", StringComparison.Ordinal) => $"clang-{name[8..]}",
        var name => name,
    };

    private static string FindData()
    {
        if ((Environment.GetEnvironmentVariable("TARAX_TEST_DATA") ?? Path.Combine(Repository, "..", "shared", "data")) is var folder && Directory.Exists(folder))
        {
            return folder;
        }

        string archive = Path.Combine(Repository, "Tarax.AutoFdo.Tests", "Data", "data.tar.gz");
        using var bytes = File.OpenRead(archive);
        string unpacked = Path.Combine(Path.GetTempPath(), $"tarax-tests-data-{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}");
        if (!Directory.Exists(unpacked))
        {
            string part = NewFolder();
            bytes.Position = 0;
            using (var gzip = new GZipStream(bytes, CompressionMode.Decompress))
            {
                TarFile.ExtractToDirectory(gzip, part, overwriteFiles: false);
            }

            foreach (string file in (string[])["gzip", "perf.data"])
            {
                File.Copy(Path.Combine(Repository, "samples", "intel-lbr", file), Path.Combine(part, "data", "intel-lbr-2011", file));
            }

            try
            {
                Directory.Move(part, unpacked);
            }
            catch (IOException) when (Directory.Exists(unpacked))
            {
                // Another run was faster.
            }
        }

        return Path.Combine(unpacked, "data");
    }

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Tarax.AutoFdo.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("the tests do not run inside of the repository");
    }
}
