"""The pages that ``nbgrader generate_feedback`` makes: what a failing student reads, and that nothing in them runs."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from toy_class import Class, Commands
from toy_course import HIDDEN_INPUT

ATTACK = "<script>alert('double')</script><img src=x onerror=alert(1)>"
ANSWERS = {
    "right": {},
    "mistaken": {
        "double": "def double(x):\n    return np.asarray(x, dtype=float) ** 2",
        "choice": 'choice = "A"',
    },
    "attacking": {
        "double": f'def double(x):\n    raise ValueError("""{ATTACK} {{}}""".format(x))',
        "average": f'class Bad(Exception):\n    pass\n\nprint("""{ATTACK}""")\n\ndef average(x):\n    raise Bad(x)',
    },
}


class Elements(HTMLParser):
    """The elements of a page: tags with their attributes, and the text of each script."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] == "script":
            self.scripts.append(data)


@pytest.fixture(scope="session")
def feedback_once(
    made_once: Callable[..., Path], generated: Path, nbgrader: Commands, copy_of: Callable[[Path, Path], None]
) -> Class:
    """A class with feedback, read-only."""

    def make(root: Path) -> None:
        copy_of(generated, root)
        toy = Class(root, nbgrader)
        for student, answers in ANSWERS.items():
            toy.hand_in(student, **answers)
        for command in ("autograde", "generate_feedback"):
            ended = toy.run(command, "toy")
            assert ended.code == 0, ended.log

    return Class(made_once("feedback", make), nbgrader)


def page(toy: Class, student: str, notebook: str) -> str:
    """One page of feedback."""
    return (toy.root / "feedback" / student / "toy" / f"{notebook}.html").read_text()


def test_names_the_mistake(feedback_once: Class) -> None:
    text = page(feedback_once, "mistaken", "one")
    assert "double: 0 of 3 points" in text
    assert "It looks as if you squared &lt;b&gt;x&lt;/b&gt; &amp; co." in text
    assert "What is twice three?" in text
    assert "A number is &lt;doubled&gt;." in text
    assert "returned other numbers" in text
    assert "average: 2 of 2 points" in text
    assert "took the first letter" in page(feedback_once, "mistaken", "two")


@pytest.mark.parametrize("student", ANSWERS)
@pytest.mark.parametrize(("notebook", "problems"), [("one", ("double", "average")), ("two", ("area", "choice"))])
def test_scores_of_nbgrader_and_ours_agree(
    feedback_once: Class, student: str, notebook: str, problems: tuple[str, ...]
) -> None:
    """The header of a page, its table of contents and our blocks tell the same points."""
    text = page(feedback_once, student, notebook)
    told = {name: float(re.search(rf"<b>{name}: ([\d.]+) of", text)[1]) for name in problems}
    assert told == {name: score for name, score in feedback_once.scores(student).items() if name in problems}
    header = re.search(r"<h4>.*?\(Score: ([\d.]+) / ([\d.]+)\)", text)
    assert header is not None
    assert float(header[1]) == sum(told.values())
    for name in problems:
        (listed,) = set(re.findall(rf'<a href="#test_{name}">.*?\(Score: ([\d.]+) /', text))
        assert float(listed) == told[name]


def test_nothing_of_a_student_runs(feedback_once: Class) -> None:
    """What a student printed or raised is text: it adds no element that runs to the page of a right solution."""
    right, attacked = (Elements(page(feedback_once, student, "one")) for student in ("right", "attacking"))
    assert attacked.scripts == right.scripts
    assert not [attributes for _, attributes in attacked.tags if "onerror" in attributes]
    assert "&lt;script&gt;alert" in page(feedback_once, "attacking", "one")


def test_no_hidden_input_is_told(feedback_once: Class) -> None:
    pages = [path.read_text() for path in (feedback_once.root / "feedback").rglob("*.html")]
    assert len(pages) == 6
    assert not [text for text in pages if str(HIDDEN_INPUT) in text]
    assert "raised ValueError" in page(feedback_once, "attacking", "one")
