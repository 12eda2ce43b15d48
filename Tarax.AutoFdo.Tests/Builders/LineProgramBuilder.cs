using Tarax.AutoFdo.IO;

namespace Tarax.AutoFdo.Tests.Builders;

/// <summary>Assembles a line program of version 4 or 5 with one file, <c>/src/a.c</c>.</summary>
internal sealed class LineProgramBuilder
{
    private readonly ByteWriter _program = new();
    private uint _line = 1;
    private bool _isStatement = true;

    public ushort Version { get; init; } = 5;

    /// <summary>Begins a sequence at an address.</summary>
    public LineProgramBuilder At(ulong address)
    {
        Extended(2, b => b.U64(address));
        return this;
    }

    /// <summary>A row here, after stepping forward some bytes; it begins a statement unless it is said that it does not.</summary>
    public LineProgramBuilder Row(uint line, ulong advance = 0, uint discriminator = 0, bool isStatement = true)
    {
        if (isStatement != _isStatement)
        {
            _program.U8(6);
            _isStatement = isStatement;
        }

        if (advance > 0)
        {
            _program.U8(2);
            DwarfAssembler.Uleb(_program, advance);
        }

        _program.U8(3);
        DwarfAssembler.Sleb(_program, (long)line - _line);
        _line = line;
        if (discriminator > 0)
        {
            Extended(4, b => DwarfAssembler.Uleb(b, discriminator));
        }

        _program.U8(1);
        return this;
    }

    /// <summary>A row by a special opcode: some bytes and lines further.</summary>
    public LineProgramBuilder Special(int advance, int lines)
    {
        _program.U8((byte)((lines + 5) + (14 * advance) + 13));
        _line = (uint)(_line + lines);
        return this;
    }

    /// <summary>Ends the sequence after some more bytes.</summary>
    public LineProgramBuilder End(ulong advance)
    {
        _program.U8(2);
        DwarfAssembler.Uleb(_program, advance);
        Extended(1, _ => { });
        _line = 1;
        _isStatement = true;
        return this;
    }

    public byte[] Build()
    {
        var tables = new ByteWriter();
        if (Version >= 5)
        {
            tables.U8(1);
            DwarfAssembler.Uleb(tables, 1);
            DwarfAssembler.Uleb(tables, 8);
            tables.U8(1);
            tables.Bytes("/src\0"u8);
            tables.U8(3);
            foreach (ulong number in (ulong[])[1, 8, 2, 11, 5, 30])
            {
                DwarfAssembler.Uleb(tables, number);
            }

            tables.U8(1);
            tables.Bytes("a.c\0"u8);
            tables.U8(0);
            tables.Zeros(16); // MD5
        }
        else
        {
            tables.Bytes("/src\0\0"u8);
            tables.Bytes("a.c\0"u8);
            tables.U8(1);
            tables.U8(0);
            tables.U8(0);
            tables.U8(0);
        }

        var header = new ByteWriter();
        header.U8(1);
        header.U8(1);
        header.U8(1);
        header.U8(unchecked((byte)-5));
        header.U8(14);
        header.U8(13);
        header.Bytes([0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1]);
        header.Bytes(tables.Written);
        var all = new ByteWriter();
        all.U32((uint)(2 + (Version >= 5 ? 2 : 0) + 4 + header.Written.Length + _program.Written.Length));
        all.U16(Version);
        if (Version >= 5)
        {
            all.U8(8);
            all.U8(0);
        }

        all.U32((uint)header.Written.Length);
        all.Bytes(header.Written);
        all.Bytes(_program.Written);
        return all.Written.ToArray();
    }

    private void Extended(byte opcode, Action<ByteWriter> arguments)
    {
        var content = new ByteWriter();
        content.U8(opcode);
        arguments(content);
        _program.U8(0);
        DwarfAssembler.Uleb(_program, (ulong)content.Written.Length);
        _program.Bytes(content.Written);
    }
}
