"""연습 문제의 울타리를 검사합니다: 멈추기, 막기, 되돌리기."""

import builtins
import contextlib
import copy
import functools
import gc
import hashlib
import io
import logging
import os
import random
import subprocess
import sys
import threading
import time
import warnings
from collections import defaultdict
from types import SimpleNamespace

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
import torch
from matplotlib import pyplot as plt
from torch import nn

from exercises import engine, sandbox, state
from tests.rerun import ROOT

# ---------------------------------------------------------------- 부르기와 멈추기


def test_run_returns_what_happened():
    def speak():
        print("가" * 10_000)
        return 3

    outcome = sandbox.run(speak, 3)
    assert (outcome.value, outcome.error, outcome.late, outcome.refused) == (3, None, "", "")
    assert outcome.printed == "가" * 200


def _sleepy():
    time.sleep(30)


def _endless():
    while True:
        pass


def _stubborn():
    """Python으로 돌아오지 않아 예외를 넣을 수 없는 계산입니다."""
    hashlib.pbkdf2_hmac("sha256", b"a", b"b", 8_000_000)


GIVE_UP = threading.Event()


def _talkative():
    while True:
        print("가")


@pytest.mark.parametrize("function", [_endless, _talkative])
def test_a_function_that_never_returns_is_stopped(function, capsys):
    before = set(threading.enumerate())
    outcome = sandbox.run(function, 0.3)
    assert outcome.late == sandbox.CPU
    assert outcome.spent > 0.3
    assert set(threading.enumerate()) <= before
    assert capsys.readouterr() == ("", "")


@pytest.fixture
def impatient(monkeypatch):
    """멈출 수 없는 함수를 일찍 남겨 두게 합니다."""
    monkeypatch.setattr(sandbox, "PATIENCE", 0.2)


@pytest.mark.parametrize(
    ("function", "why"), [(_sleepy, sandbox.IDLE), (_stubborn, sandbox.CPU)], ids=["잠", "고집"]
)
def test_a_function_that_cannot_be_stopped_is_left_behind(function, why, impatient):
    start = time.monotonic()
    outcome = sandbox.run(function, 0.3)
    assert time.monotonic() - start < 20  # 잠든 30초를 다 기다리지 않음
    assert outcome.late == why
    assert outcome.left


class SlowClock:
    """시계로는 시간이 흐르지만, 다른 프로그램에 밀려 조금씩만 계산하는 스레드의 시계입니다."""

    def __init__(self, share):
        self.share, self.begun = share, time.monotonic()

    def __call__(self):
        return self.share * (time.monotonic() - self.begun)


def test_time_is_what_the_function_computed_not_what_the_clock_says(monkeypatch):
    """바쁜 컴퓨터에서 시계로는 한도의 세 배가 걸려도 맞는 답은 끝까지 봅니다."""
    monkeypatch.setattr(sandbox, "_own_clock", lambda: SlowClock(0.1))
    outcome = sandbox.run(lambda: time.sleep(0.6) or "끝", 0.2)
    assert (outcome.value, outcome.late) == ("끝", "")


def test_a_busy_computer_is_told(monkeypatch, impatient):
    monkeypatch.setattr(sandbox, "_own_clock", lambda: SlowClock(0.05))
    outcome = sandbox.run(_endless, 0.1)
    assert outcome.late == sandbox.BUSY


def test_torch_computes_with_one_thread_inside():
    before = torch.get_num_threads()
    assert sandbox.run(torch.get_num_threads, 5).value == 1
    assert torch.get_num_threads() == before


def test_printing_goes_on_when_a_function_left_behind_puts_back_stdout(capsys, impatient):
    def put_back_late():
        with contextlib.redirect_stdout(io.StringIO()):
            time.sleep(2)

    before, threads = sys.stdout, set(threading.enumerate())
    assert sandbox.run(put_back_late, 0.1).left
    for thread in set(threading.enumerate()) - threads:
        thread.join(20)
    late = sys.stdout
    print("가", flush=True)
    assert sandbox.run(lambda: print("나", file=late), 1).printed == "나\n"  # logging처럼
    sys.stdout = before
    assert capsys.readouterr().out == "가\n"


