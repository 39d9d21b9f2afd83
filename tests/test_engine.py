"""연습 문제의 엔진을 검사합니다: 견주기, 울타리, 판단, 진도, 그리고 진짜 커널."""

import contextlib
import functools
import io
import json
import math
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from matplotlib import pyplot as plt
from nbformat.v4 import new_code_cell, new_notebook
from torch import nn

import exercises
from exercises import engine, record, sandbox
from exercises.compare import difference
from exercises.engine import Exercise, Mistake, NotYetError
from tests import rerun, rules

# ---------------------------------------------------------------- 견주기

COLUMN = torch.tensor([[1.0], [2.0], [3.0]])
TABLE = torch.arange(6.0).reshape(2, 3)


@pytest.mark.parametrize(
    ("want", "got"),
    [
        (2.0, 2),
        (2, 2.0),
        (2.0, np.float32(2)),
        (2.0, torch.tensor(2.0)),
        (2.0, np.array(2.0)),
        (0.5, 0.5 + 1e-7),
        (True, np.bool_(True)),
        (True, torch.tensor(True)),
        ("B", " b "),
        (COLUMN, COLUMN.bfloat16()),
        (-COLUMN, torch._neg_view(COLUMN)),
        ((3, 1), torch.Size([3, 1])),
        ((1.0, 2.0), np.array([1.0, 2.0])),
        ([1.0, 2.0], (1, 2)),
        (COLUMN, COLUMN.numpy()),
        (COLUMN, COLUMN.double()),
        (COLUMN.numpy(), COLUMN),
        ({"lr": 1.0}, {"lr": torch.tensor(1.0)}),
        (torch.tensor([True, False]), np.array([True, False])),
        (torch.tensor([math.nan, 1.0]), torch.tensor([math.nan, 1.0])),
        (None, None),
    ],
)
def test_the_same_value_written_otherwise(want, got):
    assert difference(want, got) is None


