using Tarax.AutoFdo;
using Tarax.AutoFdo.Profiles;

namespace Tarax.Tool;

/// <summary>What the executable returns.</summary>
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
        catch (ConversionException e)
        {
            return Fail(e.Message, e.Failure == ConversionFailure.UnknownCompiler ? Usage : NothingUsable);
        }
        catch (ProfileNotExpressibleException e)
        {
            return Fail(e.Message, Usage);
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
        Console.Error.WriteLine($"tarax: {message}");
        return code;
    }
}
