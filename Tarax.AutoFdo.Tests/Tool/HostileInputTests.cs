using System.Buffers.Binary;
using System.IO.Compression;
using Tarax.AutoFdo.Binaries.Dwarf;
using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Binaries.Symbolization;
using Tarax.AutoFdo.Counting;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Reports;
using Tarax.AutoFdo.Tests.Builders;
using Tarax.AutoFdo.Tests.Fuzzing;
using At = Tarax.AutoFdo.Tests.Builders.DwarfAssembler.Attribute;

namespace Tarax.AutoFdo.Tests.Tool;

/// <summary>Inputs that somebody made so that reading them takes time and memory of their square, or does something elsewhere.</summary>
public sealed class HostileInputTests
{
    private const int ZlibSection = 1;

    /// <summary>Each header is followed by all the others and by one body: 230 kB once took 1.6 GB and 8 s.</summary>
    [Test]
    public void Line_headers_that_share_one_body_take_no_more_than_one()
    {
        const int Units = 2000;
        var body = new LineProgramBuilder().At(0x1000);
        for (int i = 0; i < 20_000; i++)
        {
            body.Row((uint)(10 + (i % 50)), 1);
        }

        byte[] program = body.End(8).Build();
        var lines = new ByteWriter();
        const int HeaderLength = 60;
        int header = BinaryPrimitives.ReadInt32LittleEndian(program.AsSpan(8)) + 12;
        for (int i = 0; i < Units; i++)
        {
            // unit_length to the end of the last program; header_length to its first opcode.
            int rest = ((Units - i) * HeaderLength) + program.Length - 4;
            byte[] copy = program[..HeaderLength];
            BinaryPrimitives.WriteInt32LittleEndian(copy, rest);
            BinaryPrimitives.WriteInt32LittleEndian(copy.AsSpan(8), ((Units - i) * HeaderLength) + header - 12);
            lines.Bytes(copy);
        }

        lines.Bytes(program);
        var dwarf = new DwarfAssembler { Line = lines.Written.ToArray() };
        for (int i = 0; i < Units; i++)
        {
            dwarf.Unit()
                .Entry(DwarfTag.CompileUnit, true, null, new At(DwarfAttribute.StmtList, DwarfForm.SecOffset, (ulong)(i * HeaderLength)), Low(i), High)
                .Entry(DwarfTag.Subprogram, false, null, new At(DwarfAttribute.Name, DwarfForm.String, Text: $"f{i}"), new At(DwarfAttribute.DeclLine, DwarfForm.Data1, 9), Low(i), High)
                .End().EndUnit();
        }

        Stays(dwarf.ToElf().Build(), "shared line programs");
    }

    [Test]
    public void Thousand_symbols_at_one_address_are_looked_up_once()
    {
        var builder = new ElfBuilder { TextSize = 0x10000 };
        for (int i = 0; i < 1000; i++)
        {
            builder.Symbol($"{new string('n', 100)}{i}", 0x1000, 0x10000);
        }

        byte[] bytes = builder.Build();
        Stays(bytes, "symbols at one address");
        using var elf = ElfFile.Read("/nowhere/binary", ByteSource.FromArray(bytes, ElfFile.Format));
        var symbols = FunctionSymbols.Of(elf);
        long before = GC.GetAllocatedBytesForCurrentThread();
        int found = 0;
        for (ulong address = 0x1000; address < 0x11000; address += 8)
        {
            found += symbols.Find(address) is { Aliases.Length: 1000 } ? 1 : 0;
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(20L * bytes.Length));
        Assert.That(found, Is.EqualTo(0x10000 / 8));
    }

