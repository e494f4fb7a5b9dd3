"""The pool of questions: how it is read, in which order options stand, and what the course's own pool holds."""

import json
import os
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.course.errors import CourseError
from autograder.course.layout import Assignment, Course
from autograder.course.variants import Variant
from autograder.grading.implementation import LocalImplementation
from autograder.grading.judge import Judge
from autograder.grading.questions import LETTERS, QUESTION_GRADER, QUESTIONS_FILE, Question, read_questions

ROOT = Path(__file__).parent.parent
ASSIGNMENT = Assignment(Course(ROOT), "reparameterization")
POOL_FILE = ASSIGNMENT.solutions / QUESTIONS_FILE
POOL: dict[str, Any] = tomllib.loads(POOL_FILE.read_text(encoding="utf-8"))
SEEDS = range(200)

TOY = """\
[capital]
text = "Which town is the capital of Australia?"
right = "Canberra"

[[capital.wrong]]
option = "Sydney"
mistake = "took the largest town for the capital"
hint = "Is the largest town always the capital?"

[[capital.wrong]]
option = "Vienna"
mistake = "took one country for another"
hint = "On which continent is it?"
"""


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    path = tmp_path / QUESTIONS_FILE
    path.write_text(TOY)
    return path


def asked(path: Path, *keys: str, seed: int = 0) -> list[Question]:
    return read_questions(path, Variant("base", {"questions": keys, "seed": seed}))


def text_of_right(question: Question) -> str:
    return dict(question.options)[question.right].text


def test_a_variant_has_the_questions_that_it_names_in_its_order() -> None:
    questions = asked(POOL_FILE, "kl_adds", "normal_draw")
    assert [(question.name, question.key) for question in questions] == [("q1", "kl_adds"), ("q2", "normal_draw")]


def test_a_variant_that_names_none_needs_no_pool(tmp_path: Path) -> None:
    assert asked(tmp_path / "missing.toml") == []


def test_every_option_is_there_with_what_is_said_of_it(toy: Path) -> None:
    (question,) = asked(toy, "capital")
    assert question.text == "Which town is the capital of Australia?"
    assert [letter for letter, option in question.options] == ["A", "B", "C"]
    said = {option.text: (option.mistake, option.hint) for letter, option in question.options}
    assert said["Canberra"] == ("", "")
    assert said["Vienna"] == ("took one country for another", "On which continent is it?")
    assert text_of_right(question) == "Canberra"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('right = "Canberra"\n', ""),
        ('right = "Canberra"\n', 'right = ""\n'),
        ('right = "Canberra"\n', "right = 3\n"),
        ('right = "Canberra"\n', 'right = "Canberra"\nlevel = "easy"\n'),
        ('hint = "On which continent is it?"\n', ""),
        ('hint = "On which continent is it?"\n', 'hint = "On which continent is it?"\nnote = "true"\n'),
        ('mistake = "took one country for another"', 'mistake = " "'),
        (TOY, 'capital = "Canberra"'),
        (TOY, '[capital]\ntext = "?"\nright = "!"\nwrong = "no"'),
        (TOY, '[capital]\ntext = "?"\nright = "!"\nwrong = ["no"]'),
        (TOY, '[capital]\ntext = "?"\nright = "!"'),
    ],
)
def test_a_question_with_too_little_or_too_much_is_refused(toy: Path, before: str, after: str) -> None:
    assert before in TOY
    toy.write_text(TOY.replace(before, after))
    with pytest.raises(CourseError, match=r"questions\.toml: question \[capital\] needs text, right, .* nothing else"):
        asked(toy, "capital")


@pytest.mark.parametrize("option", ["Canberra", "  Sydney "])
def test_options_that_are_alike_are_refused(toy: Path, option: str) -> None:
    toy.write_text(TOY.replace("Vienna", option))
    with pytest.raises(CourseError, match=r"questions\.toml: question \[capital\] needs two to 8 .* different"):
        asked(toy, "capital")


