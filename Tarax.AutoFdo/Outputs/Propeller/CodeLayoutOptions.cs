namespace Tarax.AutoFdo.Outputs.Propeller;

/// <summary>Choices for a layout.</summary>
public sealed record CodeLayoutOptions
{
    /// <summary>Version of the profile for Clang: 1, or 0 for one that does not read 1 (Clang 16 and before).</summary>
    public int ClusterVersion { get; init; } = 1;

    /// <summary>Whether the profile names the compile unit of every function, as the kernel's recipe wants it, and not only of those that share their name with others. It needs debug information.</summary>
    public bool AllModules { get; init; }

    /// <summary>Whether the layout is one of several binaries of one build, to be put together by <see cref="CodeLayout.OfBuild"/>. It needs debug information where binaries have functions of one name.</summary>
    public bool IsOfBuild { get; init; }

    /// <summary>Number of threads; the result does not depend on it.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}
