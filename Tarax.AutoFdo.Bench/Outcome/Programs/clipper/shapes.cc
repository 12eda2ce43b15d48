// Polygons that are cut, joined and made thicker.  shapes stars|maps SIZE ROUNDS
#include "clipper.hpp"

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

using namespace ClipperLib;

namespace {

struct Random {
    uint64_t state;
    explicit Random(uint64_t seed) : state(seed) {}
    int below(int n)
    {
        state = state * 6364136223846793005ull + 1442695040888963407ull;
        return int((state >> 33) % uint64_t(n));
    }
};

const double pi = 3.14159265358979323846;

Path star(Random &random, int points)
{
    const double x = random.below(10000), y = random.below(10000), outer = 500 + random.below(2500), inner = outer * (0.3 + random.below(60) / 100.0);
    Path path;
    for (int i = 0; i < 2 * points; i++) {
        const double radius = i % 2 ? inner : outer, angle = pi * i / points;
        path.push_back(IntPoint(cInt(x + radius * std::cos(angle)), cInt(y + radius * std::sin(angle))));
    }
    return path;
}

// A land with a coast that is rough at every scale.
Path land(Random &random, int points, cInt x, cInt y, double size)
{
    Path path;
    double waves[6], phases[6];
    for (int k = 0; k < 6; k++) {
        waves[k] = random.below(100) / 100.0 / (k + 2);
        phases[k] = random.below(628) / 100.0;
    }
    for (int i = 0; i < points; i++) {
        const double angle = 2 * pi * i / points;
        double radius = 1;
        for (int k = 0; k < 6; k++)
            radius += 0.5 * waves[k] * std::sin((1 << k) * angle + phases[k]);
        radius = size * (radius + random.below(100) / 2500.0);
        path.push_back(IntPoint(x + cInt(radius * std::cos(angle)), y + cInt(radius * std::sin(angle))));
    }
    return path;
}

// A road of right angles.
Path road(Random &random, int turns)
{
    Path path;
    cInt x = random.below(20000), y = random.below(20000);
    for (int i = 0; i < turns; i++) {
        path.push_back(IntPoint(x, y));
        (i % 2 ? x : y) += random.below(6000) - 3000;
    }
    return path;
}

struct Sum {
    double area = 0;
    size_t paths = 0, points = 0;
    void add(const Paths &all)
    {
        for (const Path &path : all) {
            area += Area(path);
            points += path.size();
        }
        paths += all.size();
    }
};

void stars(Random &random, int size, Sum &sum)
{
    Paths subjects, clips;
    for (int i = 0; i < size; i++) {
        subjects.push_back(star(random, 3 + random.below(9)));
        clips.push_back(star(random, 3 + random.below(5)));
    }
    for (ClipType type : { ctIntersection, ctUnion, ctDifference }) {
        Clipper clipper;
        clipper.AddPaths(subjects, ptSubject, true);
        clipper.AddPaths(clips, ptClip, true);
        Paths solution;
        clipper.Execute(type, solution, pftNonZero, pftNonZero);
        sum.add(solution);
    }
}

void outline(const PolyNode &node, int depth, Sum &sum)
{
    for (const PolyNode *child : node.Childs) {
        sum.area += Area(child->Contour) * (depth + 1);
        sum.points += child->Contour.size() + (child->IsHole() ? 1 : 0);
        sum.paths++;
        outline(*child, depth + 1, sum);
    }
}

void maps(Random &random, int size, Sum &sum)
{
    Paths lands, roads;
    for (int i = 0; i < size; i++) {
        const int x = random.below(20000), y = random.below(20000), width = 800 + random.below(1200);
        lands.push_back(land(random, 60, x, y, width));
        if (i % 4 == 0)
            roads.push_back(road(random, 8));
    }

    // Water of some width around all land, as rings in rings.
    ClipperOffset around(2.0, 5.0);
    around.AddPaths(lands, jtRound, etClosedPolygon);
    Paths grown, shrunk, wide, cut;
    around.Execute(grown, 150);
    around.Execute(shrunk, -90);
    sum.add(shrunk);
    ClipperOffset along;
    along.AddPaths(roads, jtSquare, etOpenSquare);
    along.Execute(wide, 60);
    ClipperOffset corners;
    corners.AddPaths(roads, jtMiter, etOpenButt);
    corners.Execute(cut, 25);
    sum.add(cut);
    Clipper water;
    water.AddPaths(grown, ptSubject, true);
    water.AddPaths(lands, ptClip, true);
    PolyTree rings;
    water.Execute(ctXor, rings, pftEvenOdd, pftNonZero);
    outline(rings, 0, sum);

    // Roads that lie on land, open and as areas.
    Clipper dry;
    dry.StrictlySimple(true);
    dry.AddPaths(roads, ptSubject, false);
    dry.AddPaths(shrunk, ptClip, true);
    PolyTree open;
    dry.Execute(ctIntersection, open, pftPositive, pftPositive);
    Paths parts;
    OpenPathsFromPolyTree(open, parts);
    for (const Path &part : parts)
        sum.points += part.size();
    Paths simple;
    SimplifyPolygons(wide, simple, pftEvenOdd);
    CleanPolygons(simple, 3);
    sum.add(simple);
    Path brush { IntPoint(-40, -30), IntPoint(50, -20), IntPoint(0, 60) };
    Paths brushed;
    MinkowskiSum(brush, lands.front(), brushed, true);
    sum.add(brushed);
    for (int i = 0; i < 200; i++)
        for (const Path &path : lands)
            sum.paths += PointInPolygon(IntPoint { random.below(20000), random.below(20000) }, path) != 0;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    Random random(argv[1][0]);
    Sum sum;
    for (int round = 0; round < std::atoi(argv[3]); round++)
        (std::strcmp(argv[1], "stars") == 0 ? stars : maps)(random, std::atoi(argv[2]), sum);
    std::printf("%.0f %zu %zu\n", sum.area, sum.paths, sum.points);
}
