namespace Tarax.AutoFdo.Profiles.Formats.Gcov;

/// <summary>Positions as far as the format's 32 bits can tell them apart.</summary>
internal static class GcovPositions
{
    /// <summary>A profile whose positions are different in the file too: those that fall together keep the larger count.</summary>
    public static SampleProfile WithoutCollisions(SampleProfile profile) => profile.With(profile.Functions.Select(function =>
    {
        if (!HasCollision(function.Body))
        {
            return function;
        }

        var body = new BodyAccumulator();
        body.Add(function.Body, CountRule.Maximum, p => GcovFormat.Decode(GcovFormat.Encode(p)), n => n);
        return function with { Body = body.ToBody() };
    }));

    private static bool HasCollision(FunctionBody body)
    {
        if (AreExact(body))
        {
            foreach (var call in body.Calls.AsSpan())
            {
                if (HasCollision(call.Body))
                {
                    return true;
                }
            }

            return false;
        }

        return HasCollisionOfEncoded(body);
    }

    private static bool AreExact(FunctionBody body)
    {
        foreach (var position in body.Positions.AsSpan())
        {
            if (!IsExact(position.Position))
            {
                return false;
            }
        }

        foreach (var call in body.Calls.AsSpan())
        {
            if (!IsExact(call.Position))
            {
                return false;
            }
        }

        return true;
    }

    private static bool HasCollisionOfEncoded(FunctionBody body)
    {
        var seen = new HashSet<uint>();
        var seenCalls = new HashSet<(uint Position, string Callee)>();
        return body.Positions.Any(p => !seen.Add(GcovFormat.Encode(p.Position)))
            || body.Calls.Any(c => !seenCalls.Add((GcovFormat.Encode(c.Position), c.Callee)) || HasCollision(c.Body));
    }

    /// <summary>Whether the format keeps all of a position, so that no other of this kind falls together with it.</summary>
    private static bool IsExact(SourcePosition position) => (uint)position.LineOffset <= ushort.MaxValue && position.Discriminator <= ushort.MaxValue;
}
