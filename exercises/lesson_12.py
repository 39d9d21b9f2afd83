"""12. 깊은 회귀의 연습입니다. 맞는 답이 들어 있으니 먼저 풀어 봅니다."""

import itertools
import math

import numpy as np
import torch
from torch import nn

from exercises.compare import ORDER, RETURNED, difference, name_of
from exercises.engine import (
    Exercise,
    Mistake,
    NotYetError,
    expected,
    near,
    numbers,
    require,
)
from exercises.errors import diagnosed

# ---------------------------------------------------------------- 12-1

FIRST, TRAIN, TEST = range(3)  # 답 셋의 위치


def _at(place, *wrong):
    """이 위치의 값이 `wrong` 중 하나인지 보는 함수"""
    return near(place, *wrong, rtol=3e-3)


dead_from_the_start = Exercise(
    id="12-1",
    title="꺼진 신경망의 세 가지 수",
    asks="한 걸음 뒤의 답, 훈련이 끝난 뒤의 훈련 MSE와 테스트 MSE를 하나씩 봅니다.",
    answer=(6.0, 29.0, 73.0),
    observe=numbers,
    mistakes=[
        Mistake(
            (0.0, 29.0, 73.0),
            "한 걸음 뒤에도 처음과 같은 값을 답한다고 했습니다. 꺼진 층과 그 앞에는 기울기가 없지만, "
            "그 뒤에는 움직이는 것이 하나 남아 있습니다. 5절에서 12번 시드의 기울기를 봅니다.",
            when=lambda seen: abs(seen[0][FIRST]) < 1e-9,
        ),
        Mistake(
            (3.0, 29.0, 73.0),
            "한 걸음의 길이가 절반입니다. 5절에서 손실을 마지막 편향으로 미분한 식을 봅니다.",
            when=_at(FIRST, 3),
        ),
        Mistake(
            (24.0, 29.0, 73.0),
            "네 행의 기울기를 더하기만 한 걸음입니다. 손실이 평균이면 기울기도 평균입니다.",
            when=_at(FIRST, 24, 12),
        ),
        Mistake(
            (-6.0, 29.0, 73.0),
            "첫 걸음이 타깃의 반대쪽으로 갔습니다. 답이 타깃의 평균보다 작을 때 미분의 부호가 무엇인지, "
            "그때 어느 쪽으로 걷는지 5절의 식에서 봅니다.",
            when=_at(FIRST, -6, -3, -24, -12),
        ),
        Mistake(
            (15.0, 29.0, 73.0),
            "한 걸음에 타깃의 평균까지 갔습니다. 평균에는 여러 걸음에 걸쳐 다가갑니다. "
            "걸음마다 거리가 몇 배가 되는지 5절의 식에서 봅니다.",
            when=_at(FIRST, 15),
        ),
        Mistake(
            (30.0, 29.0, 73.0),
            "학습률을 곱하지 않은 걸음이라 타깃의 평균을 지나쳤습니다. 5절의 식에서 한 걸음의 길이를 봅니다.",
            when=_at(FIRST, 30),
        ),
        Mistake(
            (9.0, 29.0, 73.0),
            "한 걸음 뒤에 타깃의 평균까지 남은 거리입니다. 묻는 것은 거리가 아니라 신경망이 답하는 값입니다.",
            when=_at(FIRST, 9),
        ),
        Mistake(
            (6.0, 0.0, 73.0),
            "훈련 MSE가 0이 되려면 행마다 다른 값을 답해야 합니다. 꺼진 층 다음으로 행마다 다른 것이 "
            "지나갈 수 있는지 5절에서 봅니다.",
            when=lambda seen: abs(seen[0][TRAIN]) < 1e-9,
        ),
        Mistake(
            (6.0, 254.0, 73.0),
            "훈련이 끝나도 0을 답한다고 본 훈련 MSE입니다. 마지막 편향이 어디까지 가는지 5절에서 봅니다.",
            when=_at(TRAIN, 254),
        ),
        Mistake(
            (6.0, 110.0, 73.0),
            "한 걸음 뒤의 훈련 MSE입니다. 묻는 것은 손실이 더 줄지 않을 때의 값입니다.",
            when=_at(TRAIN, 110),
        ),
        Mistake(
            (6.0, 116 / 3, 73.0),
            "훈련 MSE를 구할 때 n - 1로 나누었습니다. 2절의 코드가 분산을 구할 때 correction을 "
            "얼마로 두었는지 봅니다.",
            when=_at(TRAIN, 116 / 3),
        ),
        Mistake(
            (6.0, math.sqrt(29), 73.0),
            "훈련 MSE 대신 그 제곱근을 답했습니다. 2절에서 평균만 답하는 모델의 MSE가 무엇인지 봅니다.",
            when=_at(TRAIN, math.sqrt(29), math.sqrt(116 / 3)),
        ),
        Mistake(
            (6.0, 116.0, 73.0),
            "훈련 MSE로 제곱 오차의 합을 답했습니다. 행의 수로 나누지 않았습니다.",
            when=_at(TRAIN, 116),
        ),
        Mistake(
            (6.0, 33.0, 73.0),
            "훈련 타깃의 중앙값을 답한다고 본 훈련 MSE입니다. MSE를 가장 작게 하는 상수가 무엇인지 "
            "2절에서 봅니다.",
            when=_at(TRAIN, 33),
        ),
        Mistake(
            (6.0, 29.0, 9.0),
            "테스트 타깃의 분산입니다. 테스트 타깃의 평균을 답할 때의 MSE인데, 신경망은 테스트 타깃을 "
            "본 적이 없습니다. 마지막 편향이 어느 세트의 평균으로 갔는지 봅니다.",
            when=_at(TEST, 9, 18),
        ),
        Mistake(
            (6.0, 29.0, 29.0),
            "테스트 MSE로 훈련 타깃의 분산을 답했습니다. 신경망이 답하는 값은 그대로이지만 비교할 타깃이 "
            "다릅니다.",
            when=_at(TEST, 29),
        ),
        Mistake(
            (6.0, 29.0, 64.0),
            "테스트 MSE에서 두 평균의 차이를 제곱한 항만 있습니다. 2절의 식에는 항이 둘입니다.",
            when=_at(TEST, 64),
        ),
        Mistake(
            (6.0, 29.0, 93.0),
            "테스트 MSE에 훈련 타깃의 분산을 넣었습니다. 2절의 식에서 분산과 평균은 지금 비교하는 "
            "타깃의 것입니다.",
            when=_at(TEST, 93),
        ),
        Mistake(
            (6.0, 29.0, 82.0),
            "테스트 MSE에 들어갈 분산을 구할 때 n - 1로 나누었습니다. 2절의 코드가 분산을 구할 때 correction을 "
            "얼마로 두었는지 봅니다.",
            when=_at(TEST, 82),
        ),
        Mistake(
            (6.0, 29.0, 146.0),
            "테스트 MSE로 제곱 오차의 합을 답했습니다. 행의 수로 나누지 않았습니다.",
            when=_at(TEST, 146),
        ),
        Mistake(
            (6.0, 29.0, math.sqrt(73)),
            "테스트 MSE 대신 그 제곱근을 답했습니다. 제곱근을 구하기 전의 값을 묻습니다.",
            when=_at(TEST, math.sqrt(73)),
        ),
        Mistake(
            (6.0, 29.0, 538.0),
            "0을 답할 때의 테스트 MSE입니다. 훈련이 끝났을 때 마지막 편향이 어디에 있는지 봅니다.",
            when=_at(TEST, 538),
        ),
        Mistake(
            (6.0, 29.0, 298.0),
            "한 걸음 뒤에 답하는 값으로 구한 테스트 MSE입니다. 훈련을 끝까지 한 다음의 값을 묻습니다.",
            when=_at(TEST, 298),
        ),
    ],
    hints=[
        "마지막 은닉층의 값이 모두 0이면 출력에 무엇이 남는지 5절에서 봅니다. 세 질문은 모두 이 수 하나의 이야기입니다.",
        "그 수가 한 걸음에 얼마나 움직이는지, 결국 어디에서 멈추는지 5절의 미분과 2절의 식에서 찾습니다.",
        "테스트 MSE는 훈련이 끝났을 때의 그 수를 테스트 타깃과 비교한 것입니다. 타깃마다 그 수와의 차이를 제곱해 봅니다.",
    ],
    learnt="꺼진 신경망이 배우는 것은 훈련 타깃의 평균 하나입니다. 손실이 타깃의 분산에서 멈추면 평균만 답하는지 의심합니다.",
    rtol=1e-3,
)

