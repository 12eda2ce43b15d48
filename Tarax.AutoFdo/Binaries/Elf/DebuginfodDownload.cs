namespace Tarax.AutoFdo.Binaries.Elf;

/// <summary>How far a download from a debuginfod server is.</summary>
/// <param name="BuildId">What is fetched, by its build-id in hexadecimal.</param>
/// <param name="Received">Bytes so far.</param>
/// <param name="Total">Bytes in all; 0 where it is not known yet, and at the end.</param>
public readonly record struct DebuginfodDownload(string BuildId, long Received, long Total);
