using FsCheck;
using FsCheck.Fluent;
using Tarax.AutoFdo.Profiles;

namespace Tarax.AutoFdo.Tests.Builders;

/// <summary>Random profiles whose positions fit 16 bits and whose names have no dots.</summary>
internal static class ProfileGenerator
{
    private static readonly Gen<ulong> Count = Gen.OneOf(Gen.Choose(0, 1000).Select(n => (ulong)n), Gen.Constant(ulong.MaxValue), Gen.Constant(1UL << 40));
    private static readonly Gen<string> Name = Gen.Elements("main", "f", "g", "_ZN1AC2Ev", "sqrt2", "ünïcode", "a_rather_long_name_of_a_function");

    private static readonly Gen<SourcePosition> Position =
        from line in Gen.Choose(0, 65535)
        from discriminator in Gen.Choose(0, 65535)
        select new SourcePosition(line, (uint)discriminator);

    public static Gen<SampleProfile> Profiles { get; } =
        from names in Gen.SubListOf("main", "f", "g", "_ZN1AC2Ev", "h")
        from functions in Gen.CollectToList(names, Function)
        select new SampleProfile(functions);

    /// <summary>
    /// Profiles with at least one function, whose bodies state totals that are not the sums of their counts, and whose discriminators have 32 bits. LLVM's sums do not stay
    /// at the largest number but begin again at 0, so none comes near it.
    /// </summary>
    public static Gen<SampleProfile> LlvmProfiles { get; } =
        from profile in Profiles.Where(p => p.Functions.Count > 0)
        from factor in Gen.Choose(2, 9)
        select new SampleProfile(profile.Functions.Select(f => f with { File = "", HeadCount = Small(f.HeadCount), FirstTime = 0, Body = Stated(f.Body, (uint)factor) }));

    private static FunctionBody Stated(FunctionBody body, uint factor) => new(
        [.. body.Positions.Select(p => p with
        {
            Position = p.Position with { Discriminator = p.Position.Discriminator * factor * 1000 },
            Count = Small(p.Count),
            Targets = [.. p.Targets.Select(t => t with { Count = Small(t.Count) })],
        })],
        [.. body.Calls.Select(c => c with { File = "", Body = Stated(c.Body, factor) })])
    {
        StatedTotal = Small(body.TotalCount()) * factor,
    };

    private static ulong Small(ulong count) => count & 0xff_ffff_ffff;

    private static Gen<FunctionProfile> Function(string name) =>
        from head in Count
        from time in Count
        from body in Body(3)
        select new FunctionProfile(name, $"/src/{name}.c", head, time, body);

    private static Gen<FunctionBody> Body(int depth) =>
        from positions in Counted().ListOf(4)
        from calls in depth == 0 ? Gen.Constant<IList<InlinedCall>>([]) : Call(depth - 1).ListOf(2).Select(l => (IList<InlinedCall>)[.. l])
        select new FunctionBody(
            [.. positions.DistinctBy(p => p.Position).OrderBy(p => p.Position)],
            [.. calls.DistinctBy(c => (c.Position, c.Callee)).OrderBy(c => c.Position).ThenBy(c => c.Callee, StringComparer.Ordinal)]);

    private static Gen<PositionCount> Counted() =>
        from position in Position
        from count in Count
        from targets in Target().ListOf(2)
        select new PositionCount(position, count, [.. targets.DistinctBy(t => t.Name).OrderBy(t => t.Name, StringComparer.Ordinal)]);

    private static Gen<CallTarget> Target() =>
        from name in Name
        from count in Count
        select new CallTarget(name, count);

    private static Gen<InlinedCall> Call(int depth) =>
        from position in Position
        from callee in Name
        from body in Body(depth)
        select new InlinedCall(position, callee, $"/src/{callee}.c", body);
}
