namespace Tarax.AutoFdo.Targets;

/// <summary>What becomes of head counts, which say how often a function was entered.</summary>
public enum HeadCountHandling
{
    /// <summary>As the target compiler needs it: the passes <c>entered-once</c> and <c>cxx-head-counts</c>.</summary>
    Auto,

    /// <summary>As they were counted.</summary>
    Keep,

    /// <summary>None.</summary>
    Drop,
}
