using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tarax.AutoFdo.Diagnostics;
using Tarax.AutoFdo.Profiles;
using Tarax.AutoFdo.Profiles.Formats;
using Tarax.AutoFdo.Reports;

namespace Tarax.AutoFdo.Bench.Outcome;

/// <summary>One program and one compiler: builds it in all variants, and measures them. What was done before with the same profile is not done again.</summary>
internal sealed class LabBuild(LabFolder folder, LabTools tools, LabProgram program, LabCompiler compiler)
{
    private const int Period = 211;

    /// <summary>What is built, and by what.</summary>
    public (LabProgram Program, LabCompiler Compiler) What => (program, compiler);

    private string Sources => folder.SourcesOf(program);

    /// <summary>Builds and measures.</summary>
    public IEnumerable<LabResult> Run(IReadOnlyList<LabVariant> variants)
    {
        // The program without a profile is the one that is recorded.
        string plain = folder.BuildOf(program, compiler.Name, LabVariant.Plain);
        yield return Measured(plain, LabVariant.Plain, "", []);
        Record(plain);
        foreach (var variant in variants)
        {
            if (variant.Name != LabVariant.Plain)
            {
                yield return Measure(variant, plain);
            }
        }
    }

    /// <summary>Builds with a profile, or without one, and records, so that the next generation can be made of it.</summary>
    /// <param name="name">Name of the build.</param>
    /// <param name="options">Options of the compiler besides.</param>
    /// <param name="profile">The profile; null for none.</param>
    /// <returns>The folder, with <c>program</c>, <c>counts</c> and <c>counts.text</c>.</returns>
    public string BuildAndRecord(string name, string options, string? profile)
    {
        string build = folder.BuildOf(program, compiler.Name, name);
        File.Delete(Path.Combine(build, "counts.text"));
        if (profile is not null)
        {
            File.Copy(profile, Path.Combine(build, "profile"), overwrite: true);
        }

        Compile(build, $"{(profile is null ? "" : compiler.Target.RebuildOptions("profile"))} {options}");
        Record(build);
        return build;
    }

    /// <summary>The profile of a build by this project's converter, or by the one that was there before.</summary>
    public string ProfileOf(string build, LabVariantKind converter)
    {
        string profile = Path.Combine(build, $"{converter}.profile");
        if (converter == LabVariantKind.Ours)
        {
            ConvertByOurs(build, profile, "");
        }
        else
        {
            ConvertByIncumbent(build, profile);
        }

        return profile;
    }

    private void ConvertByOurs(string plain, string profile, string arguments) => LabProcess.Shell(
        $"'{tools.Converter}' convert '{plain}/counts' --binary '{plain}/program' --for {compiler.Name} --min-samples 0 {arguments} -o '{profile}'", Path.GetDirectoryName(profile)!);

    private void ConvertByIncumbent(string plain, string profile)
    {
        string build = Path.GetDirectoryName(profile)!;
        if (compiler.IsClang)
        {
            for (int i = 0; i < program.Train.Count; i++)
            {
                LabProcess.Shell($"{compiler.LlvmTool("llvm-profgen")} --binary='{plain}/program' --perfdata='{plain}/{i}.data' --output=profile.{i} --show-detailed-warning=false", build);
            }

            LabProcess.Shell($"{compiler.LlvmTool("llvm-profdata")} merge --sample --extbinary -o '{profile}' profile.?", build);
        }
        else
        {
            LabProcess.Shell(
                $"'{tools.CreateGcov}' --binary='{plain}/program' --profiler=text --profile='{plain}/counts.text' --gcov='{profile}' --gcov_version={(compiler.IsInTree ? 3 : 2)}", build);
        }
    }

    private LabResult Measure(LabVariant variant, string plain)
    {
        string build = folder.BuildOf(program, compiler.Name, variant.Name);
        try
        {
            if (variant.IsOfLoops && !compiler.HasFewerLoopsSampled)
            {
                return new LabResult(program.Name, compiler.Name, variant.Name, null, 0, 0, Note: "the compiler treats loops alike");
            }

            if (variant.Kind == LabVariantKind.Plain)
            {
                return Measured(build, variant.Name, compiler.Target.OptionsBesideProfile, []);
            }

            if (variant.Kind == LabVariantKind.Instrumented)
            {
                return MeasureInstrumented(build, variant);
            }

            if (variant.Kind == LabVariantKind.Counters)
            {
                return MeasureCounters(build, variant, plain);
            }

            if (variant.CompilerOptions.StartsWith(LabCompiler.Lld, StringComparison.Ordinal) && !compiler.IsClang)
            {
                return new LabResult(program.Name, compiler.Name, variant.Name, null, 0, 0, Note: "of Clang only");
            }

            if (variant.Kind == LabVariantKind.OursWithLayout)
            {
                return MeasureLayout(build, variant, plain);
            }

            if (variant.Kind == LabVariantKind.Incumbent && !compiler.IsClang && tools.CreateGcov is null)
            {
                return new LabResult(program.Name, compiler.Name, variant.Name, null, 0, 0, Note: "create_gcov is not here");
            }

            string profile = Path.Combine(build, "profile");
            if (variant.Arguments.StartsWith('!'))
            {
                LabProcess.Shell(variant.Arguments[1..], build, ("PLAIN", plain), ("COMPILER", compiler.Name));
            }
            else if (variant.Kind == LabVariantKind.Ours)
            {
                ConvertByOurs(plain, profile, variant.Arguments);
            }
            else
            {
                ConvertByIncumbent(plain, profile);
            }

            return Measured(build, variant.Name, $"{compiler.Target.RebuildOptions("profile")} {variant.CompilerOptions}".TrimEnd(), File.ReadAllBytes(profile));
        }
        catch (Exception e) when (e is InvalidOperationException or InvalidFormatException)
        {
            return new LabResult(program.Name, compiler.Name, variant.Name, null, 0, 0, Note: e.Message);
        }
    }

