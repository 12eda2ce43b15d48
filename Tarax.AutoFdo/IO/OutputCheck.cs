using Tarax.AutoFdo.Diagnostics;

namespace Tarax.AutoFdo.IO;

/// <summary>Refuses to write over what is read: a recording cannot be made again. Files are compared by device and inode, so links and other spellings are found.</summary>
internal static class OutputCheck
{
    /// <summary>The path that stands for standard input among inputs, and for standard output among outputs.</summary>
    private const string StandardStream = "-";

    /// <summary>Checks that an output is none of the inputs.</summary>
    /// <param name="output">The file to be written, or <c>-</c>.</param>
    /// <param name="inputs">What is read: files, folders with files, or <c>-</c>; what is not there is passed over.</param>
    /// <exception cref="ConversionException">It is one of them.</exception>
    public static void Refuse(string output, IEnumerable<string> inputs)
    {
        inputs = [.. inputs];
        if (inputs.FirstOrDefault(i => TemporaryName.Is(Path.GetFileName(i))) is { } temporary)
        {
            throw new ConversionException(ConversionFailure.OutputIsInput, $"{temporary} has the name of a file that is being written, and would be removed as what is left of one; give it another name");
        }

        var status = output == StandardStream ? FileSystem.StatusOf(OpenDescriptor.StandardOutput) : OutputTarget.StatusOf(output);
        if (status is not { IsRegular: true } written)
        {
            return;
        }

        foreach (string input in inputs)
        {
            foreach (string file in FileSystem.IsFolder(input) ? FileSystem.FilesIn(input) : [input])
            {
                var read = file == StandardStream ? FileSystem.StatusOf(OpenDescriptor.StandardInput) : FileSystem.StatusOf(file);
                if (read is { } known && known.IsSameFile(written))
                {
                    throw new ConversionException(
                        ConversionFailure.OutputIsInput,
                        $"{(output == StandardStream ? "standard output" : output)} is {(file == output ? "" : $"the same file as {(file == StandardStream ? "standard input" : file)}, ")}an input, which would be lost; write the output somewhere else");
                }
            }
        }
    }

    /// <summary>Checks that standard output is none of the files that a command line names: what is printed would stand in them (<c>1&lt;&gt; FILE</c>, <c>&gt;&gt; FILE</c>).</summary>
    /// <param name="words">The command line; <c>--option=FILE</c> names a file too.</param>
    /// <exception cref="ConversionException">It is one of them.</exception>
    public static void RefuseStandardOutput(IEnumerable<string> words)
    {
        if (FileSystem.StatusOf(OpenDescriptor.StandardOutput) is not { IsRegular: true } written)
        {
            return;
        }

        foreach (string file in words.Select(w => w.Length > 1 && w[0] == '-' ? w[(w.IndexOf('=', StringComparison.Ordinal) + 1)..] : w))
        {
            var named = file == StandardStream ? FileSystem.StatusOf(OpenDescriptor.StandardInput) : FileSystem.StatusOf(file);
            if (named is { } known && known.IsSameFile(written) && (file == StandardStream || OutputTarget.DescriptorOf(file) is null))
            {
                throw new ConversionException(
                    ConversionFailure.OutputIsInput,
                    $"standard output is the same file as {(file == StandardStream ? "standard input" : file)}, which would be lost; write the output somewhere else");
            }
        }
    }

    /// <summary>Checks that outputs are files of their own.</summary>
    /// <exception cref="ConversionException">Two are one file.</exception>
    public static void RefuseSame(string first, string second)
    {
        var (one, other) = (TargetOf(first, out string firstPath), TargetOf(second, out string secondPath));
        if (firstPath == secondPath || (one is { IsRegular: true } known && other is { } status && known.IsSameFile(status)))
        {
            throw new ConversionException(ConversionFailure.OutputIsInput, $"{first} is to be written twice; name two files");
        }
    }

    private static FileStatus? TargetOf(string output, out string path)
    {
        if (output == StandardStream)
        {
            path = "/dev/stdout";
            return FileSystem.StatusOf(OpenDescriptor.StandardOutput);
        }

        path = OutputTarget.Resolve(output, out int? descriptor);
        path = descriptor == OpenDescriptor.StandardOutput ? "/dev/stdout" : path;
        return OutputTarget.StatusOf(output);
    }
}
