"""Style sheets without the rules that a page has no use for.

A rule is left out only where none of its selectors can match anything: each of them asks for a class or an id that the
page does not have. What is not understood stays as it is, so that the page looks as before.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

# What a sheet is cut into; whatever stands in strings and comments is none of it.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|/\*.*?\*/|[{};]', re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'')
_NAME = re.compile(r"[.#][\w-]+")
# Selectors that every browser understands. Any other makes a whole list void for those that do not: it stays in it.
_PLAIN = re.compile(r"[\w\s.#>+~*-]+")
_CONDITIONAL = re.compile(r"@(?:media|supports|layer|container|document|-moz-document)\b")
_ON_DEMAND = re.compile(r"@(?:font-face|(?:-\w+-)?keyframes\s+([\w-]+))")
_FAMILY = re.compile(r"font-family\s*:\s*[\"']?([^;\"'}]+)")


@dataclass(frozen=True)
class Selector:
    """One selector of a rule's list: its text, and the classes and ids without which it matches nothing."""

    text: str
    needs: frozenset[str]

    @property
    def plain(self) -> bool:
        """Whether it can be taken out of a list that stays."""
        return _PLAIN.fullmatch(self.text) is not None


@dataclass(frozen=True)
class Rule:
    """One statement of a sheet.

    Attributes:
        prelude: what stands before the block, or the whole of a statement that has none.
        body: the block of a statement that is kept or dropped as one.
        selectors: of a rule that styles elements.
        rules: of a rule that holds others.
    """

    prelude: str
    body: str | None = None
    selectors: tuple[Selector, ...] = ()
    rules: tuple["Rule", ...] = ()


@lru_cache(maxsize=16)
def _rules(sheet: str) -> tuple[Rule, ...]:
    return tuple(_parsed(prelude, body) for prelude, body in _statements(sheet))


@lru_cache(maxsize=16)
def names(sheet: str) -> frozenset[str]:
    """Every class and id that a sheet speaks of: ``.panel``, ``#notebook``."""
    return frozenset(name for rule in _rules(sheet) for name in _names_of(rule))


def _names_of(rule: Rule) -> Iterator[str]:
    # Also those that a selector names without needing them, as in ":not(.x)".
    yield from _NAME.findall(rule.prelude)
    for inner in rule.rules:
        yield from _names_of(inner)


def without_unused(sheet: str, present: frozenset[str]) -> str:
    """Give a sheet without the rules that cannot match.

    Args:
        sheet: the style sheet.
        present: the classes and ids that a page may have, as ``names`` gives them.
    """
    return _without_unused(sheet, present & names(sheet))


@lru_cache(maxsize=256)
def _without_unused(sheet: str, present: frozenset[str]) -> str:
    kept = [text for rule in _rules(sheet) if (text := _kept(rule, present)) is not None]
    settled = "".join(text for text in kept if not _ON_DEMAND.match(text))
    return "\n".join(text for text in kept if not _ON_DEMAND.match(text) or _is_asked_for(text, settled))


def _is_asked_for(text: str, settled: str) -> bool:
    """Whether a font or an animation is named by what is kept."""
    match = _ON_DEMAND.match(text)
    name = (match and match[1]) or ((family := _FAMILY.search(text)) and family[1].strip())
    return not name or name in settled


def _kept(rule: Rule, present: frozenset[str]) -> str | None:
    """What of a rule stays, as text."""
    if rule.rules:
        inner = [text for each in rule.rules if (text := _kept(each, present)) is not None]
        return f"{rule.prelude}{{{''.join(inner)}}}" if inner else None
    prelude = rule.prelude
    if rule.selectors:
        if not any(selector.needs <= present for selector in rule.selectors):
            return None
        stay = [selector.text for selector in rule.selectors if selector.needs <= present or not selector.plain]
        prelude = ",".join(stay)
    return prelude if rule.body is None else f"{prelude}{{{rule.body}}}"


def _parsed(prelude: str, body: str | None) -> Rule:
    if body is None or (prelude.startswith("@") and not _CONDITIONAL.match(prelude)):
        return Rule(prelude, body)
    if prelude.startswith("@"):
        return Rule(prelude, body, rules=tuple(_parsed(*inner) for inner in _statements(body)))
    return Rule(prelude, body, tuple(Selector(text, _needs(text)) for text in _split(prelude)))


def _needs(selector: str) -> frozenset[str]:
    """The names that a selector cannot do without; none where it is not understood."""
    if "\\" in selector:
        return frozenset()
    outside = re.sub(r"\[[^\]]*\]", "", _STRING.sub("", selector))
    # What stands in parentheses may be denied, or one choice of several.
    while (shorter := re.sub(r"\([^()]*\)", "", outside)) != outside:
        outside = shorter
    return frozenset(_NAME.findall(outside))


def _split(prelude: str) -> list[str]:
    """The selectors of a list; commas in parentheses, brackets and strings part none."""
    parts, depth, start = [], 0, 0
    for match in re.finditer(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|\\.|[(),\[\]]', prelude):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(match[0], 0)
        if match[0] == "," and depth == 0:
            parts.append(prelude[start : match.start()].strip())
            start = match.end()
    return [*parts, prelude[start:].strip()]


def _statements(sheet: str) -> Iterator[tuple[str, str | None]]:
    """Cut a sheet into preludes and blocks, without comments."""
    depth, pieces, start, prelude = 0, [], 0, ""
    for match in _TOKEN.finditer(sheet):
        token = match[0]
        if token.startswith("/*"):
            pieces.append(sheet[start : match.start()])
            start = match.end()
            continue
        if token == "{":
            depth += 1
            if depth > 1:
                continue
            prelude = "".join([*pieces, sheet[start : match.start()]]).strip()
        elif token == "}" and depth > 0:
            depth -= 1
            if depth > 0:
                continue
            yield prelude, "".join([*pieces, sheet[start : match.start()]]).strip()
        elif token == ";" and depth == 0:
            yield "".join([*pieces, sheet[start : match.end()]]).strip(), None
        else:
            continue
        pieces, start = [], match.end()
    # A browser closes what is open where a sheet ends.
    if rest := "".join([*pieces, sheet[start:]]).strip():
        yield (prelude, rest) if depth else (rest, None)
