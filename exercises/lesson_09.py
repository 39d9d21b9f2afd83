"""09. 손실 함수의 연습입니다. 맞는 답이 들어 있으니 먼저 풀어 봅니다."""

import math

import torch
from torch import nn

from exercises.clues import Shapes
from exercises.compare import difference
from exercises.engine import Exercise, Mistake, expected, require, with_gradient
from exercises.errors import IN_TRAINING, diagnosed

# ---------------------------------------------------------------- 09-1

BEST = {"MSE": 14.0, "MAE": 8.0, "pinball": 16.0, "BCE": 4 / 11}


def _as_numbers(answer):
    return {name: float(value) for name, value in answer.items()}


def _near(name, *values):
    """`name`의 답이 `values` 중 하나와 1.1% 안에서 같은지 보는 함수입니다. 0.36은 4/11로 봅니다."""
    return lambda seen: any(math.isclose(seen[0][name], value, rel_tol=0.011) for value in values)


def _all_four(seen):
    wrong = [name for name, value in BEST.items() if not _near(name, value)(seen)]
    return (
        f"넷 중 {4 - len(wrong)}개가 맞습니다. 다시 볼 답은 {', '.join(wrong)}입니다."
        if wrong
        else None
    )


four_questions = Exercise(
    id="09-1",
    title="같은 데이터, 네 가지 답",
    asks="손실 넷이 각각 가장 작아지는 답을 봅니다.",
    answer=BEST,
    observe=_as_numbers,
    right=_all_four,
    mistakes=[
        Mistake(
            BEST | {"MSE": 8.0, "MAE": 14.0},
            "MSE와 MAE의 답이 서로 바뀌었습니다. 59분이 더 길어질 때 따라 움직이는 답이 어느 쪽인지 2절의 두 미분에서 봅니다.",
            when=lambda seen: _near("MSE", 8.0)(seen) and _near("MAE", 14.0)(seen),
        ),
        Mistake(
            BEST | {"MSE": 9.5},
            "MSE의 답을 구할 때 59분을 뺐습니다. 벗어난 값도 데이터이고, MSE는 그 값을 무시하지 않습니다.",
            when=_near("MSE", 9.5),
        ),
        Mistake(
            BEST | {"MAE": 24.0},
            "MAE의 답을 구할 때 문제에 적힌 순서 그대로 가운데 값을 골랐습니다. 먼저 크기대로 늘어놓습니다.",
            when=_near("MAE", 24.0),
        ),
        Mistake(
            BEST | {"MAE": 7.5},
            "MAE의 답이 두 데이터의 한가운데입니다. 데이터가 열한 개이면 가운데가 하나입니다. 빠뜨린 것이 있는지 세어 봅니다.",
            when=_near("MAE", 7.5, 6.5, 9.0),
        ),
        Mistake(
            BEST | {"MAE": 6.0},
            "MAE의 답으로 6을 적었습니다. 가운데가 몇째인지를 센 것이라면, 묻는 것은 그 순서에 있는 시간입니다.",
            when=_near("MAE", 6.0),
        ),
        Mistake(
            BEST | {"pinball": 5.0},
            "핀볼 손실의 답이 아래쪽에 있습니다. τ가 0.8이면 낮게 답할 때와 높게 답할 때 중에 어느 쪽의 벌점이 무거운지 8절에서 봅니다.",
            when=_near("pinball", 4.0, 5.0, 6.0),
        ),
        Mistake(
            BEST | {"pinball": 13.0},
            "핀볼 손실의 답이 다른 곳에 있습니다. 답 아래의 비율은 데이터 하나를 지날 때마다 1/11씩 커집니다. 8절의 미분이 음에서 양으로 바뀌는 곳을 찾습니다.",
            when=_near("pinball", 10.0, 13.0, 14.5, 20.0, 24.0),
        ),
        Mistake(
            BEST | {"pinball": 11.2},
            "핀볼 손실의 답으로 다른 수에 0.8을 곱했습니다. τ는 값에 곱하는 수가 아니라, 답 아래에 놓일 데이터의 비율입니다.",
            when=_near("pinball", 11.2, 6.4, 47.2, 0.8 * 57),
        ),
        Mistake(
            BEST | {"pinball": 8.8},
            "핀볼 손실의 답으로 작은 것부터 센 순서를 적었습니다. 묻는 것은 그 순서에 있는 데이터의 값입니다.",
            when=_near("pinball", 8.8, 9.0),
        ),
        Mistake(
            BEST | {"BCE": 0.0},
            "BCE의 답으로 더 많은 쪽의 값을 적었습니다. 그것은 다른 손실의 답입니다. 9절에서 BCE의 답을 봅니다.",
            when=lambda seen: abs(seen[0]["BCE"]) < 0.02,
        ),
        Mistake(
            BEST | {"BCE": 7 / 11},
            "BCE의 답이 0의 비율입니다. 무엇을 1로 적었는지 다시 봅니다.",
            when=_near("BCE", 7 / 11),
        ),
        Mistake(
            BEST | {"BCE": math.log(4 / 7)},
            "BCE의 답으로 확률이 아닌 수를 적었습니다. 개수나 퍼센트나 로짓이 아니라, 0과 1 사이의 확률을 묻습니다.",
            when=lambda seen: not 0 <= seen[0]["BCE"] <= 1,
        ),
    ],
    hints=[
        "데이터 열한 개를 작은 것부터 늘어놓고 시작합니다.",
        "손실마다 답하는 통계량은 '정리'의 첫 줄에 모여 있습니다.",
        "핀볼 손실이 가장 작아지는 답은 그 아래에 데이터의 80%쯤이 놓이는 값입니다. 11의 0.8배는 8.8입니다.",
    ],
    learnt="데이터가 같아도 손실이 다르면 답이 다릅니다. 답이 마음에 들지 않으면 질문, 곧 손실을 먼저 의심합니다.",
)