@pytest.mark.parametrize(
    ("want", "got", "sentence"),
    [
        (
            2.0,
            None,
            "답이 None입니다. 값을 넣습니다.",
        ),
        (2.0, "2", "답은 수여야 하는데 글(str)입니다."),
        (2.0, True, "답은 수여야 하는데 참이나 거짓(bool)입니다."),
        (2.0, 1j, "답은 실수여야 하는데 복소수입니다."),
        (2.0, -2.0, "답의 크기는 맞고 부호가 반대입니다."),
        (2.0, 2.5, "답이 다릅니다. 받은 값은 2.5입니다."),
        (2.0, math.nan, "답이 nan입니다. 0으로 나누었거나 무한대를 뺐는지 봅니다."),
        (2.0, torch.ones(1), "답은 수 하나여야 하는데 모양이 (1,)인 텐서입니다."),
        ("B", 2, "답은 글이어야 하는데 수(int)입니다."),
        (2.0, np.str_("2"), "답은 수여야 하는데 글(str)입니다."),
        (2.0, np.datetime64("2020"), "답은 수여야 하는데 datetime64 값입니다."),
        (2.0, range(2), "답은 수여야 하는데 range 값입니다."),
        (COLUMN, COLUMN * 0, "답에서 3자리 가운데 3자리가 다릅니다."),
        (True, False, "답이 다릅니다."),
        ((3, 1), 3, "답은 튜플이어야 하는데 수(int)입니다."),
        ((3, 1), (3,), "답은 값 2개여야 하는데 1개입니다."),
        ((3, 1), (3, 2), "답의 둘째 값이 다릅니다. 받은 값은 2입니다."),
        ({"lr": 1.0}, {}, "답에 'lr' 열쇠가 없습니다."),
        ({"lr": 1.0}, {"lr": 1.0, "eta": 1}, "답에 쓰지 않는 'eta' 열쇠가 있습니다."),
        ({"lr": 1.0}, {"lr": "1"}, "'lr' 값은 수여야 하는데 글(str)입니다."),
        (COLUMN, [1, 2, 3], "답은 텐서여야 하는데 리스트(list)입니다."),
        (COLUMN, 3.0, "답은 모양이 (3, 1)이어야 하는데 수 하나입니다."),
        (COLUMN, COLUMN.ravel(), "답은 모양이 (3, 1)이어야 하는데 (3,)입니다."),
        (COLUMN, COLUMN.long(), "답은 자료형이 실수여야 하는데 torch.int64입니다."),
        (
            COLUMN,
            COLUMN.to("meta"),
            "답은 meta 장치에 있습니다. cpu 장치에 있어야 합니다.",
        ),
        (
            TABLE,
            TABLE.to_sparse(),
            "답은 보통의 텐서여야 하는데 희소 텐서(torch.sparse_coo)입니다.",
        ),
        (
            COLUMN,
            COLUMN.clone().requires_grad_(),
            "답은 기울기를 추적하는 텐서(requires_grad=True)입니다. 계산 기록을 떼고 값만 줍니다.",
        ),
        (
            COLUMN,
            torch.tensor([[1.0], [math.nan], [3.0]]),
            "답의 [1, 0] 자리가 nan입니다. 0으로 나누었거나 무한대를 뺐는지 봅니다.",
        ),
        (COLUMN, -COLUMN, "답에서 3자리 가운데 3자리가 다릅니다. 부호만 반대입니다."),
        (COLUMN, COLUMN.flip(0), "답에서 3자리 가운데 2자리가 다릅니다. 차례가 거꾸로입니다."),
        (
            TABLE[:, :2],
            TABLE[:, :2].T.contiguous(),
            "답에서 4자리 가운데 2자리가 다릅니다. 행과 열이 바뀌었습니다.",
        ),
        (
            COLUMN,
            COLUMN + 1,
            "답에서 3자리 가운데 3자리가 다릅니다. 모든 자리가 같은 만큼 다릅니다. 더하거나 뺀 것을 다시 봅니다.",
        ),
        (
            COLUMN,
            COLUMN / 2,
            "답에서 3자리 가운데 3자리가 다릅니다. 모든 자리가 같은 비율로 다릅니다. 곱하거나 나눈 것을 다시 봅니다.",
        ),
        (COLUMN, torch.tensor([[1.0], [2.0], [9.0]]), "답에서 3자리 가운데 1자리가 다릅니다."),
        (
            torch.tensor([True, False]),
            torch.tensor([True, True]),
            "답에서 2자리 가운데 1자리가 다릅니다.",
        ),
    ],
)
def test_a_difference_is_one_sentence_that_says_where(want, got, sentence):
    assert difference(want, got) == sentence


def test_an_infinite_tolerance_looks_at_the_kind_alone():
    assert difference({"lr": 1.0}, {"lr": 99.0}, atol=np.inf) is None
    assert difference(COLUMN, COLUMN.ravel(), atol=np.inf)
    assert difference(COLUMN, COLUMN * math.nan, atol=np.inf)
    assert difference(COLUMN > 1, COLUMN > 2, atol=np.inf) is None


# ---------------------------------------------------------------- 울타리


def test_run_returns_what_happened():
    def speak():
        print("가" * 10_000)
        return 3

    outcome = sandbox.run(speak, 3)
    assert (outcome.value, outcome.error, outcome.late, outcome.asked) == (3, None, False, False)
    assert outcome.printed == "가" * 200


def _sleepy():
    time.sleep(30)


def _endless():
    while True:
        pass


def _stubborn():
    while not GIVE_UP.is_set():
        try:
            time.sleep(0.001)
        except BaseException:
            time.sleep(0)


GIVE_UP = threading.Event()


def _talkative():
    while True:
        print("가")


@pytest.mark.parametrize("function", [_endless, _talkative])
def test_a_function_that_never_returns_is_stopped(function, capsys):
    before = set(threading.enumerate())
    assert sandbox.run(function, 0.3).late
    assert set(threading.enumerate()) <= before
    assert capsys.readouterr() == ("", "")


@pytest.fixture
def impatient(monkeypatch):
    """멈출 수 없는 함수를 일찍 남겨 두게 합니다."""
    monkeypatch.setattr(sandbox, "PATIENCE", 0.2)