# ---------------------------------------------------------------- 12-2

OFF, FLAT, LEARNED = "꺼짐", "고원", "배움"
TINY_UNIT = "타깃의 퍼짐이 0.001쯤이고 예측의 퍼짐은 그 1.7%쯤인 ReLU 신경망"
HUGE_UNIT = "타깃의 퍼짐이 2만쯤이고 마지막 가중치가 큰 ReLU 신경망"


def _after_activations(model, X):
    """활성화 함수를 지난 값의 목록과 예측"""
    h, after = X, []
    for layer in model:
        h = layer(h)
        if not isinstance(layer, nn.Linear):
            after.append(h)
    return after, h


def _is_flat(y_hat, y):
    return bool(y_hat.std() < 0.01 * y.std())


def _is_all_zero(h):
    return bool((h == 0).all())


def _judging(is_off=_is_all_zero, combine=any, is_flat=_is_flat, layers=slice(None)):
    """층이 꺼졌는지, 예측이 상수인지를 이 규칙으로 보는 함수"""

    def diagnose(model, X, y):
        after, y_hat = _after_activations(model, X)
        if combine(bool(is_off(h)) for h in after[layers]):
            return OFF
        return FLAT if is_flat(y_hat, y) else LEARNED

    return diagnose


_diagnose = _judging()


def _looks_at_linear(model, X, y):
    h, off = X, False
    for layer in model:
        h = layer(h)
        if isinstance(layer, nn.Linear):
            off = off or bool((h <= 0).all())
    return OFF if off else FLAT if _is_flat(h, y) else LEARNED


def _flat_first(model, X, y):
    found = _diagnose(model, X, y)
    return FLAT if _is_flat(model(X), y) else found


def _off_if_constant(model, X, y):
    y_hat = model(X)
    return OFF if bool((y_hat == y_hat[0]).all()) else FLAT if _is_flat(y_hat, y) else LEARNED


def _prediction_counts_too(model, X, y):
    return OFF if _is_all_zero(model(X)) else _diagnose(model, X, y)


def _flat_in_hidden(model, X, y):
    after, y_hat = _after_activations(model, X)
    if any(map(_is_all_zero, after)):
        return OFF
    return FLAT if any(_is_flat(h, y) for h in [*after, y_hat]) else LEARNED


def _no_better_than_mean(y_hat, y):
    return bool(((y_hat - y) ** 2).mean() > 0.99 * y.var(correction=0))


def _net(activation, sizes, seed, *, bias=None, scale=None):
    """`bias`에 적힌 층은 모든 편향이 그 값이고, `scale`에 적힌 층은 가중치가 그 배인 신경망"""
    generator = torch.Generator().manual_seed(seed)
    layers = []
    for place, (a, b) in enumerate(itertools.pairwise(sizes)):
        linear = nn.Linear(a, b, dtype=torch.float64)
        weight = torch.randn(b, a, generator=generator, dtype=torch.float64)
        linear.weight.data = weight * (scale or {}).get(place, 1.0) / math.sqrt(a)
        linear.bias.data = torch.full((b,), (bias or {}).get(place, 0.3), dtype=torch.float64)
        layers += [linear, activation()]
    return nn.Sequential(*layers[:-1])


def _rows(n, num_features, seed, mean=0.0, spread=1.0):
    generator = torch.Generator().manual_seed(seed)
    X = torch.randn(n, num_features, generator=generator, dtype=torch.float64)
    y = mean + spread * torch.randn(n, 1, generator=generator, dtype=torch.float64)
    return X, y


