using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Text;

namespace Tarax.Tool;

/// <summary>What a file is by its first bytes: of what this program reads and writes, and of what is often taken for it.</summary>
internal enum FileKind
{
    /// <summary>Nothing that is known, or nothing that can be read.</summary>
    Unknown,
    Program,
    Object,
    Recording,
    Profile,
    GcovCounters,
    IndexedProfile,
    Counts,
    CountsText,
    Nettrace,
    Archive,
    Script,
}

/// <summary>Finds files that were taken for each other, in words that say what to do.</summary>
internal static class FileKinds
{
    private const int BytesRead = 256;

    /// <summary>Begins of .profdata and of .profraw in either byte order (LLVM, InstrProf.h).</summary>
    private static readonly byte[][] InstrumentationMagics = [[0xff, .. "lprofi"u8, 0x81], [0xff, .. "lprofr"u8, 0x81], [0x81, .. "rforpl"u8, 0xff]];

    /// <summary>What a regular file is.</summary>
    public static FileKind Of(string path)
    {
        byte[] bytes = [.. FileSystem.Start(path, new byte[BytesRead])];
        ReadOnlySpan<byte> start = bytes;
        return start.StartsWith("\u007fELF"u8) ? (start.Length > 17 && (start[16] | start[17]) == 1 && !Path.GetFileName(path).Contains(".ko", StringComparison.Ordinal) ? FileKind.Object : FileKind.Program)
            : start.StartsWith("PERFILE2"u8) || start.StartsWith("2ELIFREP"u8) ? FileKind.Recording
            : start.StartsWith("adcg"u8) ? (start.Length > 7 && start[5] == 0 && start[6] == 0 && start[7] == 0 ? FileKind.Profile : FileKind.GcovCounters)
            : InstrumentationMagics.Any(m => bytes.AsSpan().StartsWith(m)) ? FileKind.IndexedProfile
            : IsLlvmProfile(start) ? FileKind.Profile
            : RecordingCounts.IsCountsFile(path) ? FileKind.Counts
            : start.StartsWith("Nettrace"u8) ? FileKind.Nettrace
            : start.StartsWith("!<arch>\n"u8) ? FileKind.Archive
            : start.StartsWith("#!"u8) ? FileKind.Script
            : start.IndexOf((byte)'\n') is > 0 and var end && !start[..end].TrimEnd((byte)'\r').ContainsAnyExceptInRange((byte)'0', (byte)'9') ? FileKind.CountsText
            : FileKind.Unknown;
    }

    /// <summary>Checks that an input of <c>convert</c>, <c>inspect</c> or <c>counts</c> is none of what is known to be something else.</summary>
    /// <param name="path">The input.</param>
    /// <param name="binaries">The binaries that are given beside it.</param>
    /// <exception cref="UsageException">It is a binary, and one of the binaries is a recording.</exception>
    /// <exception cref="IOException">It is something else.</exception>
    public static void ExpectRecording(string path, params string[] binaries)
    {
        if (binaries.Length > 0 && FileSystem.IsFolder(path) && !FileSystem.IsRegular(Path.Combine(path, "data")))
        {
            throw new IOException($"{path}: is a folder, but not one that perf record wrote: it has no file named data");
        }

        var kind = Of(path);
        if (kind is FileKind.Program or FileKind.Object && Array.Find(binaries, b => Of(b) is FileKind.Recording or FileKind.Counts) is { } recording)
        {
            throw new UsageException($"{path} is a program, and {recording} a recording; are INPUT and --binary swapped?");
        }

        Fail(path, kind, "a recording of perf", kind switch
        {
            FileKind.Program => "give what perf record wrote (perf.data), and this file with --binary",
            FileKind.Object => "give what perf record wrote (perf.data)",
            FileKind.Profile => "it is made already: tarax show shows it, tarax merge converts it to other formats",
            FileKind.IndexedProfile => "Clang reads it with -fprofile-use",
            FileKind.GcovCounters => "GCC reads it with -fprofile-use",
            FileKind.Archive or FileKind.Script => "give what perf record wrote (perf.data)",
            _ => null,
        });
    }

    /// <summary>Checks that what is given as a binary is none of what is known to be something else.</summary>
    /// <exception cref="IOException">It is something else.</exception>
    public static void ExpectBinary(string path)
    {
        var kind = Of(path);
        Fail(path, kind, "the binary that ran", kind switch
        {
            FileKind.Recording or FileKind.Counts or FileKind.CountsText or FileKind.Nettrace or FileKind.Profile => "give the program, shared object, vmlinux or module that ran",
            FileKind.Archive => "give the program or shared object that it was linked into",
            FileKind.Object when !IsModule(path) => "give the program or shared object that it was linked into",
            FileKind.Script => $"give the program that runs it{Interpreter(path)}",
            _ => null,
        });
    }

