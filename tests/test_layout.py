"""Where things lie in a course, and which variant an assignment is."""

import pytest

from autograder.course.errors import CourseError, UsageError
from autograder.course.layout import Assignment, Course


def test_the_rooms_of_an_assignment(course):
    assignment = course.require("toy")
    assert assignment.source == course.root / "source" / "toy"
    assert assignment.solutions == course.root / "solutions" / "toy"
    assert [path.name for path in assignment.masters] == ["scaling.master.md"]
    assert assignment.has_graders


def test_the_base_variant_and_another_share_all_but_their_numbers(course):
    base, autumn = course.require("toy"), course.require("toy-autumn")
    assert (base.family, base.variant_name, base.variant.factor) == ("toy", "base", 3)
    assert (autumn.family, autumn.variant_name, autumn.variant.factor) == ("toy", "autumn", 4)
    assert base.solutions == autumn.solutions
    assert base.masters == autumn.masters
    assert autumn.source == course.root / "source" / "toy-autumn"


def test_a_family_may_have_hyphens_in_its_name(course):
    (course.solutions / "toy-second").mkdir()
    assert Assignment(course, "toy-second").family == "toy-second"
    assert Assignment(course, "toy-second-autumn").variant_name == "autumn"
    assert Assignment(course, "toy-late-autumn").variant_name == "late-autumn"


def test_an_assignment_that_nobody_wrote_is_refused_with_those_that_there_are(course):
    with pytest.raises(UsageError, match=r"'missing'.*assignments there: toy$"):
        course.require("missing")


def test_an_empty_course_says_that_it_has_none(tmp_path):
    with pytest.raises(UsageError, match="assignments there: none"):
        Course(tmp_path).require("toy")
    assert Course(tmp_path).assignments() == []


def test_assignments_are_listed_by_name(course):
    for name in ("zebra", "alpha"):
        (course.source / name).mkdir()
        (course.source / name / "one.master.md").touch()
    (course.source / "without-masters").mkdir()
    assert [assignment.name for assignment in course.assignments()] == ["alpha", "toy", "zebra"]


def test_an_assignment_without_graders_or_variants_is_plain_nbgrader(course):
    plain = Assignment(course, "plain")
    assert not plain.has_graders
    assert plain.variant.values == {}
    (course.solutions / "plain").mkdir()
    assert not Assignment(course, "plain").has_graders


def test_a_variant_that_nobody_wrote_names_those_that_there_are(course):
    with pytest.raises(CourseError, match=r"no table \[spring\]; it has base, autumn"):
        _ = course.require("toy-spring").variant


@pytest.mark.parametrize("content", [b"[base", b"\xff", b"base = 3"])
def test_variants_that_cannot_be_read_are_the_courses_fault(course, content):
    path = course.source / "toy" / "variants.toml"
    path.write_bytes(content)
    with pytest.raises(CourseError, match=r"variants\.toml"):
        _ = course.require("toy").variant


def test_folders_may_have_other_names(course):
    (course.root / "solutions").rename(course.root / "secret")
    renamed = Course(course.root, solutions_directory="secret")
    assert renamed.require("toy").has_graders
    assert not course.require("toy").has_graders
