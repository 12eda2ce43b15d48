using Tarax.AutoFdo;
var r = AutoFdoConverter.Convert(args[0], args[1], args[2], new ConversionOptions { MappedAs = args.Length > 3 ? args[3] : null, Discriminators = DiscriminatorHandling.Keep, GcovVersion = (Tarax.AutoFdo.Profiles.Gcov.GcovVersion)int.Parse(args.Length > 4 ? args[4] : "2") });
Console.WriteLine($"{r.Functions} {r.Positions} {r.TotalCount} {r.Samples} {r.SamplesInBinary}");
foreach (var d in r.Diagnostics) Console.WriteLine(d); foreach (var d in r.DroppedRanges) Console.WriteLine(d);
