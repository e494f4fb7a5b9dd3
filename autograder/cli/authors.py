"""The commands of those who write assignments: each calls one function and prints what came of it."""

from argparse import Namespace
from contextlib import nullcontext

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from autograder.course.errors import UsageError
from autograder.course.files import alone_in
from autograder.course.layout import BASE, Assignment, Course
from autograder.grading.proof import Verification

console = Console()
_COLORS = {"yes": "green", "no": "yellow", "stale": "yellow", "edited by hand": "red"}


def build(course: Course, options: Namespace) -> int:
    """Render masters into source notebooks."""
    from autograder.authoring.build import build as build_assignment

    stale = False
    for assignment in editions(course, options):
        for built in build_assignment(assignment, options.force, options.dry_run):
            verb = "unchanged" if not built.changed else "would change" if options.dry_run else "written"
            stale |= built.changed
            path = built.path.relative_to(course.root)
            console.print(f"{path}: {verb}, {len(built.problems)} problems, {built.points:g} points", soft_wrap=True)
    return int(stale and options.dry_run)


def verify(course: Course, options: Namespace) -> int:
    """Prove the hidden graders of an assignment."""
    from autograder.report.verification import write_json, write_page

    assignment = edition(course, options)
    verification = prove(assignment, options)
    show(verification)
    if options.dry_run:
        return int(bool(verification.all_faults))
    page = options.page or course.root / "verification" / f"{assignment.name}.html"
    write_page(verification, page)
    write_json(verification, options.json or page.with_suffix(".json"))
    console.print(f"Page for instructors: {page}", soft_wrap=True, highlight=False)
    return int(bool(verification.all_faults))


def publish(course: Course, options: Namespace) -> int:
    """Render, verify and release a variant, or every one."""
    assignments = editions(course, options)
    with nullcontext() if options.dry_run else alone_in(course.root, wait=False):
        return max(_publish(assignment, options) for assignment in assignments)


def _publish(assignment: Assignment, options: Namespace) -> int:
    from autograder.gradebook.publish import publish as publish_variant

    done = publish_variant(assignment, lambda one: prove(one, options), options.force, options.dry_run)
    root = assignment.course.root
    for built in done.built:
        if built.changed:
            verb = "would change" if options.dry_run else "written"
            console.print(f"{built.path.relative_to(root)}: {verb}", soft_wrap=True)
    if done.verification is not None:
        show(done.verification)
        if done.verification.all_faults:
            console.print("Nothing was released: correct what falls short, and publish again.")
            return 1
    release = assignment.release.relative_to(root)
    if options.dry_run:
        changes = (
            "follow its notebooks" if done.changed is None else f"change in {', '.join(done.changed) or 'nothing'}"
        )
        console.print(f"Nothing was written. {release}/ would {changes}.", soft_wrap=True)
        return 0
    news = f"{', '.join(done.changed)} changed" if done.changed else "current"
    console.print(f"{release}/: {news}", soft_wrap=True)
    console.print(
        f"Next: read {release}/ as a student would, commit it, then 'nbgrader release_assignment {assignment.name}', "
        "or hand the folder out as you always do.",
        soft_wrap=True,
    )
    return 0


def variants(course: Course, options: Namespace) -> int:
    """List every variant and how far it has come."""
    from autograder.authoring.records import state

    states = [state(assignment) for assignment in editions(course, options)]
    rows = [(found.assignment, found.rendered, found.verified, found.published, found.description) for found in states]
    rows.insert(0, ("assignment", "rendered", "verified", "published", "description"))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        steps = [
            f"[{_COLORS.get(text, 'default')}]{text:<{width}}[/]" for text, width in zip(row[:4], widths, strict=True)
        ]
        console.print("  ".join([*steps, escape(row[4])]), no_wrap=True, overflow="ellipsis", highlight=False)
    return 0


def new(course: Course, options: Namespace) -> int:
    """Lay down a new problem in every room."""
    from autograder.authoring.scaffold import new_problem

    names = [assignment.name for assignment in course.assignments()]
    if options.assignment is None and len(names) != 1:
        raise UsageError(f"say --assignment: the course has {', '.join(names) or 'none'}")
    assignment = course.require(options.assignment or names[0])
    for laid in new_problem(assignment, options.name, options.notebook, options.dry_run):
        verb = "would get" if options.dry_run else "got"
        console.print(
            f"{laid.path.relative_to(course.root)}: {verb} {len(laid.text.splitlines())} lines", soft_wrap=True
        )
        if options.dry_run:
            console.print(laid.text, markup=False, highlight=False, soft_wrap=True)
    console.print(
        f"Next: fill them in; 'autograder verify {assignment.name} --problem {options.name}' says what is missing.",
        soft_wrap=True,
    )
    return 0


def editions(course: Course, options: Namespace) -> list[Assignment]:
    """The one that a command line names, or every variant of every assignment.

    Raises:
        UsageError: the course does not have it, or has none.
    """
    if options.assignment is not None:
        return [edition(course, options)]
    if options.variant is not None:
        raise UsageError(f"--variant {options.variant} needs an assignment before it")
    found = course.editions()
    if not found:
        raise UsageError(f"no master lies in {course.source}; say with --course-dir where the course is")
    return found


def edition(course: Course, options: Namespace) -> Assignment:
    """The assignment and variant that a command line names.

    Raises:
        UsageError: the course does not have it; the text names what it has.
    """
    assignment = course.require(options.assignment)
    wanted = options.variant
    if wanted is None:
        wanted = assignment.variant_name
    elif assignment.variant_name not in (BASE, wanted):
        raise UsageError(f"{assignment.name} is a variant already: leave out --variant {wanted}")
    known = list(assignment.variants) or [BASE]
    if wanted not in known:
        raise UsageError(f"{assignment.family} has no variant {wanted!r}; it has {', '.join(known)}")
    return assignment.edition(wanted)


def prove(assignment: Assignment, options: Namespace) -> Verification:
    """Verify with a bar that counts problems, and record that an assignment is sound as a whole."""
    from autograder.authoring import records
    from autograder.authoring.verify import verify as verify_assignment

    stems, mutate = tuple(getattr(options, "problem", ())), not getattr(options, "quick", False)
    # Whatever is edited while it runs is not verified.
    now = records.fingerprint(assignment)
    columns = (TextColumn("verifying {task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(assignment.name, total=None)
        verification = verify_assignment(
            assignment,
            mutate=mutate,
            repeat=options.repeat,
            jobs=options.jobs,
            problems=stems,
            # What is published takes the place of what was released before.
            released=options.command == "verify",
            progress=lambda done, total: progress.update(task, completed=done, total=total),
        )
    if mutate and not (stems or options.dry_run or verification.all_faults):
        records.note(assignment, **{records.VERIFIED: now})
    return verification


def show(verification: Verification) -> None:
    """Print the table, what falls short, and the summary."""
    from autograder.report.verification import summary, terminal_table

    console.print(terminal_table(verification))
    for proof in verification.proofs:
        for survivor in proof.mutation.survivors:
            text = f"{proof.problem}: {survivor.rule}\n{survivor.difference}\n  told apart by {survivor.call}"
            console.print(text, markup=False, highlight=False, soft_wrap=True)
    for fault in verification.all_faults:
        console.print(f"✗ {fault}", markup=False, highlight=False, soft_wrap=True)
    console.print(summary(verification), highlight=False)
