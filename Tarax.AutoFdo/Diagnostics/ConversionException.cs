using Tarax.AutoFdo.Text;

namespace Tarax.AutoFdo.Diagnostics;

/// <summary>Why nothing usable came out of inputs that could be read.</summary>
public enum ConversionFailure
{
    /// <summary>The recording has no samples.</summary>
    EmptyRecording,

    /// <summary>The recording has no event of the name that was asked for.</summary>
    NoSuchEvent,

    /// <summary>No event was recorded with branch stacks, or none of its samples has one.</summary>
    NoBranchStacks,

    /// <summary>The samples have no addresses.</summary>
    NoAddresses,

    /// <summary>The binary is of the kernel, and the recording of user space only.</summary>
    KernelNotRecorded,

    /// <summary>The binary runs in user space, and the recording is of the kernel only.</summary>
    UserNotRecorded,

    /// <summary>No mapping of the recording is the binary.</summary>
    NotRecorded,

    /// <summary>A file of this name was recorded, but another build of it.</summary>
    OtherBuild,

    /// <summary>Too few samples lie in the binary.</summary>
    TooFewSamples,

    /// <summary>The binary has no debug information with line numbers.</summary>
    NoDebugInformation,

    /// <summary>No function of the binary came into the profile.</summary>
    EmptyProfile,

    /// <summary>Most of what ran cannot have run in this binary: it is another build.</summary>
    ImpossibleRanges,

    /// <summary>What is to be written is a file that is read.</summary>
    OutputIsInput,

    /// <summary>It is not known which compiler will read the profile.</summary>
    UnknownCompiler,

    /// <summary>There are no notes of GCC, or they are of other sources than what ran.</summary>
    NoNotes,

    /// <summary>The binary does not tell its basic blocks.</summary>
    NoAddressMap,
}

/// <summary>A conversion that had readable inputs but no result; the message says what was found and what to do next.</summary>
public sealed class ConversionException : AutoFdoException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="failure">The reason.</param>
    /// <param name="message">What was found and what to do next.</param>
    public ConversionException(ConversionFailure failure, string message)
        : base(Printable.Of(message)) => Failure = failure;

    /// <summary>The reason.</summary>
    public ConversionFailure Failure { get; }
}
