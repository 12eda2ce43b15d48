using FsCheck;
using FsCheck.Fluent;
using Tarax.AutoFdo.Binaries.Dwarf;
using Tarax.AutoFdo.Binaries.Elf;

namespace Tarax.AutoFdo.Tests.Binaries.Dwarf;

public sealed class RangeIndexTests
{
    [Test]
    public void What_covers_an_address_covers_all_up_to_where_it_says() =>
        Prop.ForAll<(byte Start, byte Length)[]>(ranges =>
        {
            var index = new RangeIndex<int>([.. ranges.Select((r, i) => (new CodeRange(r.Start, (ulong)r.Start + r.Length), i))]);
            for (ulong address = 0; address < 520; address++)
            {
                ulong until = index.SameUntil(address);
                var here = index.At(address).ToList();
                if (until <= address || Enumerable.Range((int)address, (int)Math.Min(until, 520) - (int)address).Any(a => !index.At((ulong)a).SequenceEqual(here)))
                {
                    return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();
}
