"""The corpus: hostile submissions, each a file that is read as text and never imported here.

A file is the submission: after the module docstring, its text is what the student wrote into the answer cell of the
problem ``law``; ``# %%`` begins a further cell below it. What needs more than code cells defines one function at top
level instead, ``hand_in(notebook, folder)``, which spoils the notebook (plain JSON data, solved but for ``law``) and
may write into the submission's folder; it runs in a process of its own (``spoil.py``).

The docstring's first line says what the attack tries. ``Expected:`` tells the outcome, ``Deserves: N`` the points of
``law`` that an honest right answer beside the attack earns (none if not given), ``Forfeits: double`` that the attack
breaks its author's own interpreter, so that the other problem may be lost with it, ``Needs: new_root`` the layer of
confinement without which it is known to get through, on machines that do not offer it.

Every attack sees the names of the prelude (``prelude.py``) and keeps itself within bounds: a few hundred processes,
4 GiB of memory, 1 GiB of disk, 20,000 files, 60 seconds, signals to none but the grader's processes.
"""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
FAMILIES = ("forging", "stealing", "harming", "reaching", "corrupting", "lying")


@dataclass(frozen=True)
class Attack:
    """One hostile submission.

    Attributes:
        family: what it is after.
        name: the stem of its file.
        text: the file.
        aim: what it tries, in one line.
        expected: the outcome that its docstring promises.
        deserves: the points of ``law`` that its author has earned.
        forfeits: whether it may lose the other problem too.
        needs: the layer of confinement that alone holds it.
        cells: the code cells, the first of which is the answer; empty where the file hands in by itself.
    """

    family: str
    name: str
    text: str
    aim: str
    expected: str
    deserves: float
    forfeits: bool
    needs: str
    cells: tuple[str, ...]

    @property
    def marker(self) -> str:
        """What this attack, and no other, writes wherever it gets."""
        return f"pathwise_marker_{self.name}"

    @property
    def proof(self) -> str:
        """What this attack prints once it has done something that leaves no other trace."""
        return f"pathwise_proof_{self.name}"

    def __str__(self) -> str:
        return f"{self.family}/{self.name}"


def read(path: Path) -> Attack:
    """Read one file of the corpus."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    doc = ast.get_docstring(tree) or ""
    body = "".join(text.splitlines(keepends=True)[tree.body[0].end_lineno :]) if doc else text
    hands_in = any(isinstance(node, ast.FunctionDef) and node.name == "hand_in" for node in tree.body)
    cells = () if hands_in else tuple(cell.strip("\n") for cell in re.split(r"^# %%.*\n", body, flags=re.MULTILINE))
    return Attack(
        family=path.parent.name,
        name=path.stem,
        text=text,
        aim=doc.partition("\n")[0],
        expected=_field(doc, "Expected"),
        deserves=float(_field(doc, "Deserves") or 0),
        forfeits=bool(_field(doc, "Forfeits")),
        needs=_field(doc, "Needs").rstrip("."),
        cells=cells,
    )


def load(*families: str) -> list[Attack]:
    """All attacks of some families, or of all, in the order of their names."""
    return [read(path) for family in families or FAMILIES for path in sorted((FOLDER / family).glob("*.py"))]


def _field(doc: str, name: str) -> str:
    """The paragraph that begins with a name and a colon."""
    found = re.search(rf"^{name}: (.+?)(?=\n\n|\n[A-Z][a-z]+: |\Z)", doc, flags=re.MULTILINE | re.DOTALL)
    return " ".join(found[1].split()) if found else ""