@pytest.mark.parametrize("function", [_sleepy, _stubborn])
def test_a_function_that_cannot_be_stopped_is_left_behind(function, impatient):
    GIVE_UP.clear()
    start = time.monotonic()
    outcome = sandbox.run(function, 0.3)
    assert time.monotonic() - start < 20  # 잠든 30초를 다 기다리지 않음
    assert outcome.late
    assert outcome.left
    GIVE_UP.set()


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


def test_exit_and_interrupt_are_errors_of_the_function():
    assert isinstance(sandbox.run(sys.exit, 1).error, SystemExit)

    def interrupt():
        raise KeyboardInterrupt

    assert isinstance(sandbox.run(interrupt, 1).error, KeyboardInterrupt)


def test_input_is_refused_and_given_back(monkeypatch):
    monkeypatch.setattr("builtins.input", lambda *_: "진짜")

    def swallow():
        try:
            input("값: ")
        except BaseException:
            return 3

    assert sandbox.run(swallow, 1).asked
    assert input() == "진짜"


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
        torch.set_default_dtype(torch.float64)
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

    with sandbox.unchanged(vandalise):
        vandalise()
    assert _state() == before
    plt.close("all")


TOTAL = torch.zeros(())
NUMBERS = np.ones(3)
DICE = torch.Generator().manual_seed(1)
COINS = np.random.default_rng(1)
TOOLS = {"model": MODEL}
NOT_NUMBERS = torch.tensor(math.nan).expand(2, 2)


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


def _deep_state():
    tensors = [*MODEL.parameters(), *MODEL.buffers(), SCALE, TOTAL]
    return (
        [(id(t), t.dtype, t.shape, t.tolist(), t.is_leaf, t.requires_grad) for t in tensors],
        [(id(module), module.training) for module in MODEL.modules()],
        NUMBERS.tolist(),
        DICE.get_state().tolist(),
        COINS.bit_generator.state,
    )


@pytest.mark.parametrize(
    "answer",
    [
        lambda: [_deep()],
        _decorated,
        _records,
        functools.partial(_deep),
        lambda work=_decorated: work(),
    ],
)
def test_what_the_answer_reaches_is_put_back(answer):
    before = _deep_state()
    with sandbox.unchanged(answer):
        answer()
        assert _deep_state() != before
    assert _deep_state() == before


def test_what_cannot_be_kept_is_no_error():
    class Unfinished(nn.Module):
        def __init__(self):
            pass

    for answer in (nn.LazyLinear(1), Unfinished(), NOT_NUMBERS, torch.eye(2).to_sparse()):
        with sandbox.unchanged(answer):
            pass


def test_a_helper_or_observe_with_an_optimizer_is_warmed_up(monkeypatch):
    made = []
    monkeypatch.setattr(torch.optim, "SGD", lambda parameters: made.append(1))

    def helper():
        return torch.optim.Adam

    sandbox.warm_up(lambda: [helper()], None)
    assert made == [1]
    sandbox.warm_up(3, helper)
    sandbox.warm_up(lambda: 3, None)
    assert made == [1, 1]


def _state():
    tensors = [*MODEL.parameters(), *MODEL.buffers(), SCALE]
    return (
        random.getstate(),
        repr(np.random.get_state()),
        torch.get_rng_state().tolist(),
        torch.get_default_dtype(),
        plt.rcParams["font.size"],
        plt.get_fignums(),
        plt.gcf().number,
        MODEL.training,
        [tensor.tolist() for tensor in tensors],
        [tensor.requires_grad for tensor in tensors],
        [tensor.grad.tolist() for tensor in MODEL.parameters()],
    )


# ---------------------------------------------------------------- 판단


def _double(x, n):
    return n * x


def _numbers():
    return [(torch.ones(3), 2), (torch.arange(4.0), 3), (torch.ones(1), -1)]


def _plus(x, n):
    return n + x


TIMES = Exercise(
    id="99-1",
    title="곱",
    asks="텐서와 수를 곱합니다.",
    answer=_double,
    cases=_numbers,
    mistakes=[Mistake(_plus, "더했습니다.")],
    hints=["하나입니다.", "둘입니다."],
    learnt="곱했습니다.",
)


def judged(answer, exercise=TIMES):
    return engine.judge(exercise, answer)


