namespace Tarax.AutoFdo.Profiles.Formats.Llvm;

/// <summary>Positions as LLVM's formats have them: 16 bits of the line.</summary>
internal static class LlvmPositions
{
    /// <summary>A profile whose positions are different in the file too: those that fall together keep the larger count.</summary>
    public static SampleProfile WithoutCollisions(SampleProfile profile) =>
        profile.Functions.All(f => IsExact(f.Body)) ? profile : profile.With(profile.Functions.Select(function =>
        {
            if (IsExact(function.Body))
            {
                return function;
            }

            var body = new BodyAccumulator();
            body.Add(function.Body, CountRule.Maximum, p => p with { LineOffset = p.LineOffset & LlvmFormat.MaximumLine }, n => n);
            return function with { Body = body.ToBody() };
        }));

    private static bool IsExact(FunctionBody body) =>
        body.Positions.All(p => (uint)p.Position.LineOffset <= LlvmFormat.MaximumLine)
        && body.Calls.All(c => (uint)c.Position.LineOffset <= LlvmFormat.MaximumLine && IsExact(c.Body));
}
