namespace Tarax.AutoFdo.Profiles.Formats.Llvm;

/// <summary>One of LLVM's formats of sample profiles, which Clang reads with <c>-fprofile-sample-use</c> (llvm/ProfileData/SampleProf.h).</summary>
public abstract class LlvmProfileFormat : ProfileFormat
{
    private protected LlvmProfileFormat()
    {
    }

    /// <inheritdoc/>
    public override string Family => "llvm";
}
