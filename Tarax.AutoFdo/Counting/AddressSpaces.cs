using System.Collections.Concurrent;
using System.Text;
using Tarax.AutoFdo.Counts;
using Tarax.AutoFdo.Inputs.Perf;
using Tarax.AutoFdo.IO;
using Tarax.AutoFdo.Text;

namespace Tarax.AutoFdo.Counting;

/// <summary>
/// The address spaces of all processes and of the kernel over time, from MMAP, MMAP2, COMM and FORK records.
/// Records arrive in the order of the CPUs' buffers, so they are collected first and applied in order of time. One thread does that, while others
/// look at what has been applied.
/// </summary>
internal sealed class AddressSpaces
{
    private const uint KernelPid = uint.MaxValue;
    private const ushort ForkExecBit = 1 << 13;

    private readonly ConcurrentDictionary<uint, AddressSpaceHistory> _histories = [];
    private readonly Dictionary<(string Name, BuildId BuildId, FileIdentity Identity), MappedFile> _files = [];
    private readonly Dictionary<string, PathHistory> _paths = [];
    private readonly Dictionary<string, BuildId> _buildIdByName = [];
    private readonly PriorityQueue<Change, (ulong Time, int Sequence)> _changes = new();
    private BuildId _kernelBuildId;
    private int _noted;
    private ulong? _appliedUpTo;

    public AddressSpaces(IEnumerable<BuildIdEntry> buildIds) => TakeBuildIds(buildIds);

    private enum ChangeKind
    {
        Map,
        Exec,
        Fork,
    }

    /// <summary>All files that were mapped executable, in the order of their first record.</summary>
    public List<MappedFile> Files { get; } = [];

    /// <summary>Changes that were noted when later ones had already been applied.</summary>
    public long LateChanges { get; private set; }

    /// <summary>Takes note of a record that changes an address space.</summary>
    /// <param name="record">A record of any type; those that change nothing are passed over.</param>
    /// <param name="body">Its body without the sample_id trailer.</param>
    /// <param name="time">Its time in nanoseconds, or another order of the records; 0 for before everything.</param>
    public void Note(in PerfRecord record, ReadOnlySpan<byte> body, ulong time)
    {
        switch (record.Type)
        {
            case RecordType.Mmap or RecordType.Mmap2 when MappingRecord.TryRead(record, body, out var mapping) && mapping.IsExecutable:
                NoteMapping(record, mapping, time);
                break;
            case RecordType.Comm when ProcessRecord.TryReadComm(record, body, out var comm) && comm.IsExec:
                Note(time, ChangeKind.Exec, comm.Pid);
                break;
            case RecordType.Fork when ProcessRecord.TryReadFork(body, out var fork) && fork.Pid != fork.ParentPid:
                // perf marks the forks that it makes up for running processes, whose mappings it lists themselves.
                bool isMadeUp = (record.Misc & ForkExecBit) != 0;
                Note(time, isMadeUp ? ChangeKind.Exec : ChangeKind.Fork, fork.Pid, fork.ParentPid);
                break;
        }
    }

    /// <summary>Applies what was noted up to a time; nothing from before it is expected any more.</summary>
    public void Apply(ulong time)
    {
        _appliedUpTo = time;
        while (_changes.TryPeek(out var change, out _) && change.Time <= time)
        {
            _changes.Dequeue();
            Apply(change);
        }
    }

    /// <summary>Gives files the build-ids of the recording's table, which may come after everything else.</summary>
    public void TakeBuildIds(IEnumerable<BuildIdEntry> buildIds)
    {
        foreach (var entry in buildIds)
        {
            _buildIdByName.TryAdd(entry.FileName, entry.BuildId);
            if (_kernelBuildId.IsEmpty && entry.IsKernel && MappedFile.IsKernelName(entry.FileName))
            {
                _kernelBuildId = entry.BuildId;
            }
        }

        foreach (var ((name, buildId, _), file) in _files)
        {
            if (buildId.IsEmpty)
            {
                file.BuildId = file.IsReplaced ? default : BuildIdOf(name, file.IsKernel);
            }
        }
    }

    /// <summary>The address spaces of the kernel over time.</summary>
    public AddressSpaceHistory Kernel { get; } = new();

    /// <summary>The only process that mapped something; null where there are several, or none.</summary>
    public AddressSpaceHistory? OnlyProcess => _histories.Values.Where(h => h.Latest is not null).Take(2).ToArray() is [var only] ? only : null;

    /// <summary>The address spaces of a process over time; null where nothing is known of it.</summary>
    public AddressSpaceHistory? Of(uint pid) => _histories.GetValueOrDefault(pid);

