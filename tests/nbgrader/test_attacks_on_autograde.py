"""Attacks on ``nbgrader autograde`` that once got through: a submission could keep itself ungraded at will."""

import json

import nbformat
from toy_class import Class
from toy_course import HIDDEN_INPUT, POINTS, RIGHT


def test_nobody_stays_ungraded_at_will(toy: Class) -> None:
    """Half a character, arrays that cannot be stacked and a killed template cost what they must, and nobody else."""
    toy.hand_in("stack", double="def double(x):\n    return [np.zeros((0, 2**30, 2**29))] * 8")
    toy.hand_in("kill", double="import os, time\nos.kill(os.getppid(), 9)\ntime.sleep(60)")
    toy.hand_in("shape", double="def double(x):\n    return np.empty((int(np.ravel(x)[0]), 0))")
    toy.hand_in("right")
    notebooks = toy.notebooks(double=RIGHT["double"] + "\n# half")
    half = json.dumps(json.loads(nbformat.writes(notebooks["one"]))).replace("# half", "# \\ud800")
    toy.hand_in("half", {"one.ipynb": half, "two.ipynb": notebooks["two"]})

    ended = toy.autograde()

    assert ended.code == 0, ended.log
    spoiled = {**POINTS, "double": 0.0}
    scores = {"half": POINTS, "kill": spoiled, "right": POINTS, "shape": spoiled, "stack": spoiled}
    assert toy.all_scores() == scores
    assert str(int(HIDDEN_INPUT)) not in toy.feedback("shape", "double")
