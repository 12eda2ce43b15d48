namespace Tarax.AutoFdo.IO;

/// <summary>A pending file where there is no Linux: under a random name beside its own, and moved.</summary>
internal sealed class MovedFile : IPendingFile
{
    private readonly string _temporary;
    private readonly string _target;
    private readonly string _path;
    private string? _old;
    private bool _isPlaced;

    private MovedFile(string path)
    {
        _path = path;
        _target = Path.GetFullPath(path);
        _temporary = Path.Combine(Path.GetDirectoryName(_target)!, TemporaryName.New());
    }

    /// <summary>Writes it.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static MovedFile Write(string path, Action<Stream> write)
    {
        var file = new MovedFile(path);
        try
        {
            using var stream = new FileStream(file._temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);
            write(stream);
        }
        catch (Exception e)
        {
            file.Dispose();
            if (e is UnauthorizedAccessException or DirectoryNotFoundException)
            {
                throw new IOException($"{path}: cannot be written: {e.Message}", e);
            }

            throw;
        }

        return file;
    }

    public void KeepOld()
    {
        if (File.Exists(_target))
        {
            string name = Path.Combine(Path.GetDirectoryName(_target)!, TemporaryName.New());
            Move(_target, name);
            _old = name;
        }
    }

    public void PutInPlace()
    {
        Move(_temporary, _target);
        _isPlaced = true;
    }

    public void PutBack()
    {
        if (_old is not null)
        {
            Move(_old, _target);
            _old = null;
        }
        else if (_isPlaced)
        {
            File.Delete(_target);
        }
    }

    public void DropOld()
    {
        if (_old is not null)
        {
            File.Delete(_old);
        }
    }

    public void Dispose() => File.Delete(_temporary);

    private void Move(string from, string to)
    {
        try
        {
            File.Move(from, to, overwrite: true);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"{_path}: cannot be written: {e.Message}", e);
        }
    }
}
