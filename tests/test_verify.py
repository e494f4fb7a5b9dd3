"""Verification finds every hole that is made into a sound assignment, and none where there is none."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.authoring import trial
from autograder.authoring.examiner import Examiner
from autograder.authoring.repeat import differing_scores
from autograder.authoring.rooms import faults_of_rooms
from autograder.authoring.verify import prove, verify
from autograder.box.template import Template
from autograder.course.errors import CourseError
from autograder.course.layout import Assignment
from autograder.grading.diagnosis import agree
from autograder.grading.proof import GENERATED, RIGHT, WRONG, Answer, Mutation, Proof, Survivor, Verification
from autograder.report.verification import rows, summary, terminal_table, write_json, write_page

Change = Callable[[str, str, str], None]


@pytest.fixture
def change(assignment: Assignment) -> Change:
    """``change("scale.py", "old", "new")`` in the secret room."""

    def replace(file: str, old: str, new: str) -> None:
        path = assignment.solutions / file
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))

    return replace


@pytest.fixture
def proof(assignment: Assignment, template: Template) -> Callable[[str], Proof]:
    """``proof("scale")``: what is known of that grader as the secret room is now."""
    return lambda name: prove(Examiner(assignment, template), name)


def test_a_sound_grader_is_proven(proof: Callable[[str], Proof]) -> None:
    found = proof("scale")
    assert found.faults == ()
    assert {(a.name, a.earned) for a in found.of(RIGHT)} == {("scale", 3.0), ("scale_with_einsum", 3.0)}
    assert all(a.named == a.name and a.earned < 3 for a in found.of(WRONG))
    assert {a.name for a in found.of(GENERATED)} >= {"loop", "lists", "views", "torch_inside", "swapped_operands"}
    assert found.mutation.total >= 10
    assert found.mutation.caught + found.mutation.equivalent == found.mutation.total
    # The dtype is lost, which nobody can see since the factor is a float.
    assert found.mutation.equivalent >= 1


def test_replies_that_agreed_before_are_recognized_and_others_are_read(
    assignment: Assignment, template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = "def scale(x, factor):\n    return np.asarray(x, dtype=float) * factor"
    # Less than one random call in a hundred tells it.
    rarely_wrong = f"{right} * (factor > -2.5)"
    read = []
    monkeypatch.setattr(trial, "agree", lambda reply, right: read.append(reply) or agree(reply, right))
    examiner = Examiner(assignment, template)
    (_, _, one), *_ = examiner.trials("scale")
    with one.workshop() as workshop:
        assert workshop.telling_call(right) is None
        assert len(read) == trial.CALLS
        assert workshop.telling_call(right) is None
        assert len(read) == trial.CALLS
        call = workshop.telling_call(rarely_wrong)
        assert call is not None
        assert call.startswith("scale(")
        assert trial.CALLS < len(read) < 2 * trial.CALLS
        assert workshop.telling_call("def scale(x, factor):\n    raise ValueError") is not None
        assert workshop.telling_call(right) is None
    examiner.judge.close()


def test_a_question_is_proven_without_mutants(proof: Callable[[str], Proof]) -> None:
    found = proof("answer")
    assert found.faults == ()
    assert found.mutation == Mutation()


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("scale.py", "dtype=float) + factor", "dtype=float) * factor", "scale_by_adding is wrong and gets full marks"),
        ("scale.py", "...,->...", "...,->", "scale_with_einsum is right and loses points in test_"),
        (
            "scale.py",
            '@misconception("divided by',
            '@misconception("added")\ndef scale_with_sum(x, factor):\n    return np.add(np.asarray(x), factor)\n\n\n'
            '@misconception("divided by',
            "scale_with_sum is taken for scale_by_adding",
        ),
        ("scale.py", "@inputs\n", "", "scale.py declares no inputs"),
        ("test_scale.py", "    assert_arguments_unchanged(student.scale, x, 2.0)\n", "", "mutants are wrong and get"),
    ],
)
def test_what_falls_short_is_found(
    change: Change, proof: Callable[[str], Proof], file: str, old: str, new: str, says: str
) -> None:
    change(file, old, new)
    assert any(says in fault for fault in proof("scale").faults), proof("scale").faults


def test_a_generated_alternative_that_loses_points_is_found(change: Change, proof: Callable[[str], Proof]) -> None:
    """A grader that wants a very type is unjust."""
    asks = "    assert_close(student.scale(x, 5.0)"
    change("test_scale.py", asks, f"    assert isinstance(student.scale(x, 5.0), float)\n{asks}")
    faults = proof("scale").faults
    assert any(fault.startswith("the reference in the form torch_inside loses points") for fault in faults), faults


def test_a_survivor_comes_with_a_call_that_tells_it_apart(change: Change, proof: Callable[[str], Proof]) -> None:
    change("test_scale.py", "assert_close(student.scale([1.5, -2.0], 3.0), reference.scale([1.5, -2.0], 3.0))", "pass")
    survivors = proof("scale").mutation.survivors
    assert [s.difference for s in survivors] == [
        "-    return np.asarray(x, dtype=float) * factor\n+    return x * factor",
    ]
    assert survivors[0].call.startswith("scale([")
    assert "instead of ('returned'" in survivors[0].call


def test_visible_checks_must_let_right_answers_pass(assignment: Assignment, proof: Callable[[str], Proof]) -> None:
    master = assignment.masters[0]
    text = master.read_text()
    master.write_text(text.replace("assert scale(1.0", "assert type(scale(1.0, 1.0)) is float\nassert scale(1.0"))
    assert any("scale is right and the visible checks stop it" in fault for fault in proof("scale").faults)
    master.write_text(text.replace("assert scale(1.0, <%= variant.factor %>) == <%= variant.factor %>", "assert True"))
    assert any("let the stub pass" in fault for fault in proof("scale").faults)


def test_a_reference_that_raises_is_reported_and_hinders_no_other(change: Change, assignment: Assignment) -> None:
    change("scale.py", "    return np.asarray(x, dtype=float) * factor", "    raise NotImplementedError")
    verification = verify(assignment, mutate=False, jobs=1)
    assert any("the reference raised NotImplementedError" in fault for fault in verification.all_faults)
    assert any("this cell fails: test_scale" in fault for fault in verification.faults)
    assert not verification.proofs[0].faults


def test_rooms_that_do_not_go_together(assignment: Assignment, template: Template) -> None:
    notebooks = Examiner(assignment, template).notebooks
    assert list(faults_of_rooms(assignment, notebooks)) == []
    (assignment.course.source / "toy" / "forgotten.part.md").write_text("Nobody includes this.")
    assert ["forgotten.part.md is included by no master" in f for f in faults_of_rooms(assignment, notebooks)] == [True]
    (assignment.solutions / "lonely.py").write_text("def lonely(x):\n    return x\n")
    with pytest.raises(CourseError, match="no hidden grader"):
        Examiner(assignment, template)


def test_scores_that_depend_on_the_machine_are_found(change: Change, assignment: Assignment) -> None:
    """A grader that asks the hash of a text gives other scores under another hash seed."""
    asks = '    assert_equal(student.value("answer")'
    change("test_answer.py", asks, f'    assert hash("A") % 2**64 == 1, student.value("answer")\n{asks}')
    answers = (Answer("stub", "stub", 0.0), Answer("answer", RIGHT, 1.0), Answer("answer_a", WRONG, 0.0))
    found = differing_scores(assignment, [Proof("answer", "scaling", 1.0, answers, Mutation(), ())], 1)
    assert found == ["answer: answer earns 1 points, and 0.0 in repetition 1"]


SURVIVOR = Survivor("changed an operator", "-    return <a>\n+    return b", "f(1) 2 instead of 3")
GOOD = (Answer("stub", "stub", 0.0), Answer("good", RIGHT, 2.0))
BAD = (Answer("wrong", WRONG, 1.0),)
FOUND = Verification(
    "toy",
    (
        Proof("good", "n", 2.0, GOOD, Mutation(4, 3, 1, (), 0.5), ()),
        Proof("bad", "n", 1.0, BAD, Mutation(4, 3, 0, (SURVIVOR,), 1.5), ("1 of 4 <mutants>",)),
    ),
    seconds=2.0,
)


def test_the_report_shows_numbers_and_escapes_what_it_quotes(tmp_path: Path) -> None:
    write_page(FOUND, tmp_path / "deep" / "page.html")
    page = (tmp_path / "deep" / "page.html").read_text()
    assert "return &lt;a&gt;" in page
    assert "1 of 4 &lt;mutants&gt;" in page
    assert [row.sound for row in rows(FOUND)] == [True, False, False]
    assert rows(FOUND)[-1].cells == ("2 problems", "3", "0", "1", "–", "0/1", "0/1", "8", "1", "1")
    assert summary(FOUND) == "1 fault: 2 s, 4 mutants a second in each process"
    assert terminal_table(FOUND).row_count == 3


def test_the_report_for_machines_says_everything(tmp_path: Path) -> None:
    write_json(FOUND, tmp_path / "found.json")
    data = json.loads((tmp_path / "found.json").read_text())
    assert data["sound"] is False
    assert data["proofs"][1]["mutation"]["survivors"][0]["call"] == "f(1) 2 instead of 3"
    assert data["mutants_per_second"] == 4.0
