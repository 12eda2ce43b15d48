using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Profiles.Formats.Llvm;

/// <summary>Reads functions, whose form is the same in both binary formats.</summary>
/// <param name="cursor">At a function.</param>
/// <param name="names">The name table.</param>
/// <param name="hasVtables">Whether counts of virtual tables follow every body.</param>
internal ref struct LlvmBodyReader(ByteCursor cursor, IReadOnlyList<string> names, bool hasVtables)
{
    private ByteCursor _cursor = cursor;

    /// <summary>Positions whose counts of virtual tables were passed over.</summary>
    public long Vtables { get; private set; }

    /// <summary>Reads functions up to the end.</summary>
    public void ReadAll(List<FunctionProfile> functions)
    {
        while (!_cursor.AtEnd)
        {
            ulong head = _cursor.Uleb("head count");
            string name = NameOf("function name");
            var body = new BodyAccumulator();
            Read(body, 0);
            functions.Add(new FunctionProfile(name, "", head, 0, body.ToBody()));
        }
    }

    private void Read(BodyAccumulator body, int depth)
    {
        if (depth > LlvmFormat.MaximumDepth)
        {
            throw _cursor.Invalid("inlined call", $"is nested more than {LlvmFormat.MaximumDepth} deep");
        }

        body.AddTotal(_cursor.Uleb("total"));
        for (ulong left = _cursor.UlebCount("number of positions", 4); left > 0; left--)
        {
            var position = Position();
            body.AddCount(position, _cursor.Uleb("count"), 0, CountRule.Sum);
            for (ulong targets = _cursor.UlebCount("number of targets", 2); targets > 0; targets--)
            {
                string target = NameOf("target name");
                body.AddTarget(position, target, _cursor.Uleb("target count"));
            }
        }

        for (ulong left = _cursor.UlebCount("number of inlined calls", 6); left > 0; left--)
        {
            var position = Position();
            Read(body.CallAt(position, NameOf("callee name"), ""), depth + 1);
        }

        if (hasVtables)
        {
            SkipVtables();
        }
    }

    private void SkipVtables()
    {
        for (ulong left = _cursor.UlebCount("number of virtual tables' positions", 3); left > 0; left--)
        {
            Position();
            Vtables++;
            for (ulong tables = _cursor.UlebCount("number of virtual tables", 2); tables > 0; tables--)
            {
                NameOf("virtual table's name");
                _cursor.Uleb("virtual table's count");
            }
        }
    }

    private SourcePosition Position()
    {
        ulong line = _cursor.Uleb("line offset");
        if (line > LlvmFormat.MaximumLine)
        {
            throw _cursor.Invalid("line offset", $"is {line}, where {LlvmFormat.MaximumLine} is the most");
        }

        ulong discriminator = _cursor.Uleb("discriminator");
        return discriminator <= uint.MaxValue
            ? new SourcePosition((int)line, (uint)discriminator)
            : throw _cursor.Invalid("discriminator", $"is {discriminator}, where it has 32 bits");
    }

    private string NameOf(string field)
    {
        ulong index = _cursor.Uleb(field);
        return index < (ulong)names.Count ? names[(int)index] : throw _cursor.Invalid(field, $"is {index}, where there are {names.Count} names");
    }
}
