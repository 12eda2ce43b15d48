using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tarax.AutoFdo.Inputs.Perf;

namespace Tarax.AutoFdo.Bench;

/// <summary>The samples and rounds of a recording, to be written again and again, later each time.</summary>
internal sealed class RepeatedSamples
{
    private readonly byte[] _samples;
    private readonly byte[] _others;
    private readonly int _length;
    private readonly List<int> _times = [];
    private readonly ulong _duration;

    public RepeatedSamples(PerfDataFile template)
    {
        int timeOffset = RecordReader.HeaderSize + template.Events[0].Layout.TimeOffset;
        _samples = new byte[template.DataEnd - template.DataStart];
        var others = new MemoryStream();
        var records = template.Records();
        while (records.TryRead(out var record))
        {
            var whole = record.Whole();
            if (record.Type is not (RecordType.Sample or RecordType.FinishedRound))
            {
                others.Write(whole);
                continue;
            }

            whole.CopyTo(_samples.AsSpan(_length));
            if (record.Type == RecordType.Sample)
            {
                _times.Add(_length + timeOffset);
                _duration = Math.Max(_duration, BinaryPrimitives.ReadUInt64LittleEndian(whole[timeOffset..]));
            }

            _length += whole.Length;
        }

        _others = others.ToArray();
    }

    /// <summary>All other records, which come once, before the samples.</summary>
    public ReadOnlySpan<byte> Others => _others;

    public ReadOnlySpan<byte> Samples => _samples.AsSpan(0, _length);

    /// <summary>Makes the samples later.</summary>
    public void MoveOn()
    {
        foreach (int at in _times)
        {
            var time = _samples.AsSpan(at, sizeof(ulong));
            BinaryPrimitives.WriteUInt64LittleEndian(time, BinaryPrimitives.ReadUInt64LittleEndian(time) + _duration);
        }
    }
}

/// <summary>The bytes of a record.</summary>
internal static class WholeRecord
{
    /// <summary>The record with its header, which lies before its body.</summary>
    public static ReadOnlySpan<byte> Whole(this in PerfRecord record) =>
        MemoryMarshal.CreateReadOnlySpan(
            ref Unsafe.AddByteOffset(ref MemoryMarshal.GetReference(record.Body), -RecordReader.HeaderSize), record.Body.Length + RecordReader.HeaderSize);
}
