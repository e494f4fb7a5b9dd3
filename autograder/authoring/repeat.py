"""Grades everything again under other conditions: no score may depend on the machine or on an order.

Each repetition runs in a process of its own, with its own hash seed and number of threads, and takes the tests of each
problem and the answers in another order.
"""

import json
import os
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from autograder.authoring.examiner import Examiner, declared_answers
from autograder.box.template import Template
from autograder.course.errors import GraderError
from autograder.course.layout import Assignment, Course
from autograder.grading.proof import GENERATED, Proof

# The score of each answer by problem, name of the answer and student.
Scores = dict[str, float]


def differing_scores(assignment: Assignment, proofs: Sequence[Proof], times: int) -> list[str]:
    """Grade every declared answer again and again, and say which scores differ.

    Raises:
        GraderError: a repetition ended early.
    """
    expected = {
        _key(proof.problem, answer.name, answer.student): answer.earned
        for proof in proofs
        for answer in proof.answers
        if answer.kind != GENERATED
    }
    faults = []
    for number in range(1, times + 1):
        scores = _scores_in_a_process(assignment, number)
        for key in sorted(expected):
            if scores.get(key) != expected[key]:
                faults.append(f"{key} earns {expected[key]:g} points, and {scores.get(key)} in repetition {number}")
    return faults


def conditions(number: int) -> dict[str, str]:
    """The environment of one repetition."""
    threads = str(1 + number % 2)
    names = ("OMP", "MKL", "OPENBLAS")
    return {"PYTHONHASHSEED": str(number), **{f"{name}_NUM_THREADS": threads for name in names}}


def scores(assignment: Assignment, number: int) -> Scores:
    """Grade every declared answer once, in an order that the number decides."""
    rng = random.Random(number)
    examiner = Examiner(assignment, Template(conditions=conditions(number), trusting=True))
    examiner.judge.shuffle(rng)
    tasks = [
        (name, answer, trial.student, trial, source)
        for name in examiner.judge.problems
        for _, given, trial in examiner.trials(name)
        for answer, _, source in declared_answers(trial.problem, given, trial)
    ]
    rng.shuffle(tasks)
    return {_key(name, answer, who): trial.grade(source)[0].earned for name, answer, who, trial, source in tasks}


def _key(problem: str, answer: str, student: str) -> str:
    return f"{problem}: {answer}" + (f" ({student})" if student else "")


def _scores_in_a_process(assignment: Assignment, number: int) -> Scores:
    command = [sys.executable, "-m", __name__, str(assignment.course.root), assignment.name, str(number)]
    ended = subprocess.run(
        command, env=os.environ | conditions(number), stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if ended.returncode:
        said = ended.stderr.strip().splitlines() or ["nothing"]
        raise GraderError(f"repetition {number} of the grading ended early: {said[-1]}")
    result: Scores = json.loads(ended.stdout.splitlines()[-1])
    return result


if __name__ == "__main__":
    root, name, repetition = sys.argv[1:]
    print(json.dumps(scores(Course(Path(root)).require(name), int(repetition))))
