"""08. 활성화 함수의 연습입니다. 맞는 답이 들어 있으니 먼저 풀어 봅니다."""

import math

import torch
from torch import nn
from torch.nn.functional import logsigmoid

from exercises.compare import difference
from exercises.engine import Exercise, Mistake, NotYetError, require, with_gradient

# ---------------------------------------------------------------- 08-1

XOR_POINTS = [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)]
OTHER_POINTS = [(2.0, 0.0), (0.0, 3.0), (0.5, 0.5), (-1.0, -1.0), (-2.0, 1.0), (3.0, -0.5)]
FAR_POINTS = [(-400000.0, 500000.0), (500000.0, -400000.0)]  # 늘 켜져 있던 뉴런도 꺼지는 곳
POINTS = XOR_POINTS + OTHER_POINTS + FAR_POINTS


def _output(weights, x1, x2):
    """가중치를 넣은 2-2-1 신경망의 출력"""
    hidden = []
    for name in ("h1", "h2"):
        w1, w2, b = (float(value) for value in weights[name])
        hidden.append(max(0.0, w1 * x1 + w2 * x2 + b))
    v1, v2, b = (float(value) for value in weights["y"])
    return v1 * hidden[0] + v2 * hidden[1] + b


def _close(a, b):
    return math.isclose(a, b, rel_tol=1e-4, abs_tol=1e-4)


def _gives(function):
    """모든 점에서 `function(x1, x2)`를 내는지 보는 함수"""
    return lambda seen: all(
        _close(value, function(*point)) for value, point in zip(seen, POINTS, strict=True)
    )


def _is_straight(seen):
    """세 점으로 정한 평면 위에 모든 출력이 있음"""
    at_zero, by_x2, by_x1 = seen[0], seen[1] - seen[0], seen[2] - seen[0]
    return _gives(lambda x1, x2: at_zero + by_x1 * x1 + by_x2 * x2)(seen)


def _gives_multiple(function):
    """모든 점에서 `function(x1, x2)`의 양수 배를 내는지 보는 함수"""

    def is_multiple(seen):
        total = sum(function(*point) for point in POINTS)
        factor = sum(seen) / total
        return factor > 0 and _gives(lambda x1, x2: factor * function(x1, x2))(seen)

    return is_multiple


def _is_half(seen):
    """두 수의 크기를 비교해 한쪽에서만 거리를 냄"""
    sides = (lambda x1, x2: max(0.0, x1 - x2)), (lambda x1, x2: max(0.0, x2 - x1))
    return any(_gives_multiple(side)(seen) for side in sides)


def _is_distance(seen):
    for value, (x1, x2) in zip(seen, POINTS, strict=True):
        if not _close(value, abs(x1 - x2)):
            return f"({x1:g}, {x2:g})에서 내는 값이 {value:.4g}입니다. 이 점에서 h1과 h2를 구해 봅니다."
    return None