def _patients():
    """설명과, 신경망, 특성, 타깃"""
    partly_off = _net(nn.ReLU, [4, 6, 1], 1)
    partly_off[0].bias.data[:4] = -50.0
    half = _net(nn.ReLU, [2, 3, 1], 2, bias={0: 0.0}, scale={1: 3.0})
    half[0].weight.data = half[0].weight.data.abs()  # 특성이 모두 음수인 행에서 값이 모두 0
    two_rows = torch.tensor([[-1.0, -0.5], [1.5, 1.0]], dtype=torch.float64)
    return [
        ("뉴런 여섯 중 넷만 꺼진 ReLU 신경망", partly_off, *_rows(30, 4, 11)),
        (
            "첫 은닉층이 꺼진 ReLU 신경망",
            _net(nn.ReLU, [3, 4, 5, 4, 1], 3, bias={0: -50, 1: 2.0, 2: 2.0}),
            *_rows(20, 3, 12, mean=20, spread=5),
        ),
        (
            "마지막 은닉층이 꺼진 ReLU 신경망",
            _net(nn.ReLU, [4, 3, 3, 1], 4, bias={1: -50}),
            *_rows(25, 4, 13, mean=20, spread=5),
        ),
        (
            "하나뿐인 은닉층이 꺼진 ReLU 신경망",
            _net(nn.ReLU, [2, 3, 1], 20, bias={0: -50}),
            *_rows(12, 2, 21),
        ),
        (
            "가중치가 아주 작은 ReLU 신경망",
            _net(nn.ReLU, [4, 3, 3, 1], 5, bias={2: 5.0}, scale={1: 1e-20}),
            *_rows(25, 4, 14, mean=20, spread=2),
        ),
        (
            "두 층의 값이 모두 음수인 LeakyReLU 신경망",
            _net(nn.LeakyReLU, [4, 3, 3, 1], 6, bias={0: -20, 1: -20}),
            *_rows(40, 4, 15, spread=2),
        ),
        (
            "한 층의 값이 모두 음수이고 마지막 가중치가 큰 LeakyReLU 신경망",
            _net(nn.LeakyReLU, [4, 3, 1], 7, bias={0: -20}, scale={1: 100}),
            *_rows(15, 4, 16, mean=200),
        ),
        (
            "예측이 모두 음수인 ReLU 신경망",
            _net(nn.ReLU, [5, 8, 1], 8, bias={1: -30}),
            *_rows(35, 5, 17, mean=-30),
        ),
        (
            TINY_UNIT,
            _net(nn.ReLU, [3, 6, 1], 9, scale={1: 3.5e-5}),
            *_rows(30, 3, 18, spread=1e-3),
        ),
        (
            "타깃의 퍼짐이 70쯤이고 예측의 퍼짐은 0.4쯤인 ReLU 신경망",
            _net(nn.ReLU, [3, 6, 1], 10),
            *_rows(30, 3, 19, mean=120, spread=70),
        ),
        (
            "행 하나에서만 은닉층의 값이 모두 0인 ReLU 신경망",
            half,
            two_rows,
            torch.tensor([[0.0], [2.0]], dtype=torch.float64),
        ),
        (
            "예측이 모두 0이고 은닉층은 켜진 ReLU 신경망",
            _net(nn.ReLU, [4, 5, 1], 22, bias={1: 0.0}, scale={1: 0.0}),
            *_rows(20, 4, 23),
        ),
        (
            "층의 값의 크기가 1e-15보다 작은 LeakyReLU 신경망",
            _net(nn.LeakyReLU, [4, 3, 3, 1], 24, bias={0: -1e-20, 1: -1e-20}, scale={0: 1e-20}),
            *_rows(20, 4, 25),
        ),
        (
            HUGE_UNIT,
            _net(nn.ReLU, [3, 6, 1], 26, scale={1: 2e4}),
            *_rows(30, 3, 27, mean=4e4, spread=2e4),
        ),
    ]


def _diagnose_and_look(diagnose, model, X, y):
    got = diagnose(model, X, y)
    require("", got)
    if got.strip() not in (OFF, FLAT, LEARNED):
        raise NotYetError(f"{OFF!r}, {FLAT!r}, {LEARNED!r} 중 하나를 돌려주어야 합니다.")
    return got.strip()


def _all_diagnosed(seen):
    pairs = list(zip(expected(diagnosis), seen, strict=True))
    for (name, *_), (want, got) in zip(_patients(), pairs, strict=True):
        if want != got:
            good = sum(one == other for one, other in pairs)
            return f"신경망 {len(seen)}개 중 {good}개가 맞습니다. {name}을 '{got}'이라고 했습니다."
    return None


def _flat_only_in_huge_unit(seen):
    """예측은 넓게 퍼졌는데 타깃의 단위가 큰 신경망을 상수라고 했는지"""
    said = dict(zip((name for name, *_ in _patients()), seen, strict=True))
    return said[HUGE_UNIT] == FLAT and said[TINY_UNIT] == LEARNED


