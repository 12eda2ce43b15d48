using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tarax.AutoFdo.Tests.Reports.Page;

/// <summary>Chromium without a window, told what to do over its DevTools protocol (chromedevtools.github.io/devtools-protocol).</summary>
internal sealed class Browser : IAsyncDisposable
{
    private const string Tool = "chromium";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode>> _answers = new();
    private string _session = "";
    private int _last;

    private Browser(Process process) => _process = process;

    /// <summary>What went wrong in pages: exceptions, and what stands in the console.</summary>
    public ConcurrentQueue<string> Faults { get; } = new();

    /// <summary>All addresses that pages asked for.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Starts the browser with an empty page; it must be installed.</summary>
    public static async Task<Browser> StartAsync()
    {
        TestEnvironment.RequireTool(Tool);
        string folder = TestEnvironment.NewFolder();
        var start = new ProcessStartInfo(Tool, ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=1", "--remote-debugging-port=0", $"--user-data-dir={folder}", "about:blank"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        var browser = new Browser(Process.Start(start)!);
        _ = browser._process.StandardOutput.ReadToEndAsync();
        string address = await browser.AddressAsync();
        await browser._socket.ConnectAsync(new Uri(address), CancellationToken.None);
        _ = browser.ListenAsync();
        await browser.OpenPageAsync();
        return browser;
    }

    /// <summary>Opens a report, and waits until it is shown.</summary>
    public async Task OpenAsync(string path)
    {
        // A page that is there already is opened anew.
        foreach (string address in (string[])["about:blank", new Uri(path).AbsoluteUri])
        {
            await SendAsync("Page.navigate", new JsonObject { ["url"] = address });
            await WaitForAsync($"location.href === {JsonSerializer.Serialize(address)}");
        }

        await WaitForAsync("document.documentElement?.dataset.ready === 'true'");
    }

    /// <summary>Runs an expression in the page.</summary>
    public async Task<JsonNode?> EvaluateAsync(string expression)
    {
        var answer = await SendAsync("Runtime.evaluate", new JsonObject { ["expression"] = expression, ["awaitPromise"] = true, ["returnByValue"] = true });
        return answer["exceptionDetails"] is { } fault ? throw new InvalidOperationException($"{expression}: {fault["exception"]?["description"] ?? fault["text"]}") : answer["result"]!["value"];
    }

    /// <summary>The text that an expression gives.</summary>
    public async Task<string> TextAsync(string expression) => (await EvaluateAsync(expression))?.ToString() ?? "";

    /// <summary>Waits until an expression is true.</summary>
    public async Task WaitForAsync(string expression)
    {
        var clock = Stopwatch.StartNew();
        while ((await EvaluateAsync(expression))?.GetValue<bool>() != true)
        {
            Assert.That(clock.Elapsed, Is.LessThan(Patience), $"{expression} did not become true; {string.Join('\n', Faults)}");
            await Task.Delay(20);
        }
    }

    /// <summary>Presses keys by their names, such as Tab or ArrowDown.</summary>
    public async Task PressAsync(params string[] keys)
    {
        foreach (string key in keys)
        {
            int code = key switch { "Tab" => 9, "Enter" => 13, "Escape" => 27, "End" => 35, "Home" => 36, "ArrowLeft" => 37, "ArrowUp" => 38, "ArrowRight" => 39, "ArrowDown" => 40, "PageDown" => 34, "PageUp" => 33, _ => char.ToUpperInvariant(key[0]) };
            foreach (string type in (string[])["keyDown", "keyUp"])
            {
                var parameters = new JsonObject { ["type"] = type, ["key"] = key, ["code"] = key, ["windowsVirtualKeyCode"] = code };
                if (type == "keyDown" && (key.Length == 1 || key == "Enter"))
                {
                    parameters["text"] = key == "Enter" ? "\r" : key;
                }

                await SendAsync("Input.dispatchKeyEvent", parameters);
            }
        }
    }

    /// <summary>Light or dark, screen or print, and the size of the window.</summary>
    public async Task ShowAsAsync(string scheme = "light", string media = "screen", int width = 1200, int height = 800)
    {
        await SendAsync("Emulation.setEmulatedMedia", new JsonObject { ["media"] = media, ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = scheme }) });
        await SendAsync("Emulation.setDeviceMetricsOverride", new JsonObject { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = 1, ["mobile"] = false });
    }

    /// <summary>What is seen, as PNG.</summary>
    public async Task<byte[]> ScreenshotAsync() => Convert.FromBase64String((await SendAsync("Page.captureScreenshot", new JsonObject { ["format"] = "png" }))["data"]!.GetValue<string>());

    /// <summary>Sends a command.</summary>
    public async Task<JsonNode> SendAsync(string method, JsonObject? parameters = null)
    {
        int id = Interlocked.Increment(ref _last);
        var answer = new TaskCompletionSource<JsonNode>(TaskCreationOptions.RunContinuationsAsynchronously);
        _answers[id] = answer;
        var message = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] };
        if (_session.Length > 0)
        {
            message["sessionId"] = _session;
        }

        await _socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, true, CancellationToken.None);
        return await answer.Task.WaitAsync(Patience);
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<string> AddressAsync()
    {
        const string Told = "DevTools listening on ";
        while (await _process.StandardError.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            if (line.StartsWith(Told, StringComparison.Ordinal))
            {
                _ = _process.StandardError.ReadToEndAsync();
                return line[Told.Length..];
            }
        }

        throw new InvalidOperationException("the browser does not start");
    }

    private async Task OpenPageAsync()
    {
        var target = await SendAsync("Target.createTarget", new JsonObject { ["url"] = "about:blank" });
        var attached = await SendAsync("Target.attachToTarget", new JsonObject { ["targetId"] = target["targetId"]!.GetValue<string>(), ["flatten"] = true });
        _session = attached["sessionId"]!.GetValue<string>();
        foreach (string domain in (string[])["Page", "Runtime", "Log", "Network"])
        {
            await SendAsync($"{domain}.enable");
        }

        await ShowAsAsync();
    }

    private async Task ListenAsync()
    {
        byte[] buffer = new byte[1 << 16];
        using var message = new MemoryStream();
        try
        {
            while (_socket.State == WebSocketState.Open)
            {
                var part = await _socket.ReceiveAsync(buffer, CancellationToken.None);
                message.Write(buffer, 0, part.Count);
                if (part.EndOfMessage)
                {
                    Take(JsonNode.Parse(message.GetBuffer().AsSpan(0, (int)message.Length))!);
                    message.SetLength(0);
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The browser was ended.
        }
    }

    private void Take(JsonNode message)
    {
        if (message["id"]?.GetValue<int>() is { } id && _answers.TryRemove(id, out var answer))
        {
            if (message["error"] is { } error)
            {
                answer.SetException(new InvalidOperationException(error.ToJsonString()));
            }
            else
            {
                answer.SetResult(message["result"]!);
            }

            return;
        }

        var about = message["params"];
        switch (message["method"]?.GetValue<string>())
        {
            case "Runtime.exceptionThrown":
                Faults.Enqueue(about!["exceptionDetails"]!.ToJsonString());
                break;
            case "Runtime.consoleAPICalled":
                Faults.Enqueue(about!["args"]!.ToJsonString());
                break;
            case "Log.entryAdded":
                Faults.Enqueue(about!["entry"]!.ToJsonString());
                break;
            case "Page.javascriptDialogOpening":
                Faults.Enqueue($"dialog: {about!.ToJsonString()}");
                break;
            case "Network.requestWillBeSent" when about!["request"]!["url"]!.GetValue<string>() is not "about:blank" and var address:
                Requests.Enqueue(address);
                break;
        }
    }
}
