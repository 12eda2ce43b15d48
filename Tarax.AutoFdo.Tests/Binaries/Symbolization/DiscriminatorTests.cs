using Tarax.AutoFdo.Binaries.Dwarf;
using Tarax.AutoFdo.Binaries.Symbolization;

namespace Tarax.AutoFdo.Tests.Binaries.Symbolization;

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
        Assert.That(Discriminator.Of(value, DiscriminatorEncoding.Components), Is.EqualTo(new Discriminator(number, copies, 0)));

    [Test]
    public void Plain_ones_are_themselves([Values(0u, 1u, 64u, uint.MaxValue)] uint value) =>
        Assert.That(Discriminator.Of(value, DiscriminatorEncoding.Plain), Is.EqualTo(new Discriminator(value, 1, 0)));

    [TestCase(0u, 0u, 1u, 0u)]
    [TestCase(7u, 7u, 1u, 0u)]
    [TestCase(66561u, 1u, 4u, 2u)]
    [TestCase(65538u, 2u, 1u, 2u)]
    [TestCase(0x3ffffffu, 255u, 127u, 2047u)]
    public void Those_of_gcc_16_are_a_number_a_multiplicity_and_a_copy(uint value, uint number, uint copies, uint copy) =>
        Assert.That(Discriminator.Of(value, DiscriminatorEncoding.Hierarchical), Is.EqualTo(new Discriminator(number, copies, copy)));

    [TestCase("GNU C17 16.2.0 -O3 -g", "Hierarchical")]
    [TestCase("GNU GIMPLE 17.0.0 20261020 (experimental) -O2", "Hierarchical")]
    [TestCase("GNU C++17 12.2.0 -O2", "Plain")]
    [TestCase("Debian clang version 22.1.0", "Components")]
    [TestCase("clang LLVM (rustc version 1.63.0)", "Components")]
    [TestCase("Go cmd/compile go1.19.8", "Plain")]
    public void What_they_mean_depends_on_the_compiler(string producer, string encoding) =>
        Assert.That(Discriminator.EncodingOf(UnitProducer.Of(producer)).ToString(), Is.EqualTo(encoding));
}