    private void Note(ulong time, ChangeKind kind, uint pid, uint parentPid = 0, Mapping mapping = default)
    {
        if (time <= _appliedUpTo)
        {
            // What is in order stays as it is, whoever is looking at it.
            LateChanges++;
            time = _appliedUpTo.Value + 1;
        }

        _changes.Enqueue(new Change(time, kind, pid, parentPid, mapping), (time, _noted++));
    }

    private void Apply(in Change change)
    {
        var history = change.Pid == KernelPid ? Kernel : _histories.GetOrAdd(change.Pid, _ => new AddressSpaceHistory());
        switch (change.Kind)
        {
            case ChangeKind.Map:
                history.Set(change.Time, (history.Latest ?? new AddressSpace()).With(change.Mapping));
                break;
            case ChangeKind.Exec:
                history.Set(change.Time, new AddressSpace());
                break;
            case ChangeKind.Fork:
                var parent = _histories.GetValueOrDefault(change.ParentPid)?.Latest ?? new AddressSpace();
                parent.IsShared = true;
                history.Set(change.Time, parent);
                break;
        }
    }

    private void NoteMapping(in PerfRecord record, in MappingRecord mapping, ulong time)
    {
        bool isKernel = record.CpuMode == CpuMode.Kernel || mapping.Pid == KernelPid;
        if (record.CpuMode is CpuMode.GuestKernel or CpuMode.GuestUser || mapping.Length == 0)
        {
            return;
        }

        // The length of a kernel map that ends the address space may wrap around.
        ulong end = mapping.Start + mapping.Length < mapping.Start ? ulong.MaxValue : mapping.Start + mapping.Length;
        var file = MappedFile.IsAnonymous(mapping.FileName) ? null : FileOf(mapping, isKernel);
        if (mapping.Start == 0 && file is { IsKernelModule: true })
        {
            // A module without code, or one whose address the kernel hides (kptr_restrict).
            return;
        }

        Note(time, ChangeKind.Map, isKernel ? KernelPid : mapping.Pid, mapping: new Mapping(mapping.Start, end, mapping.PageOffset, file));
    }

    private MappedFile FileOf(in MappingRecord mapping, bool isKernel)
    {
        string name = FileName.Decode(mapping.FileName);
        var buildId = new BuildId(mapping.BuildId);
        if (buildId.IsEmpty)
        {
            buildId = BuildIdOf(name, isKernel);
        }

        name = MappedFile.WithoutDeletedSuffix(name);
        var identity = isKernel ? default : mapping.Identity;
        if (!_files.TryGetValue((name, buildId, identity), out var file))
        {
            file = new MappedFile(name, buildId, isKernel, identity);
            _files.Add((name, buildId, identity), file);
            Files.Add(file);
        }

        if (identity.IsKnown)
        {
            NotePath(name, file);
        }

        return file;
    }

    /// <summary>
    /// Files that one file system has at one path one after the other are different builds. One that comes back was not replaced: then there are several roots, such as those of containers, and
    /// what has one path is taken for one file, as are files of one path on different file systems.
    /// </summary>
    private void NotePath(string path, MappedFile file)
    {
        if (!_paths.TryGetValue(path, out var history))
        {
            _paths.Add(path, new PathHistory(file));
            return;
        }

        if (file == history.Latest || history.HasSeveralRoots || !file.Identity.IsOnDeviceOf(history.Latest.Identity))
        {
            return;
        }

        if (history.Replaced.Contains(file))
        {
            history.Replaced.ForEach(f => SetReplaced(f, false));
            history.HasSeveralRoots = true;
            return;
        }

        SetReplaced(history.Latest, true);
        history.Replaced.Add(history.Latest);
        history.Latest = file;
    }

    /// <summary>The recording's table of build-ids was made at its end, of what was there then.</summary>
    private void SetReplaced(MappedFile file, bool isReplaced)
    {
        file.IsReplaced = isReplaced;
        file.BuildId = isReplaced ? default : BuildIdOf(file.Path, file.IsKernel);
    }

    /// <summary>The files that were at one path.</summary>
    private sealed class PathHistory(MappedFile latest)
    {
        public MappedFile Latest { get; set; } = latest;

        public List<MappedFile> Replaced { get; } = [];

        public bool HasSeveralRoots { get; set; }
    }

    private BuildId BuildIdOf(string name, bool isKernel) =>
        isKernel && MappedFile.IsKernelName(name) ? _kernelBuildId : _buildIdByName.GetValueOrDefault(name);

    private readonly record struct Change(ulong Time, ChangeKind Kind, uint Pid, uint ParentPid, Mapping Mapping);
}
