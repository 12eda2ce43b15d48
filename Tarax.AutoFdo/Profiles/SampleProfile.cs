using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Numbers;
using Tarax.AutoFdo.Profiles.Formats.Gcov;
using Tarax.AutoFdo.Profiles.Formats.Llvm;

namespace Tarax.AutoFdo.Profiles;

/// <summary>A function called at a position.</summary>
/// <param name="Name">Linkage name of the function.</param>
/// <param name="Count">Number of calls.</param>
public readonly record struct CallTarget(string Name, ulong Count);

/// <summary>Executions of one position.</summary>
/// <param name="Position">The position.</param>
/// <param name="Count">Number of executions; 0 says that the code exists and was not seen to run.</param>
/// <param name="Targets">Functions called from here, by name.</param>
public sealed record PositionCount(SourcePosition Position, ulong Count, IReadOnlyList<CallTarget> Targets)
{
    /// <summary>Bytes of code with this position; 0 where it is not known, as in profiles that were read. Only statistics use it.</summary>
    internal ulong CodeBytes { get; init; }

    /// <summary>Its code, divided into what always runs together, where that was asked for.</summary>
    internal IReadOnlyList<PositionPiece> Pieces { get; init; } = [];

    internal bool HasSameCounts(PositionCount other) => ReferenceEquals(this, other)
        || (Position == other.Position && Count == other.Count && Targets.Count == other.Targets.Count && Targets.SequenceEqual(other.Targets));
}

/// <summary>Code of a position in one basic block.</summary>
/// <param name="Code">Which; the same for code of other positions in that block.</param>
/// <param name="Count">Number of executions.</param>
internal readonly record struct PositionPiece(ulong Code, ulong Count);

/// <summary>A function that was inlined at a position.</summary>
/// <param name="Position">Position of the call.</param>
/// <param name="Callee">Linkage name of the function.</param>
/// <param name="File">Full path of the file that defines it; empty where not known.</param>
/// <param name="Body">Its counts there.</param>
public sealed record InlinedCall(SourcePosition Position, string Callee, string File, FunctionBody Body)
{
    /// <summary>Line of its definition, to which its positions are relative; 0 where it is not known, as in profiles that were read.</summary>
    internal uint StartLine { get; init; }
}

/// <summary>Counts of a function's own code and of what was inlined into it.</summary>
/// <param name="Positions">The positions, ascending, each once.</param>
/// <param name="Calls">The inlined calls, ascending by position and name, each pair once.</param>
public sealed record FunctionBody(IReadOnlyList<PositionCount> Positions, IReadOnlyList<InlinedCall> Calls)
{
    /// <summary>
    /// The total that LLVM's profiles state for a body, inlined calls included: executions of its instructions, each counted by its bytes. Null where it is
    /// not known, as in profiles for GCC; then it is <see cref="TotalCount"/> that is written.
    /// </summary>
    public ulong? StatedTotal { get; init; }

    /// <summary>How often the code of an inlined call was entered; null where it is not known, as in profiles that were read.</summary>
    internal ulong? Entries { get; init; }

    /// <summary>Sum of the counts of all positions, inlined calls included; saturates.</summary>
    public ulong TotalCount()
    {
        ulong total = 0;
        foreach (var position in Positions.AsSpan())
        {
            total = SaturatingSum.Of(total, position.Count);
        }

        foreach (var call in Calls.AsSpan())
        {
            total = SaturatingSum.Of(total, call.Body.TotalCount());
        }

        return total;
    }

    /// <summary>The sum beyond 64 bits.</summary>
    internal UInt128 ExactTotal()
    {
        UInt128 total = 0;
        foreach (var position in Positions.AsSpan())
        {
            total += position.Count;
        }

        foreach (var call in Calls.AsSpan())
        {
            total += call.Body.ExactTotal();
        }

        return total;
    }

    /// <summary>Whether all counts are the same, of the same positions and names.</summary>
    internal bool HasSameCounts(FunctionBody other) => ReferenceEquals(this, other)
        || (Positions.Count == other.Positions.Count && Calls.Count == other.Calls.Count && Positions.Zip(other.Positions).All(p => p.First.HasSameCounts(p.Second))
            && Calls.Zip(other.Calls).All(c => c.First.Position == c.Second.Position && c.First.Callee == c.Second.Callee && c.First.Body.HasSameCounts(c.Second.Body)));

    /// <summary>Whether any position is one of several pieces of code on its line.</summary>
    internal bool HasDiscriminators() => Positions.Any(p => p.Position.Discriminator != 0) || Calls.Any(c => c.Position.Discriminator != 0 || c.Body.HasDiscriminators());

    /// <summary>Number of positions, those of inlined calls included.</summary>
    public int PositionTotal()
    {
        int total = Positions.Count;
        foreach (var call in Calls.AsSpan())
        {
            total += call.Body.PositionTotal();
        }

        return total;
    }

