"""The page that a student gets back."""

SCRIPT = "<script>window.intruded = true</script><img src=x onerror='window.intruded = true'>"
# Our block repeats the exception's text, where it must stay text.
ANSWERS = {"scale": f"def scale(x, factor):\n    raise ValueError({SCRIPT!r})", "answer": 'answer = "B"'}


def test_feedback_names_points_and_runs_no_script(page, hand_in, nbgrader):
    course = hand_in(ANSWERS)
    nbgrader(course.root, "autograde", "toy")
    nbgrader(course.root, "generate_feedback", "toy")
    page.goto((course.root / "feedback" / "ada" / "toy" / "scaling.html").as_uri())
    assert "Score: 1.0 / 6.0" in page.locator("body").inner_text()
    block = page.get_by_text("scale: 0 of 3 points").locator("xpath=ancestor::div[1]")
    assert block.is_visible()
    assert "0/2 A number is multiplied by the factor." in block.inner_text()
    assert SCRIPT in block.inner_text()
    assert page.evaluate("window.intruded") is None
