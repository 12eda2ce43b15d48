using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Profiles.Formats.Llvm;
using Tarax.AutoFdo.Tests.Builders;
using Tarax.AutoFdo.Tests.Truth;

namespace Tarax.AutoFdo.Tests.Profiles.Formats;

public sealed class LlvmFormatTests
{
    private const string Example = """
        foo:1000:10
         1: 100
         2.3: 50 bar:30 baz:20
         4: bar:200
          1: 20
        main:500:1
         0: 1
         3: 400 foo:399

        """;

    private static readonly ProfileFormat[] LlvmFormats = [ProfileFormat.LlvmText, ProfileFormat.LlvmBinary, ProfileFormat.LlvmExtBinary];

    [Test]
    public void Text_is_written_as_it_was_read() => Assert.That(Encoding.UTF8.GetString(Write(ReadText(Example), ProfileFormat.LlvmText)), Is.EqualTo(Example));

    [Test]
    public void Extensible_binary_has_the_bytes_of_the_formats_description()
    {
        byte[] bytes = Write(ReadText(Example), ProfileFormat.LlvmExtBinary);
        Assert.That(bytes, Has.Length.EqualTo(408));
        Assert.That(Convert.ToHexStringLower(bytes.AsSpan(242, 6)), Is.EqualTo("bb0490030a05"), "total 571, largest 400, largest head 10, 5 counts");
        Assert.That(Convert.ToHexStringLower(bytes.AsSpan(337)), Is.EqualTo(
            "04" + "62617200" + "62617a00" + "666f6f00" + "6d61696e00" // names
            + "00" // contexts
            + "0a02e80702" + "01006400" + "0203320200" + "1e0114" + "01" + "0400" + "00c801010100140000" // foo
            + "0103f40302" + "00000100" + "0300900301028f03" + "00" // main
            + "02" + "0200" + "031d")); // offsets
    }

