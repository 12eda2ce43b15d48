namespace Tarax.AutoFdo.Fleet.Tests;

/// <summary>Makes empty stores of one kind.</summary>
public interface IStores
{
    void Start();

    FleetStore Make();

    /// <summary>Opens the store that was made last once more, as another run does.</summary>
    FleetStore Again();

    void Quit();
}

/// <summary>Folders of Parquet files.</summary>
public sealed class ParquetFolders : IStores
{
    private string _folder = "";

    public void Start()
    {
    }

    public FleetStore Make()
    {
        _folder = FleetEnvironment.NewFolder();
        return Again();
    }

    public FleetStore Again() => new ParquetFolder(_folder, threads: 2);

    public void Quit()
    {
    }
}

/// <summary>Two servers of ClickHouse on loopback, each a shard; each store has a database of its own.</summary>
public sealed class ClickHouseShards : IStores
{
    private ClickHousePair? _pair;
    private int _databases;

    public void Start() => _pair = ClickHousePair.Start();

    public FleetStore Make()
    {
        _pair!.MakeDatabase($"fleet_{++_databases}");
        return Again();
    }

    public FleetStore Again() => new ClickHouseCluster(_pair!.Addresses, "fleet", $"fleet_{_databases}");

    public void Quit() => _pair?.Dispose();
}
