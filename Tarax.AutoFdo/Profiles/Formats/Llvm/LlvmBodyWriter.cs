using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Profiles.Formats.Llvm;

/// <summary>Writes names, summary and functions, whose form is the same in both binary formats.</summary>
internal sealed class LlvmBodyWriter
{
    private readonly SampleProfile _profile;
    private readonly LlvmOrder _order;
    private readonly Dictionary<string, ulong> _indexes = new(StringComparer.Ordinal);

    public LlvmBodyWriter(SampleProfile profile)
    {
        _profile = profile;
        _order = new LlvmOrder(profile.HasHashedNames);
        Names = [.. ProfileNames.Of(profile).Order(_order)];
        foreach (string name in Names)
        {
            _indexes.Add(name, (ulong)_indexes.Count);
        }
    }

    /// <summary>The name table.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The functions in the order in which they are written.</summary>
    public IEnumerable<FunctionProfile> Functions => _order.Functions(_profile);

    public ulong IndexOf(string name) => _indexes[name];

    /// <exception cref="ProfileNotExpressibleException">A name holds a NUL.</exception>
    public void WriteNames(ByteWriter writer)
    {
        writer.Uleb((ulong)Names.Count);
        foreach (string name in Names)
        {
            WriteString(name, writer);
        }
    }

    public static void WriteString(string text, ByteWriter writer)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw new ProfileNotExpressibleException($"LLVM's formats cannot have a name with a NUL in it ({text.Replace('\0', '?')})");
        }

        writer.Text(text);
        writer.U8(0);
    }

    public void WriteSummary(ByteWriter writer)
    {
        var summary = ProfileSummary.Of(_profile);
        writer.Uleb(summary.TotalCount);
        writer.Uleb(summary.MaximumCount);
        writer.Uleb(summary.MaximumHeadCount);
        writer.Uleb(summary.Positions);
        writer.Uleb(summary.Functions);
        writer.Uleb((ulong)summary.Rows.Count);
        foreach (var row in summary.Rows)
        {
            writer.Uleb(row.Cutoff);
            writer.Uleb(row.MinimumCount);
            writer.Uleb(row.Positions);
        }
    }

    public void WriteFunction(FunctionProfile function, ByteWriter writer)
    {
        writer.Uleb(function.HeadCount);
        Write(function.Name, function.Body, writer);
    }

    private void Write(string name, FunctionBody body, ByteWriter writer)
    {
        writer.Uleb(_indexes[name]);
        writer.Uleb(LlvmOrder.Total(body));
        writer.Uleb((ulong)body.Positions.Count);
        foreach (var position in body.Positions)
        {
            WritePosition(position.Position, writer);
            writer.Uleb(position.Count);
            writer.Uleb((ulong)position.Targets.Count);
            foreach (var target in _order.Targets(position))
            {
                writer.Uleb(_indexes[target.Name]);
                writer.Uleb(target.Count);
            }
        }

        writer.Uleb((ulong)body.Calls.Count);
        foreach (var call in _order.Calls(body))
        {
            WritePosition(call.Position, writer);
            Write(call.Callee, call.Body, writer);
        }
    }

    private static void WritePosition(SourcePosition position, ByteWriter writer)
    {
        writer.Uleb((ulong)position.LineOffset);
        writer.Uleb(position.Discriminator);
    }
}