# ---------------------------------------------------------------- 막기


def test_the_functions_own_errors_come_back():
    assert isinstance(sandbox.run(sys.exit, 1).error, SystemExit)

    def interrupt():
        raise KeyboardInterrupt

    assert isinstance(sandbox.run(interrupt, 1).error, KeyboardInterrupt)


def _doors():
    return [input, builtins.exit, builtins.quit, os._exit, os.abort, os.kill]


def _swallowing(work):
    def swallow():
        try:
            work()
        except BaseException:
            return 3

    return swallow


@pytest.mark.parametrize(
    ("work", "what"),
    [
        (lambda: input("값: "), sandbox.INPUT),
        (lambda: [vars(builtins)["exit"]()], sandbox.EXIT),
        (lambda: vars(builtins)["quit"](3), sandbox.EXIT),
        (lambda: os._exit(3), sandbox.EXIT),
        (lambda: [os.abort()], sandbox.EXIT),
        (lambda: os.kill(os.getpid(), 9), sandbox.EXIT),
        (lambda: sandbox.refuse_inside(sandbox.CHECK), sandbox.CHECK),
    ],
)
def test_what_would_end_or_hang_the_kernel_is_refused(work, what, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda *_: "진짜")
    before = _doors()
    for function in (work, _swallowing(work)):
        assert sandbox.run(function, 1).refused == what
    assert _doors() == before
    sandbox.refuse_inside(sandbox.CHECK)  # 밖에서는 막지 않음


# ---------------------------------------------------------------- 되돌리기

MODEL = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Dropout(0.5))
SCALE = torch.ones(3)


def test_everything_is_put_back():
    x = torch.ones(4, 2)
    MODEL(x).sum().backward()
    plt.figure(6)
    plt.figure(7)
    before = _state()

    def vandalise():
        random.random(), np.random.rand(), torch.rand(1)
        torch.manual_seed(99), np.random.seed(99), random.seed(99)
        plt.rcParams["font.size"] = 99
        plt.plot([1, 2])
        plt.figure(8)
        plt.close("all")
        MODEL.eval()
        SCALE.add_(5)
        with torch.no_grad():
            for parameter in MODEL.parameters():
                parameter.fill_(9)
                parameter.grad = None
                parameter.requires_grad_(False)

    with state.unchanged(vandalise):
        vandalise()
    assert _state() == before
    plt.close("all")


def _state():
    tensors = [*MODEL.parameters(), *MODEL.buffers(), SCALE]
    return (
        random.getstate(),
        repr(np.random.get_state()),
        torch.get_rng_state().tolist(),
        plt.rcParams["font.size"],
        plt.get_fignums(),
        plt.gcf().number,
        MODEL.training,
        [tensor.tolist() for tensor in tensors],
        [tensor.requires_grad for tensor in tensors],
        [tensor.grad.tolist() for tensor in MODEL.parameters()],
    )


