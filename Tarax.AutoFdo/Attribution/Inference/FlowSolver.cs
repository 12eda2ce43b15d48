namespace Tarax.AutoFdo.Attribution.Inference;

/// <summary>Finds the flow of least cost in a network.</summary>
/// <remarks>
/// Each node has a potential; an arc's flow is <c>Samples / (Time + potential of From − potential of To)</c>, and the potentials at which all nodes have as much inflow as outflow are those
/// that maximize <c>Σ Samples · ln(…)</c>, the dual of the network's costs: a concave function without constraints but that each bracket stays positive. Newton's method
/// climbs it; a system with the network's Laplacian gives each step, which is damped so that it always climbs.
/// </remarks>
internal sealed class FlowSolver
{
    private const int MostSteps = 60;
    private const int MostSweeps = 40;

    /// <summary>The larger side of a node exceeds the other by less than this share of it.</summary>
    private const double Tolerance = 1e-4;

    private readonly FlowNetwork _network;
    private readonly double[] _potential;
    private readonly double[] _bracket;
    private readonly double[] _flow;
    private readonly double[] _excess;
    private readonly double[] _through;

    private FlowSolver(FlowNetwork network)
    {
        _network = network;
        _potential = new double[network.Nodes];
        _bracket = network.Time.ToArray();
        _flow = new double[network.Arcs];
        _excess = new double[network.Nodes];
        _through = new double[network.Nodes];
    }

    /// <summary>Finds the flow of each arc, nearly in balance at each node; what is left is for <see cref="FlowRounding"/>.</summary>
    /// <param name="network">The network, without arcs that could be joined for speed.</param>
    /// <param name="mostOperations">
    /// About how many multiplications may be spent; beyond that, potentials are moved node by node instead, which takes a time in proportion to the network and comes less near.
    /// </param>
    public static double[] Solve(FlowNetwork network, long mostOperations)
    {
        var solver = new FlowSolver(network);
        if (LaplacianFactor.TryCreate(network, mostOperations / MostSteps) is { } factor)
        {
            solver.Climb(factor);
        }
        else
        {
            solver.Sweep();
        }

        solver.SetFlow();
        return solver._flow;
    }

    private void Climb(LaplacianFactor factor)
    {
        double[] weights = new double[_network.Arcs];
        double[] step = new double[_network.Nodes];
        double[] change = new double[_network.Arcs];
        for (int i = 0; i < MostSteps; i++)
        {
            SetFlow();
            if (IsBalanced())
            {
                return;
            }

            for (int arc = 0; arc < weights.Length; arc++)
            {
                weights[arc] = _flow[arc] / _bracket[arc];
            }

            factor.Factorize(weights);
            Array.Copy(_excess, step, step.Length);
            factor.Solve(step);
            step[0] = 0;
            double length = StepLength(step, change);
            for (int node = 1; node < step.Length; node++)
            {
                _potential[node] += length * step[node];
            }

            for (int arc = 0; arc < change.Length; arc++)
            {
                _bracket[arc] += length * change[arc];
            }
        }
    }

    /// <summary>How far to go along a step: to where the dual function is largest on the way, or near it.</summary>
    private double StepLength(double[] step, double[] change)
    {
        double largest = 0;
        for (int arc = 0; arc < change.Length; arc++)
        {
            change[arc] = step[_network.From[arc]] - step[_network.To[arc]];
            largest = Math.Max(largest, Math.Abs(change[arc]) / _bracket[arc]);
        }

        if (largest < 0.1)
        {
            return 1;
        }

        // From here it climbs for certain (the function is self-concordant); Newton's method in one dimension goes on from there.
        double length = 1 / (1 + largest);
        for (int i = 0; i < 4; i++)
        {
            double slope = 0;
            double curvature = 0;
            double most = double.PositiveInfinity;
            for (int arc = 0; arc < change.Length; arc++)
            {
                double ratio = change[arc] / (_bracket[arc] + (length * change[arc]));
                double pull = _network.Samples[arc] * ratio;
                slope += pull;
                curvature += pull * ratio;
                most = ratio < 0 ? Math.Min(most, -1 / ratio) : most;
            }

            double move = slope / curvature;
            double bound = 0.9 * most;
            double next = move > 0 ? Math.Min(move, bound) : Math.Max(move, -0.5 * length);
            if (!double.IsFinite(next))
            {
                break;
            }

            length += next;
            if (Math.Abs(next) < 0.05 * length)
            {
                break;
            }
        }

        return length;
    }

    /// <summary>Balances node after node, there and back.</summary>
    private void Sweep()
    {
        var arcsOf = new ArcsOfNodes(_network);
        for (int sweep = 0; sweep < MostSweeps; sweep++)
        {
            for (int i = 1; i < _network.Nodes; i++)
            {
                int node = sweep % 2 == 0 ? i : _network.Nodes - i;
                double slope = 0;
                double curvature = 0;
                double nearest = double.PositiveInfinity;
                foreach (int arc in arcsOf[node])
                {
                    if (_network.From[arc] == _network.To[arc])
                    {
                        continue;
                    }

                    double flow = _network.Samples[arc] / _bracket[arc];
                    slope += _network.From[arc] == node ? flow : -flow;
                    curvature += flow / _bracket[arc];
                    nearest = Math.Min(nearest, _bracket[arc]);
                }

                if (curvature > 0)
                {
                    double move = slope / curvature;
                    move /= 1 + (Math.Abs(move) / nearest);
                    foreach (int arc in arcsOf[node])
                    {
                        _bracket[arc] += _network.From[arc] == _network.To[arc] ? 0 : _network.From[arc] == node ? move : -move;
                    }
                }
            }
        }
    }

    private void SetFlow()
    {
        Array.Clear(_excess);
        Array.Clear(_through);
        for (int arc = 0; arc < _flow.Length; arc++)
        {
            var (from, to) = (_network.From[arc], _network.To[arc]);
            double flow = _network.Samples[arc] / _bracket[arc];
            _flow[arc] = flow;
            _excess[from] += flow;
            _excess[to] -= flow;
            _through[from] += flow;
            _through[to] += flow;
        }
    }

    private bool IsBalanced()
    {
        for (int node = 1; node < _excess.Length; node++)
        {
            if (Math.Abs(_excess[node]) > Tolerance * _through[node])
            {
                return false;
            }
        }

        return true;
    }
}
