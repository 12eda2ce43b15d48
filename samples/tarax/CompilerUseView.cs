using System.Globalization;
using Tarax.AutoFdo.Reports;

namespace Tarax.Tool;

/// <summary>What a compiler made of a profile, for people and for programs.</summary>
internal static class CompilerUseView
{
    public static void Write(CompilerUse use, int top, bool mangled, bool isJson)
    {
        var lost = use.Functions.Where(f => f.UsedCount < f.Count).Take(top).ToList();
        if (isJson)
        {
            WriteJson(use, lost);
        }
        else
        {
            WriteText(use, lost, mangled);
        }
    }

    private static void WriteText(CompilerUse use, List<UsedFunction> lost, bool mangled)
    {
        Line($"functions  {use.Functions.Count(f => f.IsSeen):N0} of {use.Functions.Count:N0} in the compiler's report");
        Line($"counts     {Share(use.UsedCount, use)} used ({use.UsedCount:N0} of {use.Count:N0})");
        if (use.KnowsCold)
        {
            var cold = use.Functions.Where(f => f.IsTakenForCold && f.Count > 0).OrderByDescending(f => f.Count).Take(3).Select(f => FunctionName.Short(Demangled.Name(f.Name))).ToList();
            Line($"           {Share(use.ColdCount, use)} of functions that the compiler takes for ones that never run{(cold.Count == 0 ? "" : $" (most: {string.Join(", ", cold)}; of what is inlined everywhere the copy by itself)")}");
        }

        Line($"           {Share(use.UnseenCount, use)} of functions that are not in the report");
        if (lost.Count > 0)
        {
            Console.Out.WriteLine();
            Line($"{"lost",12} {"of its own",10}  function");
        }

        foreach (var function in lost)
        {
            ulong missing = function.Count - function.UsedCount;
            string note = !function.IsSeen ? " (not in the report)" : function.IsTakenForCold ? " (taken for cold)" : "";
            string start = string.Create(CultureInfo.InvariantCulture, $"{missing,12:N0} {100.0 * missing / function.Count,8:0.0} %  ");
            Terminal.WriteLine(start, Terminal.Fit(mangled ? function.Name : Demangled.Shown(function.Name), start.Length + note.Length), note, (double)missing / Math.Max(use.Count, 1));
        }
    }

    private static string Share(ulong part, CompilerUse use) => string.Create(CultureInfo.InvariantCulture, $"{(use.Count == 0 ? 0 : 100.0 * part / use.Count):0.00} %");

    private static void WriteJson(CompilerUse use, List<UsedFunction> lost) => JsonText.Write(Console.Out, isIndented: true, json =>
    {
        json.WriteStartObject();
        json.WriteNumber("functions", use.Functions.Count);
        json.WriteNumber("functionsSeen", use.Functions.Count(f => f.IsSeen));
        json.WriteNumber("count", use.Count);
        json.WriteNumber("usedCount", use.UsedCount);
        json.WriteNumber("coldCount", use.ColdCount);
        json.WriteNumber("unseenCount", use.UnseenCount);
        json.WriteNumber("usedShare", use.UsedShare);
        json.WriteStartArray("lost");
        foreach (var function in lost)
        {
            json.WriteStartObject();
            json.WriteString("name", function.Name);
            json.WriteBoolean("isSeen", function.IsSeen);
            json.WriteBoolean("isTakenForCold", function.IsTakenForCold);
            json.WriteNumber("count", function.Count);
            json.WriteNumber("usedCount", function.UsedCount);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void Line(FormattableString text) => Console.Out.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