# ---------------------------------------------------------------- 09-2


def _pairs():
    """모양이 다른 예측과 타깃, 그리고 두 한도입니다. 첫 사례에는 오차가 0인 것과 한도와 같은 것이 있습니다."""
    settings = [((10,), 0.5, 2.0, "float64"), ((4, 1), 3.0, 1.5, "float64")]
    settings += [((3, 2), 2.0, 0.5, "float32"), ((1,), 0.25, 4.0, "float64")]
    cases = []
    for shape, low, high, dtype in settings:
        n = math.prod(shape)
        errors = torch.linspace(-4, 5, n, dtype=torch.float64) if n > 1 else torch.tensor([-2.0])
        y = torch.arange(n, dtype=torch.float64) - 1.5
        pair = ((y + errors).view(shape), y.view(shape))
        cases.append((*(value.to(getattr(torch, dtype)) for value in pair), low, high))
    return cases


def _two_sided(y_hat, y, low, high):
    r = y_hat - y
    outside = torch.where(r > 0, high * (r - high / 2), low * (-r - low / 2))
    return torch.where((r >= -low) & (r <= high), r**2 / 2, outside).mean()


def _without_half(y_hat, y, low, high):
    r = y_hat - y
    outside = torch.where(r > 0, high * (r - high / 2), low * (-r - low / 2))
    return torch.where((r >= -low) & (r <= high), r**2, outside).mean()


def _twice(y_hat, y, low, high):
    return 2 * _two_sided(y_hat, y, low, high)


def _uncut_above(y_hat, y, low, high):
    r = y_hat - y
    return torch.where(r < -low, low * (-r - low / 2), r**2 / 2).mean()


def _uncut_below(y_hat, y, low, high):
    r = y_hat - y
    return torch.where(r > high, high * (r - high / 2), r**2 / 2).mean()


def _minus_lost(y_hat, y, low, high):
    """아래쪽 경계에서 음의 부호를 빠뜨림"""
    r = y_hat - y
    upper = torch.where(r > high, high * (r - high / 2), r**2 / 2)
    return torch.where(r < low, low * (-r - low / 2), upper).mean()


def _size_of_cut(y_hat, y, low, high):
    return (y_hat - y).clamp(-low, high).abs().mean()


def _jumps(y_hat, y, low, high):
    r = y_hat - y
    outside = torch.where(r > 0, high * r, -low * r)
    return torch.where((r >= -low) & (r <= high), r**2 / 2, outside).mean()


def _as_if_one(y_hat, y, low, high):
    r = y_hat - y
    return torch.where((r >= -low) & (r <= high), r**2 / 2, r.abs() - 0.5).mean()


def _sides_swapped(y_hat, y, low, high):
    return _two_sided(y_hat, y, high, low)


def _summed(y_hat, y, low, high):
    return _two_sided(y_hat, y, low, high) * y.numel()


def _flat_outside(y_hat, y, low, high):
    return ((y_hat - y).clamp(-low, high) ** 2 / 2).mean()


def _only_low(y_hat, y, low, high):
    return _two_sided(y_hat, y, low, low)


def _only_high(y_hat, y, low, high):
    return _two_sided(y_hat, y, high, high)


def _sinks_below(y_hat, y, low, high):
    r = y_hat - y
    outside = torch.where(r > 0, high * (r - high / 2), low * (r - low / 2))
    return torch.where((r >= -low) & (r <= high), r**2 / 2, outside).mean()


def _derivative(y_hat, y, low, high):
    return (y_hat - y).clamp(-low, high).mean()


def _plain_if(y_hat, y, low, high):
    r = y_hat - y
    if r < -low:
        return (low * (-r - low / 2)).mean()
    return (r**2 / 2 if r <= high else high * (r - high / 2)).mean()


ONE_CONDITION = "표본이 여럿이면 조건도 여럿이라 참이나 거짓 하나로 정하지 못해 오류가 났습니다. if, and, `a <= r <= b`, max()는 조건 하나만 다룹니다. 1절의 `torch.where`를 봅니다."


