using System.Diagnostics;
using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Conversion;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Inputs;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Outputs.Gcda;
using Tarax.AutoFdo.Outputs.Propeller;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;

namespace Tarax.AutoFdo;

/// <summary>What a conversion gives.</summary>
/// <param name="Profile">The source profile, as the target compiler needs it.</param>
/// <param name="Counts">The counts that it was made from.</param>
/// <param name="Report">What was done.</param>
public sealed record ConversionResult(SampleProfile Profile, BinaryCounts Counts, ConversionReport Report);

/// <summary>
/// Turns recordings of <c>perf record -b</c> into profiles that GCC reads with <c>-fauto-profile</c> and Clang with <c>-fprofile-sample-use</c>:
/// recording → counts by address → functions and lines → profile.
/// </summary>
public static class AutoFdoConverter
{
    /// <summary>Converts a recording of a binary and writes the profile. The file appears whole or not at all.</summary>
    /// <param name="input">The recording, or counts as text.</param>
    /// <param name="binary">The program, shared object, vmlinux or module that ran; its debug information may be in a separate file.</param>
    /// <param name="output">The profile to write.</param>
    /// <param name="options">Choices; null for the defaults.</param>
    /// <returns>What was done.</returns>
    /// <exception cref="InvalidFormatException">An input is not what it should be, or is damaged.</exception>
    /// <exception cref="ConversionException">The inputs can be read, but nothing usable comes out, or <paramref name="output"/> is one of them.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    public static ConversionReport Convert(string input, string binary, string output, ConversionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(binary);
        ArgumentNullException.ThrowIfNull(output);
        OutputCheck.Refuse(output, [input, binary]);
        var result = Convert(input, binary, options);
        OutputCheck.Refuse(output, result.Report.FilesRead);
        result.Profile.Save(output, result.Report.Format);
        return result.Report;
    }

    /// <summary>Converts a recording of a binary.</summary>
    /// <param name="input">The recording, or counts as text.</param>
    /// <param name="binary">The program, shared object, vmlinux or module that ran; its debug information may be in a separate file.</param>
    /// <param name="options">Choices; null for the defaults.</param>
    /// <returns>The profile, the counts and the report.</returns>
    /// <exception cref="InvalidFormatException">An input is not what it should be, or is damaged.</exception>
    /// <exception cref="ConversionException">The inputs can be read, but nothing usable comes out.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ConversionResult Convert(string input, string binary, ConversionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(binary);
        using var opened = Input.Open(input, options?.MaximumInput);
        return Convert(opened, binary, options);
    }

    /// <summary>Converts an input.</summary>
    /// <param name="input">The recording, or counts; it is read to its end.</param>
    /// <param name="binary">The program, shared object, vmlinux or module that ran; its debug information may be in a separate file.</param>
    /// <param name="options">Choices; null for the defaults.</param>
    /// <returns>The profile, the counts and the report.</returns>
    /// <exception cref="InvalidFormatException">An input is not what it should be, or is damaged.</exception>
    /// <exception cref="ConversionException">The inputs can be read, but nothing usable comes out.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ConversionResult Convert(Input input, string binary, ConversionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(binary);
        options ??= new ConversionOptions();
        return options.Input == InputKind.CountsText || input.Format == InputFormat.CountsText
            ? ConvertCounts(input, binary, options with { Input = InputKind.CountsText })
            : Recording.Count(input, options).Convert(binary);
    }

    /// <summary>Converts an input with a binary that is open, of which more may be made afterwards.</summary>
    /// <param name="input">The recording, or counts; it is read to its end.</param>
    /// <param name="binary">The program, shared object, vmlinux or module that ran; it stays open.</param>
    /// <param name="options">Choices; null for the defaults. Debug files were found when the binary was opened.</param>
    /// <returns>The profile, the counts and the report.</returns>
    /// <exception cref="InvalidFormatException">An input is not what it should be, or is damaged.</exception>
    /// <exception cref="ConversionException">The inputs can be read, but nothing usable comes out.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ConversionResult Convert(Input input, Binary binary, ConversionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(binary);
        options ??= new ConversionOptions();
        return options.Input == InputKind.CountsText || input.Format == InputFormat.CountsText
            ? binary.Use(b => ConvertCounts(input, b, options with { Input = InputKind.CountsText }))
            : Recording.Count(input, options).Convert(binary);
    }

    /// <summary>Makes counters for GCC (<c>-fprofile-use</c>) of all that ran in some binaries, as if an instrumented build of their sources had run.</summary>
    /// <param name="input">The recording, or counts; it is read to its end.</param>
    /// <param name="binaries">Programs and shared objects, or vmlinux and modules; of counts as text one.</param>
    /// <param name="notes">The notes of the objects that will be compiled.</param>
    /// <param name="options">Choices; null for the defaults.</param>
    /// <returns>The counters, and what was done for each binary.</returns>
    /// <exception cref="InvalidFormatException">An input is not what it should be, or is damaged.</exception>
    /// <exception cref="ConversionException">The inputs can be read, but nothing usable comes out.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static CounterResult CountersOf(Input input, IReadOnlyList<string> binaries, GccNotes notes, ConversionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(binaries);
        ArgumentNullException.ThrowIfNull(notes);
        options ??= new ConversionOptions();
        if (options.Input != InputKind.CountsText && input.Format != InputFormat.CountsText)
        {
            return Recording.Count(input, options).CountersOf(binaries, notes);
        }

        if (binaries is not [var path])
        {
            throw new ArgumentException("counts as text are of one binary", nameof(binaries));
        }

        options = options with { Input = InputKind.CountsText };
        using var opened = Binary.Open(path, options.DebugFiles);
        var report = new ConversionReport { BuildId = opened.BuildId };
        var functions = opened.Use(b => CounterConversion.Functions(CountsConversion.Read(input, b, options, report), "", b, options, report));
        return new CounterResult(ArcCounters.Of(functions, notes, options.Threads), [report]);
    }

    /// <summary>Finds in which order blocks and functions of a binary should lie.</summary>
    /// <param name="input">The recording, or counts; it is read to its end.</param>
    /// <param name="binary">The program, shared object, vmlinux or module that ran, built by Clang with <c>-fbasic-block-address-map</c>; it stays open.</param>
    /// <param name="options">Choices; null for the defaults.</param>
    /// <param name="layout">Choices for the layout; null for the defaults.</param>
    /// <exception cref="InvalidFormatException">An input is not what it should be, or is damaged, or the address map is of a version that is not known.</exception>
    /// <exception cref="ConversionException">Nothing usable comes out, or the binary has no address map.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static LayoutResult LayoutOf(Input input, Binary binary, ConversionOptions? options = null, CodeLayoutOptions? layout = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(binary);
        options ??= new ConversionOptions();
        if (options.Input != InputKind.CountsText && input.Format != InputFormat.CountsText)
        {
            return Recording.Count(input, options).LayoutOf(binary, layout);
        }

        options = options with { Input = InputKind.CountsText };
        return binary.Use(b =>
        {
            var report = new ConversionReport { BuildId = b.BuildId };
            var counts = LayoutConversion.Counts(CountsConversion.Read(input, b, options, report), "", b, options, report);
            return new LayoutResult(CodeLayout.Of(b, counts, layout), counts, report);
        });
    }

    /// <summary>The counts of one binary, by its file offsets. No debug information is needed, and of counts as text not the binary either.</summary>
    /// <param name="input">The recording, or counts; it is read to its end.</param>
    /// <param name="binary">The program, shared object, vmlinux or module that ran.</param>
    /// <param name="options">Choices; null for the defaults.</param>
    /// <exception cref="InvalidFormatException">An input is not what it should be, or is damaged.</exception>
    /// <exception cref="ConversionException">It is not in the recording, or has too few samples.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static BinaryCounts CountsOf(Input input, string binary, ConversionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(binary);
        if (options?.Input != InputKind.CountsText && input.Format != InputFormat.CountsText)
        {
            return Recording.Count(input, options).CountsOf(binary);
        }

        var counts = input.ReadCountsText(out bool isUnsymbolized);
        using var opened = isUnsymbolized ? Binary.Open(binary) : null;
        return opened is null ? counts : opened.Use(b => UnsymbolizedProfile.ByFileOffset(counts, b.File, out _));
    }

    private static ConversionResult ConvertCounts(Input input, string binary, ConversionOptions options)
    {
        using var opened = Binary.Open(binary, options.DebugFiles);
        return opened.Use(b => ConvertCounts(input, b, options));
    }

    private static ConversionResult ConvertCounts(Input input, Binary binary, ConversionOptions options)
    {
        var report = new ConversionReport { BuildId = binary.BuildId };
        long start = Stopwatch.GetTimestamp();
        var counts = CountsConversion.Read(input, binary, options, report);
        report.CountingTime = Stopwatch.GetElapsedTime(start);

        start = Stopwatch.GetTimestamp();
        (var profile, counts) = ProfileConversion.Build(counts, "", binary, options, report);
        report.SymbolizingTime = Stopwatch.GetElapsedTime(start);
        return new ConversionResult(profile, counts, report);
    }
}
