using System.Text.RegularExpressions;
using Tarax.Tool;

namespace Tarax.AutoFdo.Tests.Tool;

/// <summary>Names are shown as people write them, whichever language they are of.</summary>
public sealed partial class DemangledTests
{
    private const string Program = """
        use std::collections::HashMap;
        use std::fmt::Debug;
        pub struct Grid<T, const N: usize> { cells: [T; N] }
        pub trait Shape { fn area(&self) -> u64; }
        impl<T: Copy + Into<u64>, const N: usize> Shape for Grid<T, N> {
            #[inline(never)]
            fn area(&self) -> u64 { self.cells.iter().map(|&c| c.into()).sum() }
        }
        #[inline(never)]
        pub fn each<'a, F: for<'b> Fn(&'b str) -> usize>(words: &'a [String], f: F) -> HashMap<&'a str, usize> { words.iter().map(|w| (w.as_str(), f(w))).collect() }
        #[inline(never)]
        fn shown(x: &dyn Debug, y: (u8, char, *const i32, &mut [bool]), f: extern "C" fn(i32) -> u64) -> String { format!("{:?}{:?}{}", x, y.3, f(3)) }
        #[inline(never)]
        fn größe<const B: bool, const C: char>() -> usize { std::process::id() as usize + B as usize + C as usize }
        extern "C" fn twice(x: i32) -> u64 { 2 * x as u64 }
        fn main() {
            let words: Vec<String> = std::env::args().collect();
            let grids: Vec<Box<dyn Shape>> = vec![Box::new(Grid { cells: [1u8; 4] }), Box::new(Grid { cells: [2u32; 7] })];
            println!("{:?} {} {} {}", each(&words, |w| w.len()), grids.iter().map(|g| g.area()).sum::<u64>(), shown(&words, (1, 'x', std::ptr::null(), &mut [true]), twice), größe::<true, 'q'>());
        }
        """;

    private const string ProgramOfD = """
        module app;
        import std.stdio;
        import std.algorithm;
        struct Grid(T, int n) { T[n] cells; this(T first) { cells[0] = first; } ~this() { cells[0] = T.init; } T area() const { return cells[].sum; } }
        class Shape { int[string] sides; int total(int delegate(int) f, string s) { int inner(int x) { return f(x) + cast(int)sides.length; } return inner(3) + cast(int)s.length; } }
        T largest(T)(T[] values, scope T function(T) f = null) { T most = values[0]; foreach (v; values) if (v > most) most = v; return f ? f(most) : most; }
        void main(string[] arguments) {
            auto grid = Grid!(int, 7)(cast(int)arguments.length);
            auto wide = Grid!(double, 3)(1.5);
            auto shape = new Shape;
            writeln(grid.area, wide.area, shape.total(x => x + 1, "a"), largest([1, 2, 3]), largest(["a", "b"]), arguments.map!(a => a.length).sum);
        }
        """;

    [TestCase("_RNvCs1234_7mycrate3foo", "mycrate::foo")]
    [TestCase("_RNCINkXs25_NgCsbmNqQUJIY6D_4core5sliceINyB9_4IterhENuNgNoBb_4iter8iterator8Iterator9rpositionNCNgNpB9_6memchr7memrchrs_0E0Bb_", "<core::slice::Iter<u8> as core::iter::iterator::Iterator>::rposition::<core::slice::memchr::memrchr::{closure#1}>::{closure#0}")]
    [TestCase("_RINbNbCskIICzLVDPPb_5alloc5alloc8box_freeDINbNiB4_5boxed5FnBoxuEp6OutputuEL_ECs1iopQbuBiw2_3std", "alloc::alloc::box_free::<dyn alloc::boxed::FnBox<(), Output = ()>>")]
    [TestCase("_RMC0INtC8arrayvec8ArrayVechKj7b_E", "<arrayvec::ArrayVec<u8, 123>>")]
    [TestCase("_RNqCs4fqI2P2rA04_11utf8_identsu30____7hkackfecea1cbdathfdh9hlq6y", "utf8_idents::საჭმელად_გემრიელი_სადილი")]
    [TestCase("_RNvC1a1b.llvm.123", "a::b")]
    [TestCase("_RNvC1a1b.cold", "a::b [.cold]")]
    [TestCase("_ZN4core3fmt9Formatter3pad17h0123456789abcdefE", "core::fmt::Formatter::pad")]
    [TestCase("_ZN63_$LT$alloc..vec..Vec$LT$T$GT$$u20$as$u20$core..clone..Clone$GT$5clone17h0123456789abcdefE.llvm.7", "<alloc::vec::Vec<T> as core::clone::Clone>::clone")]
    [TestCase("_RNvC1a", "_RNvC1a")]
    [TestCase("_RB_", "_RB_")]
    [TestCase("_R", "_R")]
    public void Names_of_rust_are_shown_without_hashes(string name, string shown)
    {
        Assert.That(Demangled.Name(name), Is.EqualTo(shown));
        Assert.That(Demangled.Short(name), Is.EqualTo(shown));
        Assert.That(Demangled.Is(name, shown), Is.True);
    }

