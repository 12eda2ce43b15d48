using System.Text;

namespace Tarax.AutoFdo.Profiles.Formats.Llvm;

/// <summary>
/// The orders of LLVM's writers, so that its tools write what they read of ours: functions by total, the largest first, call targets by count, and names
/// by their UTF-8 bytes, or by number where they are hashes.
/// </summary>
internal sealed class LlvmOrder(bool hasHashedNames) : IComparer<string>
{
    public IEnumerable<FunctionProfile> Functions(SampleProfile profile) =>
        profile.Functions.OrderByDescending(f => Total(f.Body)).ThenBy(f => f.Name, this);

    public IReadOnlyList<CallTarget> Targets(PositionCount position)
    {
        if (position.Targets.Count < 2)
        {
            return position.Targets;
        }

        List<CallTarget> targets = [.. position.Targets];
        targets.Sort((a, b) => a.Count != b.Count ? b.Count.CompareTo(a.Count) : Compare(a.Name, b.Name));
        return targets;
    }

    public IEnumerable<InlinedCall> Calls(FunctionBody body) =>
        body.Calls.Count < 2 ? body.Calls : body.Calls.OrderBy(c => c.Position).ThenBy(c => c.Callee, this);

    public static ulong Total(FunctionBody body) => body.StatedTotal ?? body.TotalCount();

    public int Compare(string? x, string? y) =>
        hasHashedNames ? HashedNames.ToHash(x!).CompareTo(HashedNames.ToHash(y!))
        : Ascii.IsValid(x) && Ascii.IsValid(y) ? string.CompareOrdinal(x, y)
        : Encoding.UTF8.GetBytes(x!).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y!));
}
