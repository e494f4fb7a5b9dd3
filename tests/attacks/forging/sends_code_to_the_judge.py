"""Sends the judge what it might run or load: a function's source, a pickle, names of types to import.

Expected: no points; from a box only data is read, and the judge runs none of it.
"""

import os
import pickle


class Payload:
    """Leaves a mark wherever it is loaded."""

    def __reduce__(self):
        return (os.system, (f"touch {TMP}/{MARKER}",))


try:
    from autograder.box import wire

    text = f"def law(x):\n    open('{TMP}/{MARKER}', 'w').close()\n    return 0.0\nlaw(0)"
    sent = [wire.FunctionSource("law", text), pickle.dumps(Payload()), {"@": "function", "name": "law", "source": text}]
except ImportError:
    sent = [pickle.dumps(Payload())]
count = [0]


def law(x):
    count[0] += 1
    return sent[count[0] % len(sent)]
