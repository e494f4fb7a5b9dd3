"""Proves hidden graders: what must pass passes, what must fail fails, and each known mistake is called by its name.

Every declared answer is graded as a student's would be, as a cell of a notebook in a box of its own. Mutants and
generated alternatives, which we made ourselves, share a box for each problem: that makes thousands of them affordable.
"""

import inspect
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children, get_context

from autograder.authoring.build import rendered
from autograder.authoring.examiner import Examiner, declared_answers
from autograder.authoring.leaks import find_leaks
from autograder.authoring.mutants import mutants
from autograder.authoring.repeat import differing_scores
from autograder.authoring.restyled import restyled
from autograder.authoring.rooms import faults_of_rooms
from autograder.authoring.trial import Workshop
from autograder.box.template import Template
from autograder.course.errors import GraderError, OurFault, UsageError
from autograder.course.layout import Assignment, Course
from autograder.course.processes import cores, end_with_parent
from autograder.grading.catalogue import Problem
from autograder.grading.cells import cell_of
from autograder.grading.judge import Judge
from autograder.grading.proof import GENERATED, RIGHT, STUB, Answer, Mutation, Proof, Survivor, Verification
from autograder.grading.results import ProblemResult


def verify(
    assignment: Assignment,
    mutate: bool = True,
    repeat: int = 0,
    jobs: int = 0,
    problems: tuple[str, ...] = (),
    released: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Verification:
    """Prove the hidden graders of an assignment, as its masters and its secret room are now.

    Args:
        assignment: what to verify; its notebooks are rendered without being written.
        mutate: whether references are mutated and restyled.
        repeat: how often everything is graded again under other conditions.
        jobs: how many processes do it; one for each core if 0.
        problems: the stems to prove; all of them if empty.
        released: whether the release is searched for secrets, where there is one.
        progress: called with the number of problems that are done, and of all.

    Raises:
        OurFault: a grader raised, or a file of the course is broken.
    """
    start = time.monotonic()
    with Judge(assignment.solutions, assignment.variant) as judge:
        notebooks = rendered(assignment, judge)
        for name in problems:
            if name not in judge.problems:
                raise UsageError(f"{assignment.name} has no problem {name!r}; it has {', '.join(judge.problems)}")
        names = [name for name in judge.problems if not problems or name in problems]
        faults = [] if problems else list(faults_of_rooms(assignment, notebooks))
        if released and assignment.release.is_dir():
            faults += find_leaks(assignment, judge.problems, assignment.release)
    proofs = []
    for proof in _proofs(assignment, names, mutate, jobs or cores()):
        proofs.append(proof)
        progress(len(proofs), len(names))
    proofs.sort(key=lambda proof: names.index(proof.problem))
    if repeat and not problems:
        faults += differing_scores(assignment, proofs, repeat)
    return Verification(assignment.name, tuple(proofs), tuple(faults), repeat, time.monotonic() - start)


def _proofs(assignment: Assignment, names: Sequence[str], mutate: bool, jobs: int) -> Iterator[Proof]:
    """Prove problems, each as soon as a process is free."""
    if jobs == 1:
        with Template(trusting=True) as template:
            examiner = Examiner(assignment, template)
            yield from (prove(examiner, name, mutate) for name in names)
        return
    with ProcessPoolExecutor(min(jobs, len(names)), get_context("spawn"), _start_worker) as pool:
        tasks = [pool.submit(_prove_alone, assignment.course, assignment.name, name, mutate) for name in names]
        try:
            yield from (task.result() for task in as_completed(tasks))
        except BrokenProcessPool as error:
            raise GraderError(
                f"a process that verifies {assignment.name} was ended: something in the secret room ends processes, or "
                "memory is short; '--jobs 1 --problem STEM' finds out where"
            ) from error
        except BaseException:
            # What is under way takes minutes, and nobody waits for it any more.
            for process in active_children():
                process.terminate()
            pool.shutdown(cancel_futures=True)
            raise


def _start_worker() -> None:
    """Let a worker leave Ctrl-C to its parent, and end with it however that ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # An interruption unwinds what is under way, which removes its box and folder.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    end_with_parent()


_examiners: dict[tuple[Course, str], Examiner] = {}


def _prove_alone(course: Course, assignment: str, problem: str, mutate: bool) -> Proof:
    """Prove one problem in a worker process, which keeps its examiner for the next one."""
    key = (course, assignment)
    if key not in _examiners:
        _examiners[key] = Examiner(Assignment(course, assignment), Template(trusting=True))
    return prove(_examiners[key], problem, mutate)


def prove(examiner: Examiner, name: str, mutate: bool = True) -> Proof:
    """Prove one hidden grader; one that raises is not proven, and hinders no other's proof."""
    try:
        return _prove(examiner, name, mutate)
    except GraderError as error:
        fault = str(error)
    except OurFault:
        raise
    except (Exception, SystemExit) as error:
        path = examiner.judge.problems[name].path
        fault = f"something in {path.name} or its grader raised {type(error).__name__}: {error}"
    return Proof(name, "", examiner.judge.points[name], (), Mutation(), (fault,))


def _prove(examiner: Examiner, name: str, mutate: bool) -> Proof:
    problem, points = examiner.judge.problems[name], examiner.judge.points[name]
    answers: list[Answer] = []
    faults: list[str] = []
    where = ""
    for notebook, given, trial in examiner.trials(name):
        where = notebook
        for implementation, kind, source in declared_answers(problem, given, trial):
            result, visible = trial.grade(source)
            named = result.misconception.name if result.misconception else None
            answers.append(Answer(implementation, kind, result.earned, named, visible, trial.student))
            faults += _faults(answers[-1], result)
        if mutate and not problem.is_value:
            with trial.workshop() as workshop:
                generated, lost = _generated(problem, points, workshop)
                answers += generated
                mutation = _mutation(problem, workshop)
            faults += [*lost, *_faults_of_mutation(problem, mutation)]
            return Proof(name, where, points, tuple(answers), mutation, tuple(faults))
    return Proof(name, where, points, tuple(answers), Mutation(), tuple(faults))


def _faults(answer: Answer, result: ProblemResult) -> Iterator[str]:
    """What falls short in how one declared answer was graded."""
    of = f" (student {answer.student})" if answer.student else ""
    if answer.kind == STUB:
        if answer.earned:
            yield f"the stub earns {answer.earned:g} points{of}"
        if answer.visible:
            yield f"the visible checks let the stub pass{of}"
    elif answer.kind == RIGHT:
        lost = [f"{a.name} ({a.outcome.value}: {a.detail})" for a in result.aspects if a.earned < a.points]
        if lost:
            yield f"{answer.name} is right and loses points in {', '.join(lost)}{of}"
        if not answer.visible:
            yield f"{answer.name} is right and the visible checks stop it{of}"
    elif answer.earned == result.possible:
        yield f"{answer.name} is wrong and gets full marks{of}"
    elif answer.named != answer.name:
        yield f"{answer.name} is taken for {answer.named or 'nothing'}{of}"


def _generated(problem: Problem, points: float, workshop: Workshop) -> tuple[list[Answer], list[str]]:
    """Grade the generated alternatives that the reference itself agrees with."""
    answers, faults = [], []
    for alternative in restyled(problem):
        if problem.inputs is None or workshop.telling_call(alternative.source, share=0.1) is not None:
            continue
        lost = workshop.earns_all(alternative.source)
        answers.append(Answer(alternative.name, GENERATED, 0.0 if lost else points))
        if lost:
            faults.append(f"the reference in the form {alternative.name} loses points in {lost}")
    return answers, faults


def _mutation(problem: Problem, workshop: Workshop) -> Mutation:
    """Grade every mutant of the reference, and compare with it those that get full marks."""
    start = time.monotonic()
    made = [
        (mutant, cell_of(problem, problem.name, [mutant.source]))
        for mutant in mutants(inspect.getsource(problem.reference))
    ]
    passed = [(mutant, source) for mutant, source in made if workshop.first_failure(source) is None]
    seconds = time.monotonic() - start
    survivors = []
    for mutant, source in passed:
        call = "nobody knows: the reference module declares no inputs" if problem.inputs is None else None
        call = call or workshop.telling_call(source)
        if call is not None:
            survivors.append(Survivor(mutant.rule, mutant.difference, call))
    equivalent = len(passed) - len(survivors)
    return Mutation(len(made), len(made) - len(passed), equivalent, tuple(survivors), seconds)


def _faults_of_mutation(problem: Problem, mutation: Mutation) -> Iterator[str]:
    if problem.inputs is None:
        yield f"{problem.path.name} declares no inputs, with which mutants could be compared"
    if mutation.survivors:
        yield f"{len(mutation.survivors)} of {mutation.total} mutants are wrong and get full marks"
