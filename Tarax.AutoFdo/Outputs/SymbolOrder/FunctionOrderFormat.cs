namespace Tarax.AutoFdo.Outputs.SymbolOrder;

/// <summary>For which linker an order is written.</summary>
public enum FunctionOrderFormat
{
    /// <summary>A symbol on each line: <c>--symbol-ordering-file</c> of lld.</summary>
    Lld,

    /// <summary>A section on each line: <c>--section-ordering-file</c> of gold.</summary>
    Gold,

    /// <summary>A piece of a linker script: <c>--section-ordering-file</c> of GNU ld since binutils 2.43.</summary>
    Gnu,
}
