using Tarax.AutoFdo.Symbolization;

namespace Tarax.AutoFdo.Tests.Symbolization;

public sealed class DiscriminatorTests
{
    [TestCase(0u, 0u, 1u)]
    [TestCase(1u, 0u, 1u)]
    [TestCase(2u, 1u, 1u)]
    [TestCase(31u << 1, 31u, 1u)]
    [TestCase((1u << 1) | (4u << 8), 1u, 4u)]
    [TestCase(1u | (8u << 2), 0u, 8u)]
    [TestCase(0x40u | (1u << 1) | (1u << 7), 33u, 1u)]
    [TestCase(0x40u | (31u << 1) | (127u << 7), 4095u, 1u)]
    public void Components_are_the_number_and_the_copies(uint value, uint number, uint copies) =>
        Assert.That(Discriminator.Of(value, DiscriminatorEncoding.Components), Is.EqualTo(new Discriminator(number, copies)));

    [Test]
    public void Plain_ones_are_themselves([Values(0u, 1u, 64u, uint.MaxValue)] uint value) =>
        Assert.That(Discriminator.Of(value, DiscriminatorEncoding.Plain), Is.EqualTo(new Discriminator(value, 1)));
}