def _nothing(x, n):
    """설명만 있습니다."""


def _gap(x, n):
    factor = ...
    return factor * x


def _passes(x, n):
    pass


def _returns_dots(x, n):
    return ...


@pytest.mark.parametrize(
    "answer",
    [..., (1, ...), {"lr": ...}, {"W": [[1, ...]]}, _nothing, _gap, _passes, _returns_dots],
)
def test_what_is_left_open_is_unanswered(answer):
    assert judged(answer) == (engine.UNANSWERED, TIMES.asks)


def _prints(x, n):
    print(n * x)


def _prints_and_returns(x, n):
    print("확인")
    return n * x


def _raises(x, n):
    return x @ torch.ones(7, n)


def _changes(x, n):
    x *= n
    return x


def _asks(x, n):
    return x * int(input())


def _not_a_number(x, n):
    return n * x / torch.zeros(len(x)) * 0


def _whole(x, n):
    return (n * x).long()


def _tracked(x, n):
    return n * x.requires_grad_().clone()


def _elsewhere(x, n):
    return (n * x).to("meta")


def _column(x, n):
    return (n * x).unsqueeze(1)


def _special(x, n):
    return n * x if len(x) == 3 else x


class UntoldError(Exception):
    def __str__(self):
        raise UntoldError


def _untold(x, n):
    raise UntoldError


def _sums(x, n):
    return torch.einsum("ij->i", x)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (_plus, "더했습니다."),
        (
            lambda x, n: None if n else 1,
            "x (3,), n=2일 때 돌려준 값이 None입니다. return을 빠뜨렸는지 봅니다.",
        ),
        (3, "함수를 넘겨야 하는데 수를 넘겼습니다. 괄호를 붙여 부르지 말고 함수의 이름만 씁니다."),
        (
            lambda x: x,
            "함수가 받는 인수의 수가 다릅니다. 받아야 하는 인수는 x, n입니다. 처음에 있던 def 줄을 그대로 씁니다.",
        ),
        (_prints, "결과를 print()로 보이기만 하고 돌려주지 않았습니다. return을 씁니다."),
        (
            _changes,
            "받은 인수 x의 값을 바꾸었습니다. 인수는 그대로 두고 새 값을 만들어 돌려줍니다.",
        ),
        (_asks, "input()으로 입력을 기다리는 함수입니다. 필요한 값은 인수로 받습니다."),
        (
            _not_a_number,
            "x (3,), n=2일 때 돌려준 값의 [0] 자리가 nan입니다. 0으로 나누었거나 무한대를 뺐는지 봅니다.",
        ),
        (_whole, "x (3,), n=2일 때 돌려준 값은 자료형이 실수여야 하는데 torch.int64입니다."),
        (
            _tracked,
            "x (3,), n=2일 때 돌려준 값은 기울기를 추적하는 텐서(requires_grad=True)입니다. 계산 기록을 떼고 값만 줍니다.",
        ),
        (
            _elsewhere,
            "x (3,), n=2일 때 돌려준 값은 meta 장치에 있습니다. cpu 장치에 있어야 합니다.",
        ),
        (_column, "x (3,), n=2일 때 돌려준 값은 모양이 (3,)이어야 하는데 (3, 1)입니다."),
        (
            _special,
            "사례 3개 가운데 1개는 맞습니다. x (4,), n=3일 때 돌려준 값에서 4자리 가운데 3자리가 다릅니다.",
        ),
    ],
)
def test_each_way_to_be_wrong_has_its_sentence(answer, sentence):
    assert judged(answer) == (engine.NOT_YET, sentence)


def test_an_endless_function_is_told():
    exercise = Exercise(**(vars(TIMES) | {"seconds": 0.3}))
    assert judged(lambda x, n: _endless(), exercise) == (
        engine.NOT_YET,
        "0.3초가 지나도 끝나지 않아 멈추었습니다. 끝나지 않거나 너무 많은 반복이 있는지 봅니다.",
    )


def test_an_error_names_the_line():
    status, text = judged(_raises)
    assert status == engine.NOT_YET
    assert text.startswith(
        "함수 _raises의 `return x @ torch.ones(7, n)` 줄에서 RuntimeError 오류가 났습니다("
    )