def _loss_and_gradient(loss, y_hat, y, low, high):
    """손실과, 예측에 대한 기울기"""
    with diagnosed({"Boolean value of Tensor with more than one value": ONE_CONDITION}):
        return with_gradient(loss, y_hat, y, low, high)


def _only_gradient_right(seen):
    pairs = [*zip(expected(two_sided), seen, strict=True)]
    return all(difference(want[1], got[1]) is None for want, got in pairs)


def _only_below_reversed(seen):
    """낮게 답한 표본에서만 기울기의 부호가 반대인 것이 있음"""
    pairs = [(want[1], got[1]) for want, got in zip(expected(two_sided), seen, strict=True)]
    return all(
        difference(want.abs(), got.abs()) is None
        and difference(want.clamp(min=0), torch.where(want > 0, got, 0)) is None
        for want, got in pairs
    )


def _pulls_with_one(seen):
    """기울기가, 한도 바깥의 힘을 1로 둔 것과 같음"""
    wants = [_loss_and_gradient(_as_if_one, *case) for case in _pairs()]
    return all(difference(want[1], got[1]) is None for want, got in zip(wants, seen, strict=True))


def _cuts_one_side(seen):
    """위나 아래의 한쪽에서만 자름"""
    return any(
        all(
            difference(_loss_and_gradient(loss, *case), got) is None
            for case, got in zip(_pairs(), seen, strict=True)
        )
        for loss in (_uncut_above, _uncut_below)
    )


def _same_loss(seen):
    for want, got, case in zip(expected(two_sided), seen, _pairs(), strict=True):
        for what, one, other in zip(("손실", "기울기"), want, got, strict=True):
            if problem := difference(one, other, what=what):
                return f"low={case[2]}, high={case[3]}일 때 {problem}"
    return None


ONE_SIDE_ONLY = (
    "두 쪽을 모두 {}에서 잘랐습니다. 예측이 타깃보다 낮은 쪽과 높은 쪽의 한도가 다릅니다."
)

two_sided = Exercise(
    id="09-2",
    title="한쪽만 더 좁게 자르는 후버 손실",
    asks="모양과 한도를 바꾸어 가며, 돌려준 손실과 예측에 대한 기울기를 봅니다.",
    answer=_two_sided,
    cases=_pairs,
    observe=_loss_and_gradient,
    right=_same_loss,
    mistakes=[
        Mistake(
            _without_half,
            "한도 안쪽의 벌점이 2배입니다. 제곱을 미분해 r이 나오려면 앞에 무엇이 있어야 하는지 1절의 표에서 봅니다.",
        ),
        Mistake(
            _jumps,
            "기울기는 모두 맞는데 손실이 다릅니다. 오차가 0일 때 벌점이 0인지, 오차가 한도와 같을 때 안쪽의 식과 바깥쪽의 식이 같은 값인지 계산합니다.",
            when=_only_gradient_right,
        ),
        Mistake(
            _twice,
            "벌점과 기울기가 어디서나 두 배입니다. 한도 안쪽에서 미분이 r인지 봅니다.",
        ),
        Mistake(
            _uncut_above,
            "한쪽에서만 힘을 잘랐습니다. 다른 쪽에서는 크게 틀린 표본이 아직 오차만큼 세게 당깁니다.",
            when=_cuts_one_side,
        ),
        Mistake(
            _minus_lost,
            "오차가 low보다 작은 표본을 모두 바깥으로 보았습니다. 예측이 조금 낮은 표본의 오차가 몇인지 적고, 아래쪽 경계를 다시 봅니다.",
        ),
        Mistake(
            _size_of_cut,
            "자른 오차의 크기를 평균했습니다. 한도 바깥에서는 이 값이 변하지 않으므로 기울기가 0입니다. 자른 값은 벌점이 아니라 벌점의 미분입니다.",
        ),
        Mistake(
            _as_if_one,
            "한도 바깥에서 당기는 힘이 언제나 1입니다. 1절의 코드는 한도가 1일 때의 식입니다. 표의 식에서 δ가 들어간 곳을 모두 봅니다.",
            when=_pulls_with_one,
        ),
        Mistake(
            _sides_swapped,
            "low와 high를 쓴 쪽이 바뀌었습니다. 오차는 예측에서 타깃을 뺀 것이므로, 예측이 낮을 때 음수입니다.",
        ),
        Mistake(
            _summed,
            "벌점을 더하기만 했습니다. 손실이 벌점의 무엇인지 1절의 첫 문단에서 봅니다.",
        ),
        Mistake(
            _flat_outside,
            "한도 바깥에서 기울기가 0입니다. 오차를 자른 다음 제곱하면 벌점이 평평해져, 크게 틀린 표본이 조금도 당기지 않습니다.",
        ),
        Mistake(_only_low, ONE_SIDE_ONLY.format("low")),
        Mistake(_only_high, ONE_SIDE_ONLY.format("high")),
        Mistake(
            _sinks_below,
            "예측이 아주 낮은 표본의 벌점이 음수입니다. 그쪽에서는 r이 음수입니다. 표의 식에서 절댓값이 어디 있는지 봅니다.",
            when=_only_below_reversed,
        ),
        Mistake(_plain_if, ONE_CONDITION),
        Mistake(
            _derivative,
            "벌점이 아니라 벌점의 미분을 평균했습니다. 돌려줄 것은 미분했을 때 그 값이 나오는 벌점입니다.",
        ),
    ],
    hints=[
        "먼저 오차 r을 구합니다. 표본은 세 무리로 나뉩니다. 한도 안쪽, 위로 벗어난 쪽, 아래로 벗어난 쪽입니다.",
        "`torch.where`를 두 번 쓰면 셋 중 하나를 고를 수 있습니다.",
        "바깥쪽은 1절 표의 식에서 δ를 그쪽의 한도로 바꾼 것입니다. 마지막에 평균합니다.",
    ],
    learnt="벌점의 미분이 곧 당기는 힘입니다. 원하는 힘을 먼저 정하고 그 힘이 나오는 벌점을 쓰면, 손실을 만들 수 있습니다.",
)

