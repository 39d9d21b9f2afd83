"""연습 문제의 엔진을 검사합니다: 비교, 판단, check와 hint와 progress."""

import json
import math
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

import exercises
from exercises import engine, record, sandbox, show
from exercises.compare import difference
from exercises.engine import Exercise, Mistake, NotYetError
from tests import rerun

# ---------------------------------------------------------------- 비교

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
        (torch.tensor([1, 2]), torch.tensor([1, 2], dtype=torch.uint8)),
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
        (2.0, "2", "답은 수여야 하는데 문자열(str)입니다."),
        (2.0, True, "답은 수여야 하는데 참이나 거짓(bool)입니다."),
        (2.0, 1j, "답은 보통의 수여야 하는데 복소수입니다."),
        (2.0, -2.0, "답의 크기는 맞고 부호가 반대입니다."),
        (2.0, 2.5, "답이 다릅니다. 지금은 2.5입니다."),
        (2.0, math.nan, "답이 nan입니다. 0을 0으로 나누었거나 무한대에서 무한대를 뺐는지 봅니다."),
        (2.0, torch.ones(1), "답은 수 하나여야 하는데 모양이 (1,)인 텐서입니다."),
        ("B", 2, "답은 문자열이어야 하는데 수(int)입니다."),
        (2.0, 10**400, "답은 보통의 수로 바꿀 수 없는 값(int)입니다."),
        ({"lr": [1, 2]}, {"lr": [1, 3]}, "'lr'의 둘째 값이 다릅니다. 지금은 3입니다."),
        (2.0, np.str_("2"), "답은 수여야 하는데 문자열(str)입니다."),
        (2.0, np.datetime64("2020"), "답은 수여야 하는데 datetime64 값입니다."),
        (2.0, range(2), "답은 수여야 하는데 range 값입니다."),
        (COLUMN, COLUMN * 0, "답에서 원소 3개 중 3개가 다릅니다."),
        (True, False, "답이 다릅니다."),
        ((3, 1), 3, "답은 튜플이어야 하는데 수(int)입니다."),
        ((3, 1), (3,), "답은 값 2개여야 하는데 1개입니다."),
        ((3, 1), (3, 2), "답의 둘째 값이 다릅니다. 지금은 2입니다."),
        ({"lr": 1.0}, {}, "답에 'lr' 키가 없습니다."),
        ({"lr": 1.0}, {"lr": 1.0, "eta": 1}, "답에 쓰지 않는 'eta' 키가 있습니다."),
        ({"lr": 1.0}, {"lr": "1"}, "'lr' 값은 수여야 하는데 문자열(str)입니다."),
        (COLUMN, [1, 2, 3], "답은 텐서여야 하는데 리스트(list)입니다."),
        (COLUMN, 3.0, "답은 모양이 (3, 1)이어야 하는데 수 하나입니다."),
        (COLUMN, COLUMN.ravel(), "답은 모양이 (3, 1)이어야 하는데 (3,)입니다."),
        (COLUMN, COLUMN.long(), "답은 자료형이 float여야 하는데 torch.int64입니다."),
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
            "답은 기울기를 추적하는 텐서(requires_grad=True)입니다. 계산 기록을 뗀 값이어야 합니다.",
        ),
        (
            COLUMN,
            torch.tensor([[1.0], [math.nan], [3.0]]),
            "답의 [1, 0] 원소가 nan입니다. 0을 0으로 나누었거나 무한대에서 무한대를 뺐는지 봅니다.",
        ),
        (COLUMN, -COLUMN, "답에서 원소 3개 중 3개가 다릅니다. 부호만 반대입니다."),
        (COLUMN, COLUMN.flip(0), "답에서 원소 3개 중 2개가 다릅니다. 순서가 거꾸로입니다."),
        (
            TABLE[:, :2],
            TABLE[:, :2].T.contiguous(),
            "답에서 원소 4개 중 2개가 다릅니다. 행과 열이 바뀌었습니다.",
        ),
        (
            COLUMN,
            COLUMN + 1,
            "답에서 원소 3개 중 3개가 다릅니다. 모든 원소가 같은 만큼 다릅니다. 더하거나 뺀 것을 다시 봅니다.",
        ),
        (
            COLUMN,
            COLUMN / 2,
            "답에서 원소 3개 중 3개가 다릅니다. 모든 원소가 같은 비율로 다릅니다. 곱하거나 나눈 것을 다시 봅니다.",
        ),
        (COLUMN, torch.tensor([[1.0], [2.0], [9.0]]), "답에서 원소 3개 중 1개가 다릅니다."),
        (
            torch.tensor([True, False]),
            torch.tensor([True, True]),
            "답에서 원소 2개 중 1개가 다릅니다.",
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
            "x (3,), n=2일 때 돌려준 값의 [0] 원소가 nan입니다. 0을 0으로 나누었거나 무한대에서 무한대를 뺐는지 봅니다.",
        ),
        (_whole, "x (3,), n=2일 때 돌려준 값은 자료형이 float여야 하는데 torch.int64입니다."),
        (
            _tracked,
            "x (3,), n=2일 때 돌려준 값은 기울기를 추적하는 텐서(requires_grad=True)입니다. 계산 기록을 뗀 값이어야 합니다.",
        ),
        (
            _elsewhere,
            "x (3,), n=2일 때 돌려준 값은 meta 장치에 있습니다. cpu 장치에 있어야 합니다.",
        ),
        (_column, "x (3,), n=2일 때 돌려준 값은 모양이 (3,)이어야 하는데 (3, 1)입니다."),
        (
            _special,
            "사례 3개 중 1개는 맞습니다. x (4,), n=3일 때 돌려준 값에서 원소 4개 중 3개가 다릅니다.",
        ),
    ],
)
def test_each_way_to_be_wrong_has_its_sentence(answer, sentence):
    assert judged(answer) == (engine.NOT_YET, sentence)


