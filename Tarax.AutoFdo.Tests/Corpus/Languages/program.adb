with Ada.Text_IO; with Ada.Command_Line;
procedure Program is
   generic
      type Item is range <>;
      with function Better (L, R : Item) return Boolean;
   package Tops is
      procedure Offer (I : Item);
      function Best return Item;
   end Tops;
   package body Tops is
      Current : Item := Item'First;
      procedure Offer (I : Item) is
      begin
         for K in 1 .. 3 loop
            if Better (I, Current) then
               Current := I;
            end if;
         end loop;
      end Offer;
      function Best return Item is (Current);
   end Tops;
   package Int_Tops is new Tops (Integer, ">");
   N : Integer := 3000;
   function Collatz (Start : Integer) return Integer is
      K : Long_Integer := Long_Integer (Start);
      C : Integer := 0;
   begin
      while K /= 1 loop
         if K mod 2 = 0 then K := K / 2; else K := 3 * K + 1; end if;
         C := C + 1;
      end loop;
      return C;
   end Collatz;
begin
   if Ada.Command_Line.Argument_Count > 0 then
      N := Integer'Value (Ada.Command_Line.Argument (1));
   end if;
   for I in 1 .. N loop
      Int_Tops.Offer (Collatz (I));
   end loop;
   Ada.Text_IO.Put_Line (Integer'Image (Int_Tops.Best));
end Program;
