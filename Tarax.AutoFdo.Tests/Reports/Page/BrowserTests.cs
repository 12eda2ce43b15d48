using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Reports;

namespace Tarax.AutoFdo.Tests.Reports.Page;

/// <summary>Reports in a real browser: they open, everything in them works with the keyboard alone, and nothing leaves them.</summary>
[NonParallelizable]
public sealed partial class BrowserTests
{
    private const string Filter = "document.getElementById('filter')";
    private const string Rows = "[...document.querySelectorAll('.list .rows .row')]";

    private Browser _browser = null!;
    private string _folder = "";
    private string _report = "";

    [OneTimeSetUp]
    public async Task Start()
    {
        _browser = await Browser.StartAsync();
        _folder = TestEnvironment.NewFolder();
        _report = Path.Combine(_folder, "report.html");

        // Pages say the names of files as they were given, and stored views say those of no machine.
        File.Copy(TestEnvironment.Data("programs/cmulti-d5-pie/perf.data"), Path.Combine(_folder, "perf.data"));
        File.Copy(TestEnvironment.Data("programs/cmulti-d5-pie/cmulti"), Path.Combine(_folder, "cmulti"));
        string sources = Path.GetFullPath(Path.Combine(TestEnvironment.Data("programs/cmulti-d5-pie/perf.data"), "../../src/cmulti"));
        Good("convert", TestEnvironment.Data("programs/cmulti-d4-nopie/perf.data"), "--binary", TestEnvironment.Data("programs/cmulti-d4-nopie/cmulti-d4"), "-o", Path.Combine(_folder, "old.afdo"));
        var made = TestEnvironment.Shell(_folder, $"tarax report perf.data --binary cmulti --compare old.afdo --source-path ./cmulti={sources} -o report.html");
        Assert.That(made.ExitCode, Is.Zero, made.Error);
    }