    /// <summary>Checks that what is given as a profile is none of what is known to be something else.</summary>
    /// <exception cref="IOException">It is something else.</exception>
    public static void ExpectProfile(string path)
    {
        var kind = Of(path);
        Fail(path, kind, "a profile", kind switch
        {
            FileKind.Recording or FileKind.Nettrace => $"tarax inspect {Printable.Quoted(path)} shows it, tarax convert makes a profile of it",
            FileKind.Counts => $"tarax inspect {Printable.Quoted(path)} shows them, tarax convert makes a profile of them, tarax counts adds them up",
            FileKind.CountsText => "tarax convert --profiler text makes a profile of them",
            FileKind.Program or FileKind.Object or FileKind.Archive or FileKind.Script => "give what tarax convert, create_gcov or llvm-profgen wrote",
            FileKind.GcovCounters => "those are read with GCC's gcov-dump and -fprofile-use",
            FileKind.IndexedProfile => "that is read with llvm-profdata show, and by Clang with -fprofile-use",
            _ => null,
        });
    }

    /// <summary>Checks that what a name that nobody typed leads to is a profile, or nothing: a binary of that name may be needed yet.</summary>
    /// <exception cref="ConversionException">It is something else.</exception>
    public static void ExpectProfileOrNothing(string path)
    {
        if (FileSystem.StatusOf(path) is { IsRegular: true, Size: > 0 } && Of(path) is not (FileKind.Profile or FileKind.Unknown) and var kind)
        {
            throw new ConversionException(ConversionFailure.OutputIsInput, $"{path} is {Name(kind)}, which would be lost; name another folder with --out-dir");
        }
    }

    /// <summary>Checks that folders are there.</summary>
    /// <param name="option">The option that names them.</param>
    /// <param name="folders">The folders.</param>
    /// <exception cref="UsageException">One is not.</exception>
    public static void ExpectFolders(string option, IEnumerable<string> folders)
    {
        foreach (string folder in folders)
        {
            if (!FileSystem.IsFolder(folder))
            {
                throw new UsageException($"{option} {folder}: {(FileSystem.StatusOf(folder) is null ? "there is no such folder" : "is a file, where a folder is expected")}");
            }
        }
    }

    /// <summary>Checks that no profile that is not text goes to a terminal.</summary>
    /// <exception cref="UsageException">It would.</exception>
    public static void RefuseTerminal(string? output, System.CommandLine.ParseResult parsed)
    {
        if (output == "-" && Terminal.IsTerminal && FormatOptions.Format(parsed) != ProfileFormat.LlvmText)
        {
            throw new UsageException("-o -: standard output is a terminal, and the profile is not text; write a file, or --format llvm-text");
        }
    }

    private static bool IsModule(string path)
    {
        try
        {
            using var file = Tarax.AutoFdo.Binaries.Elf.ElfFile.Open(path);
            return file.IsOfKernel;
        }
        catch (InvalidFormatException)
        {
            return true;
        }
    }

    private static void Fail(string path, FileKind kind, string expected, string? advice)
    {
        if (advice is not null)
        {
            throw new IOException($"{path} is {Name(kind)}, where {expected} is expected; {advice}");
        }
    }

    private static string Name(FileKind kind) => kind switch
    {
        FileKind.Program => "a program or shared object (ELF)",
        FileKind.Object => "an object file (ELF)",
        FileKind.Recording => "a recording of perf",
        FileKind.Profile => "a sample profile",
        FileKind.GcovCounters => "a file of gcov counters (.gcda)",
        FileKind.IndexedProfile => "a profile of instrumented code (.profdata or .profraw)",
        FileKind.Counts => "a file of counts",
        FileKind.CountsText => "counts as text",
        FileKind.Nettrace => "a .nettrace",
        FileKind.Archive => "an archive (ar)",
        _ => "a script",
    };

    private static string Interpreter(string path)
    {
        var start = FileSystem.Start(path, new byte[BytesRead]);
        int end = start.IndexOf((byte)'\n');
        return end > 2 ? $" ({FileName.Decode(start[2..end]).Trim()})" : "";
    }

    /// <summary>The magic word of LLVM's binary formats (SampleProf.h, SPMagic) as a LEB128 number: "SPROF42" with the format in its last byte.</summary>
    private static bool IsLlvmProfile(ReadOnlySpan<byte> start) => start.Length > 8 && start[2..9].SequenceEqual((ReadOnlySpan<byte>)[0xd0, 0xb1, 0xf4, 0xc9, 0x94, 0xa8, 0x53]);
}
