using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tarax.AutoFdo.Numbers;

namespace Tarax.AutoFdo.Tests.Numbers;

/// <summary>MD5 is that of RFC 1321.</summary>
public sealed class Md5Tests
{
    [TestCase("", "D41D8CD98F00B204E9800998ECF8427E")]
    [TestCase("a", "0CC175B9C0F1B6A831C399E269772661")]
    [TestCase("abc", "900150983CD24FB0D6963F7D28E17F72")]
    [TestCase("message digest", "F96B697D7CB7938D525A2F31AAF161D0")]
    [TestCase("abcdefghijklmnopqrstuvwxyz", "C3FCD3D76192E4007DFB496CCA67E13B")]
    [TestCase("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "D174AB98D277D9F5A5611C2C9F419D9F")]
    [TestCase("12345678901234567890123456789012345678901234567890123456789012345678901234567890", "57EDF4A22BE3C955AC49DA2E2107B67A")]
    public void Digests_of_the_test_suite(string text, string digest) => Assert.That(Convert.ToHexString(Md5.Of(Encoding.ASCII.GetBytes(text))), Is.EqualTo(digest), "RFC 1321, A.5");

    [Test]
    [SuppressMessage("Security", "CA5351", Justification = "The same digest is wanted.")]
    public void Digest_is_that_of_the_runtime() => Prop.ForAll(ArbMap.Default.GeneratorFor<byte>().ArrayOf().Resize(300).ToArbitrary(), data => Md5.Of(data).AsSpan().SequenceEqual(MD5.HashData(data))).QuickCheckThrowOnFailure();
}
