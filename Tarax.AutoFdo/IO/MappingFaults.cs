using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Tarax.AutoFdo.IO;

/// <summary>
/// A mapped file that somebody cuts has no pages any more where it was, and looking there ends the process (SIGBUS, mmap(2)). Here such a fault in a file that this library has mapped
/// puts zeros in the place of all that is missing, and reading goes on; that the file has changed is reported afterwards (<see cref="ByteSource.EnsureUnchanged"/>). Faults elsewhere go to
/// the handler that was there before.
/// </summary>
/// <remarks>
/// A signal handler cannot be managed code, so it is some machine code: it looks the address up in a table of the mapped files and maps anonymous pages from there to the file's end.
/// On other systems and processors, and where memory may not be made executable, there is none.
/// </remarks>
internal static unsafe class MappingFaults
{
    private const int Slots = 4096;
    private const int SlotSize = 2 * sizeof(ulong);
    private const int SignalBus = 7;
    private const int HasInformation = 4; // SA_SIGINFO
    private const int Restarts = 0x10000000; // SA_RESTART
    private const int OnAlternateStack = 0x08000000; // SA_ONSTACK
    private const int ProtectRead = 1;
    private const int ProtectWrite = 2;
    private const int ProtectExecute = 4;
    private const int PrivateAnonymous = 0x22; // MAP_PRIVATE | MAP_ANONYMOUS

    private static readonly Lock Lock = new();
    private static ulong* Table;
    private static bool IsTried;

    /// <summary>
    /// mov rax, [rsi+16]; mov r8, TABLE; mov ecx, SLOTS; L1: cmp rax, [r8]; jb L2; cmp rax, [r8+8]; jb L3; L2: add r8, 16; dec ecx; jnz L1; mov rax, OLD; jmp rax;
    /// L3: mov rdi, rax; and rdi, -4096; mov rsi, [r8+8]; sub rsi, rdi; mov edx, PROT_READ; mov r10d, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED; mov r8, -1; xor r9d, r9d; mov eax, SYS_mmap; syscall;
    /// test rax, rax; js L4; ret; L4: ud2
    /// </summary>
    private static ReadOnlySpan<byte> X64 =>
    [
        0x48, 0x8b, 0x46, 0x10, 0x49, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xb9, 0, 0, 0, 0, 0x49, 0x3b, 0x00, 0x72, 0x06, 0x49, 0x3b, 0x40, 0x08, 0x72, 0x14, 0x49, 0x83, 0xc0, 0x10,
        0xff, 0xc9, 0x75, 0xed, 0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xe0, 0x48, 0x89, 0xc7, 0x48, 0x81, 0xe7, 0x00, 0xf0, 0xff, 0xff, 0x49, 0x8b, 0x70, 0x08,
        0x48, 0x29, 0xfe, 0xba, 0x01, 0x00, 0x00, 0x00, 0x41, 0xba, 0x32, 0x00, 0x00, 0x00, 0x49, 0xc7, 0xc0, 0xff, 0xff, 0xff, 0xff, 0x45, 0x31, 0xc9,
        0xb8, 0x09, 0x00, 0x00, 0x00, 0x0f, 0x05, 0x48, 0x85, 0xc0, 0x78, 0x01, 0xc3, 0x0f, 0x0b,
    ];

    /// <summary>
    /// ldr x9, [x1, #16]; ldr x10, TABLE; ldr x11, SLOTS; L1: ldp x12, x13, [x10]; cmp x9, x12; b.lo L2; cmp x9, x13; b.lo L3; L2: add x10, x10, #16; subs x11, x11, #1; b.ne L1;
    /// ldr x16, OLD; br x16; L3: ldr x12, MASK; and x0, x9, x12; sub x1, x13, x0; mov x2, #1; mov x3, #0x32; mov x4, #-1; mov x5, #0; mov x8, #222; svc #0; cmn x0, #4095; b.hi L4; ret;
    /// L4: udf #0; TABLE, SLOTS, OLD, MASK of the page size
    /// </summary>
    private static ReadOnlySpan<uint> Arm64 =>
    [
        0xf9400829, 0x5800032a, 0x5800034b, 0xa940354c, 0xeb0c013f, 0x54000063, 0xeb0d013f, 0x540000c3, 0x9100414a, 0xf100056b, 0x54ffff21, 0x58000270, 0xd61f0200,
        0x5800026c, 0x8a0c0120, 0xcb0001a1, 0xd2800022, 0xd2800643, 0x92800004, 0xd2800005, 0xd2801bc8, 0xd4000001, 0xb13ffc1f, 0x54000048, 0xd65f03c0, 0,
        0, 0, 0, 0, 0, 0, 0, 0,
    ];