diagnosis = Exercise(
    id="12-2",
    title="꺼졌을까요, 느릴까요?",
    asks="층과 활성화 함수, 타깃의 크기가 다른 신경망 열네 개를 넣어, 돌려준 문자열을 봅니다.",
    answer=_diagnose,
    cases=lambda: [patient[1:] for patient in _patients()],
    observe=_diagnose_and_look,
    right=_all_diagnosed,
    mistakes=[
        Mistake(
            _judging(lambda h: (h == 0).all(dim=0).any()),
            "뉴런 몇 개만 꺼진 신경망도 '꺼짐'이라고 했습니다. 같은 층의 다른 뉴런이 켜져 있으면 행마다 "
            "다른 값이 지나갑니다. 5절에서 꺼진 층의 뜻을 봅니다.",
        ),
        Mistake(
            _judging(lambda h: (h == 0).all(dim=1).any()),
            "한 행에서만 층의 값이 모두 0이어도 '꺼짐'이라고 했습니다. 다른 행에서 켜지면 기울기가 "
            "지나갑니다. 어느 축을 모두 보아야 하는지 봅니다.",
        ),
        Mistake(
            _judging(lambda h: (h == 0).any()),
            "0이 하나라도 있으면 '꺼짐'이라고 했습니다. ReLU를 지난 값에는 0이 흔합니다. 꺼진 층에서는 "
            "0이 몇 개인지 5절에서 봅니다.",
        ),
        Mistake(
            _judging(lambda h: (h <= 0).all()),
            "LeakyReLU를 지난 음수도 꺼진 것으로 보았습니다. 작은 음수와 0은 기울기에서 다릅니다. "
            "6절의 '꺼진 것과 느린 것은 다릅니다'를 봅니다.",
        ),
        Mistake(
            _looks_at_linear,
            "활성화 함수를 지나기 전의 값을 보았습니다. 그러면 LeakyReLU의 음수도, 음수를 답하는 마지막 "
            "층도 꺼진 것이 됩니다. 어느 층 다음의 값을 볼지 고릅니다.",
        ),
        Mistake(
            _prediction_counts_too,
            "예측이 모두 0인 신경망을 '꺼짐'이라고 했습니다. 마지막 층은 은닉층이 아닙니다. 마지막 층에서 "
            "예측과 기울기가 0이 되어도 은닉층은 켜져 있을 수 있습니다.",
        ),
        Mistake(
            _judging(lambda h: (h.abs() < 1e-6).all()),
            "0에 가까운 값도 0으로 보았습니다. 작아도 0이 아니면 기울기가 조금은 지나갑니다. 6절의 "
            "'꺼진 것과 느린 것은 다릅니다'에서 기울기가 얼마나 작아지는지 봅니다.",
        ),
        Mistake(
            _judging(lambda h: (h == h[0]).all()),
            "층의 값이 행마다 같으면 '꺼짐'이라고 했습니다. 아주 평평한 고원에서도 반올림 때문에 값이 꼭 "
            "같아집니다. 꺼진 층의 값이 얼마인지 5절에서 봅니다.",
        ),
        Mistake(
            _flat_in_hidden,
            "은닉층의 값을 타깃의 표준편차와 비교했습니다. 은닉층의 값은 타깃과 단위가 다릅니다. 고원인지는 "
            "무엇의 표준편차로 정하는지 봅니다.",
            when=_flat_only_in_huge_unit,
        ),
        Mistake(
            _judging(combine=all),
            "은닉층이 모두 꺼져야 '꺼짐'이라고 했습니다. 하나만 꺼져도 그 뒤로는 같은 값이 나갑니다.",
        ),
        Mistake(
            _judging(layers=slice(-1, None)),
            "마지막 은닉층이 꺼졌을 때만 '꺼짐'이라고 했습니다. 앞의 층이 꺼져도, 뒤의 층은 편향 덕분에 "
            "0이 아닌 값을 낼 수 있습니다.",
        ),
        Mistake(
            _judging(layers=slice(1)),
            "첫 은닉층이 꺼졌을 때만 '꺼짐'이라고 했습니다. 5절의 12번 시드에서는 몇째 층이 꺼졌는지 봅니다.",
        ),
        Mistake(
            _flat_first,
            "꺼진 신경망을 모두 '고원'이라고 했습니다. 꺼진 신경망의 예측도 상수입니다. 어느 것을 먼저 "
            "묻는지, '꺼짐'의 조건이 참이 되는 때가 있는지 봅니다.",
        ),
        Mistake(
            _off_if_constant,
            "예측이 모두 같으면 '꺼짐'이라고 했습니다. 고원이 아주 평평해도 반올림 때문에 예측이 꼭 "
            "같아집니다. 예측이 아니라 층의 값을 봅니다.",
        ),
        Mistake(
            _judging(is_flat=_no_better_than_mean),
            "손실을 분산과 비교했습니다. 손실이 분산보다 커도 행마다 다른 값을 답할 수 있습니다. "
            "13절의 실수 2 끝에 있는 '두 배'의 보기를 봅니다.",
        ),
        Mistake(
            _judging(is_flat=lambda y_hat, y: bool(y_hat.std() < 0.01)),
            "예측의 표준편차를 정해 둔 수와 비교했습니다. 타깃의 단위가 바뀌면 맞지 않습니다. 13절의 "
            "`describe`가 무엇으로 나누는지 봅니다.",
        ),
        Mistake(
            _judging(is_flat=lambda y_hat, y: bool(y_hat.std() < y.std())),
            "예측의 표준편차가 타깃보다 작기만 하면 '고원'이라고 했습니다. 잘 배운 신경망의 예측도 "
            "타깃보다 덜 퍼질 수 있습니다. 몇 퍼센트를 기준으로 하는지 봅니다.",
        ),
        Mistake(
            _judging(is_flat=lambda y_hat, y: bool(y_hat.var() < 0.01 * y.var())),
            "예측의 표준편차가 타깃의 1.7%쯤인 신경망을 '고원'이라고 했습니다. 1%가 무엇의 1%인지 봅니다. "
            "분산끼리 1%를 비교하면 표준편차로는 10%를 비교한 것이 됩니다.",
        ),
        Mistake(
            _judging(is_flat=lambda y_hat, y: bool(y_hat.std() == 0)),
            "예측이 거의 똑같을 때만 '고원'이라고 했습니다. 고원에서도 예측은 행마다 조금씩 다릅니다. 기준은 "
            "타깃의 퍼짐에 대한 비율입니다.",
        ),
    ],
    hints=[
        "X를 h라고 두고, 층을 순서대로 꺼내 h = layer(h)로 나아갑니다. 마지막 h가 예측입니다.",
        "활성화 함수를 지난 다음에만 h를 봅니다. `isinstance(layer, nn.Linear)`로 가릴 수 있습니다.",
        "층 하나가 꺼졌는지는 h의 모든 원소가 0인지로 압니다. 층을 모두 지난 다음에 표준편차를 비교합니다.",
    ],
    learnt="예측만 보면 꺼진 것과 느린 것이 같아 보이지만, 층의 값을 보면 구별됩니다. "
    "꺼졌으면 다른 시작점에서 다시 시작하고, 느리면 Adam으로 이어서 훈련합니다.",
)

# ---------------------------------------------------------------- 12-3