    /// <summary>Largest count of a position, inlined calls included.</summary>
    public ulong MaximumCount()
    {
        ulong maximum = 0;
        foreach (var position in Positions.AsSpan())
        {
            maximum = Math.Max(maximum, position.Count);
        }

        foreach (var call in Calls.AsSpan())
        {
            maximum = Math.Max(maximum, call.Body.MaximumCount());
        }

        return maximum;
    }
}

/// <summary>The profile of a function that has code of its own.</summary>
/// <param name="Name">Linkage name.</param>
/// <param name="File">Full path of the file that defines it; empty where not known.</param>
/// <param name="HeadCount">Number of times it was entered.</param>
/// <param name="FirstTime">Earliest time at which it was seen to run, in nanoseconds of the recording's clock; 0 where not known.</param>
/// <param name="Body">Its counts.</param>
public sealed record FunctionProfile(string Name, string File, ulong HeadCount, ulong FirstTime, FunctionBody Body)
{
    /// <summary>Line of its definition, to which its positions are relative; 0 where it is not known, as in profiles that were read.</summary>
    internal uint StartLine { get; init; }

    /// <summary>Source file of the unit that its code is of; empty where it is not known.</summary>
    internal string Unit { get; init; } = "";

    /// <summary>Whether all counts are the same, of the same positions and names.</summary>
    internal bool HasSameCounts(FunctionProfile other) => Name == other.Name && HeadCount == other.HeadCount && Body.HasSameCounts(other.Body);
}

/// <summary>
/// A source profile: for each function how often its lines ran. It knows neither recordings nor binaries; what it holds is what
/// compilers read.
/// </summary>
public sealed class SampleProfile
{
    /// <summary>Creates a profile.</summary>
    /// <param name="functions">The functions in any order; those of one name are added up.</param>
    public SampleProfile(IEnumerable<FunctionProfile> functions)
    {
        ArgumentNullException.ThrowIfNull(functions);
        var inOrder = functions.ToList();
        inOrder.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        var distinct = new List<FunctionProfile>(inOrder.Count);
        for (int start = 0, end; start < inOrder.Count; start = end)
        {
            for (end = start + 1; end < inOrder.Count && inOrder[end].Name == inOrder[start].Name; end++)
            {
            }

            distinct.Add(end == start + 1 ? inOrder[start] : ProfileTransformation.Sum(inOrder[start..end]));
        }

        Functions = distinct;
    }

    /// <summary>The functions by name, each once.</summary>
    public IReadOnlyList<FunctionProfile> Functions { get; }

    /// <summary>The format of the file that it was read from; null where it was not read.</summary>
    public ProfileFormat? Format { get; init; }

    /// <summary>
    /// Whether discriminators are those of Clang's flow-sensitive passes (<c>-enable-fs-discriminator</c>), in which all 32 bits count. The compiler matches nothing
    /// where this is stated wrongly.
    /// </summary>
    public bool IsFlowSensitive { get; init; }

    /// <summary>
    /// The share of all counts, in millionths, whose positions the compiler takes for hot: 999,900 for all but the coldest that hold one count in ten thousand. It must
    /// be one of the <see cref="ProfileSummary.Rows"/>. 0, and less than the compiler's own 990,000, state nothing.
    /// </summary>
    public uint HotCutoff { get; init; }

    /// <summary>
    /// Whether names are not the functions' own but hashes of them, in decimal: the first eight bytes of their MD5 as a little-endian number, as LLVM has them.
    /// </summary>
    public bool HasHashedNames { get; init; }

    /// <summary>
    /// The functions of the binary that was profiled, in order, for LLVM: those that are here and have no profile were there and did not run. Empty where it is not
    /// known, so that the compiler takes functions without a profile for new.
    /// </summary>
    public IReadOnlyList<string> SymbolList { get; init; } = [];

    /// <summary>The working set of a file for GCC that was read, as long as no count changes: it is of bytes of code, which nothing else of the file says. Null where not known.</summary>
    internal IReadOnlyList<WorkingSetRow>? WorkingSet { get; init; }

    /// <summary>What was in a file and could not be taken over, or what happened when profiles were put together.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics { get; init; } = [];

    /// <summary>
    /// Adds profiles up: exactly, in any order, and with a diagnostic where a count reaches the largest number. Profiles of recordings that have nothing in common
    /// give that of all the recordings, but that a position, whose count is the largest of its pieces of code, gets the sum of the largest instead of the largest
    /// sum. Functions keep the earliest time, though clocks of different machines have little to do with each other.
    /// </summary>
    /// <param name="profiles">The profiles, of any formats. They are taken one after another, and none is kept.</param>
    /// <exception cref="ProfileNotExpressibleException">Discriminators of some are flow-sensitive, and of others not.</exception>
    public static SampleProfile Merge(IEnumerable<SampleProfile> profiles)
    {
        ArgumentNullException.ThrowIfNull(profiles);
        var sum = new ProfileAccumulator();
        foreach (var profile in profiles)
        {
            sum.Add(profile);
        }

        return sum.ToProfile();
    }

    /// <summary>How much two profiles agree, and where they do not.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    public static ProfileDiff Diff(SampleProfile left, SampleProfile right) => ProfileDiff.Of(left, right);

