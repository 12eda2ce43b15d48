using System.Globalization;
using System.Text.RegularExpressions;
using Tarax.AutoFdo.Binaries.Disassembly;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Tests.Attribution.Inference;

namespace Tarax.AutoFdo.Tests.Binaries.Disassembly;

/// <summary>Instructions beside what other decoders say of the same bytes.</summary>
public sealed class InstructionDecoderTests
{
    [TestCase("cmulti-d5-pie/cmulti")]
    [TestCase("cmulti-d4-nopie/cmulti-d4")]
    [TestCase("stlmix-d5-pie/stlmix")]
    [TestCase("threads-d5-pie/threads")]
    public void Blocks_have_the_instructions_that_qemu_executed(string program)
    {
        string path = TestEnvironment.Data($"programs/{program}");
        using var binary = ElfFile.Open(path);
        var execution = new ExactExecution(Path.Combine(Path.GetDirectoryName(path)!, "exact-counts.txt"), binary);
        var code = new ExecutableCode(binary);
        var decoder = InstructionDecoder.For(code)!;
        var instructions = new List<CodeInstruction>();
        foreach (var block in execution.Blocks)
        {
            instructions.Clear();
            decoder.Decode(code.From(block.Start), block.Start, block.End - block.Start, instructions);
            Assert.That((instructions.Count, instructions[^1].End), Is.EqualTo((block.Instructions, block.End)));
            if (block.Kind == "none")
            {
                // Cut by the emulator; it says no last instruction.
                continue;
            }

            Assert.That(instructions[^1].Address, Is.EqualTo(block.Last));
            var flow = instructions[^1].Flow;
            Assert.That(block.Kind switch
            {
                "call" => flow == InstructionFlow.Call,
                "icall" => flow == InstructionFlow.IndirectCall,
                "jmp" => flow == InstructionFlow.Jump,
                "ijmp" => flow == InstructionFlow.IndirectJump,
                "cond" => flow == InstructionFlow.ConditionalJump,
                "ret" => flow == InstructionFlow.Return,
                _ => !instructions[^1].EndsBlock,
            }, $"{block.Kind} is {flow} at {block.Last:x}");
            Assert.That(block.Target == 0 || instructions[^1].Target == block.Target, $"target at {block.Last:x}");
        }

        Assert.That(execution.Blocks, Has.Count.GreaterThan(100));
    }