distance_by_hand = Exercise(
    id="08-1",
    title="두 수의 차이를 내는 신경망",
    asks="정한 가중치로 신경망을 만들어, XOR의 네 점과 다른 여덟 점에서 내는 값을 봅니다.",
    answer={"h1": (1.0, -1.0, 0.0), "h2": (-1.0, 1.0, 0.0), "y": (1.0, 1.0, 0.0)},
    cases=lambda: POINTS,
    observe=_output,
    right=_is_distance,
    mistakes=[
        Mistake(
            {"h1": (1, 1, 0), "h2": (1, 1, -1), "y": (1, -2, 0)},
            "2절의 신경망입니다. XOR의 네 점에서는 맞지만, x1 + x2가 같은 (1, 1)과 (2, 0)에 같은 값을 냅니다.",
        ),
        Mistake(
            {"h1": (1, -1, 0), "h2": (-1, 1, 0), "y": (1, -1, 0)},
            "꺾인 곳이 없는 함수입니다. 은닉층에 꺾임이 없거나 출력층에서 두 뉴런의 꺾임이 서로 지워졌습니다. 8절의 실수 3을 봅니다.",
            when=_is_straight,
        ),
        Mistake(
            {"h1": (1, -1, 0), "h2": (0, 0, 0), "y": (1, 1, 0)},
            "두 수 중에 한쪽이 클 때만 값을 내고, 다른 쪽이 클 때는 0을 냅니다. 그때는 켜지는 뉴런이 없거나, 켜져도 출력층이 쓰지 않습니다.",
            when=_is_half,
        ),
        Mistake(
            {"h1": (1, 1, 0), "h2": (-1, -1, 0), "y": (1, 1, 0)},
            "두 수를 더한 값의 크기를 냅니다. 은닉층의 값이 0이 되는 경계가 어느 직선인지 봅니다.",
            when=_gives(lambda x1, x2: abs(x1 + x2)),
        ),
        Mistake(
            {"h1": (2, -2, 0), "h2": (-2, 2, 0), "y": (1, 1, 0)},
            "어디에서나 차이의 크기에 같은 수를 곱한 값을 냅니다. 은닉층과 출력층의 가중치가 곱해지는 것을 봅니다.",
            when=_gives_multiple(lambda x1, x2: abs(x1 - x2)),
        ),
        Mistake(
            {"h1": (1, -1, 0), "h2": (-1, 1, 0), "y": (-1, -1, 0)},
            "크기는 모두 맞고 부호가 반대입니다. ReLU를 지난 값이 음수일 수 있는지, 음수는 어디서 생겼는지 봅니다.",
            when=_gives(lambda x1, x2: -abs(x1 - x2)),
        ),
    ],
    hints=[
        "x1이 더 클 때와 x2가 더 클 때를 나누면, 차이의 크기는 각각 어떤 식일까요?",
        "ReLU 뉴런 하나는 한쪽에서만 켜집니다. 두 뉴런이 서로 다른 쪽을 맡게 합니다.",
        "둘 중 하나만 켜지면 다른 하나는 0입니다. 출력층에서 둘을 어떻게 모아야 할지 정합니다.",
    ],
    learnt="꺾인 조각 둘을 모아 선형 층이 만들 수 없는 함수를 만들었습니다. "
    "네 점에서 같은 값을 내는 신경망도 다른 점에서는 다른 값을 낼 수 있습니다.",
)

# ---------------------------------------------------------------- 08-2