    [OneTimeTearDown]
    public async Task End()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }
    }

    [SetUp]
    public async Task Open()
    {
        _browser.Faults.Clear();
        _browser.Requests.Clear();
        await _browser.ShowAsAsync();
        await OpenAsync(_report);
    }

    [TearDown]
    public void Nothing_is_said_in_the_console_or_asked_of_the_network()
    {
        Assert.That(_browser.Faults, Is.Empty);
        Assert.That(_browser.Requests, Has.All.StartsWith("file://").And.All.EndsWith(".html"));
    }

    [Test]
    public async Task First_view_says_what_was_recorded()
    {
        string text = await _browser.TextAsync("document.getElementById('content').textContent");
        Assert.That(text, Does.Contain("What was recorded").And.Contain("Where what ran went").And.Contain("How hot code is spread").And.Contain("BR_INST_RETIRED.NEAR_TAKEN"));
    }

    [Test]
    public async Task Functions_are_filtered_and_sorted()
    {
        await GoAsync("#functions");
        int all = await NumberAsync("document.querySelector('.list').getAttribute('aria-rowcount')") - 1;
        await _browser.EvaluateAsync($"{Filter}.focus()");
        await _browser.PressAsync("t", "r", "e", "e");
        Assert.That(await NumberAsync("document.querySelector('.list').getAttribute('aria-rowcount')") - 1, Is.InRange(1, all - 1));
        Assert.That(await _browser.EvaluateAsync($"{Rows}.every(r => r.textContent.includes('tree'))"), Matches("true"));
        await _browser.EvaluateAsync($"{Filter}.value = ''; {Filter}.dispatchEvent(new Event('input'))");
        await _browser.EvaluateAsync("[...document.querySelectorAll('.head button')].find(b => b.textContent === 'function').click()");
        string names = await _browser.TextAsync($"{Rows}.sort((a, b) => a.dataset.index - b.dataset.index).map(r => r.querySelector('a').textContent).join(' ')");
        Assert.That(names.Split(' '), Is.Ordered.Using((IComparer<string>)StringComparer.Ordinal));
        Assert.That(await _browser.TextAsync("document.querySelector('[aria-sort=ascending]').textContent"), Is.EqualTo("function"));
    }

    [Test]
    public async Task Inlined_call_and_instructions_are_unfolded_in_place()
    {
        await OpenFunctionAsync("document.querySelector('.call button')");
        int before = await NumberAsync("document.querySelector('.list').getAttribute('aria-rowcount')");
        await _browser.EvaluateAsync("document.querySelector('.call button').click()");
        Assert.That(await NumberAsync("document.querySelector('.list').getAttribute('aria-rowcount')"), Is.GreaterThan(before));
        await _browser.EvaluateAsync("document.querySelector('.line button').click()");
        Assert.That(await NumberAsync("document.querySelectorAll('.instruction').length"), Is.GreaterThan(0));
    }

    [Test]
    public async Task Source_stands_beside_the_counts()
    {
        TestEnvironment.Data("programs/src/cmulti/main.c");
        string name = await OpenFunctionAsync("document.querySelector('.call button')");
        Assert.That(await _browser.EvaluateAsync($"{Rows}.some(r => r.classList.contains('line') && r.textContent.includes('{{'))"), Matches("true"), name);
    }

    [Test]
    public async Task Lines_of_an_included_file_stand_under_their_file()
    {
        CountedPrograms.Included(_folder, "gcc");
        Good("report", Path.Combine(_folder, "counts"), "--binary", Path.Combine(_folder, "program"), "-o", Path.Combine(_folder, "included.html"));
        await OpenAsync(Path.Combine(_folder, "included.html"));
        await GoAsync("#f/0");
        string rows = await _browser.TextAsync($"{Rows}.sort((a, b) => a.dataset.index - b.dataset.index).map(r => [...r.children].map(c => c.textContent).join('|')).join('\\n')");
        string[] parts = rows.Split("in body.inc");
        Assert.That(parts, Has.Length.EqualTo(2), rows);
        Assert.That(parts[0], Does.Match(@"50\|12\|.*a \+= i;.*counted together with body\.inc:12").And.Not.Contain("of the include").And.Not.Contain("volatile"));
        Assert.That(parts[1], Does.Match(@"50\|1\|.*first of the include").And.Match(@"–\|12\|.*second of the include.*ran 50 times"));
    }

    [Test]
    public async Task Lines_say_what_the_compiler_made_of_their_counts()
    {
        string dump = Path.Combine(_folder, "dump.afdo");
        File.WriteAllText(dump, "Annotating BB profile of int f(int)/12\n\nf total:40 head:5\n  1: 40\n\n");
        var profile = new SampleProfile([new FunctionProfile("f", "", 1, 0, new FunctionBody([new PositionCount(new SourcePosition(1, 0), 40, []), new PositionCount(new SourcePosition(3, 0), 7, [])], []))]);
        string page = Path.Combine(_folder, "used.html");
        ProfileReport.Of(new ProfileReportInputs(profile) { Compiler = CompilerUse.Of(profile, [dump]) }).SaveHtml(page);
        await OpenAsync(page);
        await GoAsync("#f/0");
        Assert.That((await _browser.TextAsync($"{Rows}.map(r => r.textContent).join('\\n')")).Split('\n'), Is.EqualTo(new[] { "40line +1✓ the compiler used 40", "7line +3✗ the compiler found no code for it" }));
    }

    [TestCase("Inlined calls")]
    [TestCase("Recorded calls")]
    public async Task Flame_graph_is_zoomed_and_searched(string by)
    {
        await GoAsync("#flame");
        await _browser.EvaluateAsync($"[...document.querySelectorAll('.bar button')].find(b => b.textContent === '{by}').click()");
        await _browser.WaitForAsync("document.querySelectorAll('.flame i').length > 3");
        const string Width = "document.querySelector('.flame i.chosen').getBoundingClientRect().width";
        await _browser.EvaluateAsync("document.querySelector('.flame').focus()");
        await _browser.PressAsync("ArrowDown");
        double before = await NumberAsync($"Math.round({Width})");
        await _browser.PressAsync("Enter");
        Assert.That(await NumberAsync($"Math.round({Width})"), Is.GreaterThan(before));
        await _browser.PressAsync("Escape");
        await _browser.PressAsync("ArrowDown");
        Assert.That(await NumberAsync($"Math.round({Width})"), Is.EqualTo(before));
        await _browser.EvaluateAsync($"{Filter}.value = 'tree'; {Filter}.dispatchEvent(new Event('input'))");
        Assert.That(await _browser.TextAsync("document.querySelector('.status').textContent"), Does.Contain("of the counts match “tree”"));
        await _browser.EvaluateAsync("[...document.querySelectorAll('.bar button')].find(b => b.textContent === 'Tree').click()");
        Assert.That(await _browser.TextAsync("document.querySelector('.tree').textContent"), Does.Contain("tree"));
    }

    [Test]
    public async Task Parts_of_the_flame_graph_add_up()
    {
        await GoAsync("#flame");
        foreach (string by in (string[])["Inlined calls", "Recorded calls"])
        {
            await _browser.EvaluateAsync($"[...document.querySelectorAll('.bar button')].find(b => b.textContent === '{by}').click()");
            string sums = await _browser.TextAsync("(() => { const root = document.querySelector('.flame i').node; return `${Math.round(root.value)} ${Math.round(root.children.reduce((sum, child) => sum + child.value, 0))}`; })()");
            double[] numbers = [.. sums.Split(' ').Select(n => double.Parse(n, CultureInfo.InvariantCulture))];
            Assert.That(numbers[1], Is.EqualTo(numbers[0]).Within(0.01 * numbers[0]), by);
        }
    }

    [Test]
    public async Task Page_is_light_dark_and_printed()
    {
        const string Background = "getComputedStyle(document.body).backgroundColor";
        string light = await _browser.TextAsync(Background);
        await _browser.ShowAsAsync("dark");
        await _browser.WaitForAsync("document.documentElement.dataset.theme === 'dark'");
        Assert.That(await _browser.TextAsync(Background), Is.Not.EqualTo(light));
        await _browser.EvaluateAsync("document.getElementById('theme').click()");
        Assert.That(await _browser.TextAsync(Background), Is.EqualTo(light));
        await GoAsync("#functions");
        await _browser.ShowAsAsync(media: "print");
        await _browser.EvaluateAsync("window.dispatchEvent(new Event('beforeprint'))");
        Assert.That(await NumberAsync($"{Rows}.length"), Is.EqualTo(await NumberAsync("document.querySelector('.list').getAttribute('aria-rowcount')") - 1), "all rows are on paper");
        Assert.That(await _browser.TextAsync("getComputedStyle(document.getElementById('theme')).display"), Is.EqualTo("none"));
        await _browser.EvaluateAsync("window.dispatchEvent(new Event('afterprint'))");
    }

    [Test]
    public async Task Long_lists_are_printed_whole_up_to_a_bound_that_is_told()
    {
        const int Functions = 6000;
        const int MostPrinted = 5000;
        const int RowsOfPage = 60;
        string page = Path.Combine(_folder, "long.html");
        var one = new FunctionBody([new PositionCount(new SourcePosition(1, 0), 1, [])], []);
        ProfileReport.Of(new ProfileReportInputs(new SampleProfile(Enumerable.Range(0, Functions).Select(i => new FunctionProfile($"f{i:0000}", "", 1, 0, one))))).SaveHtml(page);
        await OpenAsync(page);
        await GoAsync("#functions");
        await _browser.EvaluateAsync("window.addEventListener('beforeprint', () => { window.printed = [document.querySelectorAll('.list .rows .row').length, document.querySelector('.printNote').textContent]; })");
        await _browser.ShowAsAsync(media: "print");
        var paper = await _browser.SendAsync("Page.printToPDF");
        string pdf = Encoding.Latin1.GetString(Convert.FromBase64String(paper["data"]!.GetValue<string>()));
        Assert.That(await NumberAsync("window.printed[0]"), Is.EqualTo(MostPrinted));
        Assert.That(await _browser.TextAsync("window.printed[1]"), Does.Contain("5,000 of 6,000 rows"));
        Assert.That(PdfPage().Count(pdf), Is.GreaterThan(MostPrinted / RowsOfPage));
        Assert.That(await NumberAsync($"{Rows}.length"), Is.LessThan(100), "on the screen are those in sight again");
        Assert.That(await _browser.EvaluateAsync("document.querySelector('.printNote') === null"), Matches("true"));
    }

    /// <summary>From the top of the page: to the functions, into the third one, unfolding a row, and back.</summary>
    [Test]
    public async Task Keyboard_alone_reaches_everything()
    {
        await _browser.PressAsync("Tab", "Tab", "Tab", "Enter");
        await _browser.WaitForAsync("location.hash === '#functions' && document.getElementById('filter') && document.activeElement.id === 'content'");
        await _browser.PressAsync("/");
        Assert.That(await _browser.TextAsync("document.activeElement.id"), Is.EqualTo("filter"));
        await _browser.PressAsync("ArrowDown", "ArrowDown", "ArrowDown");
        Assert.That(await _browser.TextAsync("document.activeElement.dataset.index"), Is.EqualTo("2"));
        await _browser.PressAsync("End");
        Assert.That(await _browser.TextAsync("document.activeElement.getAttribute('aria-rowindex')"), Is.EqualTo(await _browser.TextAsync("document.querySelector('.list').getAttribute('aria-rowcount')")));
        await _browser.PressAsync("Home", "Enter");
        await _browser.WaitForAsync("location.hash.startsWith('#f/')");
        for (int i = 0; i < 10 && await _browser.TextAsync("document.activeElement.dataset.index ?? ''") == ""; i++)
        {
            await _browser.PressAsync("Tab");
        }

        int rows = await NumberAsync("document.querySelector('.list').getAttribute('aria-rowcount')");
        for (int i = 0; i < 200 && await NumberAsync("document.querySelector('.list').getAttribute('aria-rowcount')") == rows; i++)
        {
            await _browser.PressAsync("ArrowRight", "ArrowDown");
        }

        Assert.That(await NumberAsync("document.querySelector('.list').getAttribute('aria-rowcount')"), Is.GreaterThan(rows), "a row was unfolded");
        foreach (string view in (string[])["#overview", "#functions", "#flame", "#compare"])
        {
            Assert.That(await _browser.EvaluateAsync($"!!document.querySelector('#views a[href=\"{view}\"]') && document.querySelector('#views a[href=\"{view}\"]').tabIndex === 0"), Matches("true"));
        }
    }

    [Test]
    public async Task Hostile_text_is_shown_and_runs_nothing()
    {
        string[] hostile = ["</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\u202eevil", "javascript:alert(1)"];
        string source = Path.Combine(_folder, "hostile.c");
        File.WriteAllText(source, string.Join('\n', hostile.Select(h => $"{h} // {new string('y', 1_000_000)}")));
        var positions = hostile.Select((h, line) => new PositionCount(new SourcePosition(line, 0), (ulong)line + 1, [new CallTarget(h, 3)])).ToList();
        var profile = new SampleProfile(hostile.Select(name => new FunctionProfile(name, source, 1, 0, new FunctionBody(positions, [])) { StartLine = 1 }));
        string page = Path.Combine(_folder, "hostile.html");
        ProfileReport.Of(new ProfileReportInputs(profile) { Title = hostile[0], OldProfile = profile, OldTitle = hostile[1] }).SaveHtml(page);
        await OpenAsync(page);
        foreach (string view in (string[])["#overview", "#functions", "#f/0", "#f/1", "#flame", "#compare"])
        {
            await GoAsync(view);
            Assert.That(await NumberAsync("document.querySelectorAll('#content img, #content script').length"), Is.Zero, view);
        }

        await GoAsync("#functions");
        string text = await _browser.TextAsync("document.getElementById('content').textContent");
        Assert.That(text, Does.Contain(hostile[0]).And.Contain(hostile[1]).And.Contain("\\u202eevil").And.Not.Contain("\u202e"));
        Assert.That(await _browser.EvaluateAsync("[...document.querySelectorAll('a')].every(a => a.getAttribute('href').startsWith('#'))"), Matches("true"));
    }

    [TestCase("#overview", "light")]
    [TestCase("#functions", "light")]
    [TestCase("#functions", "dark")]
    [TestCase("#f/0", "light")]
    [TestCase("#flame", "dark")]
    [TestCase("#compare", "light")]
    public async Task Axe_finds_nothing(string view, string scheme)
    {
        string axe = NodeModules.Path("axe-core/axe.min.js");
        await _browser.ShowAsAsync(scheme);
        await GoAsync(view);
        await _browser.EvaluateAsync(File.ReadAllText(axe));
        string violations = await _browser.TextAsync("axe.run().then(r => JSON.stringify(r.violations.filter(v => ['serious', 'critical'].includes(v.impact)).map(v => [v.id, v.nodes.map(n => n.html)])))");
        Assert.That(violations, Is.EqualTo("[]"));
    }

    [TestCase("overview")]
    [TestCase("functions")]
    [TestCase("f/0")]
    [TestCase("flame")]
    [TestCase("compare")]
    public async Task View_looks_as_stored(string view)
    {
        await GoAsync($"#{view}");
        byte[] seen = await _browser.ScreenshotAsync();
        string name = $"{view.Replace('/', '-')}.png";
        string stored = Path.Combine(TestEnvironment.Repository, "Tarax.AutoFdo.Tests", "Expected", "report", name);
        if (Environment.GetEnvironmentVariable("TARAX_RENEW") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(stored)!);
            File.WriteAllBytes(stored, seen);
        }

        // Fonts differ from machine to machine: what is compared is the colour of blocks of pixels.
        string difference = await _browser.TextAsync($$"""
            (async () => {
              const blocks = async (text) => {
                const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
                const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
                const canvas = new OffscreenCanvas(60, 40);
                const paper = canvas.getContext('2d');
                paper.imageSmoothingQuality = 'high';
                paper.drawImage(image, 0, 0, 60, 40);
                return paper.getImageData(0, 0, 60, 40).data;
              };
              const [one, other] = [await blocks('{{Convert.ToBase64String(seen)}}'), await blocks('{{Convert.ToBase64String(File.ReadAllBytes(stored))}}')];
              let different = 0;
              for (let i = 0; i < one.length; i += 4) different += Math.max(...[0, 1, 2].map((c) => Math.abs(one[i + c] - other[i + c]))) > 40 ? 1 : 0;
              return different / (one.length / 4);
            })()
            """);
        Assert.That(double.Parse(difference, CultureInfo.InvariantCulture), Is.LessThan(0.05), $"share of blocks that differ from {name}");
    }

    [GeneratedRegex(@"/Type\s*/Page\b")]
    private static partial Regex PdfPage();

    private static NUnit.Framework.Constraints.Constraint Matches(string text) => Is.Not.Null.And.Matches<object>(v => $"{v}" == text);

    private Task OpenAsync(string page) => _browser.OpenAsync(page);

    private async Task GoAsync(string view)
    {
        await _browser.EvaluateAsync($"location.hash = '{view}'");
        await _browser.EvaluateAsync("new Promise((done) => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 0))");
    }

    /// <summary>Opens the hottest function that has something.</summary>
    private async Task<string> OpenFunctionAsync(string something)
    {
        for (int i = 0; i < 30; i++)
        {
            await GoAsync($"#f/{i}");
            if ((await _browser.EvaluateAsync($"!!{something}"))?.ToString() == "true")
            {
                return await _browser.TextAsync("document.querySelector('h2').textContent");
            }
        }

        Assert.Fail($"no function has {something}");
        return "";
    }

    private async Task<int> NumberAsync(string expression) => int.Parse(await _browser.TextAsync(expression), CultureInfo.InvariantCulture);

    private static void Good(params string[] arguments)
    {
        var result = TestEnvironment.Tarax(arguments);
        Assert.That(result.ExitCode, Is.Zero, result.Error);
    }
}