def test_a_decorated_function_is_looked_into():
    assert judged(torch.no_grad()(_nothing)) == (engine.UNANSWERED, TIMES.asks)
    _, text = judged(torch.no_grad()(_raises))
    assert text.startswith("함수 _raises의 `return x @ torch.ones(7, n)` 줄에서")
    exercise = Exercise(
        **(vars(TIMES) | {"answer": nn.Linear(2, 1), "observe": lambda model, x, n: model(x)}),
    )
    _, text = judged(nn.Sequential(nn.Linear(7, 1)), exercise)
    assert text.startswith("RuntimeError 오류가 났습니다(")


def test_a_long_error_is_cut_between_words():
    def long(x, n):
        raise ValueError("가나다 " * 99)

    assert judged(long).text.endswith("가나다 ...).")


def test_an_error_without_words_is_told():
    _, text = judged(_untold)
    assert text.endswith("UntoldError 오류가 났습니다(설명 없음).")


def test_an_einsum_that_fails_is_an_answer():
    status, text = judged(_sums)
    assert status == engine.NOT_YET
    assert "RuntimeError 오류가 났습니다(einsum(): " in text
    assert judged(lambda x, n: torch.tensor(...)).status == engine.UNANSWERED


def test_a_function_left_behind_is_not_called_stopped(impatient):
    exercise = Exercise(**(vars(TIMES) | {"seconds": 0.3}))
    _, text = judged(lambda x, n: time.sleep(4), exercise)
    assert text.startswith("0.3초가 지나도 끝나지 않아 기다리기를 그만두었습니다.")


def test_the_notebook_may_have_changed_its_settings():
    """기울기를 꺼 두었거나 기본 자료형을 바꾼 노트북에서도 맞는 답은 맞습니다."""
    draw = torch.Generator()
    exercise = Exercise(
        **(vars(TIMES) | {"cases": lambda: [(torch.rand(5, generator=draw.manual_seed(1)), 2)]}),
    )
    slopes = Exercise(
        **(vars(TIMES) | {"observe": lambda answer, x, n: _slope(answer, x.clone(), n)}),
    )
    assert judged(_double, exercise).status == engine.RIGHT
    torch.set_default_dtype(torch.float64)
    torch.set_grad_enabled(False)
    old = np.seterr(all="raise")
    try:
        assert judged(_double, exercise).status == engine.RIGHT
        assert judged(_double, slopes).status == engine.RIGHT
        assert judged(lambda x, n: x * math.inf).status == engine.NOT_YET
        assert not torch.is_grad_enabled()
    finally:
        torch.set_default_dtype(torch.float32)
        torch.set_grad_enabled(True)
        np.seterr(**old)
    assert judged(_double, slopes).status == engine.RIGHT


def _slope(answer, x, n):
    answer(x.requires_grad_(), n).sum().backward()
    return x.grad.tolist()


def test_what_was_observed_is_not_called_returned():
    exercise = Exercise(
        **(vars(TIMES) | {"observe": lambda answer, x, n: [*answer(x, n).tolist()]}),
    )
    assert judged(lambda x, n: x * 7, exercise).text == (
        "x (3,), n=2일 때 결과의 첫째 값이 다릅니다. 받은 값은 7입니다."
    )


@pytest.mark.parametrize("answer", [_double, lambda x, n: x * n, lambda x, n: np.asarray(x) * n])
def test_right_answers(answer):
    assert judged(answer) == (engine.RIGHT, "곱했습니다.")


def test_printing_beside_the_answer_is_told():
    assert judged(_prints_and_returns) == (
        engine.RIGHT,
        "곱했습니다. print()로 보인 글은 보지 않았습니다.",
    )


def test_a_function_may_be_told_to_change_its_argument():
    exercise = Exercise(**(vars(TIMES) | {"may_change": True}))
    assert judged(_changes, exercise).status == engine.RIGHT