    /// <summary>Sum of the counts of all positions; saturates.</summary>
    public ulong TotalCount()
    {
        ulong total = 0;
        foreach (var function in Functions)
        {
            total = SaturatingSum.Of(total, function.Body.TotalCount());
        }

        return total;
    }

    /// <summary>The same profile with all counts as many times as large; they stay at the largest number.</summary>
    /// <param name="weight">How many times.</param>
    public SampleProfile Times(ulong weight) => weight == 1 ? this : With(Functions.Select(f => ProfileTransformation.WithCounts(f, c => SaturatingSum.Times(c, weight))));

    /// <summary>The same profile with counts that add up to a total, but for rounding. What ran stays at 1 at least.</summary>
    /// <param name="total">The total.</param>
    public SampleProfile ScaledTo(ulong total)
    {
        UInt128 own = 0;
        foreach (var function in Functions)
        {
            own += function.Body.ExactTotal();
        }

        return own == 0 || own == total ? this : With(Functions.Select(f => ProfileTransformation.WithCounts(
            f, c => c == 0 ? 0 : (ulong)UInt128.Clamp(((UInt128)c * total) / own + ((((UInt128)c * total) % own) >= own - (own / 2) ? 1u : 0u), 1, ulong.MaxValue))));
    }

    /// <summary>The same profile with some of its functions.</summary>
    /// <param name="isKept">Which are kept.</param>
    public SampleProfile Where(Func<FunctionProfile, bool> isKept)
    {
        ArgumentNullException.ThrowIfNull(isKept);
        return With(Functions.Where(isKept));
    }

    /// <summary>The same profile without functions whose positions all ran less often.</summary>
    /// <param name="count">The least count.</param>
    public SampleProfile WithMinimumCount(ulong count) => count == 0 ? this : With(Functions.Where(f => f.Body.MaximumCount() >= count));

    /// <summary>
    /// The same profile with one position per line: its count is the largest of the line's discriminators, its targets are added up.
    /// </summary>
    public SampleProfile WithoutDiscriminators() => With(Functions.Select(ProfileTransformation.WithoutDiscriminators), isFlowSensitive: false);

    /// <summary>The same profile where every function that ran was entered at least once.</summary>
    public SampleProfile WithHeadCounts() =>
        With(Functions.Select(f => f.HeadCount == 0 && f.Body.MaximumCount() > 0 ? f with { HeadCount = 1 } : f));

    /// <summary>The same profile where no function says how often it was entered.</summary>
    /// <param name="functions">Which functions; null for all.</param>
    public SampleProfile WithoutHeadCounts(Func<FunctionProfile, bool>? functions = null) =>
        With(Functions.Select(f => functions?.Invoke(f) == false ? f : f with { HeadCount = 0 }));

    /// <summary>The same profile with the counts of inlined functions elsewhere. Counts that are not nested stay as they are.</summary>
    /// <param name="shape">Where; nested, as profiles are made, and auto change nothing.</param>
    public SampleProfile WithInlined(InlinedBodies shape) =>
        shape is InlinedBodies.Flat or InlinedBodies.Both ? With(FlattenedProfile.Of(Functions, shape)) : this;

    /// <summary>The same profile where more or less is taken for hot.</summary>
    /// <param name="cutoff">See <see cref="HotCutoff"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">No row of a summary is of this share.</exception>
    public SampleProfile WithHotCutoff(uint cutoff) => cutoff == 0 || ProfileSummary.HasRow(cutoff)
        ? With(Functions, hotCutoff: cutoff)
        : throw new ArgumentOutOfRangeException(nameof(cutoff), cutoff, "no row of a summary is of this share");

    /// <summary>The same profile without positions whose count is 0, and without inlined calls that then have none.</summary>
    public SampleProfile WithoutZeroCounts() => With(Functions.Select(ProfileTransformation.WithoutZeroCounts));

    /// <summary>The same profile with hashes for names, see <see cref="HasHashedNames"/>.</summary>
    public SampleProfile WithHashedNames() => HasHashedNames ? this : HashedNames.Of(this);

    /// <summary>Other functions, of which the same holds.</summary>
    internal SampleProfile With(
        IEnumerable<FunctionProfile> functions,
        bool? isFlowSensitive = null,
        bool? hasHashedNames = null,
        IReadOnlyList<string>? symbolList = null,
        IReadOnlyList<Diagnostic>? diagnostics = null,
        uint? hotCutoff = null,
        ProfileFormat? format = null) => new(functions)
        {
            HotCutoff = hotCutoff ?? HotCutoff,
            Format = format ?? Format,
            IsFlowSensitive = isFlowSensitive ?? IsFlowSensitive,
            HasHashedNames = hasHashedNames ?? HasHashedNames,
            SymbolList = symbolList ?? SymbolList,
            Diagnostics = diagnostics ?? Diagnostics,
            WorkingSet = ReferenceEquals(functions, Functions) ? WorkingSet : null,
        };
}