def _batches():
    """꺼진 뉴런의 수, 표본의 수, 배치의 크기가 다른 사례 다섯"""
    generator = torch.Generator().manual_seed(82)
    cases = []
    for n, num_neurons, size, shift in [
        (23, 9, 5, 1.5),
        (40, 12, 8, 1.6),
        (7, 30, 1, 0.8),
        (6, 4, 6, 0.5),
        (30, 15, 4, 2.0),
    ]:
        offset = shift * torch.randn(num_neurons, generator=generator, dtype=torch.float64)
        z = torch.randn(n, num_neurons, generator=generator, dtype=torch.float64) + offset - shift
        z[:, 0] = -1.0 - z[:, 0].abs()  # 늘 음수만 받는 뉴런
        z[:, 1] = -z[:, 1].abs()
        z[::2, 1] = 0.0  # 음수와 0만 받는 뉴런
        z[:, 2] = -1.0
        z[n // 2, 2] = 0.5  # 표본 하나에서만 켜지는 뉴런
        if num_neurons > 9:
            z[:, 3] = 0.0  # 0만 받는 뉴런
        cases.append((list(z.split(size)),))
    return cases


def _count_off(batches):
    ever_on = torch.zeros(batches[0].shape[1], dtype=torch.bool)
    for z in batches:
        ever_on |= (z > 0).any(dim=0)
    return int((~ever_on).sum())


def _counts(batches):
    """배치마다 따로 센 수"""
    return [(torch.relu(z) == 0).all(dim=0).sum().item() for z in batches]


def _mean_of_counts(batches):
    """노트북에 있는 틀린 함수"""
    return sum(_counts(batches)) / len(batches)


def _sum_of_counts(batches):
    return sum(_counts(batches))


def _smallest_count(batches):
    return min(_counts(batches))


def _largest_count(batches):
    return max(_counts(batches))


def _first_count(batches):
    return _counts(batches)[0]


def _rounded_mean(batches):
    return round(_mean_of_counts(batches))


def _zeros(batches):
    return (torch.cat(batches) <= 0).sum().item()


def _last_count(batches):
    return _counts(batches)[-1]


def _off_somewhere(batches):
    return torch.stack([(z <= 0).all(dim=0) for z in batches]).any(dim=0).sum().item()


def _off_samples(batches):
    return (torch.cat(batches) <= 0).all(dim=1).sum().item()


def _ever_off(batches):
    return (torch.cat(batches) <= 0).any(dim=0).sum().item()


def _only_negative(batches):
    return (torch.cat(batches) < 0).all(dim=0).sum().item()


def _equals_zero(batches):
    return (torch.cat(batches) == 0).all(dim=0).sum().item()


def _equals_zero_in_batches(batches):
    return [(z == 0).all(dim=0).sum().item() for z in batches]


def _forgets_relu(seen):
    """ReLU를 지나지 않은 값이 0인지 본 것과 같은지"""
    counts = [_equals_zero_in_batches(*case) for case in _batches()]
    rules = [lambda each: sum(each) / len(each), sum, min, max]
    wants = [[_equals_zero(*case) for case in _batches()]]
    wants += [[rule(each) for each in counts] for rule in rules]
    return any(
        all(difference(float(a), b) is None for a, b in zip(want, seen, strict=True))
        for want in wants
    )


def _negative_mean(batches):
    return (torch.cat(batches).mean(dim=0) <= 0).sum().item()


def _still_on(batches):
    return batches[0].shape[1] - _count_off(batches)


dead_in_batches = Exercise(
    id="08-2",
    title="배치마다 센 꺼진 뉴런",
    asks="뉴런과 표본의 수, 배치의 크기를 바꾸어 가며 돌려준 수를 봅니다.",
    answer=_count_off,
    cases=_batches,
    mistakes=[
        Mistake(
            _mean_of_counts,
            "배치마다 센 수를 평균했습니다. 한 배치에서만 늘 0을 낸 뉴런도 세므로, 배치를 나누는 방법에 따라 답이 달라집니다.",
        ),
        Mistake(
            _sum_of_counts,
            "배치마다 센 수를 더했습니다. 같은 뉴런을 여러 번 세면 뉴런의 수보다도 커질 수 있습니다.",
        ),
        Mistake(
            _smallest_count,
            "배치마다 센 수 중에 가장 작은 것입니다. 수가 같아도 배치마다 꺼진 뉴런은 서로 다를 수 있습니다.",
        ),
        Mistake(
            _largest_count,
            "배치마다 센 수 중에 가장 큰 것입니다. 그 배치에서는 늘 0을 내고 다른 배치에서 켜진 뉴런까지 세었습니다.",
        ),
        Mistake(
            _off_somewhere,
            "한 배치에서라도 늘 0을 낸 뉴런을 모두 세었습니다. 다른 배치에서 켜진 적이 있는지도 보아야 합니다.",
        ),
        Mistake(
            _first_count,
            "첫 배치에서 센 수입니다. 나머지 배치까지 본 다음에 돌려주는지, return의 들여쓰기를 봅니다.",
        ),
        Mistake(
            _rounded_mean,
            "배치마다 센 수를 평균하고 정수로 만들었습니다. 평균이 소수인 것이 문제가 아닙니다. 한 배치에서만 늘 0을 낸 뉴런도 세었습니다.",
        ),
        Mistake(
            _zeros,
            "0을 낸 원소를 모두 세었습니다. 표본의 축을 먼저 줄여 뉴런마다 참이나 거짓을 하나씩 남겨야 합니다.",
        ),
        Mistake(
            _last_count,
            "마지막 배치에서 센 수입니다. 앞 배치에서 본 것이 남아 있는지 봅니다.",
        ),
        Mistake(
            _off_samples,
            "뉴런이 아니라 표본을 세었습니다. 행 하나가 표본 하나일 때 어느 축을 따라 모아야 하는지 봅니다.",
        ),
        Mistake(
            _ever_off,
            "한 번이라도 0을 낸 뉴런을 세었습니다. 꺼진 뉴런은 언제 0을 내는지 6절의 첫 문장을 봅니다.",
        ),
        Mistake(
            _only_negative,
            "0을 받은 뉴런을 켜진 것으로 보았습니다. 0을 받은 ReLU가 무엇을 내는지 봅니다.",
        ),
        Mistake(
            _equals_zero,
            "받은 값이 0인지를 보았습니다. 받은 값은 ReLU에 들어가기 전의 값이라, ReLU가 0으로 만들 값이 아직 0이 아닙니다.",
            when=_forgets_relu,
        ),
        Mistake(
            _negative_mean,
            "받은 값의 평균을 보았습니다. 평균이 음수여도 양수를 받은 표본이 있으면 그 표본에서 켜집니다.",
        ),
        Mistake(_still_on, "켜진 뉴런의 수입니다. 묻는 것은 꺼진 뉴런의 수입니다."),
    ],
    hints=[
        "뉴런 하나를 정하고, 첫 배치에서는 늘 0을 내고 둘째 배치에서는 켜졌다고 생각해 봅니다. 이 뉴런은 꺼진 뉴런일까요?",
        "배치마다 수 하나로 줄이면 어느 뉴런인지 알 수 없습니다. 뉴런마다 참이나 거짓을 하나씩 남깁니다.",
        "뉴런마다 남긴 참과 거짓은 배치를 지나며 합칠 수 있습니다. 배치를 먼저 `torch.cat`으로 이어도 됩니다.",
    ],
    learnt="꺼진 뉴런은 모든 데이터를 보아야 정해집니다. "
    "배치마다 센 수를 모으지 말고, 뉴런마다 켜진 적이 있는지를 모읍니다.",
)

# ---------------------------------------------------------------- 08-3


def _logits():
    """작은 로짓, 아주 큰 로짓, float32인 로짓, 0차원인 로짓"""
    return [
        (torch.tensor([-3.0, -0.5, 0.0, 0.25, 2.0], dtype=torch.float64),),
        (torch.tensor([[-800.0, -40.0, 1.0], [40.0, 300.0, 800.0]], dtype=torch.float64),),
        (torch.tensor([[-100.0], [14.5], [20.0], [100.0]], dtype=torch.float32),),
        (torch.tensor(1000.0, dtype=torch.float64),),
    ]


def _log_of_rest(x):
    return logsigmoid(-x)


def _plain_log(x):
    """노트북에 있는 틀린 함수"""
    return torch.log(1 - torch.sigmoid(x))


def _log_of_sigmoid(x):
    return torch.log(torch.sigmoid(-x))


def _with_small_number(x):
    return torch.log(1 - torch.sigmoid(x) + 1e-12)


def _other_label(x):
    return logsigmoid(x)


def _flipped_wrong(x):
    return logsigmoid(1 - x)


def _one_minus_log(x):
    return 1 - logsigmoid(x)


def _as_loss(x):
    return -logsigmoid(-x)


def _rearranged(x):
    return -x - torch.log(1 + torch.exp(-x))


def _folded_at_zero(x):
    return -torch.relu(x) - torch.log1p(torch.exp(-x.abs()))


def _sign_outside(x):
    return -logsigmoid(x)


def _chosen(x):
    return torch.where(x > 15, -x, torch.log(1 - torch.sigmoid(x)))


def _values_and_slopes(function, x):
    """원소마다의 값과 미분"""
    values = []

    def total(leaf):
        value = function(leaf)
        require(leaf, value)
        values.append(value)
        return value.sum() if isinstance(value, torch.Tensor) else value

    _, slopes = with_gradient(total, x)
    return {"돌려준 값": values[0].detach(), "기울기": slopes}


def _right_values(run, x):
    return torch.allclose(run["돌려준 값"].double(), _log_of_rest(x).double(), rtol=1e-3, atol=1e-5)


def _only_slopes_lost(seen):
    """float64에서 값은 모두 맞고 nan인 미분이 있음"""
    pairs = [
        (run, x) for run, (x,) in zip(seen, _logits(), strict=True) if x.dtype == torch.float64
    ]
    lost = any(run["기울기"].isnan().any() for run, _ in pairs)
    return lost and all(_right_values(run, x) for run, x in pairs)


def _breaks_below(seen):
    """0 이상인 로짓의 값은 맞고 아주 작은 로짓의 값이 무너짐"""
    pairs = list(zip(seen, _logits(), strict=True))
    held = all(
        torch.allclose(run["돌려준 값"][x >= 0], _log_of_rest(x)[x >= 0], rtol=1e-3, atol=1e-5)
        for run, (x,) in pairs
    )
    return held and any(not run["돌려준 값"][x < 0].isfinite().all() for run, (x,) in pairs)


def _wrong_slope_at_zero(seen):
    """로짓이 꼭 0인 원소의 미분만 틀림"""
    wrong_at = []
    for run, (x,) in zip(seen, _logits(), strict=True):
        right = torch.isclose(run["기울기"], -torch.sigmoid(x), rtol=1e-3, atol=1e-5)
        wrong_at += x[~right].tolist()
        if not _right_values(run, x):
            return False
    return bool(wrong_at) and set(wrong_at) == {0.0}


def _hits_floor(seen):
    """작은 로짓에서는 맞고, 큰 로짓에서 유한한 바닥에 멈춤"""
    _, at_300, at_800 = seen[1]["돌려준 값"][1]
    floor = bool(at_800.isfinite() and at_800 < -1 and torch.isclose(at_300, at_800))
    return floor and _right_values(seen[0], *_logits()[0])


log_of_rest = Exercise(
    id="08-3",
    title="정답이 0일 때의 로그 확률",
    asks="-800부터 1,000까지의 로짓을 넣어, 돌려준 값과 자동 미분으로 구한 기울기를 봅니다.",
    answer=_log_of_rest,
    cases=_logits,
    observe=_values_and_slopes,
    mistakes=[
        Mistake(
            _plain_log,
            "로짓이 40일 때 벌써 음의 무한대입니다. 시그모이드가 1로 반올림되어 1에서 빼면 0이 남습니다.",
        ),
        Mistake(
            _log_of_sigmoid,
            "로짓 40은 견디지만 800에서 음의 무한대입니다. 로그를 구하기 전의 값이 0이나 무한대가 되는지 8절의 실수 4에서 봅니다.",
        ),
        Mistake(
            _with_small_number,
            "로짓이 커져도 값이 어느 바닥에서 더 내려가지 않습니다. 로그 안에 작은 수를 더하거나 로짓이나 확률을 한계에서 자르면, 무한대는 막지만 큰 로짓의 값과 기울기가 틀립니다.",
            when=_hits_floor,
        ),
        Mistake(
            _chosen,
            "값은 모두 맞지만 기울기에 nan이 있습니다. 고르지 않은 쪽의 식도 미분되어, 0에 무한대를 곱한 것이 섞입니다.",
            when=_only_slopes_lost,
        ),
        Mistake(
            _rearranged,
            "로짓이 클 때는 맞지만 -800에서 무너집니다. 음수 로짓을 넣었을 때 도중에 무한대나 0이 되는 값이 있는지 봅니다.",
            when=_breaks_below,
        ),
        Mistake(
            _folded_at_zero,
            "값은 모두 맞지만 로짓이 꼭 0일 때의 기울기가 틀립니다. 식에 든 함수가 0에서 꺾이면 PyTorch가 그곳의 미분을 얼마로 두는지 3절에서 봅니다.",
            when=_wrong_slope_at_zero,
        ),
        Mistake(
            _other_label,
            "정답이 1일 때의 로그 확률입니다. 로짓이 커질수록 정답이 0일 확률은 어느 쪽으로 가는지 봅니다.",
        ),
        Mistake(
            _flipped_wrong,
            "1 - σ(x)를 σ(1 - x)로 바꾸었습니다. x가 0일 때 두 값이 같은지 계산해 봅니다.",
        ),
        Mistake(
            _one_minus_log,
            "1에서 로그를 뺐습니다. 1에서 빼는 일은 로그 안에서 일어나므로, 밖으로 꺼낼 수 없습니다.",
        ),
        Mistake(
            _sign_outside,
            "σ(x)의 로그에 음의 부호를 붙인 값입니다. 로그 확률은 양수일 수 없습니다. 1 - σ(x)를 정리한 식에서 부호가 어디에 있는지 봅니다.",
        ),
        Mistake(
            _as_loss,
            "크기는 맞고 부호가 반대입니다. 손실이 아니라 로그 확률을 묻습니다. 확률은 1보다 크지 않습니다.",
        ),
    ],
    hints=[
        "로짓이 클 때 1에서 빼는 계산이 정밀도를 잃습니다. 빼지 않고 쓰는 방법을 찾습니다.",
        "시그모이드의 식에서 1 - σ(x)를 통분해 정리합니다. 시그모이드의 그림을 좌우로 뒤집은 모양이기도 합니다.",
        "8절의 실수 4에서 로그와 시그모이드를 한꺼번에 계산한 함수를 씁니다.",
    ],
    learnt="식이 같아도 계산의 순서에 따라 답이 무너지기도 합니다. 값이 맞아도 기울기까지 보아야 믿을 수 있습니다.",
)

# ---------------------------------------------------------------- 08-4

NUM_LAYERS, LOW, HIGH = 20, 0.4, 2.5  # 지나는 층의 수와, 값의 크기의 범위
WIDTHS = (1000, 100)  # 층의 폭은 두 수를 번갈아
NUM_CALLS = 4  # 표준편차를 묻는 횟수. 그 뒤의 층은 앞의 답을 순서대로 다시 씀
NAMES = [
    "ReLU",
    "음수 쪽의 기울기가 0.7인 LeakyReLU",
    "절댓값의 3배",
    "코사인",
    "절댓값에 1을 더한 것",
]


def _tripled(z):
    return 3 * z.abs()


def _lifted(z):
    return z.abs() + 1


def _activations():
    """노트북에 있는 함수 하나와 없는 함수 넷"""
    functions = [nn.ReLU(), nn.LeakyReLU(0.7), _tripled, torch.cos, _lifted]
    return [(function, k) for k, function in enumerate(functions)]


def _start_std(activation, n_in, n_out):
    """표준 정규 분포를 촘촘히 나누어 구한, 제곱의 평균으로 정한 표준편차"""
    z = torch.linspace(-8, 8, 4001, dtype=torch.float64)
    weights = torch.exp(-(z**2) / 2)
    second_moment = (weights * activation(z) ** 2).sum() / weights.sum()
    return (1 / (n_in * second_moment)).sqrt().item()


def _he(activation, n_in, n_out):
    return math.sqrt(2 / n_in)


def _xavier(activation, n_in, n_out):
    return math.sqrt(1 / n_in)


def _by_variance(activation, n_in, n_out):
    z = torch.linspace(-8, 8, 4001, dtype=torch.float64)
    weights = torch.exp(-(z**2) / 2) / torch.exp(-(z**2) / 2).sum()
    h = activation(z)
    variance = (weights * h**2).sum() - (weights * h).sum() ** 2
    return (1 / (n_in * variance)).sqrt().item()


def _no_root(activation, n_in, n_out):
    return _start_std(activation, n_in, n_out) ** 2


def _by_outputs(activation, n_in, n_out):
    return _start_std(activation, n_out, n_in)


def _by_both(activation, n_in, n_out):
    return _start_std(activation, (n_in + n_out) / 2, n_out)


def _by_slopes(activation, n_in, n_out):
    return _start_std(lambda z: (activation(z + 1e-6) - activation(z - 1e-6)) / 2e-6, n_in, n_out)


def _without_inputs(activation, n_in, n_out):
    return _start_std(activation, 1, n_out)


def _both_sides(activation, n_in, n_out):
    return math.sqrt(2 / (n_in + n_out))


def _inner_root_missing(activation, n_in, n_out):
    return math.sqrt(n_in) * _start_std(activation, n_in, n_out) ** 2


def _by_absolute(activation, n_in, n_out):
    z = torch.linspace(-8, 8, 4001, dtype=torch.float64)
    weights = torch.exp(-(z**2) / 2)
    return ((weights.sum() / (weights * activation(z).abs()).sum()) / math.sqrt(n_in)).item()


def _upside_down(activation, n_in, n_out):
    return 1 / (n_in * _start_std(activation, n_in, n_out))


def _spread(rule, activation, seed):
    """신경망 세 개에서, 층마다 활성화 함수에 들어가는 값의 크기와 처음 몇 층의 표준편차"""
    generator = torch.Generator().manual_seed(8400 + seed)
    z = torch.randn(3, 16, WIDTHS[0], generator=generator, dtype=torch.float32)
    stds, sizes = [], []
    for k in range(NUM_LAYERS):
        n_in, n_out = WIDTHS[k % 2], WIDTHS[(k + 1) % 2]
        if k < NUM_CALLS:
            stds.append(_as_std(rule(activation, n_in, n_out)))
        weight = torch.randn(3, n_in, n_out, generator=generator, dtype=torch.float32)
        z = stds[k % NUM_CALLS] * activation(z) @ weight
        sizes.append(z.square().mean().sqrt().item())
    return {"stds": stds, "sizes": sizes}


def _as_std(value):
    require(1.0, value, "돌려준 값")
    if not 0 < float(value) < 1e6:
        raise NotYetError(
            "표준편차는 0보다 크고 무한대가 아닌 수여야 합니다. 부호와 나눗셈을 다시 봅니다."
        )
    return float(value)


def _ratios(seen, rule):
    """돌려준 표준편차를 `rule`의 표준편차로 나눈 값"""
    functions = [function for function, _ in _activations()]
    pairs = [WIDTHS, WIDTHS[::-1]] * (NUM_CALLS // 2)
    return [
        std / rule(function, *pair)
        for run, function in zip(seen, functions, strict=True)
        for std, pair in zip(run["stds"], pairs, strict=True)
    ]


def _near(rule):
    """난수로 구했어도 알아보게, 표준편차가 `rule`과 5% 안에서 같은지 보는 함수"""
    return lambda seen: all(abs(ratio - 1) < 0.05 for ratio in _ratios(seen, rule))


def _keeps_size(seen):
    for run, name in zip(seen, NAMES, strict=True):
        for layer, size in enumerate(run["sizes"], 1):
            if not LOW <= size <= HIGH:
                where = f"활성화 함수가 {name}일 때 {layer}층에서 값의 크기가 {size:.3g}입니다."
                return f"{where} {_advice(seen)}"
    return None


def _advice(seen):
    if all(abs(ratio - 1) < 0.3 for ratio in _ratios(seen, _start_std)):
        return (
            "거의 맞지만 층마다의 작은 오차가 쌓였습니다. 난수를 뽑아 평균했다면 더 많이 뽑습니다."
        )
    return "한 층을 지날 때 크기가 몇 배가 되는지부터 구합니다."


start_for_any = Exercise(
    id="08-4",
    title="처음 보는 활성화 함수의 초기화",
    asks=f"노트북에 없는 것까지 활성화 함수 다섯 가지를 넣어, {NUM_LAYERS}층을 지나는 값의 크기를 층마다 잽니다.",
    answer=_start_std,
    cases=_activations,
    observe=_spread,
    right=_keeps_size,
    mistakes=[
        Mistake(
            _he,
            "활성화 함수가 무엇이든 He의 표준편차입니다. 2는 ReLU가 줄인 만큼을 메우는 수이므로, 다른 함수에서는 다시 구합니다.",
            when=_near(_he),
        ),
        Mistake(
            _xavier,
            "활성화 함수가 무엇이든 값의 크기를 1로 보았습니다. 층이 받는 것은 활성화 함수를 지난 값입니다.",
            when=_near(_xavier),
        ),
        Mistake(
            _by_variance,
            "활성화 함수를 지난 값의 분산이나 표준편차를 썼습니다. 평균이 0이 아니면 분산은 크기의 제곱보다 작습니다.",
            when=_near(_by_variance),
        ),
        Mistake(
            _no_root,
            "가중치의 분산을 돌려주었습니다. 묻는 것은 표준편차입니다.",
            when=_near(_no_root),
        ),
        Mistake(
            _by_outputs,
            "뉴런의 수로 나누었습니다. 뉴런 하나가 더하는 것이 몇 개인지 5절에서 봅니다.",
            when=_near(_by_outputs),
        ),
        Mistake(
            _by_both,
            "입력과 출력의 수를 평균했습니다. 앞으로 가는 값만 볼 때, 뉴런 하나가 더하는 것은 몇 개인지 봅니다.",
            when=_near(_by_both),
        ),
        Mistake(
            _by_slopes,
            "활성화 함수의 미분의 크기로 정했습니다. 미분은 거꾸로 오는 기울기에 곱해집니다. 앞으로 가는 값에는 무엇이 들어가는지 봅니다.",
            when=_near(_by_slopes),
        ),
        Mistake(
            _without_inputs,
            "층의 입력이 몇 개이든 같은 값을 돌려주었습니다. 뉴런 하나가 더하는 것이 많을수록 합이 커지는 것을 5절에서 봅니다.",
            when=_near(_without_inputs),
        ),
        Mistake(
            _both_sides,
            "입력과 출력의 수를 평균한 Xavier입니다. 활성화 함수를 쓰지 않았고, 폭이 달라지면 앞으로 가는 값의 크기도 지키지 못합니다.",
            when=_near(_both_sides),
        ),
        Mistake(
            _inner_root_missing,
            "입력의 수에만 제곱근을 취했습니다. 제곱의 평균은 크기가 아니라 크기의 제곱입니다.",
            when=_near(_inner_root_missing),
        ),
        Mistake(
            _by_absolute,
            "절댓값의 평균으로 나누었습니다. 이 문제에서 말하는 크기와 같은지 봅니다.",
            when=_near(_by_absolute),
        ),
        Mistake(
            _upside_down,
            "활성화 함수가 값을 줄일수록 가중치도 작아집니다. 줄어든 것을 메우려면 어느 쪽이어야 하는지 봅니다.",
            when=_near(_upside_down),
        ),
    ],
    hints=[
        "크기가 1인 입력 64개에 가중치를 곱해 더하면, 합의 분산은 가중치의 분산의 64배라고 5절에서 보았습니다. 입력의 크기가 1이 아니면 몇 배일까요?",
        "입력은 활성화 함수를 지난 값입니다. 표준 정규 분포의 수를 많이 뽑아 활성화 함수에 넣고, 제곱의 평균을 잽니다.",
        "ReLU라면 그 평균은 2분의 1쯤입니다. He의 2는 어디서 왔을까요? 같은 일을 받은 활성화 함수로 합니다.",
    ],
    learnt="활성화 함수를 지난 값을 제곱해 평균하고 1을 그 평균으로 나누면, ReLU에서는 He의 2가, 활성화 함수가 없을 때는 Xavier의 1이 나옵니다. 처음 보는 함수라도 이 평균은 잴 수 있습니다.",
    seconds=10.0,
)

EXERCISES = [distance_by_hand, dead_in_batches, log_of_rest, start_for_any]
