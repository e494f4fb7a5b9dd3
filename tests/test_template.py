"""A template's twins, and what it imports in advance."""

import os
import select
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.box.session import Session
from autograder.box.template import FORKS, Template
from autograder.course.errors import BoxError

pytestmark = pytest.mark.skipif(not FORKS, reason="templates do not fork here")


def ask(template: Template, source: str) -> str:
    """Run one cell in a box of its own, and give what it printed."""
    with Session(template, [source]) as session:
        (run,) = session.run_cells()
    return "".join(event["text"] for event in run.events if event["type"] == "stream")


@pytest.fixture
def template() -> Iterator[Template]:
    """A template that imports nothing in advance."""
    with Template(trusting=True, libraries=()) as template:
        yield template


@pytest.fixture
def twin(template: Template) -> Iterator[Template]:
    """One that has joined it, in the place of another process."""
    with Template(trusting=True, libraries=()) as twin:
        twin.join(template.start())
        yield twin


def test_twins_make_boxes_beside_their_template(template: Template, twin: Template) -> None:
    """Each makes its own, one after the other or at the same time."""
    with Session(template, ["x = 1"]) as one, Session(twin, ["x = 2"]) as other:
        one.run_cells()
        other.run_cells()
        assert (one.value("x"), other.value("x")) == (1, 2)
    assert ask(twin, "print('again')") == "again\n"


def test_a_twin_can_have_been_asked_for_before_the_template_is_ready(template: Template, twin: Template) -> None:
    """Nobody waits for the other to have imported everything."""
    assert ask(twin, "print('ready')") == "ready\n"
    assert ask(template, "print('ready too')") == "ready too\n"


def test_a_twin_outlives_the_box_of_another(template: Template, twin: Template) -> None:
    """What ends one judge's box is nothing to the other's."""
    with Session(template, ["import os, signal", "os.kill(os.getpid(), signal.SIGKILL)"]) as session:
        session.run_cells()
    assert ask(twin, "print('well')") == "well\n"


def test_a_killed_twin_is_replaced_by_a_template_of_its_own(template: Template, twin: Template) -> None:
    """The judge that has lost its twin does not wait for the coordinator."""
    ask(twin, "pass")
    assert template._process is not None
    for child in children_of(template._process.pid):
        os.kill(child, signal.SIGKILL)
    assert ask(twin, "print('anew')") == "anew\n"
    assert twin._process is not None


def test_joining_one_that_has_ended_is_told(template: Template) -> None:
    """Whoever is told so starts one of its own."""
    desk = template.start()
    assert template._process is not None
    template._process.kill()
    template._process.wait()
    with Template(trusting=True, libraries=()) as late:
        with pytest.raises(BoxError, match="ended"):
            late.join(desk)
        assert ask(late, "print('alone')") == "alone\n"


def test_twins_end_with_their_judges(template: Template) -> None:
    """A twin whose judge has hung up is gone when the template is."""
    twin = Template(trusting=True, libraries=())
    twin.join(template.start())
    ask(twin, "pass")
    assert template._process is not None
    (process,) = children_of(template._process.pid)
    ending = os.pidfd_open(process) if hasattr(os, "pidfd_open") else None
    twin.close()
    if ending is not None:
        poll = select.poll()
        poll.register(ending, select.POLLIN)
        assert poll.poll(10_000), "it lives on"
        os.close(ending)


@pytest.mark.parametrize("libraries", [(), ("wave", "no_such_library")])
def test_a_course_says_what_is_imported_in_advance(libraries: tuple[str, ...]) -> None:
    """Every box has it, and what is not installed is left out."""
    with Template(trusting=True, libraries=libraries) as template:
        seen = ask(template, "import sys\nprint('wave' in sys.modules, 'torch' in sys.modules)")
    assert seen == f"{'wave' in libraries} False\n"


def children_of(process: int) -> list[int]:
    """The processes that one has forked."""
    if sys.platform != "linux":
        pytest.skip("children are found in /proc")
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