# ---------------------------------------------------------------- 09-3


def _exams():
    """데이터 다섯 벌입니다. 셋째와 넷째는 x가 수백이라 확률이 1로 반올림되고, 마지막은 학습률이 0입니다."""
    cases = []
    for n, scale, noise, lr, num_steps in (
        (8, 1, 1, 0.5, 60),
        (5, 2, 1, 0.1, 1),
        (3, 500, 0, 0.02, 5),
    ):
        generator = torch.Generator().manual_seed(90 + n)
        z = torch.randn(n, 1, generator=generator, dtype=torch.float64)
        pushed = z + noise * torch.randn(n, 1, generator=generator, dtype=torch.float64)
        cases.append((scale * z, (pushed > -0.4).double()[:, 0], lr, num_steps))
    x = torch.tensor([300, 500, -400, 200, -300, 400], dtype=torch.float64)[:, None]
    t = torch.tensor([1, 1, 0, 1, 0, 0], dtype=torch.float64)  # 마지막은 자신 있게 틀릴 표본
    still = (*cases[0][:2], 0.0, 2)  # 시작한 w와 b가 그대로 나옴
    return [*cases, (x, t, 0.002, 2), still]


def _trained(loss_fn, x, t, lr, num_steps):
    """로짓 x * w + b를 `loss_fn(로짓, 타깃)`으로 훈련한 w와 b"""
    w = torch.zeros(1, dtype=x.dtype, requires_grad=True)
    b = torch.zeros(1, dtype=x.dtype, requires_grad=True)
    optimizer = torch.optim.SGD([w, b], lr=lr)
    for _ in range(num_steps):
        loss = loss_fn(x * w + b, t)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return w.item(), b.item()


def _log_loss(p, t):
    return -(t * p.log() + (1 - t) * (1 - p).log()).mean()


def _fit_chance(x, t, lr, num_steps):
    loss_fn = nn.BCEWithLogitsLoss()
    return _trained(lambda z, t: loss_fn(z, t[:, None]), x, t, lr, num_steps)


def _broadcast(x, t, lr, num_steps):
    """노트북에 있는 틀린 함수"""
    return _trained(lambda z, t: _log_loss(z.sigmoid(), t), x, t, lr, num_steps)


def _only_shape(x, t, lr, num_steps):
    return _trained(lambda z, t: _log_loss(z.sigmoid(), t[:, None]), x, t, lr, num_steps)


def _broadcast_safely(x, t, lr, num_steps):
    loss_fn = nn.BCEWithLogitsLoss()
    return _trained(lambda z, t: loss_fn(*torch.broadcast_tensors(z, t)), x, t, lr, num_steps)


def _still_broadcast(seen):
    """x가 작은 두 사례가 모양이 어긋난 것과 같고, 모두 유한한 수"""
    wants = [_broadcast(*case) for case in _exams()[:2]]
    small = all(map(lambda want, got: difference(want, got, rtol=1e-3) is None, wants, seen))
    return small and all(math.isfinite(float(value)) for pair in seen for value in pair)


def _mismatch(x, t, lr, num_steps):
    return _trained(nn.BCEWithLogitsLoss(), x, t, lr, num_steps)


def _sigmoid_twice(x, t, lr, num_steps):
    loss_fn = nn.BCEWithLogitsLoss()
    return _trained(lambda z, t: loss_fn(z.sigmoid(), t[:, None]), x, t, lr, num_steps)


def _apart(x, t, lr, num_steps):
    loss_fn = nn.BCELoss()
    return _trained(lambda z, t: loss_fn(z.sigmoid(), t[:, None]), x, t, lr, num_steps)


