using System.Runtime.InteropServices;
using Tarax.AutoFdo.IO;

namespace Tarax.Tool;

/// <summary>Standard output and standard error as they are when the process begins: files, terminals, pipes whose reader may go away, or closed.</summary>
internal static class StandardStreams
{
    /// <summary>The signal of a file that may not become larger (ulimit -f), which has no name in .NET.</summary>
    private const PosixSignal FileSizeExceeded = (PosixSignal)25;

    /// <summary>Standard error.</summary>
    public static LineWriter Error { get; private set; } = new(Stream.Null, mayFail: false);

    /// <summary>Standard output.</summary>
    public static LineWriter Output { get; private set; } = new(Stream.Null, mayFail: false);

    private static PosixSignalRegistration? FileSizeRegistration;

    /// <summary>Takes the numbers of closed streams, so that no file that is opened gets them, and sets the console's writers.</summary>
    public static void Prepare()
    {
        if (!OperatingSystem.IsLinux())
        {
            Output = new LineWriter(Console.OpenStandardOutput(), mayFail: true);
            Console.SetOut(Output);
            Error = new LineWriter(Console.OpenStandardError(), mayFail: false) { IsImmediate = true, Width = WidthOf(OpenDescriptor.StandardError, Console.IsErrorRedirected) };
            Console.SetError(Error);
            return;
        }

        LibC.OccupyStandardStreams();
        Output = new LineWriter(new StandardOutput(), mayFail: true) { Width = WidthOf(OpenDescriptor.StandardOutput, Console.IsOutputRedirected) };
        Console.SetOut(Output);
        Error = new LineWriter(OpenDescriptor.WasInherited(OpenDescriptor.StandardError) ? new OpenDescriptor(OpenDescriptor.StandardError, "standard error") : Stream.Null, mayFail: false) { IsImmediate = true, Width = WidthOf(OpenDescriptor.StandardError, Console.IsErrorRedirected) };
        Console.SetError(Error);

        // A limit then is an error of writing, which is reported, and after which nothing is left behind.
        FileSizeRegistration = PosixSignalRegistration.Create(FileSizeExceeded, context => context.Cancel = true);
    }

    private static int? WidthOf(int descriptor, bool isRedirected) => isRedirected ? null : Terminal.Columns(descriptor);

    /// <summary>Standard output for text: opened when the first text comes; a reader that has read enough is no error.</summary>
    private sealed class StandardOutput : OutputStream
    {
        private OpenDescriptor? _stream;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (buffer.IsEmpty)
            {
                return;
            }

            _stream ??= new OpenDescriptor(OpenDescriptor.StandardOutput, "standard output");
            try
            {
                _stream.Write(buffer);
            }
            catch (IOException e) when (e is { HResult: OpenDescriptor.BrokenPipe })
            {
                Environment.Exit(ExitCode.Good);
            }
            catch (IOException e)
            {
                throw new IOException($"standard output: cannot be written: {e.Message.ToLowerInvariant()}", e);
            }
        }
    }
}