    /// <summary>Takes note of a mapped file.</summary>
    /// <param name="start">Its first byte in memory.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <returns>A number for <see cref="Remove"/>; −1 where faults in it cannot be caught.</returns>
    public static int Add(byte* start, long length)
    {
        lock (Lock)
        {
            if (!IsTried)
            {
                IsTried = true;
                Table = OperatingSystem.IsLinux() ? Install() : null;
            }

            for (int slot = 0; Table != null && slot < Slots; slot++)
            {
                if (Table[(2 * slot) + 1] == 0)
                {
                    Table[2 * slot] = (ulong)start;
                    Volatile.Write(ref Table[(2 * slot) + 1], (ulong)start + (ulong)length);
                    return slot;
                }
            }

            return -1;
        }
    }

    /// <summary>Forgets a mapped file, which is no longer looked at.</summary>
    public static void Remove(int slot)
    {
        if (slot >= 0)
        {
            lock (Lock)
            {
                Volatile.Write(ref Table[(2 * slot) + 1], 0);
            }
        }
    }

    /// <summary>Makes the table and the handler.</summary>
    /// <returns>The table; null where there can be no handler.</returns>
    private static ulong* Install()
    {
        if (RuntimeInformation.ProcessArchitecture is not (Architecture.X64 or Architecture.Arm64))
        {
            return null;
        }

        nint pageSize = Environment.SystemPageSize;
        byte* code = LibC.mmap(null, pageSize, ProtectRead | ProtectWrite, PrivateAnonymous, -1, 0);
        byte* table = LibC.mmap(null, Slots * SlotSize, ProtectRead | ProtectWrite, PrivateAnonymous, -1, 0);
        LibC.SignalAction before;
        if ((nint)code == -1 || (nint)table == -1 || LibC.sigaction(SignalBus, null, &before) != 0)
        {
            return null;
        }

        if (RuntimeInformation.ProcessArchitecture == Architecture.X64)
        {
            WriteX64(code, table, before.Handler);
        }
        else
        {
            WriteArm64(code, table, before.Handler);
        }

        if (LibC.mprotect(code, pageSize, ProtectRead | ProtectExecute) != 0)
        {
            return null;
        }

        var action = new LibC.SignalAction { Handler = code, Flags = HasInformation | Restarts | OnAlternateStack };
        return LibC.sigaction(SignalBus, &action, null) == 0 ? (ulong*)table : null;
    }

    /// <summary>Where there was no handler, any other fault ends at the instruction that does not exist.</summary>
    private static void WriteX64(byte* code, byte* table, byte* old)
    {
        const int TableAt = 6;
        const int SlotsAt = 15;
        const int OldAt = 40;
        var target = new Span<byte>(code, X64.Length);
        X64.CopyTo(target);
        BinaryPrimitives.WriteUInt64LittleEndian(target[TableAt..], (ulong)table);
        BinaryPrimitives.WriteUInt32LittleEndian(target[SlotsAt..], Slots);
        BinaryPrimitives.WriteUInt64LittleEndian(target[OldAt..], (ulong)(old == null ? code + X64.Length - 2 : old));
    }

    private static void WriteArm64(byte* code, byte* table, byte* old)
    {
        const int LiteralsAt = 26;
        var target = new Span<uint>(code, Arm64.Length);
        Arm64.CopyTo(target);
        var literals = MemoryMarshal.Cast<uint, ulong>(target[LiteralsAt..]);
        literals[0] = (ulong)table;
        literals[1] = Slots;
        literals[2] = (ulong)(old == null ? code + ((LiteralsAt - 1) * sizeof(uint)) : old);
        literals[3] = ~((ulong)Environment.SystemPageSize - 1);
    }
}
