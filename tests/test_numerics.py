"""torch in a box: what it computes is what it computes anywhere, and its compiler comes when somebody asks for it."""

import os  # noqa: F401 - for a condition
import subprocess
import sys

import pytest

TRAINING = """\
import torch
torch.manual_seed(3)
model = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Tanh(), torch.nn.Linear(8, 2))
optimizer = torch.optim.{optimizer}(model.parameters(), lr=0.01)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 2)
for step in range(5):
    optimizer.zero_grad()
    loss = ((model(torch.randn(16, 4)) - torch.randn(16, 2)) ** 2).mean()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    scheduler.step()
trained = [parameter.detach().numpy().tobytes().hex() for parameter in model.parameters()]
"""
LATE = "import sys; kind = type(sys.modules['torch._dynamo']).__name__"
EAGER = {
    "optimizers": TRAINING.format(optimizer="Adam") + TRAINING.format(optimizer="SGD"),
    "state of an optimizer": TRAINING.format(optimizer="AdamW") + "optimizer.load_state_dict(optimizer.state_dict())",
    "torch.func": """\
import torch
square = lambda x: (x**2).sum()
assert torch.func.grad(square)(torch.ones(2)).tolist() == [2, 2]
assert torch.func.hessian(square)(torch.ones(2)).tolist() == [[2, 0], [0, 2]]
assert torch.func.vmap(torch.func.grad(lambda x: x**3))(torch.ones(2)).tolist() == [3, 3]
assert torch.func.vjp(torch.sin, torch.zeros(2))[1](torch.ones(2))[0].tolist() == [1, 1]
assert torch.func.jvp(torch.sin, (torch.zeros(2),), (torch.ones(2),))[1].tolist() == [1, 1]
""",
    "looking through all modules": """\
import inspect
import torch
assert inspect.getmodule(torch.nn.Linear) is torch.nn.modules.linear
for module in list(sys.modules.values()):
    getattr(module, "__warningregistry__", None), getattr(module, "__file__", None)
assert "dynamo" in repr(sys.modules["torch._dynamo"])
""",
}
COMPILER = {
    "torch.compile": """\
twice = torch.compile(lambda x: 2 * x, backend="eager")
assert twice(torch.ones(2)).tolist() == [2, 2]
""",
    "a part of it": """\
import torch._dynamo.config
assert torch._dynamo.config is sys.modules["torch._dynamo.config"]
""",
    "a name from it": """\
from torch._dynamo import list_backends
assert list_backends()
""",
    "the part that torch.func uses": """\
torch.func.grad(torch.sin)(torch.zeros(()))
assert torch._dynamo.compiled_autograd.reset is sys.modules["torch._dynamo.compiled_autograd"].reset
""",
}


@pytest.mark.parametrize("code", EAGER.values(), ids=EAGER)
def test_eager_code_needs_no_compiler(session, code):
    runs = session("import sys", code, LATE)
    assert not any(run.failed for run in runs.runs)
    assert runs.value("kind") == "LateCompiler"


@pytest.mark.parametrize("code", COMPILER.values(), ids=COMPILER)
def test_whoever_wants_the_compiler_has_it(session, code):
    before = TRAINING.format(optimizer="SGD")
    same = "assert the_module is torch._dynamo is sys.modules['torch._dynamo']"
    after = TRAINING.format(optimizer="Adam")
    runs = session("import sys\nimport torch\nthe_module = torch._dynamo", before, code, LATE, same, after)
    assert [run.failed for run in runs.runs] == [False] * 6
    assert runs.value("kind") == "module"


BARE = {
    "a class": "@torch.compiler.disable\nclass Net(torch.nn.Linear): pass",
    "a builtin": "torch.compiler.disable(len)",
}


@pytest.mark.parametrize("disabled", BARE.values(), ids=BARE)
def test_whatever_was_left_alone_the_compiler_comes(session, disabled):
    after = TRAINING.format(optimizer="Adam")
    runs = session(f"import sys\nimport torch\n{disabled}", "import torch._dynamo.config", after, LATE)
    assert not any(run.failed for run in runs.runs)
    assert runs.value("kind") == "module"


def test_other_threads_train_while_the_compiler_comes(session):
    training = """\
import threading
import torch
errors = []
over = threading.Event()
def train():
    weight = torch.nn.Parameter(torch.zeros(2))
    optimizer = torch.optim.SGD([weight], lr=0.1)
    while not over.is_set():
        try:
            optimizer.zero_grad()
            torch.func.grad(torch.sin)(torch.zeros(()))
            (weight**2).sum().backward()
            optimizer.step()
        except Exception as error:
            errors.append(repr(error))
            break
thread = threading.Thread(target=train)
thread.start()
import torch._dynamo.config
over.set()
thread.join()
assert not errors, errors
"""
    assert not session(training).runs[0].failed


DEVICES = """\
import os
import torch
from torch.utils.backend_registration import _setup_privateuseone_for_python_backend
from autograder.box.worker import numerics
_setup_privateuseone_for_python_backend("npy")
numerics.settle(torch)
numerics.rehearse(torch)
if (child := os.fork()) == 0:
    try:
        torch.zeros(1, requires_grad=True).backward()
    except BaseException:
        os._exit(1)
    os._exit(0)
raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif("not hasattr(os, 'fork')", reason="nothing is forked here")
def test_forks_can_differentiate_where_torch_knows_other_devices():
    """Torch forbids it once the process that forked them has differentiated."""
    try:
        from torch.utils.backend_registration import _setup_privateuseone_for_python_backend  # noqa: F401
    except ImportError:
        pytest.skip("this torch lets nobody play a device")
    ended = subprocess.run([sys.executable, "-c", DEVICES], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr


def test_settling_twice_changes_nothing_more():
    code = (
        "import inspect, torch\nfrom autograder.box.worker import numerics\n"
        "numerics.settle(torch)\nonce = torch.cuda.manual_seed_all\nnumerics.settle(torch)\n"
        "assert torch.cuda.manual_seed_all is once\n"
        "assert torch.cuda.manual_seed_all.__module__ == 'torch.cuda.random'\ninspect.signature(once)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr


def test_what_was_not_to_be_compiled_is_still_not(session):
    """What torch has asked of the stand-in, it asks again of the real one."""
    cells = (
        TRAINING.format(optimizer="SGD"),
        "import torch._dynamo.config",
        "function = torch.optim.SGD.zero_grad.__wrapped__\nbefore = hasattr(function, '__dynamo_disable')",
        "optimizer.zero_grad()\nafter = vars(function)['__dynamo_disable'] is not function",
    )
    runs = session(*cells)
    assert not any(run.failed for run in runs.runs)
    assert (runs.value("before"), runs.value("after")) == (False, True)


@pytest.mark.parametrize("optimizer", ["SGD", "Adam"])
def test_training_ends_where_it_ends_elsewhere(session, optimizer):
    code = TRAINING.format(optimizer=optimizer)
    elsewhere = subprocess.run(
        [sys.executable, "-c", f"import torch; torch.set_num_threads(1)\n{code}\nprint(*trained)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert session(code).value("trained") == elsewhere.stdout.split()
