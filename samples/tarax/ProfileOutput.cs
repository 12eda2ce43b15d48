using Tarax.AutoFdo.Profiles;

namespace Tarax.Tool;

/// <summary>Where profiles go: a file, or standard output.</summary>
internal static class ProfileOutput
{
    private const string StandardOutput = "-";

    public static void Write(SampleProfile profile, string output, ProfileFormat format, LlvmProfileOptions llvm)
    {
        if (output == StandardOutput)
        {
            using var stream = Console.OpenStandardOutput();
            profile.Write(stream, format, llvm);
        }
        else
        {
            profile.Save(output, format, llvm);
        }
    }
}
