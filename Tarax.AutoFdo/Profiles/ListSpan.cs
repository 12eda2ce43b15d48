using System.Runtime.InteropServices;

namespace Tarax.AutoFdo.Profiles;

/// <summary>The items of a list one after another in memory: a profile is walked through many times, and an enumerator for each of its bodies is dear.</summary>
internal static class ListSpan
{
    /// <summary>The items of a list, which must not change meanwhile; a copy of a list of another kind than an array or <see cref="List{T}"/>.</summary>
    public static ReadOnlySpan<T> AsSpan<T>(this IReadOnlyList<T> list) => list switch
    {
        T[] array => array,
        List<T> items => CollectionsMarshal.AsSpan(items),
        _ => list.ToArray(),
    };
}
