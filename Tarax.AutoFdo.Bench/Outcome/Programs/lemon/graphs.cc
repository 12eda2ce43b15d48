// Ways, flows, trees and matchings in graphs of several kinds.  graphs random|grid|layers SIZE ROUNDS
#include <lemon/bfs.h>
#include <lemon/connectivity.h>
#include <lemon/dfs.h>
#include <lemon/dijkstra.h>
#include <lemon/euler.h>
#include <lemon/kruskal.h>
#include <lemon/list_graph.h>
#include <lemon/matching.h>
#include <lemon/network_simplex.h>
#include <lemon/preflow.h>
#include <lemon/suurballe.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

using namespace lemon;

namespace {

struct Random {
    uint64_t state;
    int below(int n)
    {
        state = state * 6364136223846793005ull + 1442695040888963407ull;
        return int((state >> 33) % uint64_t(n));
    }
};

struct Network {
    ListDigraph graph;
    ListDigraph::ArcMap<int> length { graph }, capacity { graph };
    std::vector<ListDigraph::Node> nodes;

    struct Road { int from, to, length, capacity; };

    // Within the braces of a road, what is random comes in the order in which it is written.
    void join(const Road &road)
    {
        const auto arc = graph.addArc(nodes[road.from], nodes[road.to]);
        length[arc] = road.length;
        capacity[arc] = road.capacity;
    }
};

void make(const char *kind, int size, Random &random, Network &network)
{
    const int count = size * size;
    for (int i = 0; i < count; i++)
        network.nodes.push_back(network.graph.addNode());
    if (std::strcmp(kind, "random") == 0) {
        for (int i = 0; i < 4 * count; i++)
            network.join({ random.below(count), random.below(count), 1 + random.below(1000), 1 + random.below(50) });
    } else if (std::strcmp(kind, "grid") == 0) {
        for (int i = 0; i < count; i++) {
            if (i % size != size - 1) {
                network.join({ i, i + 1, 1 + random.below(10), 5 + random.below(5) });
                network.join({ i + 1, i, 1 + random.below(10), 5 + random.below(5) });
            }
            if (i + size < count) {
                network.join({ i, i + size, 1 + random.below(10), 5 + random.below(5) });
                if (i % 3 == 0)
                    network.join({ i + size, i, 3, 9 });
            }
        }
    } else {
        for (int i = 0; i + size < count; i++)
            for (int k = 0; k < 3; k++)
                network.join({ i, (i / size + 1) * size + random.below(size), random.below(100), random.below(20) });
    }
}

long ways(const Network &network, int sources)
{
    long sum = 0;
    Dijkstra<ListDigraph> dijkstra(network.graph, network.length);
    for (int i = 0; i < sources; i++) {
        dijkstra.run(network.nodes[i * network.nodes.size() / sources]);
        for (const auto &node : network.nodes)
            if (dijkstra.reached(node))
                sum += dijkstra.dist(node);
    }
    return sum;
}

long flows(const Network &network, int count)
{
    long sum = 0;
    for (int i = 0; i < count; i++) {
        Preflow<ListDigraph> preflow(network.graph, network.capacity, network.nodes[i], network.nodes[network.nodes.size() - 1 - i]);
        preflow.run();
        sum += preflow.flowValue();
        for (const auto &node : network.nodes)
            sum += preflow.minCut(node);
    }
    return sum;
}

long cheapest(const Network &network)
{
    NetworkSimplex<ListDigraph, int, int> simplex(network.graph);
    simplex.upperMap(network.capacity).costMap(network.length).stSupply(network.nodes.front(), network.nodes.back(), 4);
    return simplex.run() == NetworkSimplex<ListDigraph, int, int>::OPTIMAL ? simplex.totalCost<long>() : -1;
}

long trees(const Network &network)
{
    ListDigraph::ArcMap<bool> in(network.graph);
    return kruskal(network.graph, network.length, in) + countStronglyConnectedComponents(network.graph);
}

long pairs(Random &random, int nodes, int edges, bool weighted)
{
    ListGraph graph;
    ListGraph::EdgeMap<int> weight(graph);
    std::vector<ListGraph::Node> all;
    for (int i = 0; i < nodes; i++)
        all.push_back(graph.addNode());
    for (int i = 0; i < edges; i++) {
        const int from = random.below(nodes), to = weighted ? random.below(nodes) : (from + 1 + random.below(5)) % nodes;
        if (from != to)
            weight[graph.addEdge(all[from], all[to])] = 1 + random.below(100);
    }
    if (weighted) {
        MaxWeightedMatching<ListGraph> matching(graph, weight);
        matching.run();
        return matching.matchingWeight();
    }
    MaxMatching<ListGraph> matching(graph);
    matching.run();
    return matching.matchingSize();
}

// What only the graphs of the test are asked.
long more(const Network &network)
{
    long sum = 0;
    Bfs<ListDigraph> bfs(network.graph);
    bfs.run(network.nodes.front());
    Dfs<ListDigraph> dfs(network.graph);
    dfs.run(network.nodes.front());
    for (const auto &node : network.nodes)
        if (bfs.reached(node))
            sum += bfs.dist(node) + dfs.dist(node);
    Suurballe<ListDigraph> disjoint(network.graph, network.length);
    sum += disjoint.run(network.nodes.front(), network.nodes.back(), 2);
    return sum + countArcs(network.graph) + eulerian(network.graph);
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    const bool is_random = std::strcmp(argv[1], "random") == 0;
    const int size = std::atoi(argv[2]);
    Random random { uint64_t(argv[1][0]) };
    long sum[6] {};
    for (int round = 0; round < std::atoi(argv[3]); round++) {
        Network network;
        make(argv[1], size, random, network);
        sum[0] += ways(network, 6);
        sum[1] += flows(network, 2);
        sum[2] += cheapest(network);
        sum[3] += trees(network);
        sum[4] += pairs(random, 8 * size, 24 * size, is_random);
        if (!is_random)
            sum[5] += more(network) + pairs(random, 3 * size, 9 * size, true);
    }
    std::printf("%ld %ld %ld %ld %ld %ld\n", sum[0], sum[1], sum[2], sum[3], sum[4], sum[5]);
}