SETTINGS = {  # 이름: (지금의 값, 학습자의 함수가 바꾸는 법)
    "기본 자료형": (torch.get_default_dtype, lambda: torch.set_default_dtype(torch.float64)),
    "스레드": (torch.get_num_threads, lambda: torch.set_num_threads(3)),
    "결정론": (
        torch.are_deterministic_algorithms_enabled,
        lambda: torch.use_deterministic_algorithms(True),
    ),
    "이상 감지": (torch.is_anomaly_enabled, lambda: torch.autograd.set_detect_anomaly(True)),
    "행렬 곱의 정밀도": (
        torch.get_float32_matmul_precision,
        lambda: torch.set_float32_matmul_precision("medium"),
    ),
    "torch의 출력": (
        lambda: repr(torch.tensor(1 / 3)),
        lambda: torch.set_printoptions(precision=9),
    ),
    "NumPy의 출력": (lambda: repr(np.array(1 / 3)), lambda: np.set_printoptions(precision=2)),
    "pandas의 출력": (
        lambda: pd.get_option("display.precision"),
        lambda: pd.set_option("display.precision", 2),
    ),
    "logging": (
        lambda: [logging.root.manager.disable, logging.root.level, *logging.root.handlers],
        lambda: [logging.disable(50), logging.basicConfig(level=1, force=True)],
    ),
    "쓰레기 수집": (gc.isenabled, gc.disable),
    "torch의 이름": (lambda: torch.mean, lambda: setattr(torch, "mean", None)),
    "F의 이름": (
        lambda: nn.functional.mse_loss,
        lambda: setattr(nn.functional, "mse_loss", None),
    ),
    "NumPy의 이름": (lambda: np.mean, lambda: delattr(np, "mean")),
    "pyplot의 이름": (lambda: plt.show, lambda: setattr(plt, "show", None)),
    "재귀의 한도": (sys.getrecursionlimit, lambda: sys.setrecursionlimit(5000)),
    "폴더": (os.getcwd, lambda: os.chdir(os.sep)),
    "환경 변수": (lambda: dict(os.environ), lambda: os.environ.update(COURSE_TEST="1")),
    "지운 환경 변수": (lambda: dict(os.environ), lambda: os.environ.pop("PATH")),
    "찾는 곳": (lambda: [*sys.path], lambda: sys.path.insert(0, os.sep)),
    "백엔드": (mpl.get_backend, lambda: mpl.use("svg")),
    "경고": (lambda: [*warnings.filters], lambda: warnings.simplefilter("error")),
    "내장 이름": (lambda: sum, lambda: setattr(sys.modules["builtins"], "sum", max)),
}


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("threaded", [False, True])
def test_a_setting_changed_inside_is_put_back(name, threaded):
    now, change = SETTINGS[name]
    plt.figure()
    before = now()
    with state.unchanged(change):
        if threaded:
            assert sandbox.run(change, 5).error is None
        else:
            change()
    assert now() == before
    plt.close("all")


def test_a_module_read_for_the_first_time_inside_stays():
    with state.unchanged():
        torch.a_new_module = 3
    assert torch.a_new_module == 3
    del torch.a_new_module


