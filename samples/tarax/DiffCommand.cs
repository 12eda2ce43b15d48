using System.CommandLine;
using System.Globalization;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;

namespace Tarax.Tool;

/// <summary><c>tarax diff</c>: how much two profiles agree.</summary>
internal static class DiffCommand
{
    private static readonly Argument<string> Left = new("A") { Description = "a profile of any format" };

    private static readonly Argument<string> Right = new("B") { Description = "the profile to compare with it" };

    private static readonly Option<int> Top = NumberOption.Whole("--top", "number of functions, and of positions, that differ most to list [default: 10]", 10, 0, int.MaxValue);

    private static readonly Option<bool> Wide = new("--wide") { Description = "whole names, with types and arguments, however long the lines become" };

    private static readonly Option<double?> FailUnder = NumberOption.Share("--fail-under", "a smaller overlap ends with exit code 3");

    private static readonly Option<bool> Flat = new("--flat") { Description = "count what was inlined as the function's own, so that builds which inline otherwise compare" };

    private static readonly Option<bool> Mangled = new("--mangled") { Description = "names as the linker knows them" };

    private static readonly Option<bool> Json = new("--json") { Description = "write JSON" };

    public static Command Create()
    {
        var command = new Command("diff", "Compares two profiles, also of different formats, by shares of counts.") { Left, Right, Top, FailUnder, Flat, Mangled, Wide, Json };
        command.SetAction(parsed =>
        {
            double overlap = 1;
            int code = ExitCode.Of(() => overlap = Run(parsed));
            return code == ExitCode.Good && overlap < parsed.GetValue(FailUnder) ? ExitCode.Under(overlap, parsed.GetValue(FailUnder)) : code;
        });
        return command;
    }

    private static double Run(ParseResult parsed)
    {
        FileKinds.ExpectProfile(parsed.GetRequiredValue(Left));
        FileKinds.ExpectProfile(parsed.GetRequiredValue(Right));
        Terminal.IsWide = parsed.GetValue(Wide);
        var (left, right) = (SampleProfile.Load(parsed.GetRequiredValue(Left)), SampleProfile.Load(parsed.GetRequiredValue(Right)));
        Diagnostics.Write(left.Diagnostics.Concat(right.Diagnostics), Console.Error);
        if (parsed.GetValue(Flat))
        {
            (left, right) = (left.WithInlined(InlinedBodies.Flat), right.WithInlined(InlinedBodies.Flat));
        }

        var diff = SampleProfile.Diff(left, right);
        int top = parsed.GetValue(Top);
        if (parsed.GetValue(Json))
        {
            WriteJson(diff, top);
        }
        else
        {
            WriteText(diff, top, parsed.GetValue(Mangled));
        }

        return diff.Overlap;
    }

    private static void WriteText(ProfileDiff diff, int top, bool mangled)
    {
        if (diff.Functions.All(f => f is { LeftRank: > 0, RightRank: > 0 }) && diff.Positions.All(p => p.LeftCount == p.RightCount))
        {
            Console.Out.WriteLine("the profiles say the same: all counts are equal");
            return;
        }

        int appear = diff.Functions.Count(f => f.LeftRank == 0);
        int vanish = diff.Functions.Count(f => f.RightRank == 0);
        Line($"overlap    {diff.Overlap:0.0000}");
        Line($"functions  {diff.Functions.Count - appear - vanish:N0} in both, {appear:N0} appear, {vanish:N0} vanish");
        Line($"positions  {diff.Positions.Count(p => p.LeftCount is not null && p.RightCount is not null):N0} in both, {diff.Positions.Count(p => p.LeftCount is null):N0} appear, {diff.Positions.Count(p => p.RightCount is null):N0} vanish");
        Console.Out.WriteLine();
        Line($"{"share of A",10} {"of B",10} {"overlap",8} {"rank",11}  function");
        foreach (var function in diff.Functions.Take(top))
        {
            string start = string.Create(CultureInfo.InvariantCulture, $"{100 * function.LeftShare,8:0.00} % {100 * function.RightShare,8:0.00} % {function.Overlap,8:0.000} {Rank(function.LeftRank),4} → {Rank(function.RightRank),4}  ");
            Terminal.WriteLine(start, Terminal.Fit(mangled ? function.Name : Demangled.Shown(function.Name), start.Length), "", Math.Abs(function.LeftShare - function.RightShare));
        }

        Console.Out.WriteLine();
        Line($"{"count in A",12} {"in B",12} {"difference",10}  position");
        foreach (var position in diff.Positions.Take(top))
        {
            string start = string.Create(CultureInfo.InvariantCulture, $"{Count(position.LeftCount),12} {Count(position.RightCount),12} {100 * position.Difference,8:0.00} %  ");
            Terminal.WriteLine(start, Terminal.Fit(mangled ? position.Path : Readable(position.Path), start.Length), "", position.Difference);
        }
    }

    private static void WriteJson(ProfileDiff diff, int top) => JsonText.Write(Console.Out, isIndented: true, json =>
    {
        json.WriteStartObject();
        json.WriteNumber("overlap", diff.Overlap);
        json.WriteNumber("functionsInBoth", diff.Functions.Count(f => f.LeftRank > 0 && f.RightRank > 0));
        json.WriteNumber("functionsAppear", diff.Functions.Count(f => f.LeftRank == 0));
        json.WriteNumber("functionsVanish", diff.Functions.Count(f => f.RightRank == 0));
        json.WriteStartArray("functions");
        foreach (var function in diff.Functions.Take(top))
        {
            json.WriteStartObject();
            json.WriteString("name", function.Name);
            json.WriteNumber("leftTotal", function.LeftTotal);
            json.WriteNumber("rightTotal", function.RightTotal);
            json.WriteNumber("leftShare", function.LeftShare);
            json.WriteNumber("rightShare", function.RightShare);
            json.WriteNumber("overlap", function.Overlap);
            json.WriteNumber("leftRank", function.LeftRank);
            json.WriteNumber("rightRank", function.RightRank);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("positions");
        foreach (var position in diff.Positions.Take(top))
        {
            json.WriteStartObject();
            json.WriteString("path", position.Path);
            if (position.LeftCount is { } left)
            {
                json.WriteNumber("leftCount", left);
            }

            if (position.RightCount is { } right)
            {
                json.WriteNumber("rightCount", right);
            }

            json.WriteNumber("difference", position.Difference);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>A path of positions and names, its names demangled.</summary>
    private static string Readable(string path) => string.Join('/', path.Split('/').Select((part, i) =>
        i == 0 ? Demangled.Shown(part) : part.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon ? $"{part[..colon]}:{Demangled.Shown(part[(colon + 1)..])}" : part));

    private static string Rank(int rank) => rank == 0 ? "-" : rank.ToString(CultureInfo.InvariantCulture);

    private static string Count(ulong? count) => count?.ToString("N0", CultureInfo.InvariantCulture) ?? "-";

    private static void Line(FormattableString text) => Console.Out.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