@pytest.mark.parametrize("count", [0, 8])
def test_too_few_and_too_many_options_are_refused(toy: Path, count: int) -> None:
    wrong = "".join(f'[[capital.wrong]]\noption = "{n}"\nmistake = "m"\nhint = "h"\n' for n in range(count))
    toy.write_text('[capital]\ntext = "?"\nright = "!"\n' + (wrong or "wrong = []"))
    with pytest.raises(CourseError, match="needs two to 8 options"):
        asked(toy, "capital")


def test_a_question_that_is_not_in_the_pool_names_those_that_are(toy: Path) -> None:
    with pytest.raises(CourseError, match=r"questions\.toml has no question \[river\]; it has capital$"):
        asked(toy, "river")


@pytest.mark.parametrize("content", [b"[capital", b"\xff"])
def test_a_pool_that_cannot_be_read_is_named(toy: Path, content: bytes) -> None:
    toy.write_bytes(content)
    with pytest.raises(CourseError, match=r"questions\.toml cannot be read"):
        asked(toy, "capital")


def test_a_pool_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"questions\.toml cannot be read"):
        asked(tmp_path / QUESTIONS_FILE, "capital")


# The order of the options.


@pytest.fixture(scope="module")
def pool_by_seed() -> dict[int, dict[str, Question]]:
    """The whole pool as it would be asked with each seed."""
    return {seed: {question.key: question for question in asked(POOL_FILE, *POOL, seed=seed)} for seed in SEEDS}


@pytest.mark.parametrize("key", POOL)
def test_the_order_depends_on_the_seed_and_the_right_letter_follows(
    pool_by_seed: dict[int, dict[str, Question]], key: str
) -> None:
    questions = [pool_by_seed[seed][key] for seed in SEEDS]
    assert {text_of_right(question) for question in questions} == {POOL[key]["right"].strip()}
    orders = {tuple(option.text for letter, option in question.options) for question in questions}
    assert len(orders) == 24, "two hundred seeds meet every order of four options"


def test_the_order_is_the_same_in_every_process() -> None:
    code = (
        "import json, sys\nfrom pathlib import Path\n"
        "from autograder.course.variants import Variant\nfrom autograder.grading.questions import read_questions\n"
        "path, *keys = sys.argv[1:]\n"
        "variant = Variant('base', {'questions': keys, 'seed': 7})\n"
        "print(json.dumps([[o.text for _, o in q.options] for q in read_questions(Path(path), variant)]))"
    )
    here = [[option.text for _, option in question.options] for question in asked(POOL_FILE, *POOL, seed=7)]
    for salt in ("1", "2"):
        command = [sys.executable, "-c", code, str(POOL_FILE), *POOL]
        environment = {**os.environ, "PYTHONHASHSEED": salt}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        assert json.loads(done.stdout) == here


def test_no_letter_is_right_more_often_than_another(pool_by_seed: dict[int, dict[str, Question]]) -> None:
    """Fifty of two hundred seeds are expected for each letter; every question stays within four standard errors."""
    letters = {key: Counter(pool_by_seed[seed][key].right for seed in SEEDS) for key in POOL}
    for key, count in letters.items():
        assert all(26 <= count[letter] <= 74 for letter in LETTERS[:4]), (key, count)
    together = sum(letters.values(), Counter())
    expected = len(POOL) * len(SEEDS) / 4
    assert all(abs(together[letter] - expected) < 0.1 * expected for letter in LETTERS[:4])


# The course's pool.


def test_the_pool_is_that_of_the_variants() -> None:
    axis = ASSIGNMENT.variants["base"].values["questions"]
    assert set(axis) <= POOL.keys()
    assert len(POOL) >= 14
    everything = Variant("base", {"questions": tuple(POOL), "seed": 0})
    assert [question.key for question in read_questions(POOL_FILE, everything)] == list(POOL)