class _Fit:
    """특성의 크기와 순서에 따라 답이 달라지는 모델입니다. 받은 특성의 평균과 표준편차를 적어 둡니다."""

    def __init__(self):
        self.got = None

    def __call__(self, X, z):
        X, z = _as_table(X, "X"), _as_table(z, "z")
        if X.ndim != 2 or z.shape != (len(X), 1):
            raise NotYetError(
                f"fit에 넘긴 X와 z의 모양이 {X.shape}, {z.shape}입니다. 문제에서 둘의 모양을 봅니다."
            )
        unit, unit_z = _near_one(X), _near_one(z)
        X, z = X / unit, z / unit_z
        self.got = {"평균": X.mean(axis=0), "표준편차": X.std(axis=0)}

        def predict(X_new):
            X_new = _as_table(X_new, "X_new") / unit
            if X_new.ndim != 2 or X_new.shape[1] != X.shape[1]:
                raise NotYetError(
                    f"예측하는 함수에 넘긴 값의 모양이 {X_new.shape}입니다. 모양이 {X.shape}인 X로 "
                    "배웠으니 열의 수가 같아야 합니다."
                )
            far = np.sqrt(((X_new[:, None] - X) ** 2).sum(axis=2))
            near = np.exp(far.min(axis=1, keepdims=True) - far)  # 가까운 행일수록 무겁게 평균
            curved = 0.2 * np.tanh(X_new.mean(axis=1, keepdims=True))
            return unit_z * (near @ z / near.sum(axis=1, keepdims=True) + curved)

        return predict


def _near_one(values):
    """n - 1로 나눈 표준편차로 표준화했으면 n으로 나눈 것과 같아지게 하는 비율"""
    std = values.std(axis=0).max()
    return std if 0.9 < std < 1.1 else 1.0


def _as_table(value, name):
    if not isinstance(value, (np.ndarray, torch.Tensor)):
        raise NotYetError(f"{name}에 NumPy 배열이 아닌 것({name_of(value)})을 넘겼습니다.")
    try:
        return np.array(value, dtype=np.float64)
    except (TypeError, ValueError, RuntimeError):
        raise NotYetError(f"{name}에 수의 배열이 아닌 것을 넘겼습니다.") from None


def _houses():
    """행의 수, 열의 수, Price의 위치가 다른 표 네 벌입니다. 새 표는 훈련 표와 평균이 다릅니다."""
    import pandas as pd

    cases = []
    for n, n_new, num_features, place in [
        (30, 9, 3, 3),
        (14, 1, 2, 1),
        (22, 5, 4, 0),
        (8, 3, 1, 1),
    ]:
        rng = np.random.default_rng(n)
        scale = np.array([170.0, 0.1, 7.0, 30.0])[:num_features]
        mean = np.array([400.0, 0.5, 12.0, -5.0])[:num_features]
        u = rng.normal(size=(n + n_new, num_features))
        u[n:] = 0.6 * u[n:] + 0.4
        price = 30 + 8 * np.tanh(u.sum(axis=1)) + rng.normal(size=n + n_new)
        table = pd.DataFrame(mean + scale * u, columns=["TAX", "NOX", "LSTAT", "ZN"][:num_features])
        table.insert(place, "Price", price)
        new = table.iloc[n:].drop(columns="Price").reset_index(drop=True)
        cases.append((table.iloc[:n].copy(), new))
    return cases


def _features(table):
    return table[[name for name in table if name != "Price"]].to_numpy()


def _scaled(values, reference):
    """`reference`의 평균과 표준편차로 표준화한 값입니다. 표준편차가 0이면 나누지 않습니다."""
    std = reference.std(axis=0)
    return (values - reference.mean(axis=0)) / np.where(std == 0, 1.0, std)


def _by_train(X, X_new):
    return _scaled(X, X), _scaled(X_new, X)


def _scaled_target(y):
    return _scaled(y, y)


def _restored(z, y):
    return z * y.std() + y.mean()


def _forecasting(
    *, scale=_by_train, scale_target=_scaled_target, restore=_restored, features=_features
):
    """특성과 타깃을 이렇게 바꾸고 되돌리는 함수"""

    def forecast(train_table, new_table, fit):
        X, X_new = scale(features(train_table), _features(new_table))
        y = train_table[["Price"]].to_numpy()
        return restore(fit(X, scale_target(y))(X_new), y)

    return forecast


_forecast = _forecasting()


def _raw(X, X_new):
    return X, X_new


def _each_by_itself(X, X_new):
    return _scaled(X, X), _scaled(X_new, X_new)


def _together(X, X_new):
    both = np.concatenate([X, X_new])
    return _scaled(X, both), _scaled(X_new, both)


def _one_scale_for_all(X, X_new):
    return tuple((values - X.mean()) / X.std() for values in (X, X_new))


def _new_left_raw(X, X_new):
    return _scaled(X, X), X_new


def _all_but_last(table):
    return table.to_numpy()[:, :-1]


def _names_by_place(train_table, new_table, fit):
    names = list(train_table)[:-1]
    X, X_new = _by_train(train_table[names].to_numpy(), new_table[names].to_numpy())
    y = train_table[["Price"]].to_numpy()
    return _restored(fit(X, _scaled_target(y))(X_new), y)


def _not_restored(z, y):
    return z


def _writes_into_array(train_table, new_table, fit):
    """표에서 꺼낸 배열에 표준화한 값을 써넣습니다."""
    names = [name for name in train_table if name != "Price"]
    for table in (train_table, new_table):
        values = table[names].to_numpy()
        values[:] = _scaled(values, train_table[names].to_numpy())
    return _forecast(train_table, new_table, fit)


READ_ONLY = (
    "표에서 꺼낸 배열은 읽기만 할 수 있어, 값을 써넣다가 오류가 났습니다. 표준화한 값을 어디에 담아 fit에 "
    "넘길지 정합니다."
)
NO_PRICE = (
    "새 표에서 `Price` 열을 찾다가 오류가 났습니다. 새 표에는 특성만 있고, 훈련 표의 `Price`는 마지막 열이 "
    "아닐 수도 있습니다."
)


