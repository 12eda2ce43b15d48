using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Profiles.Formats.Llvm;

namespace Tarax.Tool;

/// <summary>Where profiles go: a file, or standard output.</summary>
internal static class ProfileOutput
{
    private const string StandardOutput = "-";

    /// <exception cref="ProfileNotExpressibleException">The options are of another format, or the format cannot say what the profile holds.</exception>
    public static void Write(SampleProfile profile, string output, ProfileFormat format)
    {
        using var outputs = new OutputSet();
        AddTo(outputs, profile, output, format);
        outputs.Commit();
    }

    /// <summary>The same as one of the outputs of a command.</summary>
    /// <exception cref="ProfileNotExpressibleException">The options are of another format, or the format cannot say what the profile holds.</exception>
    public static void AddTo(OutputSet outputs, SampleProfile profile, string output, ProfileFormat format)
    {
        if (profile.IsFlowSensitive && format is not LlvmExtBinaryFormat)
        {
            Console.Error.WriteLine(Diagnostics.Line(new Diagnostic(DiagnosticId.FlowSensitiveLost, DiagnosticSeverity.Warning, format is LlvmProfileFormat
                ? $"{format.Name} cannot say that discriminators are flow-sensitive: compile with -mllvm -profile-isfs, or write llvm-extbinary"
                : "flow-sensitive discriminators of Clang have more bits than GCC's format keeps: --discriminators drop leaves them out")));
        }

        if (output == StandardOutput)
        {
            outputs.AddStandardOutput(stream => profile.Write(stream, format));
        }
        else
        {
            outputs.Add(output, stream => profile.Write(stream, format));
        }
    }
}
