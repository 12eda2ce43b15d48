using System.Globalization;
using Tarax.AutoFdo.Binaries;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Outputs.SymbolOrder;

namespace Tarax.AutoFdo.Tests.Outputs.SymbolOrder;

/// <summary>Linkers lay functions out as the order says.</summary>
public sealed class FunctionOrderTests
{
    private static string Recorded => TestEnvironment.Data("programs/stlmix-d5-pie/perf.data");

    private static string Program => TestEnvironment.Data("programs/stlmix-d5-pie/stlmix");

    [TestCase(FunctionOrderFormat.Lld)]
    [TestCase(FunctionOrderFormat.Gold)]
    [TestCase(FunctionOrderFormat.Gnu)]
    public void Linkers_lay_functions_out_in_this_order_without_a_warning(FunctionOrderFormat format)
    {
        var (linker, flag) = LinkerOf(format);
        string folder = TestEnvironment.NewFolder();
        string source = TestEnvironment.Data("programs/src/stlmix.cc");
        TestEnvironment.Run("g++-12", "-O2", "-g", "-ffunction-sections", "-c", source, "-o", Path.Combine(folder, "stlmix.o"));
        string file = Path.Combine(folder, "order");
        var order = Order();
        order.Save(file, format);
        File.CreateSymbolicLink(Path.Combine(folder, "ld"), linker);
        string output = Path.Combine(folder, "stlmix");
        var (exit, _, error) = TestEnvironment.Execute("g++-12", null, $"-B{folder}/", Path.Combine(folder, "stlmix.o"), "-o", output, $"-Wl,{flag}={file}", "-Wl,--fatal-warnings");
        Assert.That((exit, error), Is.EqualTo((0, "")));
        var places = Places(output);
        string[] laidOut = [.. order.Functions.Select(f => f.Names[0]).Where(places.ContainsKey)];
        Assert.That(laidOut, Has.Length.GreaterThan(60), "nearly all functions that ran are in the new build, made by the same compiler");
        Assert.That(laidOut.OrderBy(n => places[n]), Is.EqualTo(laidOut));
    }

    [Test]
    public void Code_that_ran_comes_together()
    {
        var order = Order();
        Assert.That(order.After.Pages, Is.LessThan(order.Before.Pages));
        Assert.That(order.After.HotPages, Is.LessThanOrEqualTo(order.Before.HotPages));
        Assert.That(order.After.CallsWithinPage, Is.GreaterThan(order.Before.CallsWithinPage));
        Assert.That(order.After.MeanCallDistance, Is.LessThan(order.Before.MeanCallDistance));
    }

    [Test]
    public void The_order_does_not_depend_on_the_number_of_threads()
    {
        string[] orders = [.. ((int[])[1, 2, 8]).Select(threads => Text(Order(new ConversionOptions { Threads = threads })))];
        Assert.That(orders[1], Is.EqualTo(orders[0]));
        Assert.That(orders[2], Is.EqualTo(orders[0]));
    }

    /// <summary>Samples without branch stacks: calls are those that the control flow infers.</summary>
    [Test]
    public void Addresses_alone_give_an_order_of_nearly_the_same_functions()
    {
        var exact = Order().Functions.Select(f => f.Names[0]).Take(20).ToHashSet(StringComparer.Ordinal);
        var inferred = Order(new ConversionOptions { UseBranchStacks = false }).Functions.Select(f => f.Names[0]).Take(40);
        Assert.That(inferred.Count(exact.Contains), Is.GreaterThan(14));
    }

    [Test]
    public void A_name_that_several_functions_have_is_written_once_and_counted()
    {
        TestEnvironment.RequireTool("gcc-12");
        string folder = TestEnvironment.NewFolder();
        string PathOf(string name) => Path.Combine(folder, name);
        const string Same = "__attribute__((noinline)) static int same(int x) { return x * 3; }\n";
        File.WriteAllText(PathOf("a.c"), $"{Same}int other(int);\nint main(int c, char **v) {{ return same(c) + other(c); }}\n");
        File.WriteAllText(PathOf("b.c"), $"{Same}int other(int x) {{ return same(x + 1); }}\n");
        TestEnvironment.Run("gcc-12", "-O1", "-no-pie", PathOf("a.c"), PathOf("b.c"), "-o", PathOf("program"));
        using var elf = AutoFdo.Binaries.Elf.ElfFile.Open(PathOf("program"));
        ulong Offset(string name) => elf.TryGetFileOffset(Places(PathOf("program"))[name], out ulong offset) ? offset : throw new InvalidOperationException(name);
        BinaryCounts counts = new(null, [new(Offset("main") + 4, Offset("same"), 9)], [new(Offset("main"), Offset("main") + 4, 9, 0), new(Offset("same"), Offset("same") + 3, 9, 0)], [], []);
        using var opened = Binary.Open(PathOf("program"));
        var order = FunctionOrder.Of(counts, opened);
        Assert.That(Text(order).Split('\n', StringSplitOptions.RemoveEmptyEntries), Is.EqualTo((string[])["main", "same"]));
        Assert.That(order.SharedNames, Is.EqualTo(1));
        Assert.That(order.SharedNamesBytes, Is.GreaterThan(0), "the other one did not run");
    }

