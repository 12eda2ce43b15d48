// Most of a test's time goes to compilers and other tools that it starts; no fixture changes what another sees (environment, working folder, console), so they run beside each other.
[assembly: Parallelizable(ParallelScope.Fixtures)]
