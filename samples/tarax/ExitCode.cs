using Tarax.AutoFdo;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Profiles;

namespace Tarax.Tool;

/// <summary>A command line that is wrong.</summary>
/// <param name="message">What is wrong, and what is right.</param>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>What the executable returns.</summary>
internal static class ExitCode
{
    public const int Good = 0;
    public const int BadInput = 1;
    public const int Usage = 2;
    public const int NothingUsable = 3;

    /// <summary>Runs a command; failures become one line on standard error and an exit code.</summary>
    public static int Of(Action command) => Of(() =>
    {
        command();
        return Good;
    });

    /// <summary>The same for a command that has an exit code of its own.</summary>
    public static int Of(Func<int> command)
    {
        try
        {
            return command();
        }
        catch (UsageException e)
        {
            return Fail(e.Message, Usage);
        }
        catch (ConversionException e)
        {
            return Fail(e.Message, e.Failure is ConversionFailure.UnknownCompiler or ConversionFailure.OutputIsInput ? Usage : NothingUsable);
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
        catch (OutOfMemoryException)
        {
            return Fail("there is not enough memory for these inputs", BadInput);
        }
        catch (Exception e)
        {
            return Fail($"a fault of this program, please report it with its inputs: {e.GetType().Name}: {e.Message}", BadInput);
        }
    }

    /// <summary>Says that a share is smaller than it must be.</summary>
    public static int Under(double share, double? least) =>
        Fail(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{share:0.0000} is less than the {least} that --fail-under asks for"), NothingUsable);

    private static int Fail(string message, int code)
    {
        Console.Error.WriteLine($"tarax: {message}");
        return code;
    }
}
