"""Right answers that nobody had to write: a reference in the clothes of other students.

The mathematics stays; what changes is the kind of the arguments, the kind of the results, the way through the elements,
the order of operands. None of them may lose a point.
"""

import ast
import inspect
from dataclasses import dataclass

from autograder.grading.catalogue import Problem
from autograder.grading.cells import cell_of

_WRAPPER = """
def restyle(solve):
    import numpy as np

    def is_data(value):
        return isinstance(value, (int, float, list, np.ndarray, np.generic)) and not isinstance(value, bool)

    def given(value):
        return change_argument(value) if is_data(value) else value

    def gives(value):
        if isinstance(value, tuple):
            return tuple(gives(part) for part in value)
        return change_result(value)
{changes}
    def solved(*args, **kwargs):
        return gives(solve(*(given(arg) for arg in args), **{{key: given(arg) for key, arg in kwargs.items()}}))

    return solved
"""
_KINDS = {
    "single_precision": """
    def change_argument(value):
        return np.asarray(value, dtype=np.float32)

    def change_result(value):
        return np.asarray(value, dtype=np.float32)
""",
    "lists": """
    def change_argument(value):
        return np.asarray(value, dtype=float).tolist()

    def change_result(value):
        return np.asarray(value).tolist()
""",
    "torch_inside": """
    import torch

    def change_argument(value):
        return torch.tensor(np.array(value, dtype=float)).numpy()

    def change_result(value):
        return torch.tensor(np.array(value, dtype=float))
""",
    "views": """
    def change_argument(value):
        value = np.asarray(value, dtype=float)
        return np.repeat(value, 2, axis=-1)[..., ::2] if value.ndim else value

    def change_result(value):
        value = np.asarray(value, dtype=float)
        return np.asfortranarray(np.repeat(value, 3, axis=0))[::3] if value.ndim else value[()]
""",
    "read_only": """
    def change_argument(value):
        value = np.array(value, dtype=float)
        value.setflags(write=False)
        return value

    def change_result(value):
        value = np.array(value, dtype=float)
        value.setflags(write=False)
        return value
""",
}
_LOOP = """
def restyle(solve):
    import numpy as np

    def solved(*args, **kwargs):
        names, values = list(kwargs), [*args, *kwargs.values()]
        shape = np.broadcast_shapes(*(np.shape(value) for value in values))
        columns = [np.broadcast_to(value, shape) for value in values]
        results = []
        for index in np.ndindex(shape):
            one = [float(column[index]) for column in columns]
            results.append(solve(*one[: len(args)], **dict(zip(names, one[len(args) :]))))
        if results and isinstance(results[0], tuple):
            return tuple(np.reshape([float(part) for part in parts], shape) for parts in zip(*results))
        return np.reshape([float(result) for result in results], shape)

    return solved
"""


@dataclass(frozen=True)
class Restyled:
    """A generated alternative.

    Attributes:
        name: what was done.
        source: the cell that a student would have written.
    """

    name: str
    source: str


def restyled(problem: Problem) -> list[Restyled]:
    """Generate alternatives of a reference.

    Those that change arguments or results suit functions of numbers and arrays; one whose arguments are made by a probe
    gets swapped operands alone. Whether a loop over elements is right depends on the problem: who grades them asks
    first whether they agree with the reference.
    """
    if problem.is_value:
        return []
    reference = inspect.getsource(problem.reference)
    made = [Restyled("swapped_operands", cell_of(problem, problem.name, [swapped_operands(reference)]))]
    if problem.probe is None:
        wrappers = {kind: _WRAPPER.format(changes=changes) for kind, changes in _KINDS.items()} | {"loop": _LOOP}
        solution = cell_of(problem, problem.name, [reference])
        made += [
            Restyled(kind, f"{solution}\n\n{wrapper}\n\n{problem.name} = restyle({problem.name})")
            for kind, wrapper in wrappers.items()
        ]
    return made


def swapped_operands(source: str) -> str:
    """Write the operands of every sum, product and comparison in the other order; the results are the same."""
    flipped = {ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE, ast.Eq: ast.Eq, ast.NotEq: ast.NotEq}
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mult) and not _holds_text(node):
            node.left, node.right = node.right, node.left
        elif isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in flipped:
            node.left, node.comparators = node.comparators[0], [node.left]
            node.ops = [flipped[type(node.ops[0])]()]
    return ast.unparse(tree)


def _holds_text(node: ast.BinOp) -> bool:
    """Whether a sum or product may be one of sequences, where the order matters."""
    parts = (ast.Tuple, ast.List, ast.JoinedStr)
    return any(
        isinstance(side, parts) or (isinstance(side, ast.Constant) and isinstance(side.value, str))
        for side in (node.left, node.right)
    )
