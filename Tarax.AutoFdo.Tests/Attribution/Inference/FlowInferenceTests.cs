using System.Buffers.Binary;
using Tarax.AutoFdo.Attribution;
using Tarax.AutoFdo.Attribution.Inference;
using Tarax.AutoFdo.Binaries.Disassembly;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Options;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Tests.Builders;
using Tarax.AutoFdo.Tests.Conversion;

namespace Tarax.AutoFdo.Tests.Attribution.Inference;

/// <summary>Executions that are inferred are possible ones, whatever the function looks like.</summary>
public sealed class FlowInferenceTests
{
    private const ulong Address = 0x1000;

    [Test]
    public void As_much_comes_into_each_block_as_leaves_it_in_ten_thousand_random_functions()
    {
        var random = new Random(7);
        int endless = 0;
        int unreached = 0;
        for (int i = 0; i < 10_000; i++)
        {
            var graph = RandomGraph(random);
            endless += graph.Edges.Any(e => e is { To: ControlFlowGraph.Outside, Kind: FlowEdgeKind.Unseen }) ? 1 : 0;
            unreached += graph.Edges.Any(e => e is { From: ControlFlowGraph.Outside, Kind: FlowEdgeKind.Unseen }) ? 1 : 0;
            ulong[] samples = [.. graph.Instructions.Select(_ => random.Next(4) == 0 ? (ulong)Math.Exp(random.NextDouble() * 20) : 0)];
            var function = new SampledFunction(graph, samples);
            foreach (bool skids in (bool[])[false, true])
            {
                function.Infer(InstructionTimes.Guess(skids));
                AssertConserves(graph, function.Flow);
            }

            function.MultiplyBy(random.NextDouble() * 3);
            AssertConserves(graph, function.Flow);
        }

        Assert.That((endless, unreached), Is.GreaterThan((1000, 1000)), "functions without return, and blocks that nothing leads to");
    }

    [Test]
    public void Flow_of_a_network_too_large_to_solve_exactly_is_balanced_too()
    {
        var random = new Random(11);
        var network = RandomNetwork(random, nodes: 3000, arcs: 30_000);
        Assert.That(EliminationOrder.Of(network, 1_000_000), Is.Null, "it takes more than so many multiplications");
        AssertBalanced(network, FlowRounding.Round(network, FlowSolver.Solve(network, 60_000_000), 100));
    }

    [Test]
    public void Solution_has_least_costs()
    {
        var random = new Random(5);
        for (int i = 0; i < 200; i++)
        {
            var network = RandomNetwork(random, nodes: 12, arcs: 30);
            double[] flow = FlowSolver.Solve(network, 60_000_000);
            double least = CostOf(network, flow);

            // A little more or less around any ring through an arc costs more.
            for (int arc = 0; arc < network.Arcs; arc++)
            {
                int[] ring = RingThrough(network, arc);
                foreach (double change in (double[])[0.05, -0.05])
                {
                    double[] other = (double[])flow.Clone();
                    double step = change * ring.Min(a => flow[a]);
                    foreach (int a in ring)
                    {
                        other[a] += step;
                    }

                    Assert.That(CostOf(network, other), Is.GreaterThan(least - (1e-3 * Math.Abs(least))));
                }
            }
        }
    }

    [Test]
    public void Block_without_samples_is_bounded_by_its_neighbours()
    {
        // a → b → c, each of one instruction; b was not sampled.
        var network = new FlowNetwork();
        int first = network.AddNodes(5);
        network.AddArc(0, first, 0.01, 0.01);
        network.AddArc(first, first + 1, 1, 100);
        network.AddArc(first + 1, first + 2, 1, 0.01);
        network.AddArc(first + 2, first + 3, 1, 110);
        network.AddArc(first + 3, 0, 0.01, 0.01);
        network.AddNodes(0);
        double[] flow = FlowSolver.Solve(Reduced(network, out int[] arcOf), 1_000_000);
        Assert.That(flow[arcOf[2]], Is.EqualTo(70).Within(1), "(100 + 0 + 110) samples of three instructions");
    }

    [Test]
    public void More_threads_give_the_same_profile()
    {
        string binary = TestEnvironment.Data("programs/stlmix-d5-pie/stlmix");
        string recording = TestEnvironment.Data("programs/stlmix-d5-pie/perf.data");
        byte[] Of(int threads, InferenceMode mode, bool useBranchStacks)
        {
            var result = AutoFdoConverter.Convert(recording, binary, new ConversionOptions { Threads = threads, Inference = mode, UseBranchStacks = useBranchStacks });
            using var stream = new MemoryStream();
            result.Profile.Write(stream, result.Report.Format);
            return stream.ToArray();
        }

        Assert.That(Of(2, InferenceMode.Auto, false), Is.EqualTo(Of(1, InferenceMode.Auto, false)));
        Assert.That(Of(8, InferenceMode.Auto, false), Is.EqualTo(Of(1, InferenceMode.Auto, false)));
        Assert.That(Of(8, InferenceMode.Flow, true), Is.EqualTo(Of(1, InferenceMode.Flow, true)));
    }

