import std.algorithm, std.conv, std.stdio;

int collatz(long n)
{
    int steps = 0;
    while (n != 1)
    {
        n = n % 2 == 0 ? n / 2 : 3 * n + 1;
        steps++;
    }
    return steps;
}

void main(string[] args)
{
    int n = args.length > 1 ? args[1].to!int : 3000;
    int[] all;
    foreach (i; 1 .. n)
        all ~= collatz(i);
    all.sort();
    writeln(all[$ - 1]);
}
