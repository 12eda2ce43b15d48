using System.Globalization;
using Tarax.AutoFdo;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Reports;

namespace Tarax.Tool;

/// <summary>From a count in a profile back to what was recorded, for people.</summary>
internal static class ExplanationText
{
    private const int ShownRanges = 8;
    private const int ShownBranches = 3;

    /// <param name="profile">The profile.</param>
    /// <param name="place">A function, or a line of it: <c>FUNCTION:LINE.DISCRIMINATOR</c>.</param>
    /// <param name="binary">The binary that was profiled.</param>
    /// <param name="input">A recording, a file of counts, or counts text.</param>
    /// <param name="options">How they are read.</param>
    /// <param name="nameOf">What is shown for a name.</param>
    /// <param name="writer">Where to write.</param>
    /// <exception cref="ConversionException">There is nothing of this place.</exception>
    public static void Write(
        SampleProfile profile, string place, string binary, string input, ConversionOptions options, Func<string, string> nameOf, TextWriter writer)
    {
        var (function, line, discriminator) = Split(place, profile);
        var explanation = CountExplanation.Of(CountsOf(input, binary, options), binary, function, line, discriminator, options.DebugDirectories);
        if (explanation.Code.Count == 0)
        {
            string known = line is null ? ParseErrors.Guess(function, profile.Functions.Select(f => FunctionName.Short(Demangled.Name(f.Name))).Where(n => n != function)) : LinesOf(profile, function);
            throw new ConversionException(ConversionFailure.EmptyProfile, $"{binary}: has no code of {place} that ran{known}");
        }

        if (profile.Functions.FirstOrDefault(f => f.Name == function) is { } counted)
        {
            foreach (var position in counted.Body.Positions.Where(p => line is null || (p.Position.LineOffset == line && (discriminator ?? p.Position.Discriminator) == p.Position.Discriminator)))
            {
                writer.WriteLine(Invariant($"{nameOf(function)} {position.Position}: {position.Count:N0} in the profile{(IsMoved(position, explanation) ? ", as often as its statement begins: code of it was moved to where more runs" : "")}"));
            }
        }

        foreach (var code in explanation.Code)
        {
            Write(code, nameOf, writer);
        }
    }

    /// <summary>The lines that a function has, where it is one of the profile.</summary>
    private static string LinesOf(SampleProfile profile, string function)
    {
        const int Shown = 12;
        int[] lines = [.. profile.Functions.Where(f => f.Name == function).SelectMany(f => f.Body.Positions).Where(p => p.Count > 0).Select(p => p.Position.LineOffset).Distinct()];
        return lines.Length == 0 ? "" : $"; lines are counted from the function's first, and these ran: {string.Join(", ", lines.Take(Shown))}{(lines.Length > Shown ? ", …" : "")}";
    }

    /// <summary>Whether code of a position, not inlined, ran more often than the position counts.</summary>
    private static bool IsMoved(PositionCount position, CountExplanation explanation)
    {
        foreach (var code in explanation.Code)
        {
            if (position.Count > 0 && code.Count > position.Count && code.InlineStack.Count == 0 && code.Position == position.Position)
            {
                return true;
            }
        }

        return false;
    }

    private static void Write(ExplainedCode code, Func<string, string> nameOf, TextWriter writer)
    {
        string stack = string.Concat(code.InlineStack.Select(call => $" → {Inlined(call, nameOf)}"));
        writer.WriteLine();
        writer.WriteLine(Invariant($"{code.Start:x}-{code.End:x}  {nameOf(code.Function)}{stack} {code.Position}: executed {code.Count:N0} times{(code.DuplicationFactor > 1 ? $", each for {code.DuplicationFactor}" : "")}{(code.File.Length > 0 ? $" ({ProfileView.Place(code.File, code.Line)})" : "")}"));
        foreach (var range in code.Ranges.Take(ShownRanges))
        {
            writer.WriteLine(Invariant($"  range {range.Start:x}-{range.End:x}: {range.Count:N0}"));
            foreach (var branch in range.Into.Take(ShownBranches))
            {
                writer.WriteLine(Invariant($"    from {branch.Address?.ToString("x", CultureInfo.InvariantCulture) ?? "outside"}: {branch.Count:N0}"));
            }

            foreach (var branch in range.OutOf.Take(ShownBranches))
            {
                writer.WriteLine(Invariant($"    to {branch.Address:x}: {branch.Count:N0}"));
            }
        }

        if (code.Ranges.Count > ShownRanges)
        {
            writer.WriteLine(Invariant($"  and {code.Ranges.Count - ShownRanges} ranges more"));
        }
    }

    private static string Inlined(string call, Func<string, string> nameOf)
    {
        int space = call.IndexOf(' ', StringComparison.Ordinal);
        return $"{call[..space]} {nameOf(call[(space + 1)..])}";
    }

    /// <summary>Names may hold colons, so a line is what stands behind the last one and is a number; a demangled name is looked up in the profile.</summary>
    private static (string Function, int? Line, uint? Discriminator) Split(string place, SampleProfile profile)
    {
        int colon = place.LastIndexOf(':');
        string[] numbers = colon < 0 ? [] : place[(colon + 1)..].Split('.');
        if (numbers.Length is 1 or 2 && int.TryParse(numbers[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int line)
            && (numbers.Length == 1 | uint.TryParse(numbers[^1], NumberStyles.None, CultureInfo.InvariantCulture, out uint discriminator)))
        {
            return (Linkage(place[..colon], profile), line, numbers.Length == 1 ? null : discriminator);
        }

        return (Linkage(place, profile), null, null);
    }

    private static string Linkage(string name, SampleProfile profile) =>
        profile.Functions.FirstOrDefault(f => Demangled.Is(f.Name, name))?.Name ?? name;

    private static BinaryCounts CountsOf(string input, string binary, ConversionOptions options)
    {
        using var opened = Recordings.Open(input, options);
        return AutoFdoConverter.CountsOf(opened, binary, options with { MinimumSamples = 0 });
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
