using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Tarax.AutoFdo.Fleet.Tests;

/// <summary>Two servers of ClickHouse on free ports of loopback, with a cluster <c>fleet</c> of both. They end with the tests.</summary>
internal sealed class ClickHousePair : IDisposable
{
    private const string Server = "clickhouse-server";
    private readonly string _folder = FleetEnvironment.NewFolder();
    private readonly int[] _ports = FreePorts(4);
    private readonly Process?[] _servers = new Process?[2];
    private readonly CuttingProxy _between;

    private ClickHousePair() => _between = new CuttingProxy(_ports[3]);

    /// <summary>What the first server asks the second one through.</summary>
    public CuttingProxy Between => _between;

    /// <summary>The HTTP interfaces.</summary>
    public IReadOnlyList<Uri> Addresses => [.. Enumerable.Range(0, _servers.Length).Select(Address)];

    public static ClickHousePair Start()
    {
        bool isInstalled = (Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin").Split(':').Any(f => File.Exists(Path.Combine(f, Server)));
        FleetEnvironment.Require(isInstalled, $"{Server} is not installed (Debian: apt install {Server})");
        var pair = new ClickHousePair();
        for (int i = 0; i < pair._servers.Length; i++)
        {
            pair.Start(i);
        }

        return pair;
    }

    public void MakeDatabase(string name)
    {
        foreach (var address in Addresses)
        {
            using var server = new ClickHouseServer(address, "default");
            server.Run($"CREATE DATABASE {name}");
        }
    }

    /// <summary>Ends a server at once, whatever it does.</summary>
    public void Kill(int number)
    {
        _servers[number]!.Kill(entireProcessTree: true);
        _servers[number]!.WaitForExit();
        _servers[number]!.Dispose();
        _servers[number] = null;
    }

    /// <summary>Starts a server, with what it had stored, and waits until it answers.</summary>
    public void Start(int number)
    {
        string folder = Path.Combine(_folder, number.ToString(CultureInfo.InvariantCulture));
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "config.xml"), Configuration(number, folder));
        File.WriteAllText(Path.Combine(folder, "users.xml"), Users);
        string path = File.Exists($"/usr/sbin/{Server}") ? $"/usr/sbin/{Server}" : Server;
        var start = new ProcessStartInfo(path, [$"--config-file={folder}/config.xml"]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _servers[number] = process;
        using var server = new ClickHouseServer(Address(number), "default");
        for (int tries = 0; ; tries++)
        {
            try
            {
                server.Run("SELECT 1");
                return;
            }
            catch (IOException) when (tries < 600 && !process.HasExited)
            {
                Thread.Sleep(100);
            }
        }
    }

    public void Dispose()
    {
        for (int i = 0; i < _servers.Length; i++)
        {
            if (_servers[i] is not null)
            {
                Kill(i);
            }
        }

        _between.Dispose();
    }

    private const string Users = """
        <yandex>
          <profiles><default></default></profiles>
          <users><default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users>
          <quotas><default></default></quotas>
        </yandex>
        """;

    private Uri Address(int number) => new($"http://127.0.0.1:{_ports[number]}");

    private string Configuration(int number, string folder) => $"""
        <yandex>
          <logger><level>warning</level><log>{folder}/log</log><errorlog>{folder}/errors</errorlog></logger>
          <http_port>{_ports[number]}</http_port><tcp_port>{_ports[2 + number]}</tcp_port>
          <listen_host>127.0.0.1</listen_host>
          <path>{folder}/data/</path><tmp_path>{folder}/tmp/</tmp_path><users_config>users.xml</users_config>
          <default_profile>default</default_profile><default_database>default</default_database>
          <mark_cache_size>67108864</mark_cache_size>
          <remote_servers>
            <fleet>
              <shard><replica><host>127.0.0.1</host><port>{_ports[2]}</port></replica></shard>
              <shard><replica><host>127.0.0.1</host><port>{(number == 0 ? _between.Port : _ports[3])}</port></replica></shard>
            </fleet>
          </remote_servers>
        </yandex>
        """;

    /// <summary>Ports that nobody listens on; all are held until all are known.</summary>
    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(l => l.Start());
        int[] ports = [.. listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port)];
        listeners.ForEach(l => l.Dispose());
        return ports;
    }
}
