using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tarax.AutoFdo.Tests.Tool;

/// <summary>Servers of debug information that are slow, as the user of debuginfod knows it.</summary>
public sealed class DebuginfodTests
{
    private string _folder = "";

    private static string Program => TestEnvironment.Data("programs/cmulti-d5-pie/cmulti");

    private static string Convert => $"convert {TestEnvironment.Data("programs/cmulti-d5-pie/perf.data")} --binary cmulti -o x --debuginfod http://127.0.0.1:";

    [SetUp]
    public void Strip()
    {
        TestEnvironment.RequireTool("debuginfod");
        TestEnvironment.RequireTool("strip");
        _folder = TestEnvironment.NewFolder();
        TestEnvironment.Run("strip", "-s", "-o", Path.Combine(_folder, "cmulti"), Program);
    }

    [Test]
    public void Server_that_never_answers_is_left_when_its_time_is_over()
    {
        using var server = Listen();
        var run = TestEnvironment.Shell(_folder, $"export DEBUGINFOD_CACHE_PATH=$PWD/cache DEBUGINFOD_TIMEOUT=1; tarax {Convert}{PortOf(server)}");
        Assert.That(run.ExitCode, Is.EqualTo(3), run.Error);
        Assert.That(run.Error, Does.Match($"debuginfod at http://127.0.0.1:{PortOf(server)}: [a-z ]*time"));
    }

    /// <summary>The second half is sent when the first has been seen.</summary>
    [Test]
    public void Progress_is_shown_at_a_terminal()
    {
        TestEnvironment.RequireTool("script");
        using var server = Listen();
        using var seen = new ManualResetEventSlim();
        var answering = Task.Run(() => Answer(server, File.ReadAllBytes(Program), seen));
        string line = $"cd {_folder}; export DEBUGINFOD_CACHE_PATH=$PWD/cache; {TestEnvironment.TaraxCommand} {Convert}{PortOf(server)}";
        using var process = System.Diagnostics.Process.Start(new ProcessStartInfo("script", ["-qec", line, "/dev/null"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        process.StandardInput.Close();
        var screen = new StringBuilder();
        for (int c; (c = process.StandardOutput.Read()) >= 0;)
        {
            screen.Append((char)c);
            if (c == 'B' && screen.ToString().Contains("debuginfod 38b6fedbb104", StringComparison.Ordinal))
            {
                seen.Set();
            }
        }

        seen.Set();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, screen.ToString());
        Assert.That(screen.ToString(), Does.Match("debuginfod 38b6fedbb104…: [0-9.]+ of [0-9.]+ MB"));
        answering.Wait();
    }

    private static TcpListener Listen()
    {
        var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        return server;
    }

    private static int PortOf(TcpListener server) => ((IPEndPoint)server.LocalEndpoint).Port;

    private static void Answer(TcpListener server, byte[] content, ManualResetEventSlim seen)
    {
        using var client = server.AcceptTcpClient();
        using var stream = client.GetStream();
        byte[] request = new byte[1 << 16];
        int length = 0;
        while (!request.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
        {
            length += stream.Read(request, length, request.Length - length);
        }

        stream.Write(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {content.Length}\r\nConnection: close\r\n\r\n"));
        stream.Write(content, 0, content.Length / 2);
        seen.Wait();
        stream.Write(content, content.Length / 2, content.Length - (content.Length / 2));
    }
}
