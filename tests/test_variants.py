"""Variants: what a table may say, what follows from it, and how a wrong one is refused with its line."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.course.axes import Axis, Choice, Drawn, Fields, Integer, Number, Several, Text
from autograder.course.errors import CourseError
from autograder.course.variants import Variant, read_variants

VOCABULARY = """
from autograder.course.axes import Choice, Fields, Formula, Integer, Name, Number, Several

AXES = {
    "seed": Integer(0),
    "mu": Number(drawn=True),
    "form": Choice("plain", "log"),
    "prior": Fields(mean=Number(), sd=Number(above=0)),
    "laws": Several("gumbel", "cauchy"),
}


def refuse(v):
    if v.form == "log" and "cauchy" in v.laws:
        yield "laws", "the Cauchy law has no logarithm here"


def words(v):
    return {"name_of_it": Name("log_x" if v.form == "log" else "x"), "twice": Formula("2 * {}")}


def asks(v, stem):
    return not stem.startswith("cauchy") or "cauchy" in v.laws
"""
TABLE = """\
# The variants.
[base]
seed = 1
mu = 0.5
form = "plain"
prior = { mean = 0.0, sd = 1.0 }
laws = ["gumbel", "cauchy"]

[autumn]
seed = 2
mu = { drawn_from = [0.5, 1.5, 2.5] }
form = "log"
laws = ["gumbel"]

[autumn.prior]
mean = 1
sd = 2.0
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "variants.py").write_text(VOCABULARY)
    (tmp_path / "variants.toml").write_text(TABLE)
    return tmp_path


def test_a_variant_has_its_values_and_words(folder: Path) -> None:
    variants = read_variants(folder)
    assert list(variants) == ["base", "autumn"]
    base, autumn = variants.values()
    assert (base.seed, base.mu, base.prior["sd"], base.laws) == (1, 0.5, 1.0, ("gumbel", "cauchy"))
    assert (base.name_of_it, autumn.name_of_it, autumn.twice.format("y")) == ("x", "log_x", "2 * y")
    assert base.asks("cauchy_icdf")
    assert not autumn.asks("cauchy_icdf")
    with pytest.raises(AttributeError, match="no 'nu'"):
        _ = base.nu


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("mu = 0.5", "my = 0.5", 4, "nobody knows 'my'; it may say seed, mu, form, prior, laws"),
        ("mu = 0.5\n", "", 2, "mu is missing; it must be a number, or { drawn_from"),
        ("mu = 0.5", "mu = true", 4, "mu = True is not possible; it must be a number"),
        ("mu = 0.5", "mu = nan", 4, "mu = nan is not possible"),
        ("seed = 2", "seed = -2", 10, "a whole number, 0 or more"),
        ('form = "plain"', 'form = "sqrt"', 5, "form = 'sqrt' is not possible; it must be one of 'plain', 'log'"),
        ("sd = 1.0 }", "sd = 0.0 }", 6, "it must be { mean = a number, sd = a number above 0 }"),
        ("[0.5, 1.5, 2.5]", "[0.5, 0.5]", 11, "at least two such numbers"),
        ("[0.5, 1.5, 2.5]", "[0.5]", 11, "at least two such numbers"),
        ('laws = ["gumbel"]', 'laws = ["gumbel", "gumbel"]', 13, "none of them twice"),
        ('laws = ["gumbel"]', "laws = []", 13, "a list of one or more"),
        ('laws = ["gumbel"]', 'laws = ["cauchy"]', 13, "the Cauchy law has no logarithm here"),
        ("sd = 2.0", "sd = '2'", 15, "prior"),
        ("# The variants.", "seed = 1", 1, "seed stands outside of any variant's table"),
    ],
)
def test_a_wrong_table_is_refused_with_its_line(folder: Path, old: str, new: str, line: int, says: str) -> None:
    path = folder / "variants.toml"
    assert old in TABLE
    path.write_text(TABLE.replace(old, new))
    with pytest.raises(CourseError) as refused:
        read_variants(folder)
    assert str(refused.value).startswith(f"{path}, line {line}: ")
    assert says in str(refused.value)


def test_a_vocabulary_that_fails_is_named(folder: Path) -> None:
    (folder / "variants.py").write_text("1 / 0")
    with pytest.raises(CourseError, match=r"variants\.py cannot be imported: ZeroDivisionError"):
        read_variants(folder)


def test_without_a_vocabulary_a_table_says_what_it_likes(folder: Path) -> None:
    (folder / "variants.py").unlink()
    assert read_variants(folder)["base"].form == "plain"


def test_numbers_are_drawn_for_each_student(folder: Path) -> None:
    autumn = read_variants(folder)["autumn"]
    assert autumn.per_student
    assert not read_variants(folder)["base"].per_student
    drawn = {student: autumn.of(student).mu for student in map(str, range(40))}
    assert set(drawn.values()) == {0.5, 1.5, 2.5}
    assert autumn.of("Ada ").mu == autumn.of("ada").mu
    assert autumn.of("ada").name_of_it == "log_x"
    assert not autumn.of("ada").per_student


