namespace Tarax.AutoFdo.Reports;

/// <summary>Formats of other viewers of profiles. In all of them a stack is a function and what is inlined into it.</summary>
public enum ViewerFormat
{
    /// <summary>Of pprof, compressed: go tool pprof, Grafana.</summary>
    Pprof,

    /// <summary>JSON of Speedscope.</summary>
    Speedscope,

    /// <summary>JSON of the Firefox Profiler.</summary>
    FirefoxProfiler,
}