def test_a_mistake_may_raise_or_change_its_argument():
    mistakes = [
        Mistake(_raises, "모양이 안 맞습니다."),
        Mistake(_changes, "제자리에서 곱했습니다."),
    ]
    exercise = Exercise(**(vars(TIMES) | {"mistakes": mistakes}))
    assert judged(_raises, exercise).text == "모양이 안 맞습니다."
    assert judged(_changes, exercise).text == "제자리에서 곱했습니다."


def test_a_mistake_may_print(capsys):
    mistakes = [Mistake(_prints, "보이기만 했습니다.")]
    exercise = Exercise(**(vars(TIMES) | {"mistakes": mistakes}))
    assert judged(_prints, exercise).text == "보이기만 했습니다."
    assert judged(_plus, exercise).status == engine.NOT_YET
    assert capsys.readouterr() == ("", "")


def _train(model, x):
    if not hasattr(model, "weight"):
        raise NotYetError("층 하나인 모델이 아닙니다.")
    with torch.no_grad():
        model.weight.fill_(x)
    return model.weight.sum().item()


def test_a_model_is_observed_on_a_copy():
    exercise = Exercise(
        id="99-2",
        title="모델",
        asks="모델을 봅니다.",
        answer=nn.Linear(2, 1),
        cases=lambda: [(1.0,), (2.0,)],
        observe=_train,
        mistakes=[Mistake(nn.Linear(3, 1), "입력이 셋입니다.")],
        hints=["하나입니다.", "둘입니다."],
        learnt="만들었습니다.",
    )
    mine = nn.Linear(2, 1)
    mine.seen = mine(torch.ones(2))  # 계산 기록이 붙어 베낄 수 없음
    before = mine.weight.tolist()
    assert judged(mine, exercise).status == engine.RIGHT
    assert mine.weight.tolist() == before
    assert judged(nn.Linear(3, 1), exercise).text == "입력이 셋입니다."
    assert judged(nn.Sequential(), exercise).text == "층 하나인 모델이 아닙니다."
    assert judged(nn.Linear, exercise).text == "모델을 넘겨야 하는데 클래스를 넘겼습니다."


def test_an_open_exercise_judges_what_it_sees():
    exercise = Exercise(
        id="99-3",
        title="학습률",
        asks="학습률을 봅니다.",
        answer={"lr": 0.1},
        observe=lambda settings: settings["lr"],
        right=lambda seen: None if 0 < seen[0] < 1 else "0과 1 사이가 아닙니다.",
        mistakes=[Mistake({"lr": -1.0}, "음수입니다.", when=lambda seen: seen[0] < 0)],
        hints=["하나입니다.", "둘입니다."],
        learnt="골랐습니다.",
    )
    assert judged({"lr": 0.5}, exercise).status == engine.RIGHT
    assert judged({"lr": -0.5}, exercise).text == "음수입니다."
    assert judged({"lr": 5}, exercise).text == "0과 1 사이가 아닙니다."
    assert judged({"lr": "5"}, exercise).text == "'lr' 값은 수여야 하는데 글(str)입니다."
    assert judged({"eta": 5}, exercise).text == "답에 'lr' 열쇠가 없습니다."


def test_choices_ask_for_a_letter():
    exercise = Exercise(
        id="99-4",
        title="고르기",
        asks="글자로 답합니다.",
        answer="B",
        choices="ABC",
        mistakes=[Mistake("A", "가입니다."), Mistake("C", "다입니다.")],
        hints=["하나입니다.", "둘입니다."],
        learnt="골랐습니다.",
    )
    assert judged("b", exercise).status == engine.RIGHT
    assert judged("C", exercise).text == "다입니다."
    for strange in ("E", 2, None, "가입니다"):
        assert judged(strange, exercise).text == (
            '보기의 글자 A, B, C 가운데 하나를 "A"처럼 따옴표로 묶어 씁니다.'
        )


def _in_place(x, n):
    x.sub_(1)
    return x.sum()


def test_changing_a_leaf_in_place_is_told():
    exercise = Exercise(
        **(vars(TIMES) | {"observe": lambda f, x, n: engine.with_gradient(lambda x: f(x, n), x)}),
    )
    assert judged(_in_place, exercise).text == (
        "함수 _in_place의 `x.sub_(1)` 줄에서 기울기를 추적하는 텐서를 제자리에서 고쳤습니다. "
        "새 값을 만들어 계산하거나, 매개변수의 갱신이라면 계산 기록을 남기지 않게 합니다."
    )