    [Test]
    public void File_of_debug_information_alone_has_no_control_flow_and_that_is_told()
    {
        string folder = TestEnvironment.NewFolder();
        string debug = Path.Combine(folder, "vmlinux.debug");
        TestEnvironment.Run("objcopy", "--only-keep-debug", KernelTests.UnpackedVmlinux, debug);
        var result = AutoFdoConverter.Convert(TestEnvironment.Data("kernel/nokaslr/perf.data"), debug, new ConversionOptions { UseBranchStacks = false });
        Assert.That(result.Report.Diagnostics.Select(d => d.Id), Has.Member(DiagnosticId.NoControlFlow));
        Assert.That(result.Profile.Functions, Is.Not.Empty);
    }

    [Test]
    public void Loop_to_the_first_instruction_is_no_call()
    {
        string folder = TestEnvironment.NewFolder();
        string source = Path.Combine(folder, "code.c");
        File.WriteAllText(source, "__attribute__((noinline)) void f(volatile unsigned *p) { do { *p = *p * 3 + 1; } while (*p & 0xffff); }\nint main(int c, char **v) { f((unsigned *)&c); return c; }\n");
        string program = Path.Combine(folder, "program");
        TestEnvironment.Run("gcc-12", "-O2", "-g", "-fcf-protection=none", "-o", program, source);
        using var files = new BinaryFiles(ElfFile.Open(program));
        using var symbolizer = new Symbolizer(files);
        var (_, entry) = symbolizer.FunctionStarts().Single(s => s.Name == "f");
        var graphs = FunctionGraphs.Of(files.Binary)!;
        var graph = graphs.Build(symbolizer.FindFunction(entry)!.Debug.Ranges, entry)!;
        Assert.That(graph.Edges.Any(e => e.Kind == FlowEdgeKind.Taken && graph.Instructions[graph.Blocks[e.To].First].Address == entry), Is.True, "the loop begins the function");
        var samples = new List<AddressCount>();
        foreach (var instruction in graph.Instructions.Where(i => i.Flow != InstructionFlow.Return && i.Kind != InstructionKind.Padding))
        {
            Assert.That(files.Binary.TryGetFileOffset(instruction.Address, out ulong offset), Is.True);
            samples.Add(new AddressCount(offset, 1000, 0));
        }

        var (counts, _) = SampleInference.Run(new BinaryCounts(null, [], [], samples, []), files.Binary, graphs, symbolizer, areOfTime: false, threads: 1);
        Assert.That(counts.Branches.Select(b => (b.From, b.To)), Is.Unique);
        var f = ProfileBuilder.Of(counts, symbolizer).Build(new AttributionChoices()).Functions.Single(p => p.Name == "f");
        Assert.That(f.HeadCount, Is.LessThan(f.Body.TotalCount() / 20));
        Assert.That(f.Body.Positions.SelectMany(p => p.Targets), Is.Empty);
    }

    [Test]
    public void Large_function_with_one_exit_is_solved_in_a_number_of_steps_in_proportion_to_it()
    {
        // Many jumps to one place: it has all of their blocks for neighbours.
        var network = new FlowNetwork();
        const int Blocks = 20_000;
        network.AddNodes((2 * Blocks) + 1);
        int exit = (2 * Blocks) + 1;
        network.AddArc(0, 1, 0.01, 0.01);
        for (int block = 0; block < Blocks; block++)
        {
            int before = 1 + (2 * block);
            network.AddArc(before, before + 1, 3, block % 7);
            network.AddArc(before + 1, exit, 0.01, 0.01);
            network.AddArc(before + 1, block + 1 < Blocks ? before + 2 : exit, 0.01, 0.01);
        }

        network.AddArc(exit, 0, 0.01, 0.01);
        var reduced = Reduced(network, out _);
        Assert.That(EliminationOrder.Of(reduced, 1_000_000)!.Operations, Is.LessThan(20 * reduced.Arcs));
    }

    private static FlowNetwork Reduced(FlowNetwork network, out int[] arcOf)
    {
        var series = SeriesReduction.Of(network);
        arcOf = series.ArcOf;
        return series.Reduced;
    }