    /// <summary>Names that are all ends of one long name: 178 kB once made 150 MB of a profile.</summary>
    [Test]
    public void Names_of_symbols_that_overlap_are_refused()
    {
        const int Symbols = 3000;
        var builder = new ElfBuilder { TextSize = 0x10000 }.Symbol(new string('n', 100_000), 0x1000, 8);
        for (int i = 1; i < Symbols; i++)
        {
            builder.Symbol("s", 0x1000 + (8UL * (ulong)i), 8);
        }

        byte[] bytes = builder.Build();
        using (var elf = ElfFile.Read("/nowhere/binary", ByteSource.FromArray(bytes, ElfFile.Format)))
        {
            int table = (int)elf.FindSection(".symtab")!.Offset;
            for (int i = 1; i < Symbols; i++)
            {
                BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(table + (24 * (i + 1))), 1 + i);
            }
        }

        Assert.That(Refusal(bytes), Does.Contain("symbol names").And.Contain("overlap"));
    }

    [Test]
    public void Names_of_functions_that_overlap_do_not_become_a_profile()
    {
        const int Functions = 3000;
        var dwarf = new DwarfAssembler { Line = new LineProgramBuilder().At(0x1000).Row(10).Row(11, 0x8000).End(8).Build() }.Unit()
            .Entry(DwarfTag.CompileUnit, true, null, new At(DwarfAttribute.StmtList, DwarfForm.SecOffset, 0), Low(0), new At(DwarfAttribute.HighPc, DwarfForm.Data4, 0x10000));
        dwarf.Str.Bytes(System.Text.Encoding.ASCII.GetBytes(new string('n', 100_000)));
        dwarf.Str.U8(0);
        for (int i = 0; i < Functions; i++)
        {
            dwarf.Entry(DwarfTag.Subprogram, false, null, new At(DwarfAttribute.Name, DwarfForm.Strp, (ulong)i), new At(DwarfAttribute.DeclLine, DwarfForm.Data1, 9), Low(i), High);
        }

        byte[] elf = dwarf.End().EndUnit().ToElf().Build();
        Stays(elf, "overlapping names");
    }

    [Test]
    public void Sections_become_no_more_than_such_sections_do()
    {
        byte[] zeros = new byte[200 << 20];
        var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            zlib.Write(zeros);
        }

        var section = new ByteWriter();
        section.U32(ZlibSection);
        section.U32(0);
        section.U64((ulong)zeros.Length);
        section.U64(1);
        section.Bytes(compressed.ToArray());
        byte[] elf = new ElfBuilder().Section(".debug_info", section.Written.ToArray(), flags: 0x800).Section(".debug_abbrev", [0]).Build();
        Assert.That(Refusal(elf), Does.Contain("ch_size").And.Contain("objcopy --decompress-debug-sections"));
    }

    [Test]
    public void Recording_becomes_no_more_than_recordings_do_but_where_it_is_asked_for()
    {
        string folder = TestEnvironment.NewFolder();
        string recording = Path.Combine(folder, "perf.data.gz");
        var builder = new PerfDataBuilder().Event();
        using (var gzip = new GZipStream(File.Create(recording), CompressionLevel.Optimal))
        {
            gzip.Write(builder.Build());
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 400; i++)
            {
                gzip.Write(zeros);
            }
        }

        Assert.That(TestEnvironment.Tarax("inspect", recording).Error, Does.Contain("--max-input"));
        var run = TestEnvironment.Tarax("convert", recording, "--binary", Path.Combine(TestEnvironment.Repository, "samples", "intel-lbr", "gzip"), "-o", Path.Combine(folder, "x"), "--max-input", "1G");
        Assert.That(run.ExitCode, Is.EqualTo(3), run.Error);
        Assert.That(run.Error, Does.Contain("no samples"));
    }

    /// <summary>Opening a pipe waits for whoever writes into it, which nobody does.</summary>
    [TestCase(".gnu_debuglink", "pipe")]
    [TestCase(".gnu_debuglink", "sub/pipe")]
    [TestCase(".gnu_debuglink", "/dev/tty")]
    [TestCase(".gnu_debugaltlink", "pipe")]
    public void Files_that_inputs_name_are_opened_only_where_they_are_regular(string section, string name)
    {
        string folder = TestEnvironment.NewFolder();
        TestEnvironment.Shell(folder, "mkdir sub; mkfifo pipe sub/pipe");
        var link = new ByteWriter();
        link.Bytes(System.Text.Encoding.ASCII.GetBytes(name));
        link.Zeros(4 - (name.Length % 4));
        link.U32(0);
        link.Zeros(16);
        string binary = Path.Combine(folder, "binary");
        File.WriteAllBytes(binary, new ElfBuilder().Section(section, link.Written.ToArray()).BuildId(1, 2, 3, 4).Build());
        string recording = new PerfDataBuilder().Event().Mmap2(7, 0x400000, 0x1000, 0, Path.Combine(folder, "pipe"), time: 1).Mmap2(7, 0x500000, 0x1000, 0, binary, [1, 2, 3, 4], time: 1)
            .Sample(7, 0x400010, 2, new Tarax.AutoFdo.Inputs.Perf.BranchEntry(0x400020, 0x400010, 0)).Save(Path.Combine(folder, "perf.data"));
        foreach (string line in (string[])[$"convert {recording} --binary {binary} -o x --min-samples 0", $"inspect {recording}", $"convert {recording} --all --out-dir out"])
        {
            var run = TestEnvironment.Shell(folder, $"timeout 600 {TestEnvironment.TaraxCommand} {line}");
            Assert.That(run.ExitCode, Is.AnyOf(0, 1, 3), $"{line}: {run.Error}");
        }
    }

    [Test]
    public void Debug_link_is_a_name_and_not_a_path()
    {
        var link = new ByteWriter();
        link.Bytes("../../etc/passwd\0\0\0\0"u8);
        link.U32(7);
        using var elf = new ElfBuilder().Section(".gnu_debuglink", link.Written.ToArray()).Open();
        Assert.That(elf.DebugLink!.Value.Name, Is.EqualTo("passwd"));
    }

    /// <summary>A mapped file that is cut has no memory behind it: looking there once ended the process.</summary>
    [Test]
    public void Binary_that_is_cut_while_it_is_read_is_told()
    {
        string path = Path.Combine(TestEnvironment.NewFolder(), "program");
        File.Copy(Path.Combine(TestEnvironment.Repository, "samples", "intel-lbr", "gzip"), path);
        TestEnvironment.Run("chmod", "644", path);
        using var files = BinaryFiles.Open(path, new DebugFileSearch([]));
        var error = Assert.Throws<InvalidFormatException>(() => files.WhileUnchanged(() =>
        {
            using (var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            {
                stream.SetLength(100);
            }

            long sum = 0;
            foreach (var section in files.Binary.Sections.Where(s => s.HasContent))
            {
                foreach (byte b in files.Binary.Content(section).All())
                {
                    sum += b;
                }
            }

            return sum;
        }))!;
        Assert.That(error.Message, Does.Contain(path).And.Contain("was cut from"));
    }

    [Test]
    public void Names_with_control_characters_are_shown_by_their_numbers()
    {
        string folder = TestEnvironment.NewFolder();
        string recording = new PerfDataBuilder().Event().Mmap2(7, 0x400000, 0x1000, 0, "/bin/\u001b[31mred\nwarning [fake] forged", time: 1)
            .Feature(11, c => { c.U32(1); PerfDataBuilder.HeaderString(c, "perf\u001b]0;title\a"); })
            .Sample(7, 0x400010, 2, new Tarax.AutoFdo.Inputs.Perf.BranchEntry(0x400020, 0x400010, 0)).Save(Path.Combine(folder, "perf.data"));
        foreach (string line in (string[])[$"inspect {recording}", $"convert {recording} --all --out-dir {folder}/out", $"convert {recording} --binary {TestEnvironment.Repository}/samples/intel-lbr/gzip -o {folder}/x"])
        {
            var run = TestEnvironment.Shell(folder, $"tarax {line}");
            Assert.That((run.Output + run.Error).Where(c => char.IsControl(c) && c != '\n'), Is.Empty, line);
            Assert.That((run.Output + run.Error).Split('\n'), Has.None.StartsWith("warning [fake]"), line);
            Assert.That(run.Output + run.Error, Does.Contain(@"\x1b[31mred\nwarning [fake] forged"), line);
        }
    }

    [TestCase("show profile")]
    [TestCase("show profile --function $'\\e[31mred'")]
    [TestCase("show profile --function $'\\e[31mre'")]
    [TestCase("diff profile other")]
    [TestCase("check profile --binary gzip")]
    [TestCase("report profile -o page.html")]
    [TestCase("convert script --binary gzip -o x")]
    public void Functions_with_control_characters_are_shown_by_their_numbers(string line)
    {
        string folder = TestEnvironment.NewFolder();
        File.Copy(Path.Combine(TestEnvironment.Repository, "samples", "intel-lbr", "gzip"), Path.Combine(folder, "gzip"));
        foreach (var (name, count) in ((string, int)[])[("profile", 5), ("other", 9)])
        {
            File.WriteAllText(Path.Combine(folder, name), $"\u001b[31mred:100:{count}\n 1: {count}\n 2: 7 \u001b]0;title\a:7\n 3: \u001b[32minlined:5\n  1: 5\n");
        }

        File.WriteAllText(Path.Combine(folder, "script"), "a 7 1.000000: PERF_RECORD_MMAP2 7/7: [0x400000(0x1000) @ 0 fe:00 5947401 0]: r-xp /bin/\u001b[31mred\na 7 2.000000: 400010 0x400020/0x400010/P/-/-/0\n");
        var run = TestEnvironment.Shell(folder, $"tarax {line}");
        Assert.That((run.Output + run.Error).Where(c => char.IsControl(c) && c != '\n'), Is.Empty);
        if (!line.StartsWith("report", StringComparison.Ordinal) && !line.StartsWith("check", StringComparison.Ordinal))
        {
            Assert.That(run.Output + run.Error, Does.Contain(@"\x1b[31mred"));
        }
    }

    /// <summary>Each of these substitutions doubles the text: 300 bytes once took 60 s and 5.8 GB.</summary>
    [Test]
    public void Mangled_name_that_would_fill_the_memory_is_shown_as_it_is()
    {
        string type = "1A";
        for (int i = 0; i < 30; i++)
        {
            string previous = i == 0 ? "S_" : $"S{"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[i - 1]}_";
            type += $"S{"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[i]}_I{previous}{previous}E";
        }

        string name = $"_Z1fI{type}Evv";
        Assert.That(Tarax.Tool.Demangled.Name(name), Is.EqualTo(name));
        Assert.That(Tarax.Tool.Demangled.Name("_ZNSt6vectorIiSaIiEE9push_backERKi"), Does.StartWith("std::vector<int").Or.StartWith("_Z"));
    }

    [TestCase("show", "-")]
    [TestCase("merge", "-", "-o", "merged")]
    public void Input_without_an_end_that_is_no_profile_is_refused_by_its_first_bytes(params string[] arguments)
    {
        foreach (string endless in (string[])["cat /dev/zero", "yes"])
        {
            var run = TestEnvironment.Shell(TestEnvironment.NewFolder(), $"{endless} 2>/dev/null | tarax {string.Join(' ', arguments)}");
            Assert.That((run.ExitCode, run.Error), Is.EqualTo((1, "tarax: standard input: profile: magic at offset 0 (0x0): this is not a profile: neither one for GCC nor one of LLVM\n")));
        }
    }

    [Test]
    public void Standard_input_is_read_once()
    {
        var run = TestEnvironment.Shell(TestEnvironment.NewFolder(), "echo f:5:5 | tarax merge - - -o merged --for clang-22");
        Assert.That((run.ExitCode, run.Error), Is.EqualTo((1, "tarax: standard input (-) was read already: it can be given once\n")));
    }

    [Test]
    public void Counts_as_text_that_were_cut_between_two_lines_are_refused()
    {
        var counter = new SampleCounter("test", "cycles");
        counter.Map(1, 0x1000, 0x2000, 0, "/bin/a", "");
        counter.Sample(1, 0x1010, 0, 7);
        using var writer = new StringWriter();
        counter.ToCounts().WriteText(writer);
        string[] lines = writer.ToString().TrimEnd('\n').Split('\n');
        string path = Path.Combine(TestEnvironment.NewFolder(), "counts");
        for (int kept = 1; kept < lines.Length; kept++)
        {
            File.WriteAllLines(path, lines[..kept]);
            Assert.That(() => RecordingCounts.Load(path), Throws.InstanceOf<InvalidFormatException>(), $"{kept} of {lines.Length} lines");
        }

        File.WriteAllLines(path, [.. lines, "event more"]);
        Assert.That(() => RecordingCounts.Load(path), Throws.InstanceOf<InvalidFormatException>().With.Message.Contains("followed by more"));
        File.WriteAllLines(path, lines);
        Assert.That(RecordingCounts.Load(path).Samples, Is.EqualTo(7));
        Assert.That(() => CountsText.Read(new StringReader("0\n0\n0\n1-2:3\n")), Throws.InstanceOf<InvalidFormatException>().With.Message.Contains("followed by more"));
    }

    [Test]
    public void Text_of_perf_script_that_was_cut_within_a_line_is_told()
    {
        string path = Path.Combine(TestEnvironment.NewFolder(), "script");
        const string Sample = " app 1 1.0: 1 cycles: 401000 0x401020/0x401000/P/-/-/0 0x401020/0x401000/P/-/-/0\n";
        File.WriteAllText(path, Sample + Sample + Sample[..^20]);
        Assert.That(RecordingInspection.Of(path).Diagnostics.Select(d => d.Id), Has.Member(DiagnosticId.TruncatedRecording));
        File.WriteAllText(path, Sample + Sample);
        Assert.That(RecordingInspection.Of(path).Diagnostics.Select(d => d.Id), Has.No.Member(DiagnosticId.TruncatedRecording));
        File.WriteAllText(path, Sample + new string('x', 2 << 20) + "\n");
        Assert.That(() => RecordingInspection.Of(path), Throws.InstanceOf<InvalidFormatException>().With.Message.Contains("perf script prints at most"));
    }

    [Test]
    public void Nul_within_a_name_of_a_profile_is_refused()
    {
        var profile = new Tarax.AutoFdo.Profiles.SampleProfile([new("nameofit", "", 1, 1, new([new(new(1, 0), 5, [])], []))]);
        using var stream = new MemoryStream();
        profile.Write(stream, ProfileFormat.GcovV2);
        byte[] bytes = stream.ToArray();
        bytes[bytes.AsSpan().IndexOf("nameofit"u8) + 4] = 0;
        Assert.That(() => ProfileFormat.GcovV2.Read(bytes), Throws.InstanceOf<InvalidFormatException>().With.Message.Contains("NUL"));
    }

    private static At Low(int i) => new(DwarfAttribute.LowPc, DwarfForm.Addr, 0x1000 + (ulong)i);

    private static At High => new(DwarfAttribute.HighPc, DwarfForm.Data4, 1);

    /// <summary>Two seconds, and 300 MiB of allocations, for the whole of what a conversion does.</summary>
    private static void Stays(byte[] elf, string name)
    {
        var run = new FuzzRun();
        run.Try(FuzzFormat.Elf, elf, name);
        Assert.That(run.Faults, Is.Empty);
        Assert.That(run.MostBytes, Is.LessThan((20L * elf.Length) + (200 << 20)));
    }

    private static string Refusal(byte[] elf)
    {
        Stays(elf, "refused");
        return FuzzTarget.Run(FuzzFormat.Elf, elf)?.Message ?? "";
    }
}
