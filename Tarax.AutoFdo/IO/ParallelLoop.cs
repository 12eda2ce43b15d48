using System.Runtime.ExceptionServices;

namespace Tarax.AutoFdo.IO;

/// <summary>A loop on several threads that fails as it would on one.</summary>
internal static class ParallelLoop
{
    /// <summary>Does something for each number from 0.</summary>
    /// <param name="count">How many.</param>
    /// <param name="threads">Number of threads.</param>
    /// <param name="action">What to do; steps must not depend on each other.</param>
    public static void Run(int count, int threads, Action<int> action)
    {
        if (threads == 1)
        {
            for (int i = 0; i < count; i++)
            {
                action(i);
            }

            return;
        }

        try
        {
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads }, action);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }
}
