namespace Tarax.AutoFdo.Counts;

/// <summary>A file that a recording saw running.</summary>
/// <param name="Name">Its path when it was recorded; for the kernel <c>[kernel.kallsyms]_text</c>.</param>
/// <param name="BuildId">Its build-id in hexadecimal; empty where the recording does not tell.</param>
/// <param name="Samples">Samples whose address lies in it.</param>
/// <param name="Share">Its share of all samples, 0 to 1.</param>
public sealed record RecordedBinary(string Name, string BuildId, ulong Samples, double Share)
{
    internal MappedFile? File { get; init; }
}