    /// <summary>A function of random blocks that end in jumps to anywhere, in two parts that may overlap.</summary>
    private static ControlFlowGraph RandomGraph(Random random)
    {
        var code = new List<byte>();
        int blocks = random.Next(1, 30);
        var starts = new List<int>();
        var jumps = new List<(int At, int Block)>();
        for (int block = 0; block < blocks; block++)
        {
            starts.Add(code.Count);
            for (int i = random.Next(4); i > 0; i--)
            {
                code.AddRange((byte[])[0x01, 0xd8]); // add %ebx,%eax
            }

            switch (random.Next(8))
            {
                case 0:
                    code.Add(0xc3); // ret
                    break;
                case 1:
                    code.AddRange((byte[])[0xff, 0xe0]); // jmp *%rax
                    break;
                case 2:
                    code.AddRange((byte[])[0x0f, 0x0b]); // ud2
                    break;
                case 3 or 4:
                    code.AddRange((byte[])[0xe9, 0, 0, 0, 0]); // jmp
                    jumps.Add((code.Count, random.Next(blocks)));
                    break;
                case 5 or 6:
                    code.AddRange((byte[])[0x0f, 0x84, 0, 0, 0, 0]); // je
                    jumps.Add((code.Count, random.Next(blocks)));
                    break;
                default:
                    code.Add(0x90); // nop, and on
                    break;
            }
        }

        byte[] text = [.. code, 0x90];
        foreach (var (at, block) in jumps)
        {
            // Now and then into the middle of an instruction, or out of the function.
            int target = starts[block] + (random.Next(20) == 0 ? random.Next(-300, 300) : 0);
            BinaryPrimitives.WriteInt32LittleEndian(text.AsSpan(at - 4), target - at);
        }

        int cut = random.Next(text.Length);
        int overlap = random.Next(3) == 0 ? random.Next(text.Length - cut) : 0;
        CodeRange[] parts = [new(Address, Address + (ulong)(cut + overlap)), new(Address + (ulong)cut, Address + (ulong)text.Length)];
        using var binary = new ElfBuilder { Text = text, TextAddress = Address, TextSize = text.Length }.Open();
        var executable = new ExecutableCode(binary);
        return ControlFlowGraph.Build(parts, Address, executable, PatchSites.Of(executable, binary), InstructionDecoder.For(executable)!)!;
    }

    private static void AssertConserves(ControlFlowGraph graph, FunctionFlow flow)
    {
        var (into, outOf) = (new long[graph.Blocks.Count], new long[graph.Blocks.Count]);
        for (int i = 0; i < graph.Edges.Count; i++)
        {
            var edge = graph.Edges[i];
            Assert.That(flow.Edges[i], Is.GreaterThanOrEqualTo(0));
            if (edge.To >= 0)
            {
                into[edge.To] += flow.Edges[i];
            }

            if (edge.From >= 0)
            {
                outOf[edge.From] += flow.Edges[i];
            }
        }

        Assert.That(into, Is.EqualTo(flow.Blocks));
        Assert.That(outOf, Is.EqualTo(flow.Blocks));
    }

    /// <summary>Arcs from anywhere to anywhere, and a ring through all nodes.</summary>
    private static FlowNetwork RandomNetwork(Random random, int nodes, int arcs)
    {
        var network = new FlowNetwork();
        network.AddNodes(nodes - 1);
        for (int i = 0; i < arcs; i++)
        {
            int from = i < nodes ? i : random.Next(nodes);
            int to = i < nodes ? (i + 1) % nodes : random.Next(nodes);
            network.AddArc(from, to, 0.01 + (random.NextDouble() * 5), 0.01 + (random.Next(3) == 0 ? Math.Exp(random.NextDouble() * 10) : 0));
        }

        return network;
    }

    private static void AssertBalanced(FlowNetwork network, long[] flow)
    {
        long[] excess = new long[network.Nodes];
        for (int arc = 0; arc < flow.Length; arc++)
        {
            excess[network.From[arc]] -= flow[arc];
            excess[network.To[arc]] += flow[arc];
        }

        Assert.That(flow, Has.All.GreaterThanOrEqualTo(0));
        Assert.That(excess, Has.All.Zero);
    }

    private static double CostOf(FlowNetwork network, double[] flow)
    {
        double cost = 0;
        for (int arc = 0; arc < flow.Length; arc++)
        {
            cost += (network.Time[arc] * flow[arc]) - (network.Samples[arc] * Math.Log(flow[arc]));
        }

        return cost;
    }

    /// <summary>An arc, and a shortest way back to its start.</summary>
    private static int[] RingThrough(FlowNetwork network, int arc)
    {
        int[] by = new int[network.Nodes];
        Array.Fill(by, -1);
        var open = new Queue<int>([network.To[arc]]);
        while (open.TryDequeue(out int node) && node != network.From[arc])
        {
            for (int next = 0; next < network.Arcs; next++)
            {
                if (network.From[next] == node && by[network.To[next]] < 0 && network.To[next] != network.To[arc])
                {
                    by[network.To[next]] = next;
                    open.Enqueue(network.To[next]);
                }
            }
        }

        var ring = new List<int> { arc };
        for (int node = network.From[arc]; node != network.To[arc]; node = network.From[by[node]])
        {
            ring.Add(by[node]);
        }

        return [.. ring];
    }
}
