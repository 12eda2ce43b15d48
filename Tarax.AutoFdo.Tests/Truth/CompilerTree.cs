namespace Tarax.AutoFdo.Tests.Truth;

/// <summary>
/// A Debian tree with GCC 16, made by debootstrap and named by TARAX_GCC16_ROOT; running it takes root.
/// </summary>
internal sealed class CompilerTree : IDisposable
{
    private readonly string _root;
    private readonly string _inside;

    public CompilerTree()
    {
        string? root = Environment.GetEnvironmentVariable("TARAX_GCC16_ROOT");
        TestEnvironment.Require(
            root is not null && Directory.Exists(root),
            "TARAX_GCC16_ROOT does not name a tree with gcc-16 (debootstrap --variant=minbase --include=gcc-16,g++-16 sid DIR)");
        _root = root!;
        _inside = $"/tmp/{Path.GetFileName(TestEnvironment.NewFolder())}";
        Folder = _root + _inside;
        Directory.CreateDirectory(Folder);
    }

    public string Folder { get; }

    public void Copy(string source, string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Folder, name))!);
        File.Copy(source, Path.Combine(Folder, name));
    }

    public void Compile(string compiler, string source, string name)
    {
        var run = TestEnvironment.Execute("chroot", null,
            _root, compiler, "-O2", "-g", "-c", $"-fauto-profile={_inside}/profile.afdo", $"-fdump-ipa-afdo-details={_inside}/{name}.dump",
            "-I", _inside, "-o", $"{_inside}/{name}.o", $"{_inside}/{source}");
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Error, Is.Empty, "no warning");
    }

    /// <summary>Runs a shell's line in the folder, within the tree.</summary>
    public (int ExitCode, string Output, string Error) Shell(string line) => TestEnvironment.Execute("chroot", null, _root, "bash", "-c", $"cd {_inside} && {line}");

    /// <summary>The tree's own root, where its programs find their libraries.</summary>
    public string Root => _root;

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