    [Test]
    public void Every_format_of_llvm_keeps_everything() =>
        Prop.ForAll(ProfileGenerator.LlvmProfiles.ToArbitrary(), profile =>
        {
            string expected = ProfileText.Of(profile);
            foreach (var format in LlvmFormats)
            {
                var read = Read(Write(profile, format));
                if (ProfileText.Of(read) != expected || read.Format != format)
                {
                    return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Test]
    public void What_both_formats_can_say_survives_the_way_through_all_of_them() =>
        Prop.ForAll(ProfileGenerator.Profiles.Where(p => p.Functions.Count > 0).ToArbitrary(), profile =>
        {
            var read = profile;
            foreach (var format in (ReadOnlySpan<ProfileFormat>)[ProfileFormat.LlvmText, ProfileFormat.GcovV3, ProfileFormat.LlvmBinary, ProfileFormat.GcovV2, ProfileFormat.LlvmExtBinary, ProfileFormat.GcovV1, ProfileFormat.LlvmText])
            {
                read = Read(Write(read, format));
            }

            // Totals that nobody stated are the sums of the counts; files and times only GCC has.
            return ProfileText.Of(read) == ProfileText.Of(profile);
        }).QuickCheckThrowOnFailure();

    [Test]
    public void Flags_and_symbol_list_of_an_extensible_binary_are_kept([Values] bool compress)
    {
        var profile = ReadText(Example);
        profile = new SampleProfile(profile.Functions) { IsFlowSensitive = true, SymbolList = ["bar", "cold", "foo", "main"] };
        var read = Read(Write(profile, new LlvmExtBinaryFormat { Compress = compress }));
        Assert.That(read.IsFlowSensitive, Is.True);
        Assert.That(read.SymbolList, Is.EqualTo(profile.SymbolList));
        Assert.That(ProfileText.Of(read), Is.EqualTo(ProfileText.Of(profile)));
    }

    [Test]
    public void Hashed_names_are_the_first_bytes_of_md5()
    {
        byte[] bytes = Write(ReadText(Example), new LlvmExtBinaryFormat { HashNames = true });
        Assert.That(bytes.AsSpan().IndexOf(Convert.FromHexString("37b51d194a7513e4")), Is.Positive, "of bar");
        var read = Read(bytes);
        Assert.That(read.HasHashedNames, Is.True);
        Assert.That(ProfileText.Of(read), Is.EqualTo(ProfileText.Of(ReadText(Example).WithHashedNames())));
        Assert.That(() => Write(read, ProfileFormat.GcovV3), Throws.InstanceOf<ProfileNotExpressibleException>());
        Assert.That(() => Write(read, ProfileFormat.LlvmText), Throws.InstanceOf<ProfileNotExpressibleException>(), "an inlined callee that begins with a digit");
        Assert.That(() => Write(read, ProfileFormat.LlvmBinary), Throws.InstanceOf<ProfileNotExpressibleException>());
    }

    [Test]
    public void Names_may_hold_colons_and_spaces()
    {
        var profile = ReadText("operator new: x::y:10:3\n 1: 5 a b::c:3 d:4:2\n 2: <T as U>::f:7\n  0: 1\n");
        var function = profile.Functions.Single();
        Assert.That(function.Name, Is.EqualTo("operator new: x::y"));
        Assert.That(function.Body.Positions.Single().Targets, Is.EqualTo(new[] { new CallTarget("a b::c", 3), new CallTarget("d:4", 2) }));
        Assert.That(function.Body.Calls.Single().Callee, Is.EqualTo("<T as U>::f"));
    }

    [TestCase("hello\n", "magic", 0)]
    [TestCase("f:1:1\n 1: 2\ng:1\n", "function", 12)]
    [TestCase("f:1:1\n  1: 2\n", "line", 6)]
    [TestCase("f:1:1\n 70000: 2\n", "line", 6)]
    [TestCase("f:1:1\n 1: 2 g:\n", "call target", 6)]
    [TestCase("f:1:1\n 1: g\n", "inlined call", 6)]
    [TestCase("f:1:1\n 1: 99999999999999999999\n", "count", 6)]
    [TestCase(" 1: 2\n", "line", 0)]
    [TestCase("[main:3 @ foo]:2:1\n", "function", 0)]
    [TestCase("f:1:1\n 1: 2\n !CFGChecksum: 4\n", "!CFGChecksum", 12)]
    public void Text_that_is_no_profile_is_refused_with_field_and_offset(string text, string field, long offset)
    {
        var error = Assert.Throws<InvalidFormatException>(() => ReadText(text))!;
        Assert.That((error.Field, error.Offset), Is.EqualTo((field, offset)), error.Message);
    }

    [Test]
    public void Truncation_at_every_byte_is_told_with_its_offset([Values] bool compress)
    {
        byte[] whole = Write(ReadText(Example), new LlvmExtBinaryFormat { Compress = compress });
        for (int length = 0; length < whole.Length; length++)
        {
            var error = Assert.Throws<InvalidFormatException>(() => Read(whole[..length]), $"{length} of {whole.Length} bytes")!;
            Assert.That(error.Offset, Is.InRange(0, whole.Length));
        }
    }

    [Test]
    public void Vtable_counts_are_passed_over_and_told()
    {
        var profile = ReadText("f:10:1\n 1: 5 g:2\n 1: vtables _ZTV1A:3 \n 2: 4\n");
        Assert.That(profile.Diagnostics.Single().Id, Is.EqualTo(DiagnosticId.VtableCounts));
        Assert.That(profile.Functions.Single().Body.Positions.Select(p => p.Count), Is.EqualTo(new[] { 5ul, 4ul }));
    }

    [TestCase(10)]
    [TestCase(100_000)]
    public void Sections_that_lie_over_each_other_or_expand_without_end_are_refused(int zeros)
    {
        // The table of sections has 7 entries of 32 bytes behind 18 bytes; the symbol list is the sixth.
        byte[] bytes = Write(new SampleProfile(ReadText(Example).Functions) { SymbolList = [new string('a', 1 + zeros)] }, new LlvmExtBinaryFormat { Compress = zeros > 10 });
        if (zeros > 10)
        {
            Assert.That(Assert.Throws<InvalidFormatException>(() => Read(bytes))!.Field, Is.EqualTo("compressed size"));
            return;
        }

        for (int entry = 0; entry < 6; entry++)
        {
            bytes.AsSpan(18 + (32 * 4) + 16, 16).CopyTo(bytes.AsSpan(18 + (32 * entry) + 16));
        }

        Assert.That(() => Read(bytes), Throws.InstanceOf<InvalidFormatException>());
    }

    [Test]
    public void Compressed_section_without_its_checksum_is_refused()
    {
        byte[] bytes = Write(ReadText(Example), new LlvmExtBinaryFormat { Compress = true });

        // The name table is the second entry of the table; its stream ends with the checksum.
        int entry = 18 + 32;
        int end = BitConverter.ToInt32(bytes, entry + 16) + BitConverter.ToInt32(bytes, entry + 24);
        bytes[end - 1] ^= 1;
        Assert.That(() => Read(bytes), Throws.InstanceOf<InvalidFormatException>().With.Property("Field").EqualTo("compressed section"));
    }

    [Test]
    public void Names_that_the_text_form_would_read_as_something_else_are_refused()
    {
        foreach (var body in (FunctionBody[])
        [
            new([new(new(1, 0), 10, [new CallTarget("x:1 y", 2)])], []), new([], [new(new(1, 0), "vtables z", "", new([], []))]), new([], [new(new(1, 0), "1z", "", new([], []))]),
        ])
        {
            Assert.That(() => Write(new SampleProfile([new("f", "", 1, 0, body)]), ProfileFormat.LlvmText), Throws.InstanceOf<ProfileNotExpressibleException>());
        }
    }

    [Test]
    public void Names_that_are_not_utf_8_are_refused()
    {
        byte[] text = [.. "f"u8, 0xff, .. ":1:1\n 1: 2\n"u8];
        Assert.That(() => Read(text), Throws.InstanceOf<InvalidFormatException>());
        byte[] binary = Write(ReadText(Example), ProfileFormat.LlvmBinary);
        binary[binary.AsSpan().IndexOf("main"u8)] = 0xff;
        Assert.That(Assert.Throws<InvalidFormatException>(() => Read(binary))!.Field, Is.EqualTo("name"));
    }

    [TestCase("", "--extbinary")]
    [TestCase("compressed", "--extbinary --compress-all-sections")]
    [TestCase("", "--binary")]
    public void Llvm_profdata_writes_the_bytes_that_we_write(string how, string options)
    {
        string folder = TestEnvironment.NewFolder();
        int number = 0;
        foreach (var profile in ProfileGenerator.LlvmProfiles.Sample(40, 12).Append(ReadText(Example)))
        {
            string ours = Path.Combine(folder, $"{number++}.prof");
            var written = new SampleProfile(profile.Functions) { IsFlowSensitive = how.Length == 0 && number % 2 == 0 && options == "--extbinary" };
            written.Save(ours, options == "--binary" ? ProfileFormat.LlvmBinary : new LlvmExtBinaryFormat { Compress = how == "compressed" });
            TestEnvironment.Run("llvm-profdata-22", ["merge", "--sample", .. options.Split(' '), "-o", ours + ".llvm", ours]);
            if (how == "compressed")
            {
                // Another build of zlib may compress otherwise: what it decompresses to is the same.
                Assert.That(ProfileText.Of(SampleProfile.Load(ours + ".llvm")), Is.EqualTo(ProfileText.Of(profile)));
                continue;
            }

            Assert.That(File.ReadAllBytes(ours + ".llvm"), Is.EqualTo(File.ReadAllBytes(ours)), $"{ours}");
        }
    }

    [Test]
    public void Llvm_profdata_writes_the_text_that_we_write()
    {
        string folder = TestEnvironment.NewFolder();
        int number = 0;
        foreach (var profile in ProfileGenerator.LlvmProfiles.Sample(40, 12))
        {
            string ours = Path.Combine(folder, $"{number++}.prof");
            profile.Save(ours, ProfileFormat.LlvmText);
            TestEnvironment.Run("llvm-profdata-22", "merge", "--sample", "--text", "-o", ours + ".llvm", ours);
            Assert.That(File.ReadAllText(ours + ".llvm"), Is.EqualTo(File.ReadAllText(ours)));
        }
    }

    [Test]
    public void Hashed_and_split_profiles_of_llvm_profdata_are_read()
    {
        string folder = TestEnvironment.NewFolder();
        string ours = Path.Combine(folder, "ours.prof");
        ReadText(Example).Save(ours, ProfileFormat.LlvmExtBinary);
        TestEnvironment.Run("llvm-profdata-22", "merge", "--sample", "--extbinary", "--use-md5", "-o", ours + ".md5", ours);
        TestEnvironment.Run("llvm-profdata-22", "merge", "--sample", "--extbinary", "--split-layout", "-o", ours + ".split", ours);
        var hashed = SampleProfile.Load(ours + ".md5");
        Assert.That(hashed.HasHashedNames, Is.True);
        Assert.That(ProfileText.Of(hashed), Is.EqualTo(ProfileText.Of(ReadText(Example).WithHashedNames())));
        Assert.That(ProfileText.Of(SampleProfile.Load(ours + ".split")), Is.EqualTo(ProfileText.Of(ReadText(Example))));
        ReadText(Example).Save(ours, new LlvmExtBinaryFormat { HashNames = true });
        TestEnvironment.Run("llvm-profdata-22", "merge", "--sample", "--extbinary", "--use-md5", "-o", ours + ".again", ours);
        Assert.That(File.ReadAllBytes(ours + ".again"), Is.EqualTo(File.ReadAllBytes(ours)));
    }

    internal static SampleProfile ReadText(string text) => Read(Encoding.UTF8.GetBytes(text));

    internal static SampleProfile Read(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        return SampleProfile.Load(stream, "profile");
    }

    internal static byte[] Write(SampleProfile profile, ProfileFormat format)
    {
        using var stream = new MemoryStream();
        profile.Write(stream, format);
        return stream.ToArray();
    }
}
