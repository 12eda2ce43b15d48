namespace Tarax.AutoFdo.Profiles.Formats.Llvm;

/// <summary>Positions as LLVM's formats have them: 16 bits of the line.</summary>
internal static class LlvmPositions
{
    /// <summary>A profile whose positions are different in the file too: those that fall together keep the larger count.</summary>
    public static SampleProfile WithoutCollisions(SampleProfile profile) =>
        profile.Functions.All(f => IsExact(f.Body)) ? profile : profile.With(profile.Functions.Select(f => IsExact(f.Body) ? f : f with { Body = WithoutCollisions(f.Body) }));

    private static FunctionBody WithoutCollisions(FunctionBody body)
    {
        PositionCount[] positions = [.. body.Positions.Select(p => p with { Position = InFile(p.Position) }).OrderBy(p => p.Position)];
        InlinedCall[] calls = [.. body.Calls.Select(c => c with { Position = InFile(c.Position) }).OrderBy(c => c.Position).ThenBy(c => c.Callee, StringComparer.Ordinal)];
        if (Collide(positions) || Collide(calls))
        {
            var together = new BodyAccumulator();
            together.Add(body, CountRule.Maximum, InFile, n => n);
            return together.ToBody();
        }

        return body with { Positions = positions, Calls = [.. calls.Select(c => c with { Body = WithoutCollisions(c.Body) })] };
    }

    private static SourcePosition InFile(SourcePosition position) => position with { LineOffset = position.LineOffset & LlvmFormat.MaximumLine };

    private static bool Collide(ReadOnlySpan<PositionCount> inOrder)
    {
        for (int i = 1; i < inOrder.Length; i++)
        {
            if (inOrder[i].Position == inOrder[i - 1].Position)
            {
                return true;
            }
        }

        return false;
    }

    private static bool Collide(ReadOnlySpan<InlinedCall> inOrder)
    {
        for (int i = 1; i < inOrder.Length; i++)
        {
            if (inOrder[i].Position == inOrder[i - 1].Position && inOrder[i].Callee == inOrder[i - 1].Callee)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsExact(FunctionBody body)
    {
        foreach (var position in body.Positions.AsSpan())
        {
            if ((uint)position.Position.LineOffset > LlvmFormat.MaximumLine)
            {
                return false;
            }
        }

        foreach (var call in body.Calls.AsSpan())
        {
            if ((uint)call.Position.LineOffset > LlvmFormat.MaximumLine || !IsExact(call.Body))
            {
                return false;
            }
        }

        return true;
    }
}