def test_an_endless_function_is_told():
    def endless(x, n):
        while True:
            pass

    exercise = Exercise(**(vars(TIMES) | {"seconds": 0.3}))
    assert judged(endless, exercise) == (
        engine.NOT_YET,
        "계산에 0.3초를 쓰고도 끝나지 않아 멈추었습니다. 끝나지 않거나 너무 많은 반복이 있는지 봅니다.",
    )


def test_an_error_names_the_line():
    status, text = judged(_raises)
    assert status == engine.NOT_YET
    assert text.startswith(
        "함수 _raises의 `return x @ torch.ones(7, n)` 줄에서 RuntimeError 오류가 났습니다("
    )


def test_an_error_is_explained_as_in_a_cell():
    text = judged(_raises).text
    assert text.endswith("행렬을 곱하려면 앞 행렬의 열 수(3)와 뒤 행렬의 행 수(7)가 같아야 합니다.")
    text = judged(lambda x, n: n * nowhere).text  # noqa: F821
    assert text.endswith(
        "NameError 오류가 났습니다(name 'nowhere' is not defined). `nowhere`(이)라는 이름이 없습니다."
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


def test_a_function_left_behind_is_not_called_stopped(monkeypatch):
    monkeypatch.setattr(sandbox, "PATIENCE", 0.2)
    exercise = Exercise(**(vars(TIMES) | {"seconds": 0.3}))
    _, text = judged(lambda x, n: time.sleep(4), exercise)
    assert text.startswith("계산하지 않고 기다리기만 해서 기다리기를 그만두었습니다.")


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


def test_a_right_answer_is_right_under_either_default_dtype():
    """01강의 데이터는 float32인데 기본 자료형이 float64이면, nn.Linear와 자료형이 어긋납니다."""

    def needs_single(x, n):
        return n * (torch.eye(len(x)) @ x)

    def needs_double(x, n):
        return n * (torch.eye(len(x)) @ x.double())

    single = Exercise(
        **(vars(TIMES) | {"cases": lambda: [(torch.ones(3, dtype=torch.float32), 2)]})
    )
    assert judged(needs_single, single).status == engine.RIGHT
    assert judged(needs_double, single).status == engine.NOT_YET
    torch.set_default_dtype(torch.float64)
    try:
        assert judged(needs_single, single).status == engine.RIGHT
        assert judged(needs_double, single).status == engine.RIGHT
        assert judged(_plus, single).text == "더했습니다."
    finally:
        torch.set_default_dtype(torch.float32)


def _slope(answer, x, n):
    answer(x.requires_grad_(), n).sum().backward()
    return x.grad.tolist()


def test_what_was_observed_is_not_called_returned():
    exercise = Exercise(
        **(vars(TIMES) | {"observe": lambda answer, x, n: [*answer(x, n).tolist()]}),
    )
    assert judged(lambda x, n: x * 7, exercise).text == (
        "x (3,), n=2일 때 결과의 첫째 값이 다릅니다. 지금은 7입니다."
    )


@pytest.mark.parametrize("answer", [_double, lambda x, n: x * n, lambda x, n: np.asarray(x) * n])
def test_right_answers(answer):
    assert judged(answer) == (engine.RIGHT, "곱했습니다.")


def test_printing_beside_the_answer_is_told():
    assert judged(_prints_and_returns) == (
        engine.RIGHT,
        "곱했습니다. print()로 출력한 것은 확인하지 않았습니다.",
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


def test_two_answers_that_raise_are_the_same_mistake_only_if_they_say_the_same():
    def also_raises(x, n):
        return x @ torch.ones(7, n)

    def raises_otherwise(x, n):
        return x @ torch.ones(9, n)

    def undefined(x, n):
        return nowhere(x)  # noqa: F821

    def undefined_too(x, n):
        return missing(x)  # noqa: F821

    mistakes = [Mistake(_raises, "모양이 안 맞습니다."), Mistake(undefined, "이름이 없습니다.")]
    exercise = Exercise(**(vars(TIMES) | {"mistakes": mistakes}))
    assert judged(also_raises, exercise).text == "모양이 안 맞습니다."
    assert "RuntimeError 오류가 났습니다(" in judged(raises_otherwise, exercise).text
    assert "missing" in judged(undefined_too, exercise).text


def test_a_mistake_may_print(capsys):
    mistakes = [Mistake(_prints, "보이기만 했습니다.")]
    exercise = Exercise(**(vars(TIMES) | {"mistakes": mistakes}))
    assert judged(_prints, exercise).text == "보이기만 했습니다."
    assert judged(_plus, exercise).status == engine.NOT_YET
    assert capsys.readouterr() == ("", "")


# ---------------------------------------------------------------- 실마리

FEATURES = torch.ones(3)
SETTING = 5


def _reads_globals(x, n):
    return SETTING * FEATURES * n


def _reads_globals_and_adds(x, n):
    return x + n + 0 * FEATURES[0]


def _reads_through_a_helper(x, n):
    return 5 * x * n + _helper()


def _helper():
    return FEATURES.sum()


def _reads_a_constant(x, n):
    return SETTING * x * n


READS = (
    "함수가 노트북에 있는 값(`FEATURES`)을 씁니다. "
    "확인할 때는 다른 데이터를 넣으므로, 필요한 값은 모두 인수에서 가져옵니다."
)


def test_an_answer_that_reads_the_notebook_is_told():
    assert judged(_reads_globals).text == READS
    text = judged(_reads_through_a_helper).text
    assert text.startswith("x (3,), n=2일 때 돌려준 값에서 원소 3개 중 3개가 다릅니다.")
    assert text.endswith(f" {READS}")


loss_fn = nn.MSELoss()
TWO = torch.tensor(2.0)
mean = np.zeros(3)
absent = torch.ones(2)


@pytest.mark.parametrize(
    "answer",
    [
        lambda x, n: loss_fn(x, n * x) + x,
        lambda x, n: TWO * TWO * n * x,
        lambda x, n: x.mean() * x,
        lambda x, n: [absent for absent in range(3)],
    ],
    ids=["매개변수가 없는 모듈", "수 하나", "메서드의 이름", "안쪽의 이름"],
)
def test_a_name_that_is_no_data_is_not_accused(answer):
    assert "노트북에 있는" not in judged(answer).text


def test_an_error_comes_before_a_global():
    text = judged(lambda x, n: FEATURES.men() * x * n).text
    assert "AttributeError 오류가 났습니다" in text
    assert text.endswith(READS)


def test_a_global_is_no_excuse_to_overlook_the_mistake():
    """인수를 모두 썼으면 선언한 실수가 먼저입니다. 데이터가 아닌 상수는 써도 됩니다."""
    assert judged(_reads_globals_and_adds).text == "더했습니다."
    assert "노트북에 있는" not in judged(_reads_a_constant).text
    assert judged(lambda x, n: x * n + 0 * FEATURES[0]).status == engine.RIGHT


def _error(w, x, y):
    return ((w * x - y) ** 2).mean()


def _pairs():
    x = torch.arange(5.0).unsqueeze(1)
    return [(2.0, x, 3 * x), (1.0, x[:3], 3 * x[:3])]


ERROR = Exercise(**(vars(TIMES) | {"answer": _error, "cases": _pairs, "mistakes": []}))


def _flat_x(w, x, y):
    return ((w * x.ravel() - y) ** 2).mean()


def _flat_y(w, x, y):
    return nn.functional.mse_loss(w * x, y.squeeze())


def _flat_both(w, x, y):
    return 2 * ((w * x.ravel() - y.ravel()) ** 2).mean()


def test_a_column_against_a_row_is_told():
    spread = (
        "모양이 (5,)인 값과 (5, 1)인 값을 함께 계산해서 모든 짝의 값이 (5, 5) 모양으로 생겼습니다."
    )
    text = judged(_flat_x, ERROR).text
    assert text.startswith(spread)
    assert "경고" not in text
    text = judged(_flat_y, ERROR).text
    assert text.startswith(spread)
    assert "PyTorch의 경고: Using a target size (torch.Size([5])) that is different" in text
    assert "모든 짝" not in judged(_flat_both, ERROR).text


def test_a_column_against_a_row_is_seen_in_numpy():
    exercise = Exercise(
        **(vars(ERROR) | {"cases": lambda: [(w, x.numpy(), y.numpy()) for w, x, y in _pairs()]})
    )
    assert judged(_error, exercise).status == engine.RIGHT
    assert judged(_flat_x, exercise).text.startswith("모양이 (5,)인 값과 (5, 1)인 값을")
    assert "모든 짝" not in judged(_flat_both, exercise).text


def test_pairs_that_the_right_answer_makes_are_no_fault():
    def distances(x):
        return (x.ravel() - x).abs()

    exercise = Exercise(
        **(vars(ERROR) | {"answer": distances, "cases": lambda: [(torch.arange(4.0)[:, None],)]})
    )
    assert judged(distances, exercise).status == engine.RIGHT
    assert "모든 짝" not in judged(lambda x: x.ravel() - x, exercise).text


def test_another_sort_of_answer_is_told_what_was_asked():
    """계산 기록이 붙은 텐서여도, 먼저 말할 것은 물은 것의 종류입니다."""
    tracked = torch.ones(2, requires_grad=True)
    for wanted, name in [("문자열", "문자열이어야"), ({"lr": 1.0}, "딕셔너리여야"), (True, "참")]:
        assert name in difference(wanted, tracked)
        assert "requires_grad" not in difference(wanted, tracked)
    exercise = Exercise(**(vars(TIMES) | {"answer": nn.Linear(2, 1), "cases": lambda: [()]}))
    assert judged(tracked, exercise).text == "모델을 넘겨야 하는데 텐서를 넘겼습니다."


def test_a_label_of_what_was_seen_is_not_called_a_key():
    want, got = {"함숫값": 1.0}, {"함숫값": 2.0}
    assert difference(want, got, what="결과") == "함숫값이 다릅니다. 지금은 2입니다."
    assert difference(want, got) == "'함숫값' 값이 다릅니다. 지금은 2입니다."
    assert difference(want, {"함숫값": None}) == "'함숫값' 값이 None입니다. 값을 넣습니다."
    assert difference({"w": 1.0}, {"w": 2.0}, what="결과") == ("'w' 값이 다릅니다. 지금은 2입니다.")


def test_what_is_refused_is_told():
    def leaves(x, n):
        raise SystemExit(3)

    def checks(x, n):
        exercises.check("99-1", checks)

    assert judged(leaves).text.startswith("exit()나 quit()처럼 프로그램을 끝내는 함수입니다.")
    assert judged(checks).text == (
        "함수 안에서 check()를 불렀습니다. check() 줄은 들여쓰지 않고 함수의 밖에 씁니다."
    )


def test_a_busy_computer_is_not_the_learners_fault(monkeypatch):
    monkeypatch.setattr(sandbox, "_wait", lambda *_: sandbox.BUSY)
    text = judged(_double).text
    assert text.startswith("50초가 지나도 끝나지 않아 멈추었습니다. 컴퓨터가 다른 일로 바쁠 수도")


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
    assert judged({"lr": "5"}, exercise).text == "'lr' 값은 수여야 하는데 문자열(str)입니다."
    assert judged({"eta": 5}, exercise).text == "답에 'lr' 키가 없습니다."


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
    for strange in ("E", 2, None, "가입니다", "AB", ""):
        assert judged(strange, exercise).text == (
            '보기의 글자 A, B, C 중 하나를 "A"처럼 따옴표로 묶어 씁니다.'
        )


def _in_place(x, n):
    x.sub_(1)
    return x.sum()


def test_changing_a_leaf_in_place_is_told():
    exercise = Exercise(
        **(vars(TIMES) | {"observe": lambda f, x, n: engine.with_gradient(lambda x: f(x, n), x)}),
    )
    assert judged(_in_place, exercise).text == (
        "함수 _in_place의 `x.sub_(1)` 줄에서 기울기를 추적하는 텐서의 값을 제자리에서(in-place) 고쳤습니다. "
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
        ((None, 3), '연습의 번호를 "01-1"처럼 따옴표로 묶어 씁니다.'),
        ((3.5, 3), "번호가 3.5인 연습은 없습니다."),
        ((torch.eye(9), "01-1"), "번호가 tensor([[1., 0., 0., 0., 0., 0., 0., 0.,...인 연습은"),
        (("01-1",), '[01-1] 확인할 답을 함께 넘깁니다. 예: check("01-1", 답)'),
    ],
)
def test_wrong_calls_of_check_get_a_sentence(file, capsys, arguments, part):
    exercises.check(*arguments)
    assert part in capsys.readouterr().out
    assert not file.exists()


@pytest.mark.parametrize(
    "written", ["01-1", " 01-1 ", "1-1", "01_1", "01\u20111", "01\u20131", "01\u20151"]
)
def test_a_number_may_be_written_otherwise(file, capsys, written):
    exercises.check(written, 3.5)
    assert capsys.readouterr().out.startswith("[01-1] 맞았습니다.")


def test_wrong_numbers_of_arguments_get_a_sentence(file, capsys):
    exercises.check("03-1", 1, 2, 3)
    exercises.check()
    exercises.hint()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == '[03-1] 값이 여럿이면 괄호로 묶습니다. 예: check("03-1", (값, 값))'
    assert lines[1:] == ['연습의 번호를 "01-1"처럼 따옴표로 묶어 씁니다.'] * 2


def test_the_stop_button_ends_the_check_quietly(file, capsys, monkeypatch):
    def interrupted(w, b, x, y):
        signal.raise_signal(signal.SIGINT)  # 주 스레드가 받음
        while True:
            pass

    # SIGINT를 무시하는 셸의 뒤에서 검사할 때에도 커널처럼 받음
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    exercises.check("01-2", interrupted)
    signal.signal(signal.SIGINT, before)
    assert "중지(■) 버튼을 눌러 멈추었습니다." in capsys.readouterr().out
    for thread in threading.enumerate():
        if thread.name == sandbox.THREAD:
            thread.join(20)
            assert not thread.is_alive()

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(engine, "judge", interrupt)
    exercises.check("01-2", 3)
    assert capsys.readouterr().out == (
        "[01-2] 중지(■) 버튼을 눌러 확인하지 않았습니다. 셀을 다시 실행합니다.\n"
    )


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
    first, second = exercises.of_lesson("01")[:2]
    assert lines[:3] == ["01강", f"  ○ 01-1 {first.title}", f"  · 01-2 {second.title}  <- 다음"]
    total = sum(len(exercises.of_lesson(number)) for number in exercises.lessons())
    assert len(lines) == len(exercises.lessons()) + total + 1
    assert lines[-1] == f"연습 {total}개 중 1개를 맞혔습니다. 다음은 01-2입니다."


def test_progress_knows_the_end(monkeypatch, capsys):
    class Everything:
        def __contains__(self, exercise_id):
            return True

    monkeypatch.setattr(record, "read", Everything)
    exercises.progress()
    out = capsys.readouterr().out
    assert out.endswith("모두 마쳤습니다.\n")
    assert "다음" not in out
    assert "·" not in out


def test_the_second_miss_names_the_hint(file, monkeypatch, capsys):
    monkeypatch.setattr(exercises, "_misses", {})
    advice = ' 막히면 새 셀에서 hint("01-1")를 실행합니다.'
    for answer in (2.5, ..., 2.5, 8.0, 3.5, 2.5):
        exercises.check("01-1", answer)
    exercises.check("01-2", 3)
    lines = capsys.readouterr().out.splitlines()
    assert [line.endswith(advice) for line in lines] == [False] * 3 + [True] + [False] * 3


@pytest.mark.parametrize("broken", [b"", b"{", b"[]", b"\xff\xfe", b'{"01-1"'])
def test_a_broken_progress_file_is_kept_aside(file, capsys, broken):
    file.write_bytes(broken)
    exercises.progress()
    assert "개 중 0개를 맞혔습니다" in capsys.readouterr().out
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
    assert record.path() == tmp_path / ".korean-pytorch-course.json"


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


@pytest.mark.parametrize(
    "answer",
    [
        [{"lr": ...}],
        {"모델": {"lr": ...}},
        lambda x, n: ... if n < 0 else n * x,
        lambda x, n: (...).factor * x,
        lambda x, n: x * {2: 1, 3: 1}[...],
    ],
    ids=["리스트 속", "딕셔너리 속", "한 갈래", "속성", "키"],
)
def test_what_is_left_open_deep_inside_is_unanswered(answer):
    assert judged(answer) == (engine.UNANSWERED, TIMES.asks)


def test_the_seconds_are_for_all_cases_together():
    def slow(x, n):
        end = time.thread_time() + 0.25
        while time.thread_time() < end:
            pass
        return n * x

    exercise = Exercise(**(vars(TIMES) | {"seconds": 0.4}))
    assert judged(slow, exercise).text.startswith("계산에 0.4초를 쓰고도 끝나지 않아")


def test_nothing_is_seen_after_a_case_that_is_late(monkeypatch):
    monkeypatch.setattr(sandbox, "_wait", lambda *_: sandbox.IDLE)
    seen, _ = engine.watch(TIMES, _double)
    assert [failure.key for failure in seen] == [("late",)]


def test_a_list_that_grew_was_changed():
    def appends(values):
        values.append(sum(values))
        return values[-1]

    def total(values):
        return sum(values)

    exercise = Exercise(
        **(vars(TIMES) | {"answer": total, "cases": lambda: [([1.0, 2.0],)]}),
    )
    assert judged(appends, exercise).text.startswith("받은 인수 values의 값을 바꾸었습니다.")


def test_a_model_is_no_function_of_two_arguments():
    assert judged(nn.Linear(3, 3)).text == (
        "함수를 넘겨야 하는데 모델을 넘겼습니다. 괄호를 붙여 부르지 말고 함수의 이름만 씁니다."
    )


def test_a_case_with_words_is_told():
    exercise = Exercise(
        **(vars(TIMES) | {"answer": lambda word, n: word * n, "cases": lambda: [("가", 2)]})
    )
    assert judged(lambda word, n: word, exercise).text == (
        "word='가', n=2일 때 돌려준 값이 다릅니다."
    )


def test_one_row_against_one_column_makes_no_pairs():
    exercise = Exercise(
        **(vars(ERROR) | {"cases": lambda: [(2.0, torch.ones(1, 1), 3 * torch.ones(1, 1))]})
    )
    assert "모든 짝" not in judged(lambda w, x, y: 2 * _flat_x(w, x, y), exercise).text


@pytest.mark.parametrize(
    ("status", "sign"), [(engine.RIGHT, "○"), (engine.NOT_YET, "△"), (engine.UNANSWERED, "…")]
)
def test_a_box_shows_a_sign_and_the_words_as_they_are(status, sign, monkeypatch):
    shown = []
    publisher = SimpleNamespace(publish=lambda data, _: shown.append(data))
    shell = SimpleNamespace(kernel=True, display_pub=publisher)
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    show.verdict("99-1", status, "`x < y`와 <b>를 봅니다.")
    [data] = shown
    assert data["text/plain"].endswith(". `x < y`와 <b>를 봅니다.")
    assert f">{sign}</span>" in data["text/html"]
    assert "<div><code>x &lt; y</code>와 &lt;b&gt;를 봅니다.</div>" in data["text/html"]


def test_an_exercise_that_left_the_course_is_not_counted(file, capsys):
    file.write_text('{"01-1": "", "99-9": ""}', encoding="utf-8")
    exercises.progress()
    assert "개 중 1개를 맞혔습니다." in capsys.readouterr().out


def test_the_first_day_is_remembered(file):
    file.write_text('{"01-1": "2020-01-02"}', encoding="utf-8")
    exercises.check("01-1", 3.5)
    assert record.read() == {"01-1": "2020-01-02"}