    [TestCase("v0")]
    [TestCase("legacy")]
    public void Names_of_a_program_are_those_of_binutils(string version)
    {
        string folder = TestEnvironment.NewFolder();
        File.WriteAllText(Path.Combine(folder, "program.rs"), Program);
        string program = Path.Combine(folder, "program");
        TestEnvironment.RequireTool("rustc");

        // Later compilers have the older names only where what is not stable is asked for.
        TestEnvironment.Run("env", "RUSTC_BOOTSTRAP=1", "rustc", "-Zunstable-options", "--edition", "2021", "-C", "opt-level=1", "-C", $"symbol-mangling-version={version}", "-o", program, Path.Combine(folder, "program.rs"));
        // Binutils leave letters beyond ASCII of the older names as they are.
        string[] names = [.. TestEnvironment.Run("nm", "--defined-only", "--format=just-symbols", program).Split('\n').Where(n => RustName.Of(n) is not null && !n.Contains('.', StringComparison.Ordinal) && !n.Contains("$uf6$", StringComparison.Ordinal)).Distinct()];
        string[] expected = [.. TestEnvironment.Execute("c++filt", string.Join('\n', names) + "\n", "-s", "rust").Output.TrimEnd('\n').Split('\n').Select(n => ConstantType().Replace(CrateHash().Replace(n, ""), ""))];
        Assert.That(names, Has.Length.GreaterThan(20));
        Assert.That(names.Select(Demangled.Name), Is.EqualTo(expected));
    }

    [TestCase("_Dmain", "D main")]
    [TestCase("_D8demangle4testFaZv", "demangle.test")]
    [TestCase("_D8demangle4test6__ctorMFZv", "demangle.test.this")]
    [TestCase("_D3std5stdio4File6__dtorMFNfZv", "std.stdio.File.~this")]
    [TestCase("_D8demangle11__T4testTaZv", "demangle.test!(char)")]
    [TestCase("_D8demangle__T4testTAyaVii7ZQoFiZv", "demangle.test!(immutable(char)[], 7).test")]
    [TestCase("_D6object3bar3bazFiZ5innerMFZv", "object.bar.baz.inner")]
    [TestCase("_D3foo", "_D3foo")]
    [TestCase("_Darwin", "_Darwin")]
    [TestCase("_DQaZ", "_DQaZ")]
    public void Names_of_d_are_shown_as_the_source_has_them(string name, string shown)
    {
        Assert.That(Demangled.Name(name), Is.EqualTo(shown));
        Assert.That(Demangled.Short(name), Is.EqualTo(shown));
    }

    [Test]
    public void Names_of_a_program_of_d_are_those_of_binutils()
    {
        string folder = TestEnvironment.NewFolder();
        File.WriteAllText(Path.Combine(folder, "app.d"), ProgramOfD);
        string program = Path.Combine(folder, "app");
        TestEnvironment.Run("ldc2", "-O1", $"-of={program}", $"-od={folder}", Path.Combine(folder, "app.d"));
        string[] names = [.. TestEnvironment.Run("nm", "--defined-only", "--format=just-symbols", program).Split('\n').Where(n => n.StartsWith("_D", StringComparison.Ordinal) && !n.Contains('.', StringComparison.Ordinal)).Distinct()];
        string[] expected = [.. TestEnvironment.Execute("c++filt", string.Join('\n', names) + "\n", "-s", "dlang").Output.TrimEnd('\n').Split('\n')];
        var ours = names.Zip(expected).Where(n => n.Second != n.First && !n.Second.Contains(" for ", StringComparison.Ordinal)).Select(n => (n.First, Mine: WithoutArguments(Demangled.Name(n.First)), Theirs: WithoutArguments(n.Second))).ToList();
        Assert.That(ours, Has.Count.GreaterThan(30));
        Assert.That(ours.Where(n => n.Mine != n.Theirs).Select(n => $"{n.First}: {n.Mine}, {n.Theirs}").Take(5), Is.Empty);
    }

    /// <summary>A name without what stands in parentheses, of templates too: binutils write types of arguments, and suffixes of numbers.</summary>
    private static string WithoutArguments(string name)
    {
        var made = new System.Text.StringBuilder();
        int depth = 0;
        foreach (char c in name)
        {
            depth -= c == ')' ? 1 : 0;
            made.Append(depth == 0 && c is not ('(' or ')' or '!') ? c : "");
            depth += c == '(' ? 1 : 0;
        }

        return made.ToString().Split(' ')[0];
    }

    [Test]
    public void Name_of_rust_that_doubles_itself_is_shown_as_it_is()
    {
        // Each tuple holds the one before it twice.
        string name = "_RINvC1a1bTuuE";
        int previous = "INvC1a1b".Length;
        for (int i = 0; i < 60; i++)
        {
            int start = name.Length - 2;
            name += $"TB{Base62(previous)}B{Base62(previous)}E";
            previous = start;
        }

        Assert.That(Demangled.Name(name + "E"), Is.EqualTo(name + "E"));
    }

    [GeneratedRegex(@"\[[0-9a-f]+\]|::h[0-9a-f]{16}$")]
    private static partial Regex CrateHash();

    [GeneratedRegex(@": (?:bool|char|[iu]size|[iu]\d+)(?=[,>\]])")]
    private static partial Regex ConstantType();

    private static string Base62(int number)
    {
        const string Digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        string text = "";
        for (int left = number - 1; left > 0 || (left == 0 && text.Length == 0); left /= Digits.Length)
        {
            text = Digits[left % Digits.Length] + text;
        }

        return text + "_";
    }
}
