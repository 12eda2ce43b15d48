using System.Globalization;
using System.Text;

namespace Tarax.AutoFdo.Profiles.Formats.Llvm;

/// <summary>Writes LLVM's text form: a function's header, then a line for each position and inlined call, indented by one space for each level.</summary>
internal sealed class LlvmTextWriter
{
    private readonly StringBuilder _text = new();
    private readonly LlvmOrder _order;

    private LlvmTextWriter(LlvmOrder order) => _order = order;

    /// <exception cref="ProfileNotExpressibleException">A name would be read as something else.</exception>
    public static ReadOnlySpan<byte> Write(SampleProfile profile)
    {
        var writer = new LlvmTextWriter(new LlvmOrder(profile.HasHashedNames));
        foreach (var function in writer._order.Functions(profile))
        {
            CheckName(function.Name, isInlined: false);
            writer._text.Append(CultureInfo.InvariantCulture, $"{function.Name}:{LlvmOrder.Total(function.Body)}:{function.HeadCount}\n");
            writer.Write(function.Body, 1);
        }

        return Encoding.UTF8.GetBytes(writer._text.ToString());
    }

    private void Write(FunctionBody body, int depth)
    {
        foreach (var position in body.Positions)
        {
            _text.Append(' ', depth).Append(CultureInfo.InvariantCulture, $"{position.Position}: {position.Count}");
            foreach (var target in _order.Targets(position))
            {
                CheckTarget(target.Name);
                _text.Append(CultureInfo.InvariantCulture, $" {target.Name}:{target.Count}");
            }

            _text.Append('\n');
        }

        foreach (var call in _order.Calls(body))
        {
            CheckName(call.Callee, isInlined: true);
            _text.Append(' ', depth).Append(CultureInfo.InvariantCulture, $"{call.Position}: {call.Callee}:{LlvmOrder.Total(call.Body)}\n");
            Write(call.Body, depth + 1);
        }
    }

    /// <summary>A colon, a number and a space end a target.</summary>
    private static void CheckTarget(string name)
    {
        CheckName(name, isInlined: false);
        for (int colon = name.IndexOf(':', StringComparison.Ordinal); colon >= 0; colon = name.IndexOf(':', colon + 1))
        {
            int end = colon + 1;
            while (end < name.Length && char.IsAsciiDigit(name[end]))
            {
                end++;
            }

            if (end > colon + 1 && (end == name.Length || name[end] is ' ' or ':'))
            {
                throw new ProfileNotExpressibleException($"the text form cannot have a call target named \"{name}\"; write llvm-extbinary");
            }
        }
    }

    /// <summary>A digit at the start of an inlined function's name is read as a count, and so hashes are.</summary>
    private static void CheckName(string name, bool isInlined)
    {
        if (name.Length == 0 || name[0] is ' ' or '#' or '[' || name.AsSpan().ContainsAny('\n', '\r')
            || (isInlined && (char.IsAsciiDigit(name[0]) || name.StartsWith("vtables ", StringComparison.Ordinal))))
        {
            throw new ProfileNotExpressibleException($"the text form cannot have {(isInlined ? "an inlined function" : "a function")} named \"{name}\"; write llvm-extbinary");
        }
    }
}