    [Test]
    public void Sections_of_cold_parts_are_named_only_where_they_ran()
    {
        var function = new OrderedFunction(["work"], 0x1000, 16, 5);
        var part = new OrderedFunction(["walk.cold"], 0x2000, 16, 1);
        using var writer = new StringWriter();
        SectionNames.WriteScript([function, part], writer);
        Assert.That(writer.ToString(), Is.EqualTo(".text :\n{\n  *(.text.work .text.hot.work .text.startup.work)\n  *(.text.unlikely.walk)\n}\n"));
    }

    [Test]
    public void The_executable_writes_it_beside_the_profile()
    {
        string folder = TestEnvironment.NewFolder();
        string file = Path.Combine(folder, "order");
        var (exit, _, error) = TestEnvironment.Tarax("convert", Recorded, "--binary", Program, "--for", "gcc-12", "-o", Path.Combine(folder, "profile"), "--symbol-order", file);
        Assert.That(exit, Is.Zero, error);
        Assert.That(error, Does.Contain("pages with code that ran").And.Contain("-Wl,--symbol-ordering-file="));
        Assert.That(File.ReadAllText(file), Is.EqualTo(Text(Order())));
    }

    [TestCase("--symbol-order-format gnu", "goes with --symbol-order FILE")]
    [TestCase("--symbol-order perf.data", "")]
    public void What_would_be_lost_or_without_effect_is_refused(string options, string message)
    {
        string folder = TestEnvironment.NewFolder();
        File.Copy(Path.Combine(TestEnvironment.Repository, "samples", "intel-lbr", "perf.data"), Path.Combine(folder, "perf.data"));
        File.Copy(Path.Combine(TestEnvironment.Repository, "samples", "intel-lbr", "gzip"), Path.Combine(folder, "gzip"));
        var (exit, _, error) = TestEnvironment.Shell(folder, $"tarax convert perf.data --binary gzip --mapped-as test.binary --for gcc-12 -o profile {options}");
        Assert.That(error, Does.Contain(message));
        Assert.That(exit, Is.EqualTo(2));
    }

    private static (string Linker, string Flag) LinkerOf(FunctionOrderFormat format)
    {
        const string Lld = "/usr/bin/ld.lld-22";
        const string Gold = "/usr/bin/ld.gold";
        switch (format)
        {
            case FunctionOrderFormat.Lld:
                TestEnvironment.RequireTool(Lld);
                return (Lld, "--symbol-ordering-file");
            case FunctionOrderFormat.Gold:
                TestEnvironment.RequireTool(Gold);
                return (Gold, "--section-ordering-file");
            default:
                return (GnuLinker(), "--section-ordering-file");
        }
    }

    /// <summary>The first GNU ld that knows the option: that of the machine, or of the tree with GCC 16.</summary>
    private static string GnuLinker()
    {
        const string Own = "/usr/bin/ld.bfd";
        if (TestEnvironment.IsInstalled(Own) && TestEnvironment.Run(Own, "--help").Contains("--section-ordering-file", StringComparison.Ordinal))
        {
            return Own;
        }

        string? root = Environment.GetEnvironmentVariable("TARAX_GCC16_ROOT");
        TestEnvironment.Require(root is not null && Directory.Exists(root), "ld of binutils 2.43 or later is not here, and TARAX_GCC16_ROOT does not name a tree that has it");
        string script = Path.Combine(TestEnvironment.NewFolder(), "ld");
        File.WriteAllText(script, string.Create(CultureInfo.InvariantCulture, $"#!/bin/sh\nexec {root}/lib64/ld-linux-x86-64.so.2 --library-path {root}/usr/lib/x86_64-linux-gnu {root}/usr/bin/x86_64-linux-gnu-ld.bfd \"$@\"\n"));
        TestEnvironment.Run("chmod", "+x", script);
        return script;
    }

    private static FunctionOrder Order(ConversionOptions? options = null)
    {
        options = (options ?? new ConversionOptions()) with { ForCompiler = new AutoFdo.Targets.TargetCompiler(AutoFdo.Conversion.Compilers.Gcc, 12) };
        var result = AutoFdoConverter.Convert(Recorded, Program, options);
        using var opened = Binary.Open(Program);
        return FunctionOrder.Of(result.Counts, opened);
    }

    private static string Text(FunctionOrder order)
    {
        using var writer = new StringWriter();
        order.Write(writer, FunctionOrderFormat.Lld);
        return writer.ToString();
    }

    private static Dictionary<string, ulong> Places(string binary)
    {
        var places = new Dictionary<string, ulong>(StringComparer.Ordinal);
        foreach (string line in TestEnvironment.Run("nm", binary).Split('\n'))
        {
            if (line.Split(' ') is [var address, "t" or "T" or "W" or "w", var name] && address.Length > 0)
            {
                places.TryAdd(name, ulong.Parse(address, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
            }
        }

        return places;
    }
}
