namespace Tarax.AutoFdo.Binaries.Symbolization.Itanium;

/// <summary>The components of a name that may be written again by a number (Itanium C++ ABI, section 5.1.10).</summary>
/// <param name="isUsed">Whether names are shortened; otherwise every component is written in full.</param>
internal sealed class Substitutions(bool isUsed)
{
    private readonly List<string> _components = [];

    /// <summary>Every component is written in full.</summary>
    public static Substitutions None { get; } = new(isUsed: false);

    /// <summary>Whether names are shortened.</summary>
    public bool IsUsed => isUsed;

    /// <summary>The number of a component that was met before; null where it was not.</summary>
    /// <param name="component">The component in full.</param>
    public string? Find(string component)
    {
        int index = isUsed ? _components.IndexOf(component) : -1;
        return index < 0 ? null : index == 0 ? "S_" : $"S{Base36(index - 1)}_";
    }

    /// <summary>Takes note of a component.</summary>
    public void Add(string component)
    {
        if (isUsed)
        {
            _components.Add(component);
        }
    }

    private static string Base36(int number)
    {
        const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        string text = "";
        do
        {
            text = Digits[number % Digits.Length] + text;
            number /= Digits.Length;
        }
        while (number > 0);
        return text;
    }
}
