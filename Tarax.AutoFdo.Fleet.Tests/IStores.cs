namespace Tarax.AutoFdo.Fleet.Tests;

/// <summary>Makes empty stores of one kind.</summary>
public interface IStores
{
    void Start();

    FleetStore Make();

    void Quit();
}

/// <summary>Folders of Parquet files.</summary>
public sealed class ParquetFolders : IStores
{
    public void Start()
    {
    }

    public FleetStore Make() => new ParquetFolder(FleetEnvironment.NewFolder(), threads: 2);

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
        string database = $"fleet_{++_databases}";
        _pair!.MakeDatabase(database);
        return new ClickHouseCluster(_pair.Addresses, "fleet", database);
    }

    public void Quit() => _pair?.Dispose();
}
