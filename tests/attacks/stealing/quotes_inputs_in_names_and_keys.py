"""Returns what the grader may name in its message: types, dict keys, lengths and shapes that spell the input.

Expected: no hidden input in what the student reads.
"""

calls = []


def law(x):
    calls.append(x)
    number = int(np.ravel(x)[0])
    choices = [
        type(f"N{number}", (), {})(),
        {str(number): number},
        np.empty((abs(number), 0)),
        str(number),
        range(number),
        np.zeros((), dtype=[(f"f{number}", "f8")]),
    ]
    return choices[len(calls) % len(choices)]