def _forecast_and_look(forecast, train_table, new_table):
    """예측과, fit이 받은 특성의 평균과 표준편차"""
    fit = _Fit()
    with diagnosed(
        {"read-only": READ_ONLY, "'Price'.*(not in index|not found)|^'Price'$": NO_PRICE}
    ):
        got = forecast(train_table, new_table, fit)
    if len(new_table) == 1 and _is_nan(got):
        raise NotYetError(
            "새 표에 행이 하나뿐일 때 예측이 nan입니다. 그 표의 표준편차로 나누지 않는지 봅니다."
        )
    require(np.zeros((len(new_table), 1)), got)
    if fit.got is None:
        raise NotYetError("fit을 부르지 않고 예측했습니다. 모델은 fit으로 훈련합니다.")
    return {"예측": np.asarray(got, dtype=np.float64), **fit.got}


def _is_right_if_price_is_last(seen):
    right = [
        difference(want["예측"], run["예측"]) is None
        for want, run in zip(expected(forecast_prices), seen, strict=True)
    ]
    return right == [list(table)[-1] == "Price" for table, _ in _houses()]


def _is_nan(got):
    return isinstance(got, np.ndarray) and got.dtype.kind == "f" and bool(np.isnan(got).all())


def _same_forecast(seen):
    problems = [
        difference(want["예측"], run["예측"], what="예측")
        for want, run in zip(expected(forecast_prices), seen, strict=True)
    ]
    if not any(problems):
        return None
    share = f"표 {len(seen)}쌍 중 {problems.count(None)}쌍이 맞습니다. "
    for run in seen:
        mean, std = run["평균"], run["표준편차"]
        if np.abs(mean).max() > 1e-3 or np.abs(std - 1).max() > 1e-3:
            return share + (
                f"fit이 받은 특성을 열마다 보면 평균은 {_span(mean)}, 표준편차는 {_span(std)}입니다. "
                "표준화한 특성이라면 0과 1이어야 합니다."
            )
    return share + next(filter(None, problems))


def _span(values):
    """`0.5에서 2.1` 같은 범위"""
    low, high = (f"{round(float(value), 2) + 0:g}" for value in (values.min(), values.max()))
    return low if low == high else f"{low}에서 {high}"


forecast_prices = Exercise(
    id="12-3",
    title="되돌리지 않은 예측",
    asks="행과 열의 수가 다른 표 네 쌍을 `fit_net`이 아닌 fit과 함께 넣어, 돌려준 예측을 봅니다.",
    answer=_forecast,
    cases=_houses,
    observe=_forecast_and_look,
    right=_same_forecast,
    mistakes=[
        Mistake(
            _forecasting(scale=_raw, restore=_not_restored),
            "`forecast_broken`과 예측이 같습니다. fit이 받은 특성이 표준화한 값인지, 예측이 어느 단위인지 "
            "하나씩 봅니다.",
        ),
        Mistake(
            _forecasting(restore=_not_restored),
            "특성은 고쳤습니다. 예측이 아직 표준화한 단위입니다. 집값이 음수일 수 있는지 봅니다.",
        ),
        Mistake(
            _forecasting(scale=_raw),
            "예측을 원래 단위로 되돌렸습니다. 그런데 fit은 아직 원래 특성을 받습니다. 표준화한 값이 "
            "어디에 있는지 13절의 실수 1과 비교해 봅니다.",
        ),
        Mistake(
            _forecasting(scale=_each_by_itself),
            "새 표를 새 표의 평균과 표준편차로 표준화했습니다. 같은 집도 함께 묻는 집에 따라 다른 값이 "
            "됩니다. 행이 하나뿐이면 어떻게 되는지 봅니다.",
        ),
        Mistake(
            _forecasting(scale=_each_by_itself, restore=_not_restored),
            "예측이 아직 표준화한 단위이고, 새 표를 새 표의 평균과 표준편차로 표준화했습니다. 9절의 "
            "`prepare`에서 `fit`과 `transform`이 각각 어느 행을 받는지 봅니다.",
        ),
        Mistake(
            _forecasting(scale=_together),
            "두 표를 합쳐 평균과 표준편차를 구했습니다. 새 표가 준비 과정에 새어 들어갔습니다. 13절의 "
            "실수 5를 봅니다.",
        ),
        Mistake(
            _forecasting(scale=_one_scale_for_all),
            "특성 전체의 평균과 표준편차를 하나씩만 구했습니다. NumPy의 `mean()`은 축을 적지 않으면 "
            "모두 모읍니다. 1절에서 평균을 무엇마다 구하는지 봅니다.",
        ),
        Mistake(
            _forecasting(scale=_new_left_raw),
            "훈련 표만 표준화했습니다. 모델은 표준화한 특성으로 배웠으니, 새 표도 같은 방법으로 바꾸어야 "
            "합니다.",
        ),
        Mistake(
            _forecasting(restore=lambda z, y: z * y.std()),
            "예측에 표준편차만 곱했습니다. 표준화할 때 뺀 것이 하나 더 있습니다.",
        ),
        Mistake(
            _forecasting(restore=lambda z, y: z + y.mean()),
            "예측에 평균만 더했습니다. 표준화할 때 나눈 것이 하나 더 있습니다.",
        ),
        Mistake(
            _forecasting(restore=lambda z, y: (z + y.mean()) * y.std()),
            "더하고 나서 곱했습니다. 표준화의 두 단계를 되돌릴 때는 나중에 한 것부터 되돌립니다.",
        ),
        Mistake(
            _forecasting(restore=lambda z, y: z * y.var() + y.mean()),
            "예측에 분산을 곱했습니다. 9절에서 분산을 곱한 것은 예측이 아니라 MSE였습니다.",
        ),
        Mistake(
            _forecasting(scale_target=lambda y: (y - y.mean()) / y.std(ddof=1)),
            "타깃을 표준화할 때와 되돌릴 때의 표준편차가 조금 다릅니다. pandas와 torch의 `std()`는 n - 1로, "
            "NumPy의 `std()`와 `StandardScaler`는 n으로 나눕니다.",
        ),
        Mistake(
            _forecasting(restore=lambda z, y: z * y.std(ddof=1) + y.mean()),
            "타깃을 되돌릴 때의 표준편차가 표준화할 때보다 조금 큽니다. 어느 쪽에서 n - 1로 나누었는지 "
            "봅니다.",
        ),
        Mistake(
            _forecasting(scale_target=lambda y: y, restore=_not_restored),
            "fit에 타깃을 원래 단위로 넘겼습니다. fit은 표준화한 타깃을 받기로 했습니다.",
        ),
        Mistake(
            _forecasting(features=_all_but_last),
            "`Price`가 마지막 열일 때만 맞습니다. 그렇지 않으면 집값이 특성에 섞이고 특성 하나가 "
            "빠집니다. 열을 위치가 아니라 이름으로 고릅니다.",
            when=_is_right_if_price_is_last,
        ),
        Mistake(_names_by_place, NO_PRICE),
        Mistake(_writes_into_array, READ_ONLY),
    ],
    hints=[
        "잘못은 셋입니다. 둘은 출력의 두 줄이 하나씩 드러내고, 남은 하나는 새 집을 한 채만 물어볼 때를 생각하면 드러납니다.",
        "배열에 써넣은 값이 표에도 들어가는지 봅니다. 표를 고치는 대신, 바꾼 배열을 변수에 담아 fit에 넘겨도 됩니다.",
        "9절의 `prepare`처럼 특성의 `StandardScaler`와 타깃의 `StandardScaler`를 하나씩 두고, 훈련 표에서만 `fit`합니다.",
        "타깃의 `StandardScaler`에는 되돌리는 `inverse_transform`이 있습니다. `mean_`과 `scale_`로 직접 계산해도 됩니다.",
    ],
    learnt="표준화는 훈련 표에서 정한 약속입니다. 새 표에는 그 약속을 그대로 쓰고, 답은 타깃의 약속을 거꾸로 써서 되돌립니다.",
)

