// A database in memory.  What it does in the background is done here between operations, by the same thread, so that every run is alike.
// store events|names SIZE
#include "leveldb/cache.h"
#include "leveldb/comparator.h"
#include "leveldb/db.h"
#include "leveldb/env.h"
#include "leveldb/filter_policy.h"
#include "leveldb/iterator.h"
#include "leveldb/options.h"
#include "leveldb/write_batch.h"

#include "helpers/memenv/memenv.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <utility>

using namespace leveldb;

namespace {

class Turns : public EnvWrapper {
public:
    explicit Turns(Env *base) : EnvWrapper(base) {}
    void Schedule(void (*function)(void *), void *arg) override { waiting.emplace_back(function, arg); }
    uint64_t NowMicros() override { return ++now; }
    void SleepForMicroseconds(int) override {}
    void take()
    {
        while (!waiting.empty()) {
            const auto next = waiting.front();
            waiting.pop_front();
            next.first(next.second);
        }
    }

private:
    std::deque<std::pair<void (*)(void *), void *>> waiting;
    uint64_t now = 0;
};

struct Random {
    uint64_t state;
    uint32_t below(uint32_t n)
    {
        state = state * 6364136223846793005ull + 1442695040888963407ull;
        return uint32_t((state >> 33) % n);
    }
};

// Letters backwards: an order of the program's own.
class Backwards : public Comparator {
public:
    int Compare(const Slice &a, const Slice &b) const override { return b.compare(a); }
    const char *Name() const override { return "Backwards"; }
    void FindShortestSeparator(std::string *, const Slice &) const override {}
    void FindShortSuccessor(std::string *) const override {}
};

struct Store {
    std::unique_ptr<Env> memory { NewMemEnv(Env::Default()) };
    Turns turns { memory.get() };
    std::unique_ptr<DB> db;
    unsigned long sum = 0;

    bool open(Options &options)
    {
        options.env = &turns;
        options.create_if_missing = true;
        DB *opened = nullptr;
        const Status status = DB::Open(options, "/store", &opened);
        db.reset(opened);
        turns.take();
        return done(status);
    }

    bool done(const Status &status)
    {
        turns.take();
        if (!status.ok())
            std::fprintf(stderr, "%s\n", status.ToString().c_str());
        return status.ok();
    }

    void look(const Slice &key)
    {
        std::string value;
        if (db->Get(ReadOptions(), key, &value).ok())
            sum += value.size() + (unsigned char) value[0];
        else
            sum++;
        turns.take();
    }
};

// Keys that mostly grow, short values, points that are read, some of them never written.
bool events(int size, Store &store)
{
    Options options;
    options.write_buffer_size = 64 << 10;
    options.max_file_size = 1 << 20;
    Random random { 7 };
    char key[32];
    if (!store.open(options))
        return false;
    for (int i = 0; i < size; i++) {
        std::snprintf(key, sizeof key, "event%08d", i * 4 + int(random.below(16)));
        if (!store.done(store.db->Put(WriteOptions(), key, std::string(10 + random.below(60), char('a' + i % 26)))))
            return false;
        if (i % 5 == 4) {
            std::snprintf(key, sizeof key, "event%08u", random.below(uint32_t(i) * 4));
            store.look(key);
        }
    }
    std::unique_ptr<Iterator> all(store.db->NewIterator(ReadOptions()));
    for (all->SeekToFirst(); all->Valid(); all->Next())
        store.sum += all->key().size() + all->value().size();
    return store.done(all->status());
}

// Names in no order, in batches, overwritten and deleted, with filters and a cache; ranges that are read in both directions, and of the past; then it is opened again.
bool names(int size, Store &store)
{
    Backwards backwards;
    std::unique_ptr<const FilterPolicy> filter(NewBloomFilterPolicy(10));
    std::unique_ptr<Cache> cache(NewLRUCache(100 << 10));
    Options options;
    options.comparator = &backwards;
    options.filter_policy = filter.get();
    options.block_cache = cache.get();
    options.write_buffer_size = 64 << 10;
    options.max_file_size = 1 << 20;
    options.block_size = 1024;
    options.paranoid_checks = true;
    Random random { 8 };
    const auto name = [&](uint32_t n) {
        std::string text = "user/";
        for (n = n * 2654435761u; n; n /= 23)
            text += char('a' + n % 23);
        return text;
    };
    if (!store.open(options))
        return false;
    const Snapshot *past = nullptr;
    for (int i = 0; i < size; i += 20) {
        WriteBatch batch;
        for (int k = 0; k < 20; k++) {
            const std::string key = name(random.below(uint32_t(size)));
            if (random.below(4) == 0)
                batch.Delete(key);
            else
                batch.Put(key, std::string(1 + random.below(200), char('0' + k)));
        }
        if (!store.done(store.db->Write(WriteOptions(), &batch)))
            return false;
        for (int k = 0; k < 8; k++)
            store.look(name(random.below(uint32_t(size) * 2)));
        if (i == size / 40 * 20)
            past = store.db->GetSnapshot();
        if (i % 400 == 0) {
            ReadOptions reading;
            reading.snapshot = past;
            reading.verify_checksums = true;
            std::unique_ptr<Iterator> range(store.db->NewIterator(reading));
            range->Seek(name(random.below(uint32_t(size))));
            for (int k = 0; k < 40 && range->Valid(); k++, range->Next())
                store.sum += range->value().size();
            if (!range->Valid())
                range->SeekToLast();
            for (int k = 0; k < 60 && range->Valid(); k++, range->Prev())
                store.sum += range->key().size();
            if (!store.done(range->status()))
                return false;
        }
    }
    if (past)
        store.db->ReleaseSnapshot(past);
    store.db.reset();
    if (!store.open(options))
        return false;
    std::unique_ptr<Iterator> all(store.db->NewIterator(ReadOptions()));
    for (all->SeekToLast(); all->Valid(); all->Prev())
        store.sum += all->key().size() + all->value().size();
    const bool good = store.done(all->status());
    all.reset();
    std::string statistics;
    store.db->GetProperty("leveldb.sstables", &statistics);
    store.sum += statistics.size();
    store.db.reset();
    return good;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    Store store;
    const bool good = (std::strcmp(argv[1], "events") == 0 ? events : names)(std::atoi(argv[2]), store);
    std::printf("%lu\n", store.sum);
    return good ? 0 : 1;
}
