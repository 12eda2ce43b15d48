namespace Tarax.AutoFdo.Tests.Reports.Page;

/// <summary>Packages of npm that only tests use; TARAX_NODE_MODULES names their folder.</summary>
internal static class NodeModules
{
    /// <summary>A file of a package, which must be there.</summary>
    public static string Path(string file)
    {
        string folder = Environment.GetEnvironmentVariable("TARAX_NODE_MODULES") ?? "node_modules";
        string path = System.IO.Path.Combine(folder, file);
        TestEnvironment.Require(File.Exists(path), $"the npm package {file.Split('/')[0]} is not here (npm install --prefix DIR {file.Split('/')[0]}, and TARAX_NODE_MODULES=DIR/node_modules)");
        return path;
    }
}