def test_a_check_reads_no_heavy_module():
    """처음 확인할 때 몇 초가 걸리지 않고, 읽다가 멈춰 깨질 모듈도 없습니다."""
    program = (
        "import sys, torch, exercises; from exercises import engine, of_lesson\n"
        "one, two = of_lesson('01')[:2]\n"
        "assert engine.judge(one, one.answer)[0] == engine.judge(two, two.answer)[0] == 'right'\n"
        "print([name for name in ('sympy', 'torch._dynamo', 'torch._inductor') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, cwd=ROOT, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]"


def test_a_setting_of_the_notebook_does_not_reach_the_answer():
    def seen():
        return [
            torch.get_default_dtype(),
            torch.zeros(1).device.type,
            torch.is_inference_mode_enabled(),
            torch.is_grad_enabled(),
            torch.are_deterministic_algorithms_enabled(),
            torch.is_anomaly_enabled(),
            torch.get_num_threads(),
        ]

    standard = [torch.float32, "cpu", False, True, False, False, 1]
    torch.set_default_dtype(torch.float64)
    torch.set_default_device("meta")
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.autograd.set_detect_anomaly(True)
    try:
        with torch.inference_mode():
            with state.unchanged():
                assert seen() == standard
                assert sandbox.run(seen, 5).value == standard
            assert torch.is_inference_mode_enabled()
        assert torch.get_default_dtype() == torch.float64
        assert torch.zeros(1).device.type == "meta"
        assert torch.is_deterministic_algorithms_warn_only_enabled()
        assert torch.is_anomaly_enabled()
    finally:
        torch.set_default_dtype(torch.float32)
        torch.set_default_device(None)
        torch.use_deterministic_algorithms(False)
        torch.autograd.set_detect_anomaly(False)


def test_a_backend_with_windows_is_left_outside():
    """창을 여는 백엔드는 다른 스레드에서 창을 만들다가 멈춥니다."""
    plt.switch_backend("svg")
    try:
        with state.unchanged():
            assert mpl.get_backend() == "agg"
        assert mpl.get_backend() == "svg"
    finally:
        plt.switch_backend("agg")


def test_warnings_inside_are_told_and_not_shown(capsys):
    def warn():
        for _ in range(99):
            warnings.warn("가", stacklevel=1)

    with state.unchanged() as warned:
        warn()
    assert warned == [(UserWarning, "가")] * state.MAX_WARNINGS
    assert capsys.readouterr() == ("", "")


TOTAL = torch.zeros(())
NUMBERS = np.ones(3)
FIXED = np.ones(3)
FIXED.flags.writeable = False
DICE = torch.Generator().manual_seed(1)
COINS = np.random.default_rng(1)
TOOLS = {"model": MODEL}
NOT_NUMBERS = torch.tensor(float("nan")).expand(2, 2)
LOSSES = [3.0, [2.0]]
COUNTS = defaultdict(int, {"a": 1})
WORDS = {"가"}
HOUSES = pd.DataFrame({"RM": [1.0, 2.0]}, index=["x", "y"])
COLUMN = pd.Series([1.0, 2.0])


class Network:
    """학습자가 쓴 클래스입니다."""

    def __init__(self):
        self.W, self.steps = np.zeros(2), 0

    def train(self):
        self.W += 1


NET = Network()
LAYER = nn.Linear(2, 1)
ADAM = torch.optim.Adam(LAYER.parameters(), lr=0.1)
HALVING = torch.optim.lr_scheduler.StepLR(ADAM, 1, gamma=0.5)
LAYER(torch.ones(1, 2)).sum().backward()
ADAM.step()
GROWN = np.ones(3)


def _deep():
    TOOLS["model"].eval()
    NUMBERS.fill(9)
    torch.rand(1, generator=DICE), COINS.random()
    SCALE.unsqueeze_(1)
    return NOT_NUMBERS


@torch.no_grad()
def _decorated():
    MODEL.double()
    MODEL[0] = nn.Linear(2, 3)
    MODEL[1].weight = nn.Parameter(torch.zeros(3))
    MODEL.add_module("more", nn.ReLU())


def _records():
    global TOTAL
    TOTAL += torch.ones((), requires_grad=True)


def _rebinds():
    global TOTAL, invented
    TOTAL, invented = None, 3


def _unlocks():
    FIXED.flags.writeable = True
    FIXED[0] = 9


def _collects():
    LOSSES.append(1.0)
    LOSSES[1].append(1.0)
    COUNTS["b"] += 1
    WORDS.add("나")


def _tables():
    HOUSES["AGE"] = 3
    HOUSES.loc["x", "RM"] = 9
    HOUSES.drop(index="y", inplace=True)
    COLUMN.iloc[0] = 9


def _objects():
    NET.W += 1
    NET.steps += 1
    NET.more = 1


def _optimizes():
    LAYER(torch.ones(1, 2)).sum().backward()
    ADAM.step()
    HALVING.step()
    ADAM.param_groups[0]["betas"] = (0.5, 0.5)


def _hooks():
    LAYER.register_forward_hook(lambda *_: None)
    LAYER.seen = 3


def _grows():
    GROWN.resize(9, refcheck=False)


def _keyword_only(*, layer=LAYER):
    layer.weight.data.zero_()


def _holding(layer):
    return lambda: [layer.weight.data.zero_()]


def _deep_state():
    tensors = [*MODEL.parameters(), *MODEL.buffers(), SCALE]
    return (
        [(id(t), t.dtype, t.shape, t.tolist(), t.is_leaf, t.requires_grad) for t in tensors],
        [(id(module), module.training) for module in MODEL.modules()],
        [id(TOTAL), TOTAL if TOTAL is None else (TOTAL.tolist(), TOTAL.requires_grad)],
        [NUMBERS.tolist(), FIXED.tolist(), FIXED.flags.writeable, "invented" in globals()],
        [copy.deepcopy(LOSSES), dict(COUNTS), set(WORDS), COUNTS.default_factory],
        [HOUSES.to_dict(), [*HOUSES.index], COLUMN.tolist()],
        [NET.W.tolist(), {key: id(value) for key, value in vars(NET).items()}],
        [LAYER.weight.tolist(), LAYER.weight.grad.tolist(), len(LAYER._forward_hooks)],
        [hasattr(LAYER, "seen"), repr(ADAM.state_dict()), repr(HALVING.state_dict())],
        GROWN.tolist(),
        DICE.get_state().tolist(),
        COINS.bit_generator.state,
    )


@pytest.mark.parametrize(
    "answer",
    [
        lambda: [_deep()],
        _decorated,
        _records,
        _rebinds,
        _unlocks,
        _collects,
        _tables,
        _objects,
        _optimizes,
        _hooks,
        _grows,
        functools.partial(_deep),
        lambda work=_decorated: work(),
        NET.train,
        functools.partial(lambda layer: layer.weight.data.zero_(), layer=LAYER),
        _holding(LAYER),
        _keyword_only,
    ],
)
def test_what_the_answer_reaches_is_put_back(answer):
    before = _deep_state()
    with state.unchanged(answer):
        answer()
        assert _deep_state() != before
    assert _deep_state() == before


def test_what_cannot_be_kept_is_no_error():
    class Unfinished(nn.Module):
        def __init__(self):
            pass

    for answer in (nn.LazyLinear(1), Unfinished(), NOT_NUMBERS, torch.eye(2).to_sparse()):
        with state.unchanged(answer):
            pass


def test_a_helper_or_observe_with_an_optimizer_is_warmed_up(monkeypatch):
    made = []
    monkeypatch.setattr(torch.optim, "SGD", lambda parameters: made.append(1))

    def helper():
        return torch.optim.Adam

    engine._warm_up(lambda: [helper()], None)
    assert made == [1]
    engine._warm_up(3, helper)
    engine._warm_up(lambda: 3, None)
    assert made == [1, 1]


def test_work_before_the_waiting_does_not_hide_it(impatient):
    def works_and_waits():
        end = time.thread_time() + 0.1
        while time.thread_time() < end:
            pass
        GIVE_UP.wait(30)

    GIVE_UP.clear()
    outcome = sandbox.run(works_and_waits, 0.4)
    GIVE_UP.set()
    assert outcome.late == sandbox.IDLE


@pytest.mark.parametrize("pid", [0, -1])
def test_a_signal_to_every_process_is_refused(pid, monkeypatch):
    monkeypatch.setattr(os, "kill", lambda *_: None)
    assert sandbox.run(lambda: os.kill(pid, 9), 1).refused == sandbox.EXIT


def test_the_answer_neither_shows_nor_clears_in_the_notebook(monkeypatch):
    done = []
    publisher = SimpleNamespace(
        publish=lambda *_, **__: done.append("보임"),
        clear_output=lambda *_, **__: done.append("지움"),
    )
    shell = SimpleNamespace(display_pub=publisher)
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    sandbox.run(lambda: [publisher.publish({}), publisher.clear_output()], 1)
    assert done == []
    publisher.publish({}), publisher.clear_output()
    assert done == ["보임", "지움"]
