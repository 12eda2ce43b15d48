using NUnit.Framework;
using Tarax.AutoFdo.Binaries.Symbolization;

namespace Tarax.AutoFdo.Tests.Binaries.Symbolization;

public sealed class ThunkNameTests
{
    [TestCase("_ZThn16_N6Nested6secondEl", "_ZN6Nested6secondEl")]
    [TestCase("_ZTh8_N1C1gEv", "_ZN1C1gEv")]
    [TestCase("_ZTv0_n24_N6Shared6secondEl", "_ZN6Shared6secondEl")]
    [TestCase("_ZTchn16_h16_N6Nested4selfEv", "_ZN6Nested4selfEv")]
    [TestCase("_ZTcv0_n40_v0_n24_N6Shared4selfEv", "_ZN6Shared4selfEv")]
    [TestCase("_ZTch0_v0_n24_N6Shared4selfEv", "_ZN6Shared4selfEv")]
    public void A_thunk_tells_the_function_that_it_is_for(string thunk, string function)
    {
        Assert.That(ThunkName.IsThunk(System.Text.Encoding.UTF8.GetBytes(thunk)));
        Assert.That(ThunkName.FunctionOf(thunk), Is.EqualTo(function));
    }

    [TestCase("_ZTV1C")]
    [TestCase("_ZN1C1gEv")]
    [TestCase("_ZTh")]
    [TestCase("_ZThn_N1C1gEv")]
    [TestCase("_ZTv0_N1C1gEv")]
    [TestCase("_ZTh16_")]
    [TestCase("main")]
    [TestCase("")]
    public void No_other_name_does(string name) => Assert.That(ThunkName.FunctionOf(name), Is.Null);
}
