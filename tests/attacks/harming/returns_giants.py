"""Returns what is small to say and large to hold: broadcast arrays, nested lists, dicts of dicts, long integers.

Expected: the class is graded; only this answer is lost.
"""

calls = []


def nested(depth):
    inner = []
    for _ in range(depth):
        inner = [inner, inner]
    return inner


def law(x):
    calls.append(x)
    giants = [
        lambda: np.broadcast_to(1.0, (1 << 20, 1 << 20)),
        lambda: nested(60),
        lambda: {str(n): [0.0] * 100 for n in range(100_000)},
        lambda: 1 << 10**8,
        lambda: "x" * 200_000_000,
    ]
    return giants[len(calls) % len(giants)]()
