namespace Tarax.AutoFdo.Dwarf;

/// <summary>DW_TAG values that are looked into (DWARF 5, table 7.3).</summary>
internal enum DwarfTag : ushort
{
    None = 0,
    ArrayType = 0x01,
    EnumerationType = 0x04,
    SubroutineType = 0x15,
    CompileUnit = 0x11,
    InlinedSubroutine = 0x1d,
    Subprogram = 0x2e,
    PartialUnit = 0x3c,
    SkeletonUnit = 0x4a,
}

/// <summary>DW_AT values that are looked at (DWARF 5, table 7.5, and GNU and MIPS extensions).</summary>
internal enum DwarfAttribute : ushort
{
    Sibling = 0x01,
    Name = 0x03,
    StmtList = 0x10,
    LowPc = 0x11,
    HighPc = 0x12,
    Language = 0x13,
    CompDir = 0x1b,
    Producer = 0x25,
    AbstractOrigin = 0x31,
    DeclFile = 0x3a,
    DeclLine = 0x3b,
    Specification = 0x47,
    EntryPc = 0x52,
    Ranges = 0x55,
    CallFile = 0x58,
    CallLine = 0x59,
    LinkageName = 0x6e,
    StrOffsetsBase = 0x72,
    AddrBase = 0x73,
    RngListsBase = 0x74,
    MipsLinkageName = 0x2007,
    GnuDiscriminator = 0x2136,
    GnuRangesBase = 0x2132,
    GnuAddrBase = 0x2133,
}

/// <summary>DW_FORM values (DWARF 5, table 7.6, and the GNU forms for split DWARF and dwz).</summary>
internal enum DwarfForm : ushort
{
    Addr = 0x01,
    Block2 = 0x03,
    Block4 = 0x04,
    Data2 = 0x05,
    Data4 = 0x06,
    Data8 = 0x07,
    String = 0x08,
    Block = 0x09,
    Block1 = 0x0a,
    Data1 = 0x0b,
    Flag = 0x0c,
    SData = 0x0d,
    Strp = 0x0e,
    UData = 0x0f,
    RefAddr = 0x10,
    Ref1 = 0x11,
    Ref2 = 0x12,
    Ref4 = 0x13,
    Ref8 = 0x14,
    RefUData = 0x15,
    Indirect = 0x16,
    SecOffset = 0x17,
    ExprLoc = 0x18,
    FlagPresent = 0x19,
    Strx = 0x1a,
    Addrx = 0x1b,
    RefSup4 = 0x1c,
    StrpSup = 0x1d,
    Data16 = 0x1e,
    LineStrp = 0x1f,
    RefSig8 = 0x20,
    ImplicitConst = 0x21,
    LocListx = 0x22,
    RngListx = 0x23,
    RefSup8 = 0x24,
    Strx1 = 0x25,
    Strx2 = 0x26,
    Strx3 = 0x27,
    Strx4 = 0x28,
    Addrx1 = 0x29,
    Addrx2 = 0x2a,
    Addrx3 = 0x2b,
    Addrx4 = 0x2c,
    GnuAddrIndex = 0x1f01,
    GnuStrIndex = 0x1f02,
    GnuRefAlt = 0x1f20,
    GnuStrpAlt = 0x1f21,
}

/// <summary>DW_UT values of DWARF 5 unit headers; units of earlier versions are compile units.</summary>
internal enum DwarfUnitType : byte
{
    Compile = 1,
    Type = 2,
    Partial = 3,
    Skeleton = 4,
    SplitCompile = 5,
    SplitType = 6,
}
