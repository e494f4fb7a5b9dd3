"""Questions that are written once and answers that are read once: what is the same is recognized, and only that."""

from typing import Any

import numpy as np
import pytest

from autograder.box import wire
from autograder.box.question import MAX_RECOGNIZED, Answer, Question
from autograder.course.errors import StudentRaised


def parts(frame: bytes) -> tuple[bytes, bytes]:
    text_length, _ = wire.lengths(frame[: wire.PREFIX.size])
    end = wire.PREFIX.size + text_length
    return frame[wire.PREFIX.size : end], frame[end:]


def test_a_question_differs_from_another_in_its_number_alone():
    question = Question.of_call("f", (np.arange(3.0), "x"), {"y": [1]})
    for number in (0, 9, 10, 123456):
        assert question.frame(number) == wire.dumps(
            {"id": number, "op": "call", "name": "f", "args": (np.arange(3.0), "x"), "kwargs": {"y": [1]}}
        )
    assert question == Question.of_call("f", (np.arange(3.0), "x"), {"y": [1]})
    assert question != Question.of_call("f", (np.arange(3.0), "x"), {"y": [2]})
    assert question != Question.of_call("f", (np.arange(1.0, 4.0), "x"), {"y": [1]})


def answer_of(number: int, **reply: Any) -> Answer:
    return Answer(number, *parts(wire.dumps({"id": number, **reply})))


def test_answers_are_recognized_whatever_their_number():
    keys = {answer_of(number, status="ok", value=np.ones(2)).key for number in (1, 7, 12, 1000)}
    assert len(keys) == 1
    others = [
        answer_of(1, status="ok", value=value)
        for value in (np.ones(3), np.float64(1), np.ones(2, "f4"), [1.0, 1.0], (1.0, 1.0), True, 1, 1.0, 0.0, -0.0, "1")
    ]
    assert len({answer.key for answer in others} | keys) == len(others) + 1
    assert all(answer.is_proven() for answer in others)


FORGED = [
    '{"value": {"@": "dict", "items": {"id": 1, "status": "ok", "value": 1, "id": 1}}, "buffers": []}',
    '{"value": {"@": "dict", "items": {"id": 1, "status": "ok", "value": 1}}, "buffers": [], '
    '"value": {"@": "dict", "items": {"id": 1, "status": "ok", "value": 2}}}',
    '{"value": {"@": "dict", "items": {"status": "ok", "id": 1, "value": 1}}, "buffers": []}',
    '{"value": {"@": "dict", "items": {"id": 1, "status": "ok", "value": 1}, '
    '"items": {"id": 1, "status": "ok", "value": 2}}, "buffers": []}',
]


@pytest.mark.parametrize("text", FORGED)
def test_an_answer_that_says_its_number_in_another_place_is_not_remembered(text):
    answer = Answer(1, text.encode(), b"")
    assert answer.tells()
    assert not answer.is_proven()


def test_large_answers_and_a_lack_of_memory_are_not_remembered():
    assert answer_of(1, status="ok", value="x" * MAX_RECOGNIZED).key is None
    assert not answer_of(1, status="ok", value="x" * MAX_RECOGNIZED).is_proven()
    assert not answer_of(1, status="out of memory").is_proven()
    assert answer_of(1, status="raised", lineage=("ValueError", "Exception"), message="no").is_proven()


def test_a_value_is_another_copy_each_time():
    answer = answer_of(1, status="ok", value=np.zeros(2))
    answer.value()[:] = 1
    assert answer.value().tolist() == [0, 0]


def test_a_known_answer_of_a_box_is_not_read_again_and_every_other_is(session):
    ran = session("def f(x): return [x]\ndef g(): raise ValueError('no')")
    question = Question.of_call("f", (1.0,), {})
    first = ran.ask(question)
    assert first.is_proven()
    again = ran.ask(question, {first.key})
    assert again.key == first.key
    assert again.value() == first.value() == [1.0]
    assert ran.ask(Question.of_call("f", (2.0,), {}), {first.key}).value() == [2.0]
    refused = ran.ask(Question.of_call("g", (), {}))
    with pytest.raises(StudentRaised):
        refused.value()
    assert ran.ask(Question.of_call("g", (), {}), {refused.key}).key == refused.key
