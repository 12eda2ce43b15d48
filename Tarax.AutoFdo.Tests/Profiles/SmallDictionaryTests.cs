using FsCheck;
using FsCheck.Fluent;
using Tarax.AutoFdo.Profiles;

namespace Tarax.AutoFdo.Tests.Profiles;

public sealed class SmallDictionaryTests
{
    [Test]
    public void Few_or_many_keys_have_the_values_that_a_dictionary_would_have()
    {
        Prop.ForAll<byte[]>(keys =>
        {
            var expected = new Dictionary<int, int>();
            var order = new List<int>();
            var counted = default(SmallDictionary<int, int>);
            foreach (byte key in keys)
            {
                // Few keys that come often, and now and then many.
                int small = key % 11;
                ref int value = ref counted.ValueOf(small, out bool exists);
                Assert.That(exists, Is.EqualTo(expected.ContainsKey(small)));
                value++;
                order.AddRange(exists ? [] : [small]);
                expected[small] = expected.GetValueOrDefault(small) + 1;
            }

            Assert.That(counted.Entries.ToArray().Select(e => (e.Key, e.Value)), Is.EqualTo(order.Select(k => (k, expected[k]))));
            Assert.That(Enumerable.Range(0, 12).Select(k => counted.IndexOf(k)), Is.EqualTo(Enumerable.Range(0, 12).Select(k => order.IndexOf(k))));
        }).QuickCheckThrowOnFailure();
    }
}