    /// <summary>Builds with the profile, records that, and builds again with the layout besides.</summary>
    private LabResult MeasureLayout(string build, LabVariant variant, string plain)
    {
        string profile = Path.Combine(build, "profile");
        ConvertByOurs(plain, profile, "");
        string mapped = folder.BuildOf(program, compiler.Name, $"{variant.Name}-mapped");
        string made = Path.Combine(mapped, "made-by");
        if (!File.Exists(made) || !File.ReadAllBytes(made).AsSpan().SequenceEqual(File.ReadAllBytes(profile)))
        {
            BuildAndRecord(Path.GetFileName(mapped), $"-fbasic-block-address-map {variant.CompilerOptions}", profile);
            File.Copy(profile, made, overwrite: true);
        }

        LabProcess.Shell($"'{tools.Converter}' layout '{mapped}/counts' --binary '{mapped}/program' --min-samples 0 {variant.Arguments} -o layout", build);
        string flags = $"{compiler.Target.RebuildOptions("profile")} {variant.CompilerOptions} -fbasic-block-sections=list=layout_cc_profile.txt -Wl,--symbol-ordering-file=layout_ld_profile.txt -Wl,--no-warn-symbol-ordering";
        byte[] inputs = [.. File.ReadAllBytes(profile), .. File.ReadAllBytes(Path.Combine(build, "layout_cc_profile.txt")), .. File.ReadAllBytes(Path.Combine(build, "layout_ld_profile.txt"))];
        return Measured(build, variant.Name, flags, inputs);
    }

    private LabResult MeasureCounters(string build, LabVariant variant, string plain)
    {
        if (compiler.IsClang)
        {
            return new LabResult(program.Name, compiler.Name, variant.Name, null, 0, 0, Note: "of GCC only");
        }

        // Notes are made without counters.
        Array.ForEach(Directory.GetFiles(build, "*.gcda"), File.Delete);
        if (Directory.GetFiles(build, "*.gcno").Length == 0)
        {
            Compile(build, LabCompiler.NotesFlags);
        }

        LabProcess.Shell($"'{tools.Converter}' convert '{plain}/counts' --binary '{plain}/program' --notes . --gcda . --min-samples 0 {variant.Arguments}", build);
        byte[] counters = [.. Directory.GetFiles(build, "*.gcda").Order(StringComparer.Ordinal).SelectMany(File.ReadAllBytes)];
        return Measured(build, variant.Name, $"{compiler.UseFlags} {variant.CompilerOptions}".TrimEnd(), counters);
    }

    private LabResult MeasureInstrumented(string build, LabVariant variant)
    {
        string counts = Path.Combine(build, "counted");
        if (!File.Exists(counts))
        {
            Compile(build, compiler.GenerateFlags);
            for (int i = 0; i < program.Train.Count; i++)
            {
                var run = program.Train[i];
                LabProcess.Shell(Command(Path.Combine(build, "program"), run), Sources, ("LLVM_PROFILE_FILE", $"{build}/{i}.profraw"), ("GCOV_PREFIX", compiler.IsInTree ? folder.Root : ""));
            }

            if (compiler.IsClang)
            {
                LabProcess.Shell($"{compiler.LlvmTool("llvm-profdata")} merge -o counts.profdata ?.profraw", build);
            }

            File.WriteAllText(counts, "");
        }

        return Measured(build, variant.Name, $"{compiler.UseFlags} {variant.CompilerOptions}".TrimEnd(), []);
    }