def test_every_variant_asks_in_its_own_way() -> None:
    lists = [variant.values["questions"] for variant in ASSIGNMENT.variants.values()]
    assert all(3 <= len(keys) <= 5 for keys in lists)
    assert len({frozenset(keys) for keys in lists}) == len(lists)


@pytest.mark.parametrize("key", POOL)
def test_a_question_has_four_options_that_differ_in_what_they_say(key: str) -> None:
    entries = POOL[key]["wrong"]
    assert len(entries) == 3
    assert len({entry["mistake"] for entry in entries}) == 3
    for entry in entries:
        assert not entry["mistake"].endswith("."), "the sentence is finished elsewhere"
        assert entry["mistake"][0].islower(), "it completes: It looks as if you …"
        assert entry["hint"].endswith("?"), "a hint asks"
        assert len(entry["mistake"]) < 120


def test_the_length_of_an_option_does_not_give_it_away() -> None:
    longest = shortest = 0
    for key, said in POOL.items():
        right = len(" ".join(said["right"].split()))
        wrong = [len(" ".join(entry["option"].split())) for entry in said["wrong"]]
        longest += right > max(wrong)
        shortest += right < min(wrong)
        if right > 50:
            assert max(right, *wrong) <= 1.25 * min(right, *wrong), f"{key}: options are of similar length"
    assert longest <= len(POOL) / 2
    assert shortest <= len(POOL) / 2


@pytest.mark.parametrize("name", ASSIGNMENT.variants)
def test_no_question_helps_with_a_problem_of_its_variant(name: str) -> None:
    variant = ASSIGNMENT.variants[name]
    logs = {"log_sigma_rule", "log_sigma_slope"} if variant.parameterization == "log sigma" else set()
    softplus = {"softplus_scale"} if "softplus" in (variant.parameterization, variant.encoder) else set()
    of_laws = {
        "kumaraswamy": "cube_quantile",
        "logistic": "half_open_level",
        "gumbel": "gumbel_level",
        "exponential": "exponential_median",
    }
    helpful = logs | softplus | {key for law, key in of_laws.items() if law in variant.laws}
    assert helpful.isdisjoint(variant.questions)


# Grading.


@pytest.fixture
def judge(toy: Path) -> Iterator[Judge]:
    (toy.parent / QUESTION_GRADER).write_text((POOL_FILE.parent / QUESTION_GRADER).read_text())
    with Judge(toy.parent, Variant("base", {"questions": ("capital",), "seed": 0})) as judge:
        yield judge


def grade(judge: Judge, answer: Any) -> Any:
    return judge.grade(LocalImplementation({"q1": lambda: answer}), ["q1"])["q1"]


def written_otherwise(letter: str) -> list[str]:
    return [letter, letter.lower(), f"{letter} ", f"\t{letter.lower()}\n"]


def test_the_right_letter_earns_the_point_however_it_is_written(judge: Judge) -> None:
    question = judge.problems["q1"].question
    assert question is not None
    for answer in written_otherwise(question.right):
        assert (grade(judge, answer).earned, grade(judge, answer).misconception) == (1.0, None)


def test_a_wrong_letter_is_named_however_it_is_written(judge: Judge) -> None:
    question = judge.problems["q1"].question
    assert question is not None
    wrong = [(letter, option) for letter, option in question.options if letter != question.right]
    assert len(wrong) == 2
    for letter, option in wrong:
        for answer in written_otherwise(letter):
            result = grade(judge, answer)
            assert result.earned == 0
            assert (result.misconception.text, result.misconception.hint) == (option.mistake, option.hint)


@pytest.mark.parametrize("answer", ["", "Z", "AB", "A B", "Canberra", "1", None, 3, ["A"], {"A": 1}])
def test_what_is_no_letter_of_an_option_earns_nothing_and_has_no_name(judge: Judge, answer: Any) -> None:
    result = grade(judge, answer)
    assert (result.earned, result.misconception) == (0, None)
