using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Text;

namespace Tarax.AutoFdo.Binaries.Elf;

/// <summary>
/// Asks debuginfod servers for what belongs to a build-id, through elfutils' libdebuginfod where that is installed: with its cache (<c>DEBUGINFOD_CACHE_PATH</c>), its limits of time
/// (<c>DEBUGINFOD_TIMEOUT</c>) and its other variables (debuginfod_find_debuginfo(3)).
/// </summary>
/// <param name="urls">The servers, as <c>DEBUGINFOD_URLS</c> lists them; empty for the servers that it lists itself.</param>
/// <param name="progress">Receives how far a download is; null for nobody.</param>
internal sealed unsafe partial class Debuginfod(IReadOnlyList<string> urls, IProgress<DebuginfodDownload>? progress)
{
    private const string UrlsVariable = "DEBUGINFOD_URLS";
    private const int NotFound = -2; // -ENOENT

    private static readonly Lock Lock = new();
    private static (string BuildId, IProgress<DebuginfodDownload>? Progress) Current;
    private readonly Dictionary<(string, bool), string?> _known = [];

    /// <summary>Whether there is any server to ask.</summary>
    public bool IsAsked => urls.Count > 0 || !string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(UrlsVariable));

    /// <summary>What went wrong with the last question; null where nothing did, also where no server has the file.</summary>
    public string? Problem { get; private set; }

    /// <summary>The debug file of a build-id; null where no server has it.</summary>
    public string? FindDebugFile(BuildId buildId) => Find(buildId, isDebugFile: true);

    /// <summary>The binary of a build-id; null where no server has it.</summary>
    public string? FindBinary(BuildId buildId) => Find(buildId, isDebugFile: false);

    private string? Find(BuildId buildId, bool isDebugFile)
    {
        if (!IsAsked || buildId.IsEmpty || !OperatingSystem.IsLinux())
        {
            return null;
        }

        lock (Lock)
        {
            if (!_known.TryGetValue((buildId.ToString(), isDebugFile), out string? path))
            {
                path = Ask(buildId.ToString(), isDebugFile);
                _known.Add((buildId.ToString(), isDebugFile), path);
            }

            return path;
        }
    }

    private string? Ask(string buildId, bool isDebugFile)
    {
        try
        {
            if (urls.Count > 0)
            {
                _ = setenv(UrlsVariable, string.Join(' ', urls), 1);
            }

            nint client = debuginfod_begin();
            if (client == 0)
            {
                Problem = "libdebuginfod cannot begin";
                return null;
            }

            try
            {
                Current = (buildId, progress);
                debuginfod_set_progressfn(client, &Report);
                byte* path = null;
                int result = isDebugFile ? debuginfod_find_debuginfo(client, buildId, 0, &path) : debuginfod_find_executable(client, buildId, 0, &path);
                if (result < 0)
                {
                    Problem = result == NotFound ? Problem : $"debuginfod at {string.Join(' ', urls.DefaultIfEmpty(Environment.GetEnvironmentVariable(UrlsVariable) ?? ""))}: {Marshal.GetPInvokeErrorMessage(-result).ToLowerInvariant()}";
                    return null;
                }

                _ = LibC.close(result);
                string found = FileName.Decode(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(path));
                NativeMemory.Free(path);
                return found;
            }
            finally
            {
                Current = default;
                progress?.Report(new DebuginfodDownload(buildId, 0, 0));
                debuginfod_end(client);
            }
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            Problem = "servers are named, but libdebuginfod is not installed (Debian: apt install libdebuginfod1)";
            return null;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Report(nint client, CLong received, CLong total)
    {
        Current.Progress?.Report(new DebuginfodDownload(Current.BuildId, received.Value, Math.Max(total.Value, 0)));
        return 0;
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);

    [LibraryImport("libdebuginfod.so.1")]
    private static partial nint debuginfod_begin();

    [LibraryImport("libdebuginfod.so.1")]
    private static partial void debuginfod_end(nint client);

    [LibraryImport("libdebuginfod.so.1")]
    private static partial void debuginfod_set_progressfn(nint client, delegate* unmanaged[Cdecl]<nint, CLong, CLong, int> report);

    [LibraryImport("libdebuginfod.so.1", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int debuginfod_find_debuginfo(nint client, string buildId, int length, byte** path);

    [LibraryImport("libdebuginfod.so.1", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int debuginfod_find_executable(nint client, string buildId, int length, byte** path);
}
