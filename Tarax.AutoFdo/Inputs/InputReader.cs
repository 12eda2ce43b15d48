using Tarax.AutoFdo.Counting;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;

namespace Tarax.AutoFdo.Inputs;

/// <summary>
/// Reads recordings of other tools. A reader is known from when it was added (<see cref="Add"/>), and then every input of its format is read wherever recordings are: files, pipes, standard input,
/// compressed or not. Readers are used by any thread.
/// </summary>
public abstract class InputReader
{
    private static volatile InputReader[] Known = [];

    /// <summary>The name of the format, for messages.</summary>
    public abstract string Format { get; }

    /// <summary>Adds a reader, for all inputs that are opened from now on.</summary>
    /// <param name="reader">The reader; one of the same format takes the place of the one before.</param>
    public static void Add(InputReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        lock (typeof(InputReader))
        {
            Known = [reader, .. Known.Where(r => r.Format != reader.Format)];
        }
    }

    /// <summary>Whether an input is of the format.</summary>
    /// <param name="start">Its first bytes: 64 KiB, or all of it where it is shorter.</param>
    public abstract bool Recognizes(ReadOnlySpan<byte> start);

    /// <summary>Reads an input.</summary>
    /// <param name="content">All of it, decompressed, from its start on.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <returns>What it says, see <see cref="SampleCounter"/>.</returns>
    /// <exception cref="InvalidFormatException">It is damaged.</exception>
    public abstract RecordingCounts Read(Stream content, string name);

    internal static InputReader? For(ReadOnlySpan<byte> start)
    {
        foreach (var reader in Known)
        {
            if (reader.Recognizes(start))
            {
                return reader;
            }
        }

        return null;
    }
}
