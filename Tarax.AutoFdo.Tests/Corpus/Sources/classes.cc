// Virtual functions, several bases, virtual bases, thunks, constructors of all kinds.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>
struct Shape {
    int id;
    explicit Shape(int i) : id(i) {}
    virtual ~Shape() = default;
    virtual int area(int k) const = 0;
};
struct Named {
    int length = 3;
    virtual ~Named() {}
    virtual int name(int k) { return k % 5 + length; }
};
struct Square : Shape, Named {
    int side;
    explicit Square(int s) : Shape(s), side(s) {}
    int area(int k) const override
    {
        int t = 0;
        for (int i = 0; i < (k & 7); i++)
            t += side * i;
        return t;
    }
    int name(int k) override { return k & 1 ? length + side : Named::name(k); }
};
struct Base {
    int value;
    Base() : value(2) { for (int i = 0; i < 4; i++) value += i; }
    virtual int get() const { return value; }
    virtual ~Base() {}
};
struct Left : virtual Base { int l = 1; int get() const override { return value + l; } };
struct Right : virtual Base { int r = 2; };
struct Bottom : Left, Right {
    int get() const override { return value % 3 ? l + r : Left::get(); }
};
struct Circle : Shape {
    using Shape::Shape;
    int area(int k) const override { return k % 3 ? id * 3 : id; }
};
__attribute__((noinline)) int use(Named &n, int k) { return n.name(k); }
__attribute__((noinline)) int ask(const Base &b) { return b.get(); }
int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 400, t = 0;
    std::vector<std::unique_ptr<Shape>> shapes;
    for (int i = 0; i < 20; i++)
        i % 3 ? shapes.push_back(std::make_unique<Square>(i)) : shapes.push_back(std::make_unique<Circle>(i));
    for (int i = 0; i < rounds; i++) {
        for (auto &s : shapes)
            t += s->area(i);
        Square square(i & 15);
        t ^= use(square, i);
        Bottom bottom;
        t += ask(bottom) + ask(Base());
    }
    printf("%d\n", t);
}
