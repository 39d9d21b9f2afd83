"""진짜 커널에서 연습 문제의 check()를 검사합니다: 어떤 답도 커널을 멈추거나 바꾸지 않습니다."""

import re
import sys

import pytest
from jupyter_client.launcher import launch_kernel
from jupyter_client.provisioning import local_provisioner
from nbformat.v4 import new_code_cell, new_notebook

from exercises import record
from tests import kernels, rerun, rules

HOSTILE = {  # 이름: (01-2의 답인 함수의 몸통, 진단에 있어야 하는 말)
    "raises": ("return x @ y / 0", "RuntimeError 오류가 났습니다("),
    "prints": ("print(x)", "print()로 보이기만"),
    "changes": ("x -= 1; return 3.0, 4.0", "받은 인수 x의 값을 바꾸었습니다"),
    "asks": ("return float(input('값: ')), 1.0", "input()으로 입력을 기다리는"),
    "endless": ("while True: pass", "끝나지 않거나 너무 많은 반복"),
    "sleeps": ("import time; time.sleep(60); return 1.0, 1.0", "sleep()처럼 기다리는 줄"),
    "tracked": (
        "w = torch.tensor(w, requires_grad=True); return 2 * w * x.mean(), w",
        "requires_grad=True",
    ),
    "not_a_number": ("return float('nan'), 0.0", "nan입니다"),
    "shape": ("return 2 * (w * x + b - y) * x, 2 * (w * x + b - y)", "수 하나여야 하는데"),
    "kind": ("return 'w', 'b'", "수여야 하는데 문자열(str)"),
    "sys_exits": ("import sys; sys.exit(3)", "exit()나 quit()처럼"),
    "exits": ("exit()", "exit()나 quit()처럼"),
    "quits": ("quit()", "exit()나 quit()처럼"),
    "dies": ("import os; os._exit(1)", "exit()나 quit()처럼"),
    "nested": ("check('01-2', hostile); return 1.0, 1.0", "함수 안에서 check()를 불렀습니다"),
    "nested_late": ("g = 2.0; check('01-2', hostile)", "함수 안에서 check()를 불렀습니다"),
    "recursion": ("return hostile(w, b, x, y)", "RecursionError"),
    "plots": (
        "from matplotlib import pyplot as plt; plt.plot([1, 2]); plt.show(); return 5.0, 5.0",
        "다릅니다",
    ),
    "displays": ("from IPython.display import display; display(x); return 6.0, 6.0", "다릅니다"),
    "reads": ("return (2 * (w * X + b - Y)).mean().item(), 3.0", "노트북에 있는 값(`X`, `Y`)을"),
    "flat": (
        "e = w * x.ravel() + b - y; return (2 * e * x).mean().item(), (2 * e).mean().item()",
        "(5,)인 값과 (5, 1)인 값을",
    ),
    "settings": (
        (
            "import matplotlib, os, sys; matplotlib.use('svg'); torch.set_printoptions(precision=9); "
            "torch.autograd.set_detect_anomaly(True); torch.use_deterministic_algorithms(True); "
            "os.chdir('/'); os.environ['A'] = 'B'; sys.setrecursionlimit(3000); "
            "torch.set_default_dtype(torch.float64); return 7.0, 7.0"
        ),
        "다릅니다",
    ),
    "globals": (
        "global w_now; w_now = 9; losses.append(9); table['new'] = options['lr'] = 9; return 8.0, 8.0",
        "노트북에 있는 값(`table`)을",
    ),
}
SETUP = """\
import json
import os
import sys

import pandas as pd
import torch
from matplotlib import pyplot as plt

from exercises import check, of_lesson, sandbox

for exercise in of_lesson("01"):
    vars(exercise)["seconds"] = 1.0  # 끝나지 않는 답을 오래 기다리지 않게
sandbox.PATIENCE = 0.5

X, Y, w_now, losses, options = torch.ones(7, 1), torch.ones(7, 1), 2, [1], {"lr": 1}
table = pd.DataFrame({"a": [1, 2]})
folder, limit, figure = os.getcwd(), sys.getrecursionlimit(), plt.figure()
plt.close("all")
"""
AFTER = """\
plt.plot([1, 2])
print(
    repr(torch.tensor(1 / 3)), torch.get_default_dtype(), torch.is_anomaly_enabled(),
    torch.are_deterministic_algorithms_enabled(), os.getcwd() == folder, "A" in os.environ,
    sys.getrecursionlimit() == limit, w_now, losses, options, [*table.columns], len(X),
)
"""
UNCHANGED = "tensor(0.3333) torch.float32 False False True False True 2 [1] {'lr': 1} ['a'] 7"
STATES = {  # 맞는 답이 맞아야 하는, 노트북의 상태
    "float64": "torch.set_default_dtype(torch.float64)",
    "inference": "guard = torch.inference_mode(); guard.__enter__()",
    "device": "torch.set_default_device('meta')",
    "no_grad": "torch.set_grad_enabled(False)",
    "backend": "import matplotlib; matplotlib.use('svg')",
    "anomaly": "torch.autograd.set_detect_anomaly(True)",
}
RESET = """\
torch.set_default_dtype(torch.float32)
torch.set_default_device(None)
torch.set_grad_enabled(True)
torch.autograd.set_detect_anomaly(False)
if "guard" in globals():
    guard.__exit__(None, None, None)
    del guard
"""
RIGHT = """\
def gradient(w, b, x, y):
    error = w * x + b - y
    return (2 * error * x).mean().item(), (2 * error).mean().item()

def fit(model, x, y, lr, num_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(num_epochs):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
"""