# ---------------------------------------------------------------- 12-4

ROWS = 2  # 행이 놓인 축


def _stats(z, dim=ROWS, correction=0):
    """평균과 표준편차입니다. 축은 남겨 둡니다."""
    std, mean = torch.std_mean(z, dim=dim, correction=correction, keepdim=True)
    return mean, std


def _is_standard(z):
    """소수 둘째 자리까지 평균 0, 표준편차 1로 보이는지"""
    mean, std = _stats(z)
    return bool(mean.abs().max() < 6e-3 and (std - 1).abs().max() < 6e-3)


def _to_unit(W, b, z):
    mean, std = _stats(z)
    return W / std, (b - mean) / std


def _start_with(to_unit, params, X, *, activation=torch.relu, forgets_new=False):
    """은닉층마다 `to_unit(W, b, z)`로 고친 매개변수의 목록"""
    h, new = X, []
    for W, b in zip(params[:-2:2], params[1:-2:2], strict=True):
        z = W @ h + b
        W, b = to_unit(W, b, z)
        new += [W, b]
        h = activation(z if forgets_new else W @ h + b)
    return [*new, *params[-2:]]


def _start(params, X):
    return _start_with(_to_unit, params, X)


def _by(to_unit, **kw):
    """한 층을 `to_unit`으로 고치는 함수"""
    return lambda params, X: _start_with(to_unit, params, X, **kw)


def _shifts_less(W, b, z):
    mean, std = _stats(z)
    return W / std, b - mean


def _never_shifts(W, b, z):
    std = _stats(z)[1]
    return W / std, b / std


def _keeps_bias(W, b, z):
    return W / _stats(z)[1], b


def _only_shifts(W, b, z):
    return W, b - _stats(z)[0]


def _drops_bias(W, b, z):
    mean, std = _stats(z)
    return W / std, -mean / std


def _divides_by_variance(W, b, z):
    mean, std = _stats(z)
    return W / std**2, (b - mean) / std**2


def _divides_by_less(W, b, z):
    mean, std = _stats(z, correction=1)
    return W / std, (b - mean) / std


def _whole_layer(W, b, z):
    mean, std = _stats(z, dim=(1, 2))
    return W / std, (b - mean) / std


def _looks_after_relu(W, b, z):
    mean, std = _stats(torch.relu(z))
    return W / std, (b - mean) / std


def _pools_neurons(seen):
    """첫 은닉층의 z를 모두 모으면 표준화되어 있지만 뉴런마다는 크게 어긋남"""
    firsts = [new[0] @ X + new[1] for new, (_, X) in zip(seen, _random_starts(), strict=True)]
    pooled = all(abs(z.mean()) < 1e-6 and abs(z.std() - 1) < 0.05 for z in firsts)
    return pooled and all((_stats(z)[1] - 1).abs().max() > 0.1 for z in firsts)


def _last_too(params, X):
    new = _start(params, X)
    h = X
    for W, b in zip(new[:-2:2], new[1:-2:2], strict=True):
        h = torch.relu(W @ h + b)
    W, b = new[-2:]
    return [*new[:-2], *_to_unit(W, b, W @ h + b)]


def _first_only(params, X):
    W, b = params[:2]
    return [*_to_unit(W, b, W @ X + b), *params[2:]]


def _random_starts():
    """신경망, 특성, 폭, 은닉층, 행의 수가 다른 시작점 네 벌입니다. 시드는 틀린 답이 0을 나누지 않는 것으로 고릅니다."""
    cases = []
    for seed, num_nets, num_features, width, num_hidden, n, own_rows in [
        (1354, 4, 6, 3, 2, 9, False),
        (2233, 3, 13, 4, 3, 12, False),
        (568, 2, 5, 6, 4, 20, True),
        (2241, 1, 2, 5, 1, 7, False),
    ]:
        generator = torch.Generator().manual_seed(seed)
        sizes, params = [num_features, *[width] * num_hidden, 1], []
        for fan_in, fan_out in itertools.pairwise(sizes):
            shape = (num_nets, fan_out, fan_in + 1)
            draw = 2 * torch.rand(shape, generator=generator, dtype=torch.float64) - 1
            params += [*(draw / math.sqrt(fan_in)).split([fan_in, 1], dim=2)]
        shape = (num_nets, num_features, n) if own_rows else (num_features, n)
        X = 1 + 2 * torch.randn(shape, generator=generator, dtype=torch.float64)
        cases.append(([p.clone() for p in params], X))
    return cases


