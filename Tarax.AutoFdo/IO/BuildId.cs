namespace Tarax.AutoFdo.IO;

/// <summary>A GNU build-id of any length, compared by content.</summary>
internal readonly struct BuildId : IEquatable<BuildId>
{
    private readonly byte[]? _bytes;

    public BuildId(ReadOnlySpan<byte> bytes) => _bytes = bytes.IsEmpty || bytes.IndexOfAnyExcept((byte)0) < 0 ? null : bytes.ToArray();

    /// <summary>Reads hexadecimal; the empty text is no build-id.</summary>
    /// <returns>False where the text is not hexadecimal.</returns>
    public static bool TryParse(string text, out BuildId buildId)
    {
        bool isHexadecimal = text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit);
        buildId = isHexadecimal ? new BuildId(Convert.FromHexString(text)) : default;
        return isHexadecimal;
    }

    /// <summary>True for no build-id, which equals none.</summary>
    public bool IsEmpty => _bytes is null;

    /// <summary>A build-id from a field whose length is not known: shorter ones are padded with zeros to 20 bytes.</summary>
    public static BuildId FromPadded(ReadOnlySpan<byte> bytes) => new(bytes);

    /// <summary>
    /// Whether two build-ids are the same: equal, or one is the other padded with zeros
    /// (recordings without a size field) or cut to the 20 bytes that a recording can hold.
    /// </summary>
    public bool Matches(BuildId other)
    {
        if (_bytes is null || other._bytes is null)
        {
            return false;
        }

        const int RecordedMaximum = 20;
        var (shorter, longer) = _bytes.Length <= other._bytes.Length ? (_bytes, other._bytes) : (other._bytes, _bytes);
        return longer.AsSpan().StartsWith(shorter)
            && (shorter.Length == longer.Length
                || (longer.Length == RecordedMaximum && longer.AsSpan(shorter.Length).IndexOfAnyExcept((byte)0) < 0)
                || shorter.Length == RecordedMaximum);
    }

    public bool Equals(BuildId other) => (_bytes ?? []).AsSpan().SequenceEqual(other._bytes ?? []);

    public override bool Equals(object? obj) => obj is BuildId other && Equals(other);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(_bytes ?? []);
        return hash.ToHashCode();
    }

    /// <summary>Lower-case hexadecimal; empty for none.</summary>
    public override string ToString() => Convert.ToHexStringLower(_bytes ?? []);
}