FLAT_TRAINING = """\
def flat(model, x, y, lr, num_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(num_epochs):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(model(x), y.squeeze()).backward()
        optimizer.step()

check("01-3", flat)
"""
FLAT_SCORE = """\
def flat(model, loader):
    training = model.training
    model.eval()
    with torch.no_grad():
        parts = [(model(x).ravel() - y) ** 2 for x, y in loader]
    model.train(training)
    return torch.cat([part.ravel() for part in parts]).mean().sqrt().item()

check("03-3", flat)
"""
ANSWERS = {  # 이름: (check를 부르는 셀, 진단에 있어야 하는 말)
    "flat_training": (FLAT_TRAINING, "Using a target size"),
    "flat_score": (FLAT_SCORE, "모든 짝의 값"),
    "graph_for_choice": ('check("05-1", torch.ones((), requires_grad=True))', "보기의 글자"),
    "graph_for_settings": (
        'check("01-4", torch.ones(2, requires_grad=True))',
        "딕셔너리여야 하는데 텐서(Tensor)",
    ),
    "many": ('check("03-1", 1, 2, 3)', "괄호로 묶습니다"),
}


def _hostile_cells(name, body):
    lines = "\n".join(f"    {line}" for line in body.split("; "))
    source = f'def hostile(w, b, x, y):\n{lines}\n\n\ncheck("01-2", hostile)'
    yield new_code_cell(source, id=name)
    yield new_code_cell(AFTER, id=f"after-{name}")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """모든 경우를 커널 하나에서 차례로 실행한 노트북의 셀입니다."""
    cells = [new_code_cell(SETUP, id="setup")]
    for name, (body, _) in HOSTILE.items():
        cells += _hostile_cells(name, body)
    cells += [new_code_cell(source, id=name) for name, (source, _) in ANSWERS.items()]
    cells.append(new_code_cell(RIGHT, id="right"))
    for name, change in STATES.items():
        checks = 'check("01-2", gradient)\ncheck("01-3", fit)'
        cells.append(new_code_cell(f"{change}\n{checks}", id=f"state-{name}"))
        cells.append(new_code_cell(RESET, id=f"reset-{name}"))
    nb = new_notebook(cells=cells)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(record.SWITCH, "off")
        rerun.execute(nb, tmp_path_factory.mktemp("kernel"))
    return {cell.id: cell for cell in nb.cells}


def verdicts(cell):
    """셀에 보인 판단의 `(글, HTML)`입니다. 다른 출력이 있으면 안 됩니다."""
    assert {output.output_type for output in cell.outputs} == {"display_data"}
    return [(output.data["text/plain"], output.data["text/html"]) for output in cell.outputs]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_answer_gets_one_sentence(run, name):
    [(plain, box)] = verdicts(run[name])
    assert plain.startswith("[01-2] 아직입니다. ")
    assert HOSTILE[name][1] in plain
    assert plain.count("\n") == 0
    assert "아직입니다" in box
    assert "Traceback" not in plain


@pytest.mark.parametrize("name", ANSWERS)
def test_a_wrong_answer_is_told_what_is_wrong(run, name):
    said = rules.shown_text(run[name])
    assert ANSWERS[name][1] in said
    assert "맞았습니다" not in said
    assert "requires_grad" not in said


@pytest.mark.parametrize("name", HOSTILE)
def test_the_kernel_is_as_before_a_hostile_answer(run, name):
    cell = run[f"after-{name}"]
    shown = [output for output in cell.outputs if output.output_type == "stream"]
    assert [output.text.strip() for output in shown] == [UNCHANGED]
    assert [rules.shows(cell, "image/png")] == [True]  # 그림이 다시 노트북에 그려짐


@pytest.mark.parametrize("name", STATES)
def test_a_right_answer_is_right_whatever_the_notebook_has_set(run, name):
    first, second = verdicts(run[f"state-{name}"])
    assert first[0].startswith("[01-2] 맞았습니다. ")
    assert second[0].startswith("[01-3] 맞았습니다. ")


def test_a_verdict_is_a_box_with_a_sign_and_a_word(run):
    [(plain, box)] = verdicts(run["reads"])
    assert "△" in box
    assert "<code>X</code>" in box
    assert "`X`" in plain
    [(_, box)] = verdicts(run["tracked"])
    assert "<script" not in box
    (_, right), _ = verdicts(run["state-float64"])
    assert "○" in right
    colors = [set(re.findall("#[0-9a-f]{6}", one)) for one in (box, right)]
    assert not colors[0] & colors[1]


# ---------------------------------------------------------------- fork로 시작한 커널

SEEN = """\
import os, random, signal, sys
import numpy as np, torch
from matplotlib import pyplot as plt

plt.plot([1, 2])
environment = {name: value for name, value in os.environ.items() if name != "JPY_PARENT_PID"}
print(
    plt.get_backend(), dict(plt.rcParams), torch.get_num_threads(), os.getpgid(0) == os.getpid(),
    sys.path, sys.flags, sys.stdin, os.path.basename(sys.argv[0]), "tests" in sys.modules, __name__,
    os.getcwd(), environment, [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGCHLD)],
)
"""
CHANCE = "print(torch.rand(1).item(), np.random.rand(), random.random())"


@pytest.mark.skipif(sys.platform != "linux", reason="fork는 Linux에서만 씀")
def test_a_forked_kernel_sees_what_a_fresh_one_sees(tmp_path, monkeypatch):
    def shown(launch):
        monkeypatch.setattr(local_provisioner, "launch_kernel", launch)
        nb = new_notebook(cells=[new_code_cell(SEEN), new_code_cell(CHANCE)])
        rerun.execute(nb, tmp_path)
        return [rules.shown_text(cell) for cell in nb.cells]

    fresh, first, second = map(shown, [launch_kernel, kernels.Forked, kernels.Forked])
    assert first[0] == second[0] == fresh[0]
    assert not {*first[1].split()} & {*second[1].split()}
