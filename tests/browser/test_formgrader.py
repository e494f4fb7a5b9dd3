"""nbgrader's formgrader in the browser, in a course that Pathwise grades."""

import pytest
from nbgrader.api import Gradebook

ANSWERS = {
    # Right for numbers, but not for arrays: two of the three points.
    "scale": "def scale(x, factor):\n    return float(x) * factor",
    "answer": 'answer = "A"',
    "explain": "Because multiplication is commutative.",
}


@pytest.fixture
def handed_in(hand_in):
    """A course with one submission, not yet graded."""
    return hand_in(ANSWERS)


def in_gradebook(course):
    """The score of ada's submission, its (automatic, manual) scores by cell, and its comments by cell."""
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gradebook:
        submission = gradebook.find_submission("toy", "ada")
        (notebook,) = submission.notebooks
        grades = {grade.name: (grade.auto_score, grade.manual_score) for grade in notebook.grades}
        comments = {comment.name: comment.manual_comment for comment in notebook.comments}
        return submission.score, grades, comments


def test_the_autograde_button_grades(page, serve, handed_in):
    page.goto(serve(handed_in.root).page("formgrader/manage_submissions/toy"))
    row = page.locator("#main-table tr", has_text="ada")
    row.get_by_text("needs autograding").wait_for()
    row.locator(".autograde a").click()
    page.locator(".modal.in").wait_for()
    page.keep("log")
    assert "Successfully autograded 'toy' for student 'ada'" in page.locator(".modal.in").inner_text()
    row.get_by_text("needs manual grading").wait_for()
    assert row.locator(".score").inner_text() == "2 / 6"
    score, grades, _ = in_gradebook(handed_in)
    assert score == 2
    assert grades["test_scale"] == (2, None)
    assert grades["test_answer"] == (0, None)
    assert not page.script_errors


def test_a_person_grades_what_only_a_person_can(page, serve, handed_in, nbgrader):
    nbgrader(handed_in.root, "autograde", "toy")
    page.goto(serve(handed_in.root).page("formgrader/gradebook/toy/scaling"))
    page.get_by_role("link", name="Submission #1").click()

    tests = page.locator(".cell", has=page.locator("#test_scale"))
    tests.get_by_text("scale: 2 of 3 points").wait_for()
    assert "2/2 A number is multiplied by the factor." in tests.inner_text()
    assert "0/1 An array is multiplied by the factor, element by element." in tests.inner_text()
    # The page's script fills in the scores, and from then on saves what is typed.
    page.locator('#test_scale[placeholder="2"]').wait_for()
    save(page, "#explain", "1.5")
    save(page, "#explain-comment", "Which numbers?")

    score, grades, comments = in_gradebook(handed_in)
    assert grades["explain"] == (None, 1.5)
    assert comments["explain"] == "Which numbers?"
    assert score == 3.5
    assert not page.script_errors


def save(page, field, text):
    """Type into a field and leave it; wait until the server has the text."""
    with page.expect_response(lambda response: response.request.method == "PUT") as saved:
        page.locator(field).fill(text)
        page.locator(field).blur()
    assert saved.value.ok
