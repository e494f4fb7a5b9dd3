"""Hidden grader of quiz question 1."""

import pytest

from autograder.grading import check


@pytest.mark.points(1)
def test_answer(student, reference):
    """The letter is that of the right answer."""
    answer = student.value("q1")
    check(isinstance(answer, str), "the answer is not text: write one letter in quotation marks")
    letter = answer.strip().upper()
    check(letter in ("A", "B", "C", "D"), "the answer is not one of the letters A, B, C and D")
    check(letter == reference.value("q1"), "another answer is right")
