"""Style sheets without what a page has no use for."""

import pytest

from autograder.report.sheets import names, without_unused

PRESENT = frozenset({".panel", ".cell", "#toc"})


@pytest.mark.parametrize(
    ("sheet", "kept"),
    [
        ("p{margin:0}", "p{margin:0}"),
        (".panel p{margin:0}", ".panel p{margin:0}"),
        (".btn{margin:0}", ""),
        (".btn .panel{margin:0}", ""),
        (".btn,.panel > p, #gone{margin:0}", ".panel > p{margin:0}"),
        ("#toc li{margin:0}", "#toc li{margin:0}"),
        # A browser that does not understand one selector drops the rule; without that selector it would come to life.
        (".btn::-moz-x,.panel{margin:0}", ".btn::-moz-x,.panel{margin:0}"),
        (".panel:not(.btn){margin:0}", ".panel:not(.btn){margin:0}"),
        (":is(.btn,.cell) p{margin:0}", ":is(.btn,.cell) p{margin:0}"),
        ("a[href='.btn,x']{margin:0}", "a[href='.btn,x']{margin:0}"),
        (r".b\:tn{margin:0}", r".b\:tn{margin:0}"),
        ("/* .btn{} */ p{content:'}/*'}", "p{content:'}/*'}"),
        ("@media print{.btn{margin:0}.cell{margin:1px}}", "@media print{.cell{margin:1px}}"),
        ("@media print{.btn{margin:0}}", ""),
        ("@supports (x:y){@media print{p{margin:0}}}", "@supports (x:y){@media print{p{margin:0}}}"),
        ("@charset 'utf-8';@import url(x);", "@charset 'utf-8';\n@import url(x);"),
        ("@page{margin:0}", "@page{margin:0}"),
        ("@font-face{font-family:'Signs';src:url(x)}.btn{font-family:Signs}", ""),
        (
            "@font-face{font-family:'Signs';src:url(x)}p{font-family:Signs}",
            "@font-face{font-family:'Signs';src:url(x)}\np{font-family:Signs}",
        ),
        ("@keyframes turn{from{left:0}}.btn{animation:turn 1s}", ""),
        (
            "@-webkit-keyframes turn{from{left:0}}p{animation:turn 1s}",
            "@-webkit-keyframes turn{from{left:0}}\np{animation:turn 1s}",
        ),
        ("p{margin:0", "p{margin:0}"),
        ("}.btn,p{margin:0}", "}.btn,p{margin:0}"),
        ("", ""),
    ],
)
def test_what_cannot_match_is_left_out(sheet: str, kept: str) -> None:
    assert without_unused(sheet, PRESENT) == kept


def test_names_are_those_that_a_sheet_speaks_of_anywhere() -> None:
    sheet = ".a{color:#fff}@media print{#b:not(.c){margin:.5em}}"
    assert names(sheet) == {".a", "#b", ".c"}
