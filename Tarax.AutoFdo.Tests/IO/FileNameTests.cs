using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tarax.AutoFdo.Text;

namespace Tarax.AutoFdo.Tests.IO;

/// <summary>Names of files are bytes, and are shown as text that cannot do anything.</summary>
public sealed class FileNameTests
{
    [Test]
    public void Any_bytes_come_back_as_they_were() =>
        Prop.ForAll((byte[] bytes) => FileName.Encode(FileName.Decode(bytes)).AsSpan().SequenceEqual(bytes)).QuickCheckThrowOnFailure();

    [Test]
    public void Utf8_is_decoded_as_everywhere() =>
        Prop.ForAll((NonNull<string> text) => FileName.Decode(Encoding.UTF8.GetBytes(text.Get)) == Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Get))).QuickCheckThrowOnFailure();

    [Test]
    public void What_is_printed_of_any_text_has_no_character_that_does_not_print() =>
        Prop.ForAll((NonNull<string> text) => !Printable.Of(text.Get).Any(c => char.IsControl(c) || c is '\u202e' or '\u2028' or '\u2066')).QuickCheckThrowOnFailure();

    [TestCase("main", "main")]
    [TestCase("größe", "größe")]
    [TestCase("a\u001b[31mb", @"a\x1b[31mb")]
    [TestCase("a\nwarning", @"a\nwarning")]
    [TestCase("\u202etxt", @"\u202etxt")]
    [TestCase("😀", "😀")]
    public void Names_are_shown_as_they_are_where_they_print(string name, string shown) => Assert.That(Printable.Of(name), Is.EqualTo(shown));

    [TestCase("a.afdo", "a.afdo")]
    [TestCase("my profile", "'my profile'")]
    [TestCase("it's", @"'it'\''s'")]
    [TestCase("caf?\n", @"$'caf\xe9\x0a'")]
    public void Words_of_commands_are_what_a_shell_takes(string word, string quoted)
    {
        // Attributes hold no lone surrogates.
        word = word.Replace('?', '\udce9');
        Assert.That(Printable.Quoted(word), Is.EqualTo(quoted));
        Assert.That(TestEnvironment.Run("bash", "-c", $"printf %s {quoted} | od -An -tx1").Replace(" ", "").Replace("\n", ""), Is.EqualTo(Convert.ToHexStringLower(FileName.Encode(word))));
    }

    [Test]
    public void Bytes_that_are_no_utf8_are_shown_by_their_numbers() => Assert.That(Printable.Of("caf\udce9"), Is.EqualTo(@"caf\xe9"));

    [Test]
    public void Nul_is_in_no_name() => Assert.That(() => FileName.ToNative("a\0b"), Throws.InstanceOf<IOException>());
}