def _sum_of_losses(x, t, lr, num_steps):
    loss_fn = nn.BCEWithLogitsLoss(reduction="sum")
    return _trained(lambda z, t: loss_fn(z, t[:, None]), x, t, lr, num_steps)


def _standardized(x, t, lr, num_steps):
    return _fit_chance((x - x.mean()) / x.std(), t, lr, num_steps)


def _standardized_and_back(x, t, lr, num_steps):
    w, b = _standardized(x, t, lr, num_steps)
    w = w / x.std().item()
    return w, b - w * x.mean().item()


def _swapped(x, t, lr, num_steps):
    return _fit_chance(x, t, lr, num_steps)[::-1]


def _brier(x, t, lr, num_steps):
    loss_fn = nn.MSELoss()
    return _trained(lambda z, t: loss_fn(z.sigmoid(), t[:, None]), x, t, lr, num_steps)


def _random_start(x, t, lr, num_steps):
    layer = nn.Linear(1, 1, dtype=x.dtype)
    optimizer = torch.optim.SGD(layer.parameters(), lr=lr)
    for _ in range(num_steps):
        loss = nn.functional.binary_cross_entropy_with_logits(layer(x), t[:, None])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return layer.weight.item(), layer.bias.item()


def _with_adam(x, t, lr, num_steps):
    w = torch.zeros(1, dtype=x.dtype, requires_grad=True)
    b = torch.zeros(1, dtype=x.dtype, requires_grad=True)
    optimizer = torch.optim.Adam([w, b], lr=lr)
    for _ in range(num_steps):
        optimizer.zero_grad()
        nn.functional.binary_cross_entropy_with_logits(x * w + b, t[:, None]).backward()
        optimizer.step()
    return w.item(), b.item()


def _float32_layer(x, t, lr, num_steps):
    return nn.Linear(1, 1, dtype=torch.float32)(x)


def _starts_elsewhere(seen):
    """학습률이 0인데 돌려준 w와 b가 0이 아님"""
    zero = (0.0, 0.0)
    return difference(zero, seen[-1], atol=math.inf) is None and difference(zero, seen[-1])


def _mse_on_logits(x, t, lr, num_steps):
    loss_fn = nn.MSELoss()
    return _trained(lambda z, t: loss_fn(z, t[:, None]), x, t, lr, num_steps)


FLATTENED = "PyTorch의 손실로 바꾸었더니 모양이 어긋났다는 오류가 났습니다. 처음의 함수에도 있던 잘못을 이 손실이 알려 준 것입니다. 12절의 실수 3을 봅니다."
OTHER_DTYPE = "자료형이 float32인 값과 float64인 값을 함께 계산해 오류가 났습니다. 데이터는 float64입니다. 매개변수의 자료형을 봅니다."
WITH_OTHER_DTYPE = IN_TRAINING | {"same dtype|[Ff]ound dtype": OTHER_DTYPE}


def _trained_pair(fit, x, t, lr, num_steps):
    with diagnosed(WITH_OTHER_DTYPE | {"[Tt]arget size": FLATTENED}):
        return fit(x, t, lr, num_steps)


def _right_until_large(seen):
    """x가 작은 두 사례는 맞고, x가 수백인 사례는 수이지만 다름"""
    wants = expected(same_chance)
    small = all(difference(wants[k], seen[k], rtol=1e-3) is None for k in (0, 1))
    return small and all(math.isfinite(float(value)) for pair in seen for value in pair)


