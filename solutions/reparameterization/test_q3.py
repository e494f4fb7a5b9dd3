"""Hidden grader of quiz question 3."""

import pytest

from autograder.grading import check


@pytest.mark.points(1)
def test_answer(student, reference):
    """The letter is that of the right answer."""
    answer = student.value("q3")
    check(isinstance(answer, str), "the answer is not text: write one letter in quotation marks")
    letter = answer.strip().upper()
    check(letter in ("A", "B", "C", "D"), "the answer is not one of the letters A, B, C and D")
    check(letter == reference.value("q3"), "another answer is right")
