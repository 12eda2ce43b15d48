namespace Tarax.AutoFdo.Profiles.Formats.Gcov;

/// <summary>
/// The working set section: how many instructions (here: bytes of code) hold each 1/129 of all executions. No GCC reads it;
/// it is written because the format has it.
/// </summary>
internal static class WorkingSet
{
    private const ulong InstructionsPerBlock = 10;

    public static IReadOnlyList<WorkingSetRow> Of(SampleProfile profile)
    {
        var bytesByCount = new Dictionary<ulong, ulong>();
        UInt128 total = 0;
        void Add(FunctionBody body)
        {
            foreach (var position in body.Positions.AsSpan())
            {
                ulong bytes = Math.Max(position.CodeBytes, 1);
                bytesByCount[position.Count] = bytesByCount.GetValueOrDefault(position.Count) + bytes;
                total += (UInt128)position.Count * bytes;
            }

            foreach (var call in body.Calls.AsSpan())
            {
                Add(call.Body);
            }
        }

        foreach (var function in profile.Functions.AsSpan())
        {
            Add(function.Body);
        }

        var rows = new WorkingSetRow[GcovFormat.WorkingSetRows];
        var bucket = total / (GcovFormat.WorkingSetRows + 1);
        int row = 0;
        UInt128 executed = 0;
        ulong instructions = 0;
        ulong[] counts = [.. bytesByCount.Keys];
        Array.Sort(counts);
        Array.Reverse(counts);
        foreach (ulong count in counts)
        {
            ulong left = bytesByCount[count];
            while (row < rows.Length && count > 0 && ((UInt128)count * left) + executed > bucket * (UInt128)(row + 1))
            {
                ulong taken = (ulong)(((bucket * (UInt128)(row + 1)) - executed) / count);
                instructions += taken;
                executed += (UInt128)taken * count;
                left -= taken;
                rows[row++] = new WorkingSetRow((uint)Math.Min(instructions / InstructionsPerBlock, uint.MaxValue), count);
            }

            instructions += left;
            executed += (UInt128)left * count;
        }

        return rows;
    }
}