same_chance = Exercise(
    id="09-3",
    title="모두에게 같은 확률",
    asks="데이터의 수와 x의 범위를 바꾸어 가며, 훈련이 끝난 w와 b를 봅니다.",
    answer=_fit_chance,
    cases=_exams,
    observe=_trained_pair,
    mistakes=[
        Mistake(
            _broadcast,
            "w와 b가 처음의 함수와 같습니다. 예측 하나를 모든 타깃과 비교하고 있습니다. 손실에 들어가는 두 텐서의 모양을 출력해 봅니다.",
        ),
        Mistake(
            _broadcast_safely,
            "nan은 사라졌지만 예측 하나를 여전히 모든 타깃과 비교합니다. 손실에 들어가는 두 텐서의 모양을 출력해 봅니다.",
            when=_still_broadcast,
        ),
        Mistake(
            _only_shape,
            "모양은 고쳤습니다. 그런데 x가 큰 데이터에서 nan이 나옵니다. 확률이 꼭 1이 되면 1 - p의 로그가 무엇인지, 9절의 마지막 문단은 무엇을 권하는지 봅니다.",
        ),
        Mistake(_mismatch, FLATTENED),
        Mistake(_float32_layer, OTHER_DTYPE),
        Mistake(
            _with_adam,
            "SGD가 아니라 Adam으로 걸었습니다. 옵티마이저를 만드는 줄에는 고칠 것이 없었습니다.",
        ),
        Mistake(
            _random_start,
            "w와 b가 0에서 시작하지 않습니다. nn.Linear나 난수로 만든 매개변수를 그대로 썼는지 봅니다.",
            when=_starts_elsewhere,
        ),
        Mistake(
            _sigmoid_twice,
            "시그모이드를 두 번 적용했습니다. 쓴 손실이 무엇을 품고 있는지 12절의 실수 2에서 봅니다.",
        ),
        Mistake(
            _sum_of_losses,
            "벌점을 더했습니다. 데이터가 n개이면 걸음이 n배가 됩니다. 12절의 실수 5를 봅니다.",
        ),
        Mistake(
            _brier,
            "교차 엔트로피 대신 확률의 MSE로 훈련했습니다. 답은 같아도 가는 길이 다릅니다. 그림 8의 기울기를 봅니다.",
        ),
        Mistake(
            _mse_on_logits,
            "시그모이드 없이 로짓을 0과 1에 바로 맞추었습니다. 이것은 직선으로 하는 회귀입니다. 확률을 답하게 하는 손실은 9절에 있습니다.",
        ),
        Mistake(
            _standardized,
            "x를 표준화하고 배웠습니다. nan은 사라지지만 w와 b가 다른 x의 것이 됩니다. 데이터는 그대로 두고 손실을 고칩니다.",
        ),
        Mistake(
            _standardized_and_back,
            "x를 표준화해서 배우고 w와 b를 되돌렸습니다. 같은 걸음을 걸어도 도착하는 곳이 다릅니다. 데이터는 그대로 두고 손실을 고칩니다.",
        ),
        Mistake(
            _swapped,
            "w와 b의 순서가 바뀌었습니다. 처음의 함수가 돌려주는 순서를 봅니다.",
        ),
        Mistake(
            _apart,
            "x가 작은 데이터는 맞고, x가 수백인 데이터에서 nan은 없지만 어긋납니다. 확률이 꼭 1로 반올림되거나 값을 잘라 두면, 자신 있게 틀린 표본의 기울기도 0이 됩니다. 9절의 마지막 문단을 봅니다.",
            when=_right_until_large,
        ),
    ],
    hints=[
        "잘못은 두 군데입니다. 출력의 두 줄이 하나씩 드러냅니다.",
        "첫째 줄: x * w + b의 모양과 t의 모양을 적고, 곱하면 어떤 모양이 되는지 봅니다.",
        "둘째 줄: x가 수백이면 sigmoid의 값이 꼭 1로 반올림됩니다. 그때 (1 - p).log()는 음의 무한대입니다.",
        "9절의 끝에 나온, 로짓을 받는 손실을 씁니다. 그 손실은 모양이 다르면 멈춥니다.",
    ],
    learnt="직접 쓴 손실은 모양이 어긋나거나 0의 로그를 계산해도 오류를 내지 않습니다. 로짓을 받는 PyTorch의 손실은 모양이 어긋나면 멈추고, 0의 로그는 계산하지 않습니다.",
    rtol=1e-3,
)

# ---------------------------------------------------------------- 09-4

TOLERANCE = 1.06  # 놓친 이익이 가장 좋은 직선의 몇 배까지 맞는 답인지


def _days(n, seed):
    """기온과 수요입니다. 기온이 높을수록 수요가 많고, 위로 더 크게 퍼집니다."""
    generator = torch.Generator().manual_seed(seed)
    x, u = torch.rand(2, n, 1, generator=generator, dtype=torch.float64)
    x = 2 * x - 1
    return x, 30 + 8 * x - 8 * (1 + 0.8 * x) * torch.log1p(-u)  # 잡음은 지수 분포


def _best_line(x, share):
    """수요가 그 아래일 확률이 `share`인 직선입니다. 데이터를 만든 식으로 구합니다."""
    return 30 + 8 * x - 8 * (1 + 0.8 * x) * math.log(1 - share)


def _missed(baked, demand, price, unit_cost):
    """수요를 미리 알았을 때보다 덜 번 돈의 하루 평균"""
    profit = price * torch.minimum(baked, demand) - unit_cost * baked
    return ((price - unit_cost) * demand - profit).mean().item()


def _fit_quantile(share, x, y, lr=1.0, num_steps=800):
    """핀볼 손실로 배운 직선의 w와 b"""
    wb = torch.zeros(2, dtype=x.dtype, requires_grad=True)
    for step in range(num_steps):
        gap = y - (x * wb[0] + wb[1])
        loss = torch.maximum(share * gap, (share - 1) * gap).mean()
        (gradient,) = torch.autograd.grad(loss, wb)
        with torch.no_grad():
            wb -= lr * (1 - step / num_steps) * gradient
    return wb.detach()


def _plan_with(share_of):
    """값과 비용에서 분위수를 정해 직선을 배우는 함수"""

    def plan(x, demand, x_future, price, unit_cost):
        w, b = _fit_quantile(share_of(price, unit_cost), x, demand)
        return x_future * w + b

    return plan


