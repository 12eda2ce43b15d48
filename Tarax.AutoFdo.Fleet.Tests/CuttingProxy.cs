using System.Net;
using System.Net.Sockets;

namespace Tarax.AutoFdo.Fleet.Tests;

/// <summary>Passes connections on to a port of loopback, and cuts them when so many bytes, or a text, have come through.</summary>
internal sealed class CuttingProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private Cut? _cut;

    public CuttingProxy(int target)
    {
        _target = target;
        _listener.Start();
        Task.Factory.StartNew(Accept, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public Uri Address => new($"http://127.0.0.1:{Port}");

    /// <summary>Does something and cuts all connections when so many bytes of questions have come.</summary>
    public void CutQuestions(long bytes, Action action) => _cut = new Cut(ofQuestions: true, bytes, [], action);

    /// <summary>Does something and cuts all connections when so many bytes of answers have come.</summary>
    public void CutAnswers(long bytes, Action action) => _cut = new Cut(ofQuestions: false, bytes, [], action);

    /// <summary>Does something and cuts all connections before a text of a question goes on.</summary>
    public void CutBefore(string text, Action action) => _cut = new Cut(ofQuestions: true, long.MaxValue, System.Text.Encoding.UTF8.GetBytes(text), action);

    /// <summary>Passes everything on again.</summary>
    public void Mend() => _cut = null;

    public void Dispose() => _listener.Dispose();

    private void Accept()
    {
        try
        {
            while (true)
            {
                var client = _listener.AcceptSocket();
                var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    server.Connect(IPAddress.Loopback, _target);
                }
                catch (SocketException)
                {
                    client.Dispose();
                    server.Dispose();
                    continue;
                }

                Task.Factory.StartNew(() => Pass(client, server, areQuestions: true), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
                Task.Factory.StartNew(() => Pass(server, client, areQuestions: false), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }
        }
        catch (SocketException)
        {
            // Closed.
        }
        catch (ObjectDisposedException)
        {
            // Closed.
        }
    }

    private void Pass(Socket from, Socket to, bool areQuestions)
    {
        byte[] bytes = new byte[16384];
        using (from)
        using (to)
        {
            try
            {
                for (int length = from.Receive(bytes); length > 0; length = from.Receive(bytes))
                {
                    if (_cut is { } cut && cut.OfQuestions == areQuestions && cut.Take(bytes.AsSpan(0, length)))
                    {
                        return;
                    }

                    to.Send(bytes.AsSpan(0, length));
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // One side has gone.
            }
        }
    }

    private sealed class Cut(bool ofQuestions, long bytes, byte[] text, Action action)
    {
        private readonly Lock _lock = new();
        private long _left = bytes;

        public bool OfQuestions => ofQuestions;

        public bool IsDone { get; private set; }

        /// <summary>Whether these bytes do not go on.</summary>
        public bool Take(ReadOnlySpan<byte> some)
        {
            lock (_lock)
            {
                _left -= some.Length;
                if (!IsDone && (_left < 0 || (text.Length > 0 && some.IndexOf(text) >= 0)))
                {
                    IsDone = true;
                    action();
                }

                return IsDone;
            }
        }
    }
}