def test_what_a_student_draws_is_the_same_everywhere() -> None:
    """In another process, with another hash seed, and next year."""
    drawn = Drawn("mu", (0.1, 0.2, 0.3, 0.4, 0.5))
    code = "from autograder.course.axes import Drawn; print(Drawn('mu', (0.1, 0.2, 0.3, 0.4, 0.5)).of(7, 'ada'))"
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={"PYTHONHASHSEED": "5"}, check=True
    )
    assert float(told.stdout) == drawn.of(7, "ada") == 0.1
    assert [drawn.of(seed, "ada") for seed in range(4)] != [drawn.of(seed, "emmy") for seed in range(4)]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(ANYTHING)
def test_an_axis_reads_or_refuses_whatever_stands_there(value: object) -> None:
    axes: list[Axis] = [
        Text(),
        Integer(0),
        Number(0.0, drawn=True),
        Choice("a"),
        Several("a", "b"),
        Fields(mean=Number(), sd=Number(above=0)),
    ]
    for axis in axes:
        assert axis.allowed
        try:
            axis.read(value)
        except ValueError:
            continue


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a\n<%= variant.nope %>", "line 2"),
        ("<% if variant.seed %>", "x.md"),
        ("<%= 1 / 0 %>", "division by zero"),
        ("<% include 'missing.part.md' %>", "missing.part.md"),
        ("<%= variant.seed.upper() %>", "upper"),
    ],
)
def test_an_expression_that_fails_names_its_place(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(CourseError) as refused:
        Variant("base", {"seed": 1}).expand(text, tmp_path / "x.md")
    assert str(tmp_path / "x.md") in str(refused.value)
    assert says in str(refused.value)


def test_parts_are_included_and_lines_of_statements_vanish(tmp_path: Path) -> None:
    (tmp_path / "gumbel.part.md").write_text("Gumbel <%= variant.seed %>.\n")
    text = "<% for law in variant.laws %>\n<% include law ~ '.part.md' %>\n<% endfor %>\n{% raw %} {{ }} {# #}\n"
    variant = Variant("base", {"seed": 1, "laws": ("gumbel",)})
    assert variant.expand(text, tmp_path / "x.md") == "Gumbel 1.\n{% raw %} {{ }} {# #}\n"


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("def words(v): 1 / 0", "words() raises ZeroDivisionError"),
        ("def words(v): return words(v)", "words() raises RecursionError"),
        ("def words(v): raise SystemExit(3)", "words() raises SystemExit"),
        ("def words(v): return None", "words() gives None, which is no dict"),
        ("def refuse(v): return None", "refuse() raises TypeError"),
        ("def refuse(v): yield 3", "refuse() yields 3, not a key and a reason"),
        ("AXES = [1]", "AXES must give each key an axis"),
        ("AXES = {'seed': 3}", "AXES must give each key an axis"),
        ("raise SystemExit(3)", "cannot be imported: SystemExit: 3"),
    ],
)
def test_a_vocabulary_that_talks_nonsense_is_named(folder: Path, code: str, says: str) -> None:
    (folder / "variants.py").write_text(f"{VOCABULARY}\n\n{code}\n")
    with pytest.raises(CourseError) as refused:
        read_variants(folder)
    assert str(folder / "variants.py") in str(refused.value)
    assert says in str(refused.value)


@pytest.mark.parametrize(("code", "says"), [("1 / 0", "asks() raises"), ("return 'no'", "asks() gives 'no'")])
def test_a_vocabulary_that_asks_nonsense_is_named(folder: Path, code: str, says: str) -> None:
    (folder / "variants.py").write_text(f"{VOCABULARY}\n\ndef asks(v, stem):\n    {code}\n")
    with pytest.raises(CourseError, match=re.escape(says)):
        read_variants(folder)["base"].asks("x")


def test_a_vocabulary_leaves_no_compiled_code(folder: Path) -> None:
    read_variants(folder)
    assert sorted(path.name for path in folder.iterdir()) == ["variants.py", "variants.toml"]


@pytest.mark.parametrize("name", ["a/b", "..", "", "a b", "-a", "a-", "[x]"])
def test_a_variant_is_named_as_a_folder_may_be(tmp_path: Path, name: str) -> None:
    (tmp_path / "variants.toml").write_text(f'["{name}"]\nseed = 1\n')
    with pytest.raises(CourseError, match="cannot be the name of a variant"):
        read_variants(tmp_path)


@pytest.mark.parametrize(
    ("part", "place", "says"),
    [
        ("a\nb\n<%= 1 / 0 %>\n", "p.part.md, line 3: ", "division by zero"),
        ("a\n<%= variant.no %>\n", "p.part.md, line 2: ", "the variant has no attribute 'no'"),
        ("a\n<% if %>\n", "p.part.md, line 2: ", "Expected an expression"),
        ("<% include 'p.part.md' %>", "p.part.md, line 1: ", "parts include each other without end"),
        ("a\n<% include 'no.part.md' %>", "p.part.md, line 2: ", "there is no part no.part.md beside it"),
    ],
)
def test_a_fault_in_a_part_names_the_part(tmp_path: Path, part: str, place: str, says: str) -> None:
    (tmp_path / "p.part.md").write_text(part)
    with pytest.raises(CourseError) as refused:
        Variant("base", {}).expand("one\n<% include 'p.part.md' %>\n", tmp_path / "x.md")
    assert str(refused.value).startswith(f"{tmp_path}/{place}{says}")