def _least_squares(x, demand, x_future, price, unit_cost):
    A, A_future = (torch.cat([value, torch.ones_like(value)], dim=1) for value in (x, x_future))
    return A_future @ torch.linalg.lstsq(A, demand).solution


def _shifted(x, demand, x_future, price, unit_cost):
    left = demand - _least_squares(x, demand, x, price, unit_cost)
    margin = left.quantile(1 - unit_cost / price)
    return _least_squares(x, demand, x_future, price, unit_cost) + margin


def _constant(x, demand, x_future, price, unit_cost):
    return demand.quantile(1 - unit_cost / price).expand(x_future.shape)


def _scaled(x, demand, x_future, price, unit_cost):
    return _least_squares(x, demand, x_future, price, unit_cost) * (1 - unit_cost / price)


def _runs_away(x, demand, x_future, price, unit_cost):
    w, b = _fit_quantile(price / unit_cost, x, demand, num_steps=2000)
    return x_future * w + b


def _barely_trained(x, demand, x_future, price, unit_cost):
    w, b = _fit_quantile(1 - unit_cost / price, x, demand, lr=0.01)
    return x_future * w + b


def _flattened(x, demand, x_future, price, unit_cost):
    """예측 (n,)과 수요 (n, 1)로 손실을 구합니다."""
    share, wb = 1 - unit_cost / price, torch.zeros(2, dtype=x.dtype, requires_grad=True)
    for _ in range(100):
        gap = demand - (x * wb[0] + wb[1])[:, 0]
        loss = torch.maximum(share * gap, (share - 1) * gap).mean()
        (gradient,) = torch.autograd.grad(loss, wb)
        with torch.no_grad():
            wb -= gradient
    return x_future * wb[0] + wb[1]


def _bake_and_count(plan, seed, price, unit_cost):
    """새로운 날 4,000일에 구운 결과"""
    x, demand = _days(400, seed)
    x_future, demand_future = _days(4000, seed + 1)
    with diagnosed(WITH_OTHER_DTYPE), Shapes() as shapes:
        baked = plan(x, demand, x_future.clone(), price, unit_cost)
    baked = baked.detach() if isinstance(baked, torch.Tensor) else baked
    require(x_future, baked, "돌려준 값")
    baked = torch.as_tensor(baked, dtype=x.dtype)
    best = _best_line(x_future, 1 - unit_cost / price)
    missed, least = (_missed(q, demand_future, price, unit_cost) for q in (baked, best))
    return {
        "price": price,
        "unit_cost": unit_cost,
        "ratio": missed / least,
        "share": (demand_future < baked).double().mean().item(),  # 빵이 남은 날의 비율
        "level": (baked.mean() / demand_future.mean()).item(),
        "spread": (baked.max() - baked.min()).item(),
        "every pair": bool(shapes.pairs),  # (n,)과 (n, 1)에서 모든 짝을 계산함
    }


def _earns_enough(seen):
    worst = max(seen, key=lambda run: run["ratio"])
    if worst["ratio"] <= TOLERANCE:
        return None
    return (
        f"price={worst['price']}, unit_cost={worst['unit_cost']}일 때 빵이 남은 날이 {worst['share']:.0%}이고, "
        f"놓친 이익이 가장 좋은 직선의 {worst['ratio']:.3g}배입니다. {TOLERANCE}배 아래여야 합니다."
    )


def _aims_at(share_of, within=0.06):
    """빵이 남은 날의 비율이 사례마다 `share_of(값, 비용)`에 가까운지 보는 함수"""
    return lambda seen: all(
        abs(run["share"] - share_of(run["price"], run["unit_cost"])) < within for run in seen
    )


def _falls_short(seen):
    """빵이 남은 날이 거의 없거나, 알맞은 빵집도 있는데 지나치게 적은 빵집이 있는지"""
    gaps = [run["share"] - 1 + run["unit_cost"] / run["price"] for run in seen]
    mixed = min(map(abs, gaps)) < 0.05 and min(gaps) < -0.05 and max(gaps) < 0.05
    return mixed or any(run["share"] < 0.05 for run in seen)


def _scales_mean(seen):
    """평균에 (값 - 비용) / 값을 곱한 만큼 구웠는지"""
    return all(abs(run["level"] - 1 + run["unit_cost"] / run["price"]) < 0.03 for run in seen)


def _same_share(seen):
    """빵이 남은 날의 비율이 빵집마다 거의 같음"""
    shares = [run["share"] for run in seen]
    return max(shares) - min(shares) < 0.06


def _is_flat(seen):
    return all(run["spread"] < 1 for run in seen)