def test_with_gradient_says_where_the_record_was_cut():
    x = torch.ones(2)
    value, gradient = engine.with_gradient(lambda x: (x**2).sum(), x)
    assert (value.item(), gradient.tolist()) == (2, [2, 2])
    for function, part in [
        (lambda x: x.sum().item(), "텐서여야 하는데"),
        (lambda x: x.detach().sum(), "계산 기록이 중간에 끊겼습니다"),
        (lambda x: x * 2, "0차원 텐서여야 하는데"),
        (lambda x: torch.ones((), requires_grad=True), "이어져 있지 않습니다"),
    ]:
        with pytest.raises(NotYetError, match=part):
            engine.with_gradient(function, x)


# ---------------------------------------------------------------- check, hint, progress


@pytest.fixture
def file(tmp_path, monkeypatch):
    path = tmp_path / "progress.json"
    monkeypatch.setenv(record.SWITCH, str(path))
    return path


def test_check_prints_one_of_three(file, capsys):
    exercises.check("01-1", ...)
    exercises.check("01-1", 2.5)
    exercises.check("01-1", 3.5)
    lines = capsys.readouterr().out.splitlines()
    starts = ["아직 답하지 않았습니다. ", "아직입니다. ", "맞았습니다. "]
    assert all(
        line.startswith(f"[01-1] {start}") for line, start in zip(lines, starts, strict=True)
    )


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("99-1", 3), "번호가 '99-1'인 연습은 없습니다. \"01-1\"처럼"),
        (("01-9", 3), "01강의 연습은 01-1, 01-2"),
        ((None, 3), "번호가 None인 연습은 없습니다."),
        ((3.5, 3), "번호가 3.5인 연습은 없습니다."),
        ((torch.eye(9), "01-1"), "번호가 tensor([[1., 0., 0., 0., 0., 0., 0., 0.,...인 연습은"),
        (("01-1",), '[01-1] 확인할 답을 함께 넘깁니다. 예: check("01-1", 답)'),
    ],
)
def test_wrong_calls_of_check_get_a_sentence(file, capsys, arguments, part):
    exercises.check(*arguments)
    assert part in capsys.readouterr().out
    assert not file.exists()


def test_hints_grow_stronger_and_stay_at_the_last(monkeypatch, capsys):
    monkeypatch.setattr(exercises, "_hints_given", {})
    hints = exercises.of_lesson("01")[0].hints
    for _ in range(len(hints) + 1):
        exercises.hint("01-1")
    exercises.hint("01-9")
    lines = capsys.readouterr().out.splitlines()
    assert lines[: len(hints)] == [
        f"[01-1] 힌트 {step}/{len(hints)}: {hint}" for step, hint in enumerate(hints, start=1)
    ]
    assert lines[len(hints)] == lines[len(hints) - 1]
    assert "01강의 연습은" in lines[-1]


def test_progress_remembers_what_was_right(file, capsys):
    exercises.check("01-1", 2.5)
    exercises.check("01-2", ...)
    assert not file.exists()
    exercises.check("01-1", 3.5)
    exercises.check("01-1", 2.5)
    assert list(json.loads(file.read_text(encoding="utf-8"))) == ["01-1"]
    capsys.readouterr()
    exercises.progress()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("01강  ● 01-1  ○ 01-2")
    assert len(lines) == len(exercises.lessons()) + 1
    assert lines[-1].endswith("개 가운데 1개를 맞혔습니다.")


@pytest.mark.parametrize("broken", [b"", b"{", b"[]", b"\xff\xfe", b'{"01-1"'])
def test_a_broken_progress_file_is_kept_aside(file, capsys, broken):
    file.write_bytes(broken)
    exercises.progress()
    assert "0개를 맞혔습니다" in capsys.readouterr().out
    assert file.read_bytes() == broken
    exercises.check("01-1", 3.5)
    assert record.read().keys() == {"01-1"}
    assert file.with_name("progress.json.broken").read_bytes() == broken


