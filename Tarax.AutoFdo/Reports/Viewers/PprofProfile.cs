using System.IO.Compression;
using Tarax.AutoFdo.Reports.Page;

namespace Tarax.AutoFdo.Reports.Viewers;

/// <summary>
/// Profiles of pprof (github.com/google/pprof, proto/profile.proto), compressed: one sample for each position that ran, with the calls that it is inlined into. Its values have 63 bits, and stay at the largest.
/// </summary>
internal static class PprofProfile
{
    public static void Write(ReportData data, Stream stream)
    {
        var profile = new ProtobufWriter();
        var message = new ProtobufWriter();
        var strings = new StringTable();
        message.Number(1, strings.Of("executions"));
        message.Number(2, strings.Of("count"));
        profile.Message(1, message);
        var walk = new StackWalk(data);
        ulong location = 0;
        foreach (var function in data.Functions)
        {
            foreach (var (body, position) in StackWalk.Positions(function))
            {
                WritePosition(profile, walk, function, body, position, ++location);
            }
        }

        message.Clear();
        message.Number(1, 1);
        message.Number(10, 1); // has_inline_frames
        message.Number(7, 1); // has_functions
        message.Number(5, strings.Of(data.Title));
        profile.Message(3, message);
        for (int i = 0; i < walk.Functions.Count; i++)
        {
            var viewed = walk.Functions[i];
            message.Clear();
            message.Number(1, (ulong)i + 1);
            message.Number(2, strings.Of(data.Names[viewed.Name].Short ?? data.Names[viewed.Name].Name));
            message.Number(3, strings.Of(data.Names[viewed.Name].Name));
            message.Number(4, strings.Of(viewed.File is { } file ? data.Files[file] : ""));
            message.Number(5, viewed.Line ?? 0);
            profile.Message(5, message);
        }

        foreach (string text in strings.Texts)
        {
            profile.Text(6, text);
        }

        using var gzip = new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true);
        gzip.Write(profile.Bytes);
    }

    private static void WritePosition(ProtobufWriter profile, StackWalk walk, ReportFunction function, int body, int position, ulong location)
    {
        var place = new ProtobufWriter();
        place.Number(1, location);
        place.Number(2, 1);
        place.Number(3, location); // Addresses are not known, and pprof takes places of one address for one.
        foreach (var (viewed, line) in walk.Lines(function, body, position))
        {
            var one = new ProtobufWriter();
            one.Number(1, (ulong)viewed + 1);
            one.Number(2, (ulong)Math.Max(line, 0));
            place.Message(4, one);
        }

        profile.Message(4, place);
        var sample = new ProtobufWriter();
        sample.Number(1, location);
        sample.Number(2, Math.Min(function.Bodies[body].Counts[position], long.MaxValue));
        profile.Message(2, sample);
    }

    /// <summary>Texts by their index, of which the first is empty.</summary>
    private sealed class StringTable
    {
        private readonly Dictionary<string, ulong> _indices = new(StringComparer.Ordinal) { [""] = 0 };

        public List<string> Texts { get; } = [""];

        public ulong Of(string text)
        {
            if (!_indices.TryGetValue(text, out ulong index))
            {
                index = (ulong)Texts.Count;
                _indices.Add(text, index);
                Texts.Add(text);
            }

            return index;
        }
    }
}