bakery = Exercise(
    id="09-4",
    title="빵을 몇 개 구울까요?",
    asks=f"값과 비용이 다른 빵집 세 곳에서 직선을 배우게 하고, 새로운 날의 놓친 이익이 가장 좋은 직선의 {TOLERANCE}배 아래인지 봅니다.",
    answer=_plan_with(lambda price, unit_cost: 1 - unit_cost / price),
    cases=lambda: [(910, 2000, 500), (920, 1500, 1200), (930, 3000, 1200)],
    observe=_bake_and_count,
    right=_earns_enough,
    mistakes=[
        Mistake(
            _flattened,
            "모양이 (n,)인 값과 (n, 1)인 값을 함께 계산해, 예측 하나를 모든 날의 수요와 비교했습니다. 손실에 들어가는 두 "
            "텐서의 모양을 출력해 봅니다.",
            when=lambda seen: any(run["every pair"] for run in seen),
        ),
        Mistake(
            _runs_away,
            "직선이 수요에서 아주 멀리 달아났습니다. 손실이 작을수록 이익이 큰지, τ가 0과 1 사이인지, 학습률이 너무 크지 않은지 봅니다.",
            when=lambda seen: any(not run["ratio"] < 50 for run in seen),
        ),
        Mistake(
            _scaled,
            "기온마다 평균을 구해 비율을 곱했습니다. 손해의 비율은 답에 곱하는 수가 아니라, 답 아래에 놓일 날의 비율을 정합니다. 8절을 봅니다.",
            when=_scales_mean,
        ),
        Mistake(
            _barely_trained,
            "빵이 남는 날이 지나치게 적은 빵집이 있습니다. 직선이 수요까지 올라오지 못했거나 끝까지 크게 튄 것 같습니다. 학습률과 걸음의 수를 5절의 끝에서 봅니다. 타깃을 표준화했다면 예측을 되돌렸는지도 봅니다.",
            when=_falls_short,
        ),
        Mistake(
            _constant,
            "기온이 달라도 같은 수를 굽습니다. 2절의 상수 대신, 5절처럼 x를 받는 직선을 배웁니다.",
            when=_is_flat,
        ),
        Mistake(
            _plan_with(lambda price, unit_cost: unit_cost / price),
            "모자랄 때와 남을 때의 가중치가 바뀌었습니다. 비용이 값에 가까운 빵집은 많이 구워야 하는지, 적게 구워야 하는지 생각합니다.",
            when=_aims_at(lambda price, unit_cost: unit_cost / price),
        ),
        Mistake(
            _least_squares,
            "값과 비용이 달라도 기온마다 평균을 굽습니다. MSE는 모자랄 때와 남을 때를 똑같이 셉니다.",
            when=_aims_at(lambda price, unit_cost: 1 - math.exp(-1)),
        ),
        Mistake(
            _plan_with(lambda price, unit_cost: 0.5),
            "값과 비용이 달라도 기온마다 중앙값을 굽습니다. 모자란 날과 남은 날이 반반입니다. 두 경우에 잃는 돈이 같은지 봅니다.",
            when=_aims_at(lambda price, unit_cost: 0.5, within=0.05),
        ),
        Mistake(
            _plan_with(lambda price, unit_cost: price / (price + unit_cost)),
            "한 개 모자랄 때 잃는 돈을 빵의 값 전체로 보았습니다. 그 빵을 구웠다면 들었을 돈도 생각합니다.",
            when=_aims_at(lambda price, unit_cost: price / (price + unit_cost), within=0.05),
        ),
        Mistake(
            _plan_with(lambda price, unit_cost: 0.9),
            "값과 비용이 달라도 빵이 남은 날의 비율이 같습니다. 모자랄 때와 남을 때 잃는 돈은 빵집마다 다릅니다.",
            when=_same_share,
        ),
        Mistake(
            _shifted,
            "빵이 남은 날의 비율은 전체로 보면 알맞은데, 기온에 따라 어긋나 이익을 놓칩니다. 그림 7의 두 구간을 비교합니다.",
            when=_aims_at(lambda price, unit_cost: 1 - unit_cost / price, within=0.07),
        ),
    ],
    hints=[
        "한 개 더 구울지 말지를 생각합니다. 팔리면 얼마를 벌고, 남으면 얼마를 잃을까요?",
        "낮게 답했을 때와 높게 답했을 때의 벌점이 다른 손실이 8절에 있습니다. 두 벌점의 비가 τ와 1 - τ의 비입니다.",
        "5절의 `fit`과 8절의 `pinball`을 쓰면 훈련은 한 줄입니다. 8절의 `intervals`가 쓴 학습률에서 시작합니다.",
        "값이 3,000원이고 비용이 500원이면, 모자랄 때의 벌점은 남을 때의 벌점의 5배입니다.",
    ],
    learnt="돈으로 적은 손해에서 손실이 나왔습니다. 무엇을 잃는지 먼저 적으면, 평균도 중앙값도 아닌 알맞은 분위수가 정해집니다.",
    seconds=20.0,
)

EXERCISES = [four_questions, two_sided, same_chance, bakery]