def test_an_unwritable_progress_is_no_error(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv(record.SWITCH, str(tmp_path / "none" / "progress.json"))
    exercises.check("01-1", 3.5)
    exercises.progress()
    assert "맞았습니다" in capsys.readouterr().out
    monkeypatch.setenv(record.SWITCH, "off")
    exercises.check("01-1", 3.5)
    assert record.path() is None
    assert list(tmp_path.iterdir()) == []


def test_a_folder_or_a_locked_file_is_left_alone(file, monkeypatch, capsys):
    file.mkdir()
    exercises.check("01-1", 3.5)
    assert file.is_dir()
    file.rmdir()
    file.write_text('{"01-2": ""}', encoding="utf-8")

    def locked(*_, **__):
        raise PermissionError

    with monkeypatch.context() as patched:
        patched.setattr("pathlib.Path.read_text", locked)
        patched.setattr("pathlib.Path.read_bytes", locked)
        exercises.check("01-1", 3.5)
    assert record.read().keys() == {"01-2"}
    for strange in (".", "/", "a\0b"):
        monkeypatch.setattr(record, "path", lambda strange=strange: Path(strange))
        exercises.check("01-1", 3.5)
    assert capsys.readouterr().out.count("맞았습니다") == 5


def test_progress_is_in_the_home_folder(monkeypatch, tmp_path):
    monkeypatch.delenv(record.SWITCH, raising=False)
    monkeypatch.setattr("pathlib.Path.home", lambda: tmp_path)
    assert record.path().parent == tmp_path


def test_importing_the_package_reads_no_lesson_and_no_plots():
    program = (
        "import sys, torch; before = set(sys.modules); import exercises;"
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, cwd=rerun.ROOT, capture_output=True, text=True
    )
    new = done.stdout.split()
    assert "exercises.engine" in new
    heavy = {"matplotlib", "pandas", "sklearn", "scipy", "IPython"}
    assert not [name for name in new if name.split(".")[0] in heavy or "lesson_" in name]


# ---------------------------------------------------------------- 진짜 커널

HOSTILE = {
    "raises": "return x @ y / 0",
    "prints": "print(x)",
    "changes": "x -= 1; return 3.0, 4.0",
    "asks": "return float(input('값: ')), 1.0",
    "endless": "while True: pass",
    "tracked": "w = torch.tensor(w, requires_grad=True); return 2 * w * x.mean(), w",
    "not_a_number": "return float('nan'), 0.0",
    "shape": "return 2 * (w * x + b - y) * x, 2 * (w * x + b - y)",
    "kind": "return 'w', 'b'",
    "exits": "import sys; sys.exit(3)",
    "recursion": "return hostile(w, b, x, y)",
    "shows": "from matplotlib import pyplot as plt; plt.plot([1, 2]); plt.show(); return 5.0, 5.0",
    "displays": "from IPython.display import display; display(x); return 6.0, 6.0",
}


def test_hostile_functions_never_stop_a_kernel(tmp_path, monkeypatch):
    monkeypatch.setenv(record.SWITCH, "off")
    cells = [new_code_cell("import torch\n\nfrom exercises import check", id="imports")]
    for name, body in HOSTILE.items():
        lines = "\n".join(f"    {line}" for line in body.split("; "))
        source = f'def hostile(w, b, x, y):\n{lines}\n\n\ncheck("01-2", hostile)'
        cells += [new_code_cell(source, id=name), new_code_cell("print(1 + 1)", id=f"after-{name}")]
    nb = new_notebook(cells=cells)
    rerun.execute(nb, tmp_path)
    said = {cell.id: rules.shown_text(cell) for cell in rerun.canonicalise(nb).cells}
    for name in HOSTILE:
        sentence = said[name]
        outputs = next(cell for cell in nb.cells if cell.id == name).outputs
        assert {output.output_type for output in outputs} == {"stream"}, name
        assert sentence.startswith("[01-2] 아직입니다. "), sentence
        assert sentence.strip().count("\n") == 0
        assert said[f"after-{name}"].strip() == "2"
    assert len({said[name] for name in HOSTILE}) == len(HOSTILE)
