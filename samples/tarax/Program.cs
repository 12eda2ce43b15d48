using System.CommandLine;
using Tarax.AutoFdo.IO;
using Tarax.Tool;
using Tarax.Tool.Links;

StandardStreams.Prepare();
args = RawArguments.Of(args);
int exitCode = ExitCode.Of(() =>
{
    OutputCheck.RefuseStandardOutput(args);
    return LinkedTool.TryRun(RawArguments.StartName(args), args, out int code) ? code : CommandLine.Run(args);
});
int flushed = ExitCode.Of(Console.Out.Flush);
return exitCode == ExitCode.Good ? flushed : exitCode;
