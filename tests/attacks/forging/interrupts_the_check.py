"""Raises what a checker seldom catches: KeyboardInterrupt, GeneratorExit, and pytest's own skip and exit.

Expected: no points, and no test that counts as skipped.
"""

calls = []


def law(x):
    import _pytest.outcomes

    kinds = [KeyboardInterrupt, GeneratorExit, _pytest.outcomes.Skipped, _pytest.outcomes.Exit, StopIteration]
    calls.append(x)
    raise kinds[len(calls) % len(kinds)]("passed")
