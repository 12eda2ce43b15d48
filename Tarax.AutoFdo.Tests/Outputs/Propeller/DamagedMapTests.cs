using Tarax.AutoFdo.Binaries.Elf;
using Tarax.AutoFdo.Outputs.Propeller;
using Tarax.AutoFdo.Tests.Builders;

namespace Tarax.AutoFdo.Tests.Outputs.Propeller;

/// <summary>Address maps that say what cannot be: nothing is made of it that Clang refuses, and nothing in silence.</summary>
public sealed class DamagedMapTests
{
    private const string Linker = "-fuse-ld=lld -static -Wl,--build-id";
    private const string IsDamaged = "blocks of functions whose entries in the address map are damaged";
    private string _folder = "";

    [OneTimeSetUp]
    public void Record()
    {
        _folder = TestEnvironment.NewFolder();
        MappedProgram.Write(_folder);
        MappedProgram.Build(_folder, "clang-22", $"-fbasic-block-address-map {Linker}");
        SimulatedRecording.Record(At("recording"), 53, At("program"));
    }

    [Test]
    public void Map_that_is_written_again_is_the_same()
    {
        string report = Layout("same", _ => { });
        Assert.That(report, Does.Not.Contain(IsDamaged));
        Assert.That(report, Does.Contain("5 of 5 functions ran"));
    }

    [TestCase("a block's number twice", "4 of 5 functions ran", IsDamaged)]
    [TestCase("code of two functions", "3 of 5 functions ran", IsDamaged)]
    [TestCase("a block that is longer than its function", "of 5 functions ran", IsDamaged)]
    [TestCase("blocks beyond the end of all addresses", "4 of 5 functions ran", "damaged entries")]
    [TestCase("no blocks", "4 of 5 functions ran", "code that the address map does not have")]
    [TestCase("one entry twice", "5 of 6 functions ran", "")]
    [TestCase("numbers that no block has", "5 of 5 functions ran", "")]
    public void Clang_takes_what_is_made_of_a_damaged_map(string damage, string functions, string reason)
    {
        string name = damage.Replace(' ', '-').Replace("'", "", StringComparison.Ordinal);
        string report = Layout(name, map => Damage(damage, map));
        Assert.That(report, Does.Contain(functions).And.Contain(reason));
        string warnings = MappedProgram.Build(_folder, "clang-22", $"-fbasic-block-sections=list={name}_cc_profile.txt {Linker} -Wl,--symbol-ordering-file={name}_ld_profile.txt -Wl,--no-warn-symbol-ordering", $"{name}.laid");
        Assert.That(warnings, Is.Empty);
    }

    private static void Damage(string damage, List<MappedFunction> map)
    {
        int largest = Enumerable.Range(0, map.Count).MaxBy(i => map[i].Ranges[0].Blocks.Length);
        var (range, blocks) = (map[largest].Ranges[0], map[largest].Ranges[0].Blocks);
        switch (damage)
        {
            case "a block's number twice":
                blocks[2] = blocks[2] with { Id = blocks[1].Id };
                break;
            case "code of two functions":
                int next = Enumerable.Range(0, map.Count).Where(i => map[i].Entry > range.Base).MinBy(i => map[i].Entry);
                map[next] = With(map[next], range.Base + 4, [.. map[next].Ranges[0].Blocks.Select(b => b with { Start = b.Start - map[next].Entry + range.Base + 4 })]);
                break;
            case "a block that is longer than its function":
                blocks[^1] = blocks[^1] with { Size = 1 << 20 };
                break;
            case "blocks beyond the end of all addresses":
                const ulong NearEnd = ulong.MaxValue - 8;
                map[largest] = With(map[largest], NearEnd, [.. blocks.Select(b => b with { Start = unchecked(b.Start - range.Base + NearEnd) })]);
                break;
            case "no blocks":
                map[largest] = With(map[largest], range.Base, []);
                break;
            case "one entry twice":
                map.Add(map[largest]);
                break;
            default:
                for (int i = 1; i < blocks.Length; i++)
                {
                    blocks[i] = blocks[i] with { Id = 1_000_000 + blocks[i].Id };
                }

                break;
        }
    }

    private static MappedFunction With(MappedFunction function, ulong address, MappedBlock[] blocks) =>
        new() { Version = function.Version, Features = function.Features, Ranges = [new MappedRange(address, (ulong)blocks.Length, blocks)] };

    private string Layout(string name, Action<List<MappedFunction>> damage)
    {
        using (var elf = ElfFile.Open(At("program")))
        {
            var map = AddressMap.Read(elf);
            damage(map);
            File.WriteAllBytes(At($"{name}.map"), [.. map.SelectMany(Encoded)]);
        }

        TestEnvironment.Run("llvm-objcopy-22", "--update-section", $".llvm_bb_addr_map={At($"{name}.map")}", At("program"), At(name));
        var run = TestEnvironment.Shell(_folder, $"tarax layout recording --binary {name} --mapped-as program -o {name}");
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        return run.Error;
    }

    /// <summary>An entry of a function in one section, as Clang 22 writes it.</summary>
    private static List<byte> Encoded(MappedFunction function)
    {
        var range = function.Ranges.Single();
        List<byte> bytes = [function.Version, .. BitConverter.GetBytes((ushort)function.Features), .. BitConverter.GetBytes(range.Base)];
        void Add(ulong value)
        {
            for (; value > 0x7f; value >>= 7)
            {
                bytes.Add((byte)(value | 0x80));
            }

            bytes.Add((byte)value);
        }

        Add((ulong)range.Blocks.Length);
        ulong end = range.Base;
        foreach (var block in range.Blocks)
        {
            Add(block.Id);
            Add(block.Start - end);
            uint from = 0;
            if (block.CallEnds is { } calls)
            {
                Add((ulong)calls.Length);
                foreach (uint call in calls)
                {
                    Add(call - from);
                    from = call;
                }
            }

            Add(block.Size - from);
            Add((ulong)block.Properties);
            end = block.End;
        }

        return bytes;
    }

    private string At(string file) => Path.Combine(_folder, file);
}
