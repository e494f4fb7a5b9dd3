"""Hidden grader of every question of the quiz: the letter is the key's."""

import pytest

from autograder.grading import check


@pytest.mark.points(1)
def test_answer(student, reference, problem):
    """The letter is that of the right answer."""
    answer = student.value(problem)
    check(isinstance(answer, str), "the answer is not text: write one letter in quotation marks")
    letter = answer.strip().upper()
    check(len(letter) == 1 and letter.isalpha(), "the answer is not one letter")
    check(letter == reference.value(problem), "another answer is right")