def _along_neurons(params, X):
    """뉴런의 축을 따라 평균과 표준편차를 구합니다."""
    return _start_with(lambda W, b, z: (W / _stats(z, dim=1)[1], b), params, X)


WRONG_SHAPES = (
    "평균이나 표준편차의 모양이 W나 b와 맞지 않아 오류가 났습니다. z의 모양은 (신경망, 뉴런, 행)입니다. 어느 축을 따라 "
    "구했는지, 그 축이 남아 있는지 봅니다."
)


def _start_and_look(make_start, params, X):
    given = [*params]
    with diagnosed({"must match the size of tensor": WRONG_SHAPES}):
        new = make_start(params, X)
    require(given, new)
    return [torch.as_tensor(p, dtype=torch.float64).clone() for p in new]


def _all_standard(seen):
    """시작점이 다르면, 처음으로 어긋난 층의 평균과 표준편차를 말합니다."""
    for want, new, (_, X) in zip(expected(standard_start), seen, _random_starts(), strict=True):
        problem = difference(want, new, rtol=1e-3, atol=1e-6, what=RETURNED)
        if problem:
            return _first_strange_layer(new, X) or (
                f"은닉층의 z는 모두 평균 0, 표준편차 1에 가깝습니다. 그런데 {problem}"
            )
    return None


def _first_strange_layer(new, X):
    h = X
    for place, (W, b) in enumerate(zip(new[:-2:2], new[1:-2:2], strict=True)):
        z = W @ h + b
        if not _is_standard(z):
            mean, std = _stats(z)
            return (
                f"{ORDER[place]} 은닉층부터 어긋납니다. 뉴런마다 구한 z의 평균은 {_span(mean)}, "
                f"표준편차는 {_span(std)}입니다."
            )
        h = torch.relu(z)
    return None


standard_start = Exercise(
    id="12-4",
    title="꺼진 뉴런이 없는 시작점",
    asks="폭, 신경망과 은닉층과 행의 수를 바꾸어 가며 불러, 돌려준 매개변수와 층마다의 z를 봅니다.",
    answer=_start,
    cases=_random_starts,
    observe=_start_and_look,
    right=_all_standard,
    mistakes=[
        Mistake(
            _by(_to_unit, forgets_new=True),
            "첫 은닉층만 맞습니다. 둘째 층부터는 고치기 전의 값을 받아 계산했습니다. 앞 층을 고치면 뒤의 "
            "층이 받는 값도 달라집니다.",
        ),
        Mistake(
            _by(_to_unit, activation=lambda z: z),
            "첫 은닉층만 맞습니다. 다음 층에 넘길 값이 활성화 함수를 지나지 않았습니다. 5절의 "
            "`hidden_values`와 비교합니다.",
        ),
        Mistake(
            _first_only,
            "첫 은닉층만 고쳤습니다. 꺼지고 희미해지는 일은 층을 지날 때마다 일어납니다.",
        ),
        Mistake(
            _by(_shifts_less),
            "뉴런마다 표준편차는 1인데 평균이 0이 아닙니다. 가중치만 나누고 편향에서 평균을 뺀 것은 나누지 "
            "않았습니다.",
        ),
        Mistake(
            _by(_never_shifts),
            "뉴런마다 표준편차는 1인데 평균이 0이 아닙니다. 나누기만 하고 빼지 않았습니다.",
        ),
        Mistake(
            _by(_keeps_bias),
            "편향이 처음 그대로입니다. z에서 평균을 빼는 일은 편향이 맡아야 합니다.",
        ),
        Mistake(
            _by(_only_shifts),
            "뉴런마다 평균은 0인데 표준편차가 1이 아닙니다. 가중치는 그대로 두었습니다.",
        ),
        Mistake(
            _by(_drops_bias),
            "처음 편향이 사라졌습니다. z의 평균에는 처음 편향도 들어 있습니다. 처음 편향 없이 그 평균을 빼면 "
            "z의 평균이 얼마가 되는지 봅니다.",
        ),
        Mistake(
            _by(_divides_by_variance),
            "표준편차 대신 분산으로 나누었습니다. 1절에서 무엇으로 나누는지 봅니다.",
        ),
        Mistake(
            _by(_divides_by_less),
            "표준편차를 n - 1로 나누어 구했습니다. `std()`의 기본값입니다. 1절의 코드에서 correction을 "
            "봅니다.",
        ),
        Mistake(
            _by(_whole_layer),
            "뉴런 여럿의 z를 한데 모아 평균과 표준편차를 구했습니다. 그러면 꺼진 뉴런이 남을 수 있습니다. "
            "어느 축을 따라 구할지 봅니다.",
            when=_pools_neurons,
        ),
        Mistake(_along_neurons, WRONG_SHAPES),
        Mistake(
            _by(_looks_after_relu),
            "ReLU를 지난 값의 평균과 표준편차를 썼습니다. 0과 1로 맞출 것은 ReLU에 들어가는 값입니다.",
        ),
        Mistake(
            _last_too,
            "마지막 층까지 고쳤습니다. 마지막 층은 예측을 내는 층이라 그대로 두기로 했습니다.",
        ),
    ],
    hints=[
        "5절의 `hidden_values`와 같은 반복입니다. 층마다 z를 먼저 구하고, 그 z로 W와 b를 고칩니다.",
        "z에서 평균을 빼고 표준편차로 나눈 식에 z = Wh + b를 넣고, h에 곱해진 것과 나머지로 가릅니다.",
        "z의 모양은 (신경망, 뉴런, 행)입니다. 평균과 표준편차는 행의 축에서 구하고, `keepdim=True`로 축을 남깁니다.",
        "다음 층에 넘길 h는 고친 W와 b로 다시 구합니다.",
    ],
    learnt="평균이 0이고 표준편차가 1인 값은 어떤 행에서는 양수입니다. 그래서 꺼진 채 시작하는 뉴런이 하나도 없고, "
    "신호도 희미해지지 않습니다.",
)

EXERCISES = [dead_from_the_start, diagnosis, forecast_prices, standard_start]