    /// <summary>Compiles and measures, or says what was measured before with the same options and profile.</summary>
    private LabResult Measured(string build, string variant, string flags, byte[] profile)
    {
        string file = Path.Combine(build, "result.json");
        string what = Script(build, flags) + JsonSerializer.Serialize(program.Test);
        string key = Convert.ToHexStringLower(SHA256.HashData([.. Encoding.UTF8.GetBytes(what), .. profile]));
        if (File.Exists(file) && JsonSerializer.Deserialize<Done>(File.ReadAllText(file)) is { } done && done.Key == key)
        {
            return done.Result with { Variant = variant };
        }

        double seconds = Compile(build, flags);
        var cost = new LabCost(0, 0, 0, 0);
        foreach (var run in program.Test)
        {
            string statistics = Path.Combine(build, "statistics");
            Emulate(build, run, $"stats=on,filter=user,statsfile={statistics}");
            cost += LabCost.Of(File.ReadAllText(statistics));
        }

        string sizes = LabProcess.Shell("size -A program | awk '$1 == \".text\" { print $2 }'", build);
        var result = new LabResult(program.Name, compiler.Name, variant, cost, seconds, ulong.Parse(sizes, CultureInfo.InvariantCulture), UsedShare(build, flags));
        File.WriteAllText(file, JsonSerializer.Serialize(new Done(key, result)));
        return result;
    }

    /// <summary>What the compiler's own dumps say of the profile.</summary>
    private double? UsedShare(string build, string flags)
    {
        if (compiler.DumpFlags is not { } dumps || !File.Exists(Path.Combine(build, "profile")))
        {
            return null;
        }

        string folder = Directory.CreateDirectory(Path.Combine(build, "dumps")).FullName;
        File.Copy(Path.Combine(build, "profile"), Path.Combine(folder, "profile"), overwrite: true);
        Compile(folder, $"{flags} {dumps}");
        var profile = SampleProfile.Load(Path.Combine(folder, "profile"));
        var use = CompilerUse.Of(profile, Directory.GetFiles(folder, "*.afdo*"));
        Directory.Delete(folder, recursive: true);
        return use.UsedShare;
    }

    private void Record(string plain)
    {
        string counts = Path.Combine(plain, "counts.text");
        if (File.Exists(counts))
        {
            return;
        }

        for (int i = 0; i < program.Train.Count; i++)
        {
            Emulate(plain, program.Train[i], $"filter=user,period={Period},out={plain}/{i}.data,statsfile={plain}/{i}.statistics");
        }

        string recordings = string.Join(' ', Enumerable.Range(0, program.Train.Count).Select(i => $"{i}.data"));
        LabProcess.Shell($"'{tools.Converter}' counts {recordings} -o counts && '{tools.Converter}' convert counts --binary program --min-samples 0 --counts counts.text -o ignored", plain);
    }

    private void Emulate(string build, LabRun run, string plugin) =>
        LabProcess.Shell("qemu-x86_64 -0 program -seed 1 -plugin " + $"'{tools.Plugin},{plugin}' " + Command(Path.Combine(build, "program"), run), Sources);

    private static string Command(string executable, LabRun run) =>
        $"'{executable}' {string.Join(' ', run.Arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(a => $"'{a.Replace("'", "'\\''", StringComparison.Ordinal)}'"))} <'{run.Input ?? "/dev/null"}' >/dev/null";

    /// <summary>What compiles and links the program, in the folder of the build.</summary>
    private string Script(string build, string flags)
    {
        var script = new StringBuilder("set -e\n");
        var objects = new List<string>();
        string sources = Path.GetRelativePath(build, Sources);
        string command = $"{(program.Language == "c" ? compiler.C : compiler.CPlusPlus)} {compiler.CommonFlags} {flags}";
        string options = string.Join(' ', program.Flags.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(f =>
            f.StartsWith("-I", StringComparison.Ordinal) ? $"-I{sources}/{f[2..]}" : $"'{f}'"));
        foreach (string file in folder.FilesOf(program))
        {
            string name = file.Replace('/', '-') + ".o";
            objects.Add($"'{name}'");
            script.Append(CultureInfo.InvariantCulture, $"{command} {options} -w -c '{sources}/{file}' -o '{name}'\n");
        }

        script.Append(CultureInfo.InvariantCulture, $"{command} {LabCompiler.LinkFlags} -o program {string.Join(' ', objects)} {program.Libraries}\ntimes\n");
        return script.ToString();
    }

    /// <returns>Seconds of processor time.</returns>
    private double Compile(string build, string flags)
    {
        File.WriteAllText(Path.Combine(build, "build.sh"), Script(build, flags));
        string inside = Path.Combine(folder.Inside, Path.GetRelativePath(folder.Path, build));
        string times = compiler.IsInTree
            ? LabProcess.Run(["chroot", folder.Root, "sh", "-c", $"cd '{inside}' && sh build.sh"], build)
            : LabProcess.Run(["sh", "build.sh"], build);

        // The last line of what the shell's own "times" writes: user and system time of all it started, as 0m1.234000s.
        double seconds = 0;
        foreach (string time in times.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1].Split(' '))
        {
            string[] parts = time.TrimEnd('s').Split('m');
            seconds += (60 * double.Parse(parts[0], CultureInfo.InvariantCulture)) + double.Parse(parts[1], CultureInfo.InvariantCulture);
        }

        return seconds;
    }

    private sealed record Done(string Key, LabResult Result);
}
