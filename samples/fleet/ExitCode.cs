using Tarax.AutoFdo.Diagnostics;

namespace Tarax.Fleet.Tool;

/// <summary>What the executable returns, as <c>tarax</c> does.</summary>
internal static class ExitCode
{
    public const int Good = 0;
    public const int BadInput = 1;
    public const int Usage = 2;
    public const int NothingUsable = 3;

    /// <summary>Runs a command; failures become one line on standard error and an exit code.</summary>
    public static int Of(Action command)
    {
        try
        {
            command();
            return Good;
        }
        catch (UsageException e)
        {
            return Fail(e.Message, Usage);
        }
        catch (ConversionException e)
        {
            return Fail(e.Message, NothingUsable);
        }
        catch (FileNotFoundException e)
        {
            return Fail($"{e.FileName}: there is no such file", BadInput);
        }
        catch (Exception e) when (e is InvalidFormatException or IOException or UnauthorizedAccessException)
        {
            return Fail(e.Message, BadInput);
        }
    }

    private static int Fail(string message, int code)
    {
        Console.Error.WriteLine($"tarax-fleet: {message}");
        return code;
    }
}

/// <summary>A command line that is wrong.</summary>
/// <param name="message">What is wrong, and what is right.</param>
internal sealed class UsageException(string message) : Exception(message);