    [Test]
    public void Arm64_instructions_flow_as_llvm_says()
    {
        string folder = TestEnvironment.NewFolder();
        string source = Path.Combine(folder, "code.c");
        File.WriteAllText(source, """
            int k(int *p, int x) { return *p / x; }
            int g(int); extern int (*h[])(int); extern volatile int v;
            int f(int x, long y, int *p)
            {
                switch (x) { case 0: return g(1); case 1: v = 3; break; case 2: return h[y](x); case 3: x += p[y] / (x + 5); break; case 4: x *= 7; break; case 5: __builtin_trap(); }
                for (int i = 0; i < y; i++) { if (y & 4096) x += g(i); if (p[i]) x ^= i; if (!p[i + 1]) p[i] = x; __atomic_fetch_add(p, 1, __ATOMIC_SEQ_CST); }
                return g(x);
            }
            """);
        string file = Path.Combine(folder, "code.o");
        TestEnvironment.Run("clang-22", "--target=aarch64-linux-gnu", "-O1", "-c", "-ffreestanding", "-o", file, source);
        string listing = TestEnvironment.Run("llvm-objdump-22", "-d", "--no-print-imm-hex", file);
        var found = new List<string>();
        foreach (Match line in Regex.Matches(listing, @"^\s+([0-9a-f]+): ([0-9a-f]{8})[ \t]+(\S+)[ \t]*([^\n]*)$", RegexOptions.Multiline))
        {
            ulong address = Convert.ToUInt64(line.Groups[1].Value, 16);
            var instruction = Arm64Decoder.Decode(Convert.ToUInt32(line.Groups[2].Value, 16), address);
            string mnemonic = line.Groups[3].Value;
            var expected = mnemonic switch
            {
                "b" => InstructionFlow.Jump,
                "bl" => InstructionFlow.Call,
                "br" => InstructionFlow.IndirectJump,
                "blr" => InstructionFlow.IndirectCall,
                "ret" => InstructionFlow.Return,
                "brk" or "udf" => InstructionFlow.Stop,
                _ when mnemonic.StartsWith("b.", StringComparison.Ordinal) || mnemonic is "cbz" or "cbnz" or "tbz" or "tbnz" => InstructionFlow.ConditionalJump,
                _ => InstructionFlow.Next,
            };
            Assert.That(instruction.Flow, Is.EqualTo(expected), line.Value);
            if (Regex.Match(line.Groups[4].Value, "0x([0-9a-f]+) <") is { Success: true } target)
            {
                Assert.That(instruction.Target, Is.EqualTo(Convert.ToUInt64(target.Groups[1].Value, 16)), line.Value);
            }

            InstructionKind? kind = mnemonic switch
            {
                "sdiv" or "udiv" => InstructionKind.Divide,
                "mul" or "madd" => InstructionKind.Multiply,
                "ldaxr" or "stlxr" or "ldxr" or "stxr" or "ldaddal" => InstructionKind.Atomic,
                _ when mnemonic.StartsWith("ld", StringComparison.Ordinal) => InstructionKind.Load,
                _ when mnemonic.StartsWith("st", StringComparison.Ordinal) => InstructionKind.Store,
                "add" or "sub" or "cmp" or "mov" or "eor" or "adrp" => InstructionKind.Simple,
                _ => null,
            };
            Assert.That(kind is null || instruction.Kind == kind, $"{line.Value}: {instruction.Kind}");
            found.Add(mnemonic);
        }

        Assert.That(found, Is.SupersetOf((string[])["b", "bl", "br", "ret", "brk", "cbz", "sdiv", "adrp"]), string.Join(' ', found.Distinct().Order(StringComparer.Ordinal)));
    }

    [TestCase("gcc-12", "-fPIE")]
    [TestCase("gcc-12", "-fno-pie", "-no-pie")]
    [TestCase("clang-22", "-fPIE")]
    [TestCase("clang-22", "-fno-pie", "-no-pie")]
    public void Jump_table_is_found(string compiler, params string[] options)
    {
        string folder = TestEnvironment.NewFolder();
        string source = Path.Combine(folder, "code.c");
        File.WriteAllText(source, """
            int g(int);
            int f(int x)
            {
                switch (x) { case 0: return g(11); case 1: return g(x) + 3; case 2: return g(7) ^ 5; case 3: x += 2; break; case 4: x = g(9) * 3; break; case 5: x = g(g(2)); break; case 6: x = g(1) - 9; break; case 7: return 99; }
                return g(x) | 1;
            }
            int g(int x) { __asm__ volatile ("" : "+r"(x)); return x; }
            int main(int argc, char **argv) { return f(argc); }
            """);
        string program = Path.Combine(folder, "program");
        TestEnvironment.Run(compiler, ["-O2", "-g", "-fno-inline", "-o", program, .. options, source]);
        using var files = new BinaryFiles(ElfFile.Open(program));
        using var symbolizer = new Tarax.AutoFdo.Binaries.Symbolization.Symbolizer(files);
        var (_, entry) = symbolizer.FunctionStarts().Single(s => s.Name == "f");
        var graph = FunctionGraphs.Of(files.Binary)!.Build(symbolizer.FindFunction(entry)!.Debug.Ranges, entry)!;
        int jump = Enumerable.Range(0, graph.Blocks.Count).Single(b => graph.Instructions[graph.Blocks[b].Last].Flow == InstructionFlow.IndirectJump);
        Assert.That(graph.Edges.Count(e => e.From == jump && e.Kind == FlowEdgeKind.Taken), Is.EqualTo(8), string.Create(CultureInfo.InvariantCulture, $"{graph.Blocks.Count} blocks"));
        Assert.That(graph.Edges.Where(e => e.Kind == FlowEdgeKind.Unseen), Is.Empty);
    }
}
