"""The page on which an instructor reads what a verification found."""

from pathlib import Path

from playwright.sync_api import Page

from autograder.grading.proof import RIGHT, WRONG, Answer, Mutation, Proof, Survivor, Verification
from autograder.report.verification import write_page

SURVIVOR = Survivor(
    "changed an operator", "-    return <b>a</b>\n+    return a - b", "f(<i>1</i>) gives 2 instead of 3"
)
FOUND = Verification(
    "toy",
    (
        Proof("good", "n", 2.0, (Answer("stub", "stub", 0.0), Answer("good", RIGHT, 2.0)), Mutation(4, 4), ()),
        Proof("bad", "n", 1.0, (Answer("wrong", WRONG, 1.0),), Mutation(4, 3, 0, (SURVIVOR,)), ("a mutant survived",)),
    ),
)


def test_numbers_lead_to_what_falls_short(page: Page, tmp_path: Path) -> None:
    write_page(FOUND, tmp_path / "toy.html")
    page.goto((tmp_path / "toy.html").as_uri())
    assert page.title() == "Graders of toy"
    assert page.locator("table").first.locator("tbody tr").count() == 2
    page.get_by_role("link", name="bad").click()
    section = page.locator("section#bad")
    assert section.locator("pre").inner_text().splitlines() == ["-    return <b>a</b>", "+    return a - b"]
    assert "f(<i>1</i>) gives 2 instead of 3" in section.inner_text()
    assert page.locator("b, i").count() == 0, "what is quoted is never markup"
    assert not section.get_by_text("wrong", exact=True).is_visible()
    section.get_by_text("1 answers").click()
    assert section.get_by_text("wrong", exact=True).is_visible()
