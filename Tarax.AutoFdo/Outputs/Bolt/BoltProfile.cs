using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Outputs.Bolt;

/// <summary>What BOLT needs to know of one binary, as the bytes of a file. Immutable.</summary>
public sealed class BoltProfile
{
    private readonly byte[] _content;

    private BoltProfile(BoltLines lines, bool isOfBranches)
    {
        _content = lines.Written.ToArray();
        (Lines, LeftOut, IsOfBranches) = (lines.Count, lines.LeftOut, isOfBranches);
    }

    /// <summary>The bytes of the file.</summary>
    public ReadOnlyMemory<byte> Content => _content;

    /// <summary>Lines with counts.</summary>
    public int Lines { get; }

    /// <summary>Whether it has branches; else it has samples, and is for BOLT's options without branch stacks (<c>-ba</c>).</summary>
    public bool IsOfBranches { get; }

    /// <summary>What is not in it, by reasons.</summary>
    public IReadOnlyList<BoltLeftOut> LeftOut { get; }

    /// <summary>Writes the file, which appears whole or not at all.</summary>
    /// <param name="path">The file, which is replaced where it exists.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path) => Save([this], path);

    /// <summary>Writes the profiles of several binaries, whose addresses have build-ids, to one file, which appears whole or not at all.</summary>
    /// <param name="profiles">The profiles, in the order in which they are written.</param>
    /// <param name="path">The file, which is replaced where it exists.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(IReadOnlyList<BoltProfile> profiles, string path)
    {
        ArgumentNullException.ThrowIfNull(profiles);
        ArgumentNullException.ThrowIfNull(path);
        AtomicFile.Write(path, stream =>
        {
            foreach (var profile in profiles)
            {
                stream.Write(profile._content);
            }
        });
    }

    /// <param name="counts">The counts of the binary; without branches its samples are taken.</param>
    /// <param name="binary">The binary.</param>
    /// <param name="eventNames">What was counted.</param>
    /// <param name="format">The form.</param>
    /// <param name="namesBuildId">Whether the build-id stands before every address.</param>
    /// <param name="threads">Number of threads; the result does not depend on it.</param>
    /// <exception cref="ConversionException">Nothing is in it, or it is no binary for BOLT.</exception>
    internal static BoltProfile Of(BinaryCounts counts, Binary binary, IEnumerable<string> eventNames, BoltFormat format, bool namesBuildId, int threads)
    {
        if (binary.File.Type == ElfType.Relocatable)
        {
            throw new ConversionException(ConversionFailure.EmptyProfile, $"{binary.Path}: is a relocatable file, as modules of the kernel are, which BOLT does not rewrite; give a program, a shared object or vmlinux");
        }

        if (namesBuildId && binary.BuildId.Length == 0)
        {
            throw new ConversionException(ConversionFailure.OtherBuild, $"{binary.Path}: has no build-id, by which addresses of several binaries are told apart; link with --build-id, or write a file for each");
        }

        bool isOfBranches = counts.Branches.Count > 0 || counts.Entries.Count > 0;
        var lines = new BoltLines();
        var code = new BoltCode(binary);
        if (format == BoltFormat.Fdata)
        {
            WriteFdata(new FdataWriter(lines, code, counts, binary.Files.Debug), binary, eventNames, isOfBranches, threads);
        }
        else
        {
            WritePreaggregated(new PreaggregatedWriter(lines, code, namesBuildId ? binary.BuildId : ""), counts, eventNames, isOfBranches);
        }

        return lines.Count > 0 ? new BoltProfile(lines, isOfBranches) : throw new ConversionException(ConversionFailure.EmptyProfile, $"{binary.Path}: nothing of it ran in the recording");
    }

    private static void WritePreaggregated(PreaggregatedWriter writer, BinaryCounts counts, IEnumerable<string> eventNames, bool isOfBranches)
    {
        writer.WriteEvents(eventNames);
        if (isOfBranches)
        {
            writer.WriteBranches(counts);
            writer.WriteRanges(counts);
        }
        else
        {
            writer.WriteSamples(counts);
        }
    }

    private static void WriteFdata(FdataWriter writer, Binary binary, IEnumerable<string> eventNames, bool isOfBranches, int threads)
    {
        if (!isOfBranches)
        {
            writer.WriteSamples(eventNames);
        }
        else if (binary.Graphs is { } graphs)
        {
            writer.WriteBranches(graphs, threads);
        }
        else
        {
            throw new ConversionException(ConversionFailure.EmptyProfile, $"{binary.Path}: has no code of x86 or AArch64, of which the blocks are taken; write --format bolt-preaggregated, which BOLT looks up itself");
        }
    }
}
