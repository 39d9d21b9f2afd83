"""05. 나선 분류의 연습입니다. 맞는 답이 들어 있으니 먼저 풀어 봅니다."""

import functools

import numpy as np

from exercises.engine import Exercise, Mistake, NotYetError
from exercises.errors import diagnosed
from helpers.data import make_spiral

# ---------------------------------------------------------------- 05-1

broken_place = Exercise(
    id="05-1",
    title="검산의 표에서 틀린 곳 찾기",
    asks='보기의 글자 하나를 "A"처럼 따옴표로 묶어 답합니다.',
    answer="C",
    choices="ABCD",
    mistakes=[
        Mistake(
            "A",
            "손실의 backward가 틀리면 그 값을 받아 쓰는 W3과 b3도 틀립니다. 표에서 두 값은 맞습니다.",
        ),
        Mistake(
            "B",
            "dW는 남겨 두는 값이고 왼쪽으로 넘기지 않습니다. 이 식만 틀리면 어느 칸이 '다름'이 되는지 3절의 Affine에서 봅니다.",
        ),
        Mistake(
            "D",
            "둘째 Affine의 dX는 W2와 b2의 기울기를 구하는 데 쓰이지 않습니다. 이 식만 틀리면 W2와 b2는 '같음'이어야 합니다.",
        ),
    ],
    hints=[
        "역전파는 오른쪽에서 왼쪽으로 갑니다. 표도 오른쪽 끝의 b3부터 읽습니다.",
        "보기마다, 그 식이 틀렸을 때 '다름'이 될 칸을 모두 적어 봅니다.",
        "W2와 b2가 함께 '다름'입니다. 두 기울기를 구할 때 함께 쓰는 값은 무엇일까요?",
    ],
    learnt="틀린 값은 왼쪽으로만 번집니다. 오른쪽부터 읽을 때 처음 어긋나는 곳이 고칠 곳을 좁혀 줍니다.",
)

# ---------------------------------------------------------------- 05-2


def _weighted_rows():
    """행과 클래스의 수가 다른 로짓 다섯 벌입니다. 마지막 것은 로짓이 아주 크거나 작습니다."""
    cases = []
    for n, c in ((4, 3), (1, 3), (3, 3), (5, 2), (3, 4)):
        rng = np.random.default_rng(10 * n + c)
        w = rng.uniform(0.5, 4.0, n)
        cases.append((2 * rng.standard_normal((n, c)), rng.integers(0, c, n), w))
    cases[3][2][1] = 0.0  # 세지 않는 행
    cases[4][0][:] += [[1000.0], [-1000.0], [0.0]]
    cases[4][0][2, :2] += [-1000.0, 1000.0]  # 한 행 안에서도 크게 다른 로짓
    return cases


def _probabilities(z, axis=1):
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def _one_hot(z, t):
    return np.eye(z.shape[1])[t]


def _weighted_dz(z, t, w):
    return w[:, None] * (_probabilities(z) - _one_hot(z, t)) / w.sum()


def _divided_by_rows(z, t, w):
    return w[:, None] * (_probabilities(z) - _one_hot(z, t)) / len(t)


def _divided_twice(z, t, w):
    return _weighted_dz(z, t, w) / len(t)


def _divided_by_mean(z, t, w):
    return w[:, None] * (_probabilities(z) - _one_hot(z, t)) / w.mean()


def _not_divided(z, t, w):
    return w[:, None] * (_probabilities(z) - _one_hot(z, t))


def _without_weights(z, t, w):
    return (_probabilities(z) - _one_hot(z, t)) / len(t)


def _without_row_weights(z, t, w):
    return (_probabilities(z) - _one_hot(z, t)) / w.sum()


def _weights_by_column(z, t, w):
    return w * (_probabilities(z) - _one_hot(z, t)) / w.sum()


def _weights_before_one_hot(z, t, w):
    return (w[:, None] * _probabilities(z) - _one_hot(z, t)) / w.sum()


def _weights_on_one_hot(z, t, w):
    return (_probabilities(z) - w[:, None] * _one_hot(z, t)) / w.sum()


def _weights_by_label(z, t, w):
    return w[t][:, None] * (_probabilities(z) - _one_hot(z, t)) / w[t].sum()


def _through_log(z, t, w):
    """손실의 log를 거쳐 연쇄 법칙으로 미분"""
    p, one_hot = _probabilities(z), _one_hot(z, t)
    answered = (p * one_hot).sum(axis=1, keepdims=True)
    with np.errstate(all="ignore"):
        return w[:, None] * (-1 / answered) * (answered * (one_hot - p)) / w.sum()


def _sign_reversed(z, t, w):
    return -_weighted_dz(z, t, w)


def _without_one_hot(z, t, w):
    return w[:, None] * _probabilities(z) / w.sum()


def _every_row(z, t, w):
    dz = _probabilities(z)
    dz[:, t] -= 1
    return w[:, None] * dz / w.sum()


def _softmax_by_column(z, t, w):
    return w[:, None] * (_probabilities(z, axis=0) - _one_hot(z, t)) / w.sum()


def _overflowing(z, t, w):
    e = np.exp(z)
    p = e / e.sum(axis=1, keepdims=True)
    return w[:, None] * (p - _one_hot(z, t)) / w.sum()


def _one_maximum(z, t, w):
    e = np.exp(z - z.max())
    p = e / e.sum(axis=1, keepdims=True)
    return w[:, None] * (p - _one_hot(z, t)) / w.sum()


def _without_keepdims(z, t, w):
    e = np.exp(z - z.max(axis=1))
    return w[:, None] * (e / e.sum(axis=1) - _one_hot(z, t)) / w.sum()


def _three_kinds(z, t, w):
    return w[:, None] * (_probabilities(z) - np.eye(3)[t]) / w.sum()


BY_LAST_AXIS = "모양이 (N,)인 값과 (N, C)인 값을 그대로 계산해 오류가 났습니다. (N,)은 행이 아니라 마지막 축에 맞추어집니다."


PAIRS = r"\(\d+,\) \(\d+,\d+\)|\(\d+,\d+\) \(\d+,\)"  # (N,)과 (N, C)


def _dz_of(function, z, t, w):
    with diagnosed({f"broadcast together with shapes ({PAIRS})": BY_LAST_AXIS}):
        return function(z, t, w)


weighted_loss = Exercise(
    id="05-2",
    title="행마다 가중치가 다른 손실",
    asks="행과 클래스의 수, 가중치, 로짓의 크기를 바꾸어 가며 불러, 돌려준 dZ를 봅니다.",
    answer=_weighted_dz,
    cases=_weighted_rows,
    observe=_dz_of,
    mistakes=[
        Mistake(
            _divided_by_rows,
            "가중치를 곱하고 행의 수로 나누었습니다. 손실의 식에서 분모가 무엇인지 봅니다.",
        ),
        Mistake(
            _divided_twice,
            "가중치의 합으로 나누고 행의 수로 또 나누었습니다. 이 손실의 식에는 나누기가 한 번뿐입니다.",
        ),
        Mistake(
            _divided_by_mean,
            "가중치의 합이 아니라 가중치의 평균으로 나누었습니다. 손실의 식에서 분모를 봅니다.",
        ),
        Mistake(
            _not_divided,
            "가중치를 곱하기만 하고 나누지 않았습니다. 손실의 식에 있는 분모와 13절의 실수 2를 봅니다.",
        ),
        Mistake(
            _without_weights,
            "가중치를 쓰지 않았습니다. 5절의 dZ 그대로입니다. 손실의 식에서 w가 있는 두 곳을 봅니다.",
        ),
        Mistake(
            _without_row_weights,
            "가중치의 합으로 나누기만 했습니다. 행마다 다른 가중치가 분자에도 있습니다.",
        ),
        Mistake(
            _weights_by_column,
            "가중치 (N,)을 (N, C)에 그대로 곱하면 마지막 축에 맞추어집니다. N과 C가 같을 때는 오류도 없이 열마다 곱해집니다.",
        ),
        Mistake(
            _weights_before_one_hot,
            "확률에만 가중치를 곱하고 원-핫에는 곱하지 않았습니다. 가중치는 한 행의 손실 전체에 곱해집니다.",
        ),
        Mistake(
            _weights_on_one_hot,
            "원-핫에만 가중치를 곱하고 확률에는 곱하지 않았습니다. 가중치는 한 행의 손실 전체에 곱해지므로 두 항에 모두 걸립니다.",
        ),
        Mistake(
            _weights_by_label,
            "가중치를 레이블의 번호로 꺼냈습니다. 이 연습의 가중치는 클래스마다가 아니라 행마다 하나씩 있습니다.",
        ),
        Mistake(
            _through_log,
            "정답의 확률이 0으로 반올림된 행에서 nan이 됩니다. 확률의 로그를 거치지 않는 식을 5절에서 봅니다.",
        ),
        Mistake(
            _sign_reversed,
            "부호가 모두 반대입니다. 확률과 원-핫 중에 어느 쪽에서 어느 쪽을 빼는지 5절의 식에서 봅니다.",
        ),
        Mistake(
            _without_one_hot,
            "정답의 원소에서 1을 빼지 않았습니다. 5절의 식에서 정답일 때만 있는 항을 봅니다.",
        ),
        Mistake(
            _every_row,
            "모든 행의 같은 열에서 1을 뺐습니다. `dz[:, t]`는 행마다 한 원소를 고르지 않습니다. 5절의 코드와 비교합니다.",
        ),
        Mistake(
            _softmax_by_column,
            "소프트맥스를 열마다 구했습니다. 확률의 합은 행마다 1이어야 합니다.",
        ),
        Mistake(
            _overflowing,
            "로짓이 1000이나 -1000쯤이면 nan이 됩니다. 13절의 실수 1을 봅니다.",
        ),
        Mistake(
            _one_maximum,
            "로짓 전체에서 가장 큰 값 하나를 모든 행에서 뺐습니다. 로짓이 훨씬 작은 행은 지수가 모두 0이 되어 0을 0으로 나눕니다.",
        ),
        Mistake(
            _without_keepdims,
            "행마다 구한 최댓값과 합이 (N,)이 되어 행에 맞추어지지 않습니다. 5절의 softmax에서 keepdims를 봅니다.",
        ),
        Mistake(
            _three_kinds,
            "클래스가 셋일 때만 되는 코드입니다. 클래스의 수 C는 z의 모양에서 읽습니다.",
        ),
    ],
    hints=[
        "가중치와 가중치의 합은 로짓과 관계없는 수입니다. 미분할 때 그대로 남습니다.",
        "행 하나의 -log p를 로짓으로 미분한 것은 5절에서 구했습니다. 새 손실의 식에서 그 앞에 어떤 수가 붙는지 봅니다.",
        "(N,)인 가중치를 행마다 곱하려면 모양을 (N, 1)로 바꿉니다. 인덱스에 None을 쓰거나 reshape(-1, 1)을 부릅니다.",
    ],
    learnt="손실에서 어떻게 평균했는지가 기울기에 그대로 남습니다. 가중치가 모두 같으면 5절의 식으로 돌아갑니다.",
)

# ---------------------------------------------------------------- 05-3


def _skip_layers():
    """행의 수 N과 폭 D가 다른 층 네 개의 입력, 시그모이드의 출력, 가중치, 받은 기울기입니다."""
    cases = []
    for n, d in ((5, 3), (1, 4), (3, 3), (7, 2)):
        rng = np.random.default_rng(20 + n)
        x, dout = rng.standard_normal((2, n, d))
        W, b = rng.standard_normal((d, d)), rng.standard_normal(d)
        cases.append((x, 1 / (1 + np.exp(-(x @ W + b))), W, dout))
    return cases


def _one_path(x, h, W, dout):
    """노트북에 있는 틀린 함수입니다."""
    da = dout * h * (1 - h)
    return da @ W.T, x.T @ da, da.sum(axis=0)


def _skip_backward(x, h, W, dout):
    dx, dW, db = _one_path(x, h, W, dout)
    return dout + dx, dW, db


def _multiplied(x, h, W, dout):
    dx, dW, db = _one_path(x, h, W, dout)
    return dout * dx, dW, db


def _added_input(x, h, W, dout):
    dx, dW, db = _one_path(x, h, W, dout)
    return x + dx, dW, db


def _added_one(x, h, W, dout):
    dx, dW, db = _one_path(x, h, W, dout)
    return 1 + dx, dW, db


def _added_da(x, h, W, dout):
    dx, dW, db = _one_path(x, h, W, dout)
    return dout * h * (1 - h) + dx, dW, db


def _added_too_early(x, h, W, dout):
    _, dW, db = _one_path(x, h, W, dout)
    return (dout + dout * h * (1 - h)) @ W.T, dW, db


def _added_everywhere(x, h, W, dout):
    da = dout + dout * h * (1 - h)
    return dout + da @ W.T, x.T @ da, da.sum(axis=0)


def _changed_da(x, h, W, dout):
    da = dout + dout * h * (1 - h)
    return da @ W.T, x.T @ da, da.sum(axis=0)


def _doubled(x, h, W, dout):
    dx, dW, db = _one_path(x, h, W, dout)
    return 2 * dx, dW, db


def _input_times_gradient(x, h, W, dout):
    dx, dW, db = _one_path(x, h, W, dout)
    return x * dout + dx, dW, db


def _averaged(x, h, W, dout):
    dx, dW, db = _one_path(x, h, W, dout)
    return (dout + dx) / 2, dW, db


def _not_transposed(x, h, W, dout):
    da = dout * h * (1 - h)
    return dout + da @ W, x.T @ da, da.sum(axis=0)


def _without_weight(x, h, W, dout):
    _, dW, db = _one_path(x, h, W, dout)
    return dout + dout * h * (1 - h), dW, db


def _added_hidden(x, h, W, dout):
    dx, dW, db = _one_path(x, h, W, dout)
    return h + dx, dW, db


def _only_skip(x, h, W, dout):
    _, dW, db = _one_path(x, h, W, dout)
    return dout, dW, db


two_paths = Exercise(
    id="05-3",
    title="입력을 다시 더하는 층",
    asks="N과 D, 가중치를 바꾸어 가며 불러, 돌려준 dX, dW, db를 봅니다.",
    answer=_skip_backward,
    cases=_skip_layers,
    mistakes=[
        Mistake(
            _one_path,
            "dX가 처음의 함수와 같습니다. forward의 식에서 x가 몇 군데에 쓰이는지 세어 봅니다.",
        ),
        Mistake(
            _multiplied,
            "두 길로 온 값을 곱했습니다. x가 여러 곳에 쓰일 때 어떻게 모으는지 2절의 끝을 봅니다.",
        ),
        Mistake(
            _added_input,
            "입력 x를 더했습니다. forward에서 더한 것은 x이지만, 역전파가 나르는 것은 기울기입니다.",
        ),
        Mistake(
            _added_one,
            "1을 더했습니다. x를 x로 미분하면 1이지만, 연쇄 법칙에서는 받은 기울기와 곱해야 합니다.",
        ),
        Mistake(
            _added_da,
            "시그모이드의 미분을 두 길 모두에 곱했습니다. x를 그대로 더한 길에는 시그모이드가 없습니다.",
        ),
        Mistake(
            _added_too_early,
            "더한 다음에 W를 곱했습니다. x를 그대로 더한 길은 W를 지나지 않습니다.",
        ),
        Mistake(
            _added_everywhere,
            "맞던 dW와 db까지 달라졌고, dX에는 더하지 않아야 할 것이 하나 더 섞였습니다. 검산에서 W2와 b2는 이미 같았습니다.",
        ),
        Mistake(
            _changed_da,
            "da에 더해서 맞던 dW와 db까지 어긋났습니다. 검산에서 틀린 것이 어느 값인지 다시 봅니다.",
        ),
        Mistake(
            _doubled,
            "한 길의 기울기를 두 배로 했습니다. 두 길은 지나는 층이 다르므로 돌아오는 값도 다릅니다.",
        ),
        Mistake(
            _input_times_gradient,
            "받은 기울기에 x를 곱해 더했습니다. 그대로 더한 길에서 Y를 X로 미분한 값이 무엇인지 봅니다.",
        ),
        Mistake(
            _averaged,
            "두 길의 평균을 냈습니다. x가 늘면 손실은 두 길의 변화를 모두 겪습니다. 2절의 끝을 봅니다.",
        ),
        Mistake(
            _not_transposed,
            "W를 전치하지 않았습니다. W가 정사각형이라 모양은 맞지만 값이 다릅니다.",
        ),
        Mistake(
            _without_weight,
            "시그모이드를 지나온 길에서 W를 거치지 않았습니다. 그 길은 Affine도 지납니다.",
        ),
        Mistake(
            _added_hidden,
            "forward에서 구한 h를 더했습니다. 역전파가 나르는 것은 기울기입니다.",
        ),
        Mistake(
            _only_skip,
            "시그모이드를 지나온 길이 dX에서 사라졌습니다. 그 길에서 온 값은 처음의 함수에 이미 있습니다.",
        ),
    ],
    hints=[
        "검산에서 W2, b2, W3, b3은 같고 W1과 b1만 다릅니다. 이 층이 왼쪽으로 넘기는 값을 봅니다.",
        "종이에 x에서 Y로 가는 화살표를 모두 그려 봅니다. 화살표마다 기울기가 하나씩 돌아옵니다.",
        "x를 그대로 더한 길의 미분은 1입니다. 그 길로 돌아오는 기울기는 무엇에 1을 곱한 것일까요?",
    ],
    learnt="값이 갈라져 두 곳에 쓰이면 기울기는 두 곳에서 돌아와 더해집니다. 그대로 더한 길의 기울기는 줄지 않고 왼쪽에 닿습니다.",
)

# ---------------------------------------------------------------- 05-4

LIMIT, GOAL, NUM_EPOCHS, BATCH_SIZE = 20, 0.95, 20, 30
SEEDS, ENOUGH = range(201, 301), 98  # 확인하는 시드와, GOAL을 넘어야 하는 시드의 수


def _trained(X, labels, hidden_size, scale, lr, seed):
    """강의의 TwoLayerNet과 train처럼 tanh 신경망을 훈련해, 로짓을 내는 함수를 돌려줍니다."""
    rng = np.random.default_rng(seed)
    W1 = scale * rng.standard_normal((2, hidden_size))
    W2 = scale * rng.standard_normal((hidden_size, 3))
    b1, b2 = np.zeros(hidden_size), np.zeros(3)
    rng, step, num_steps = np.random.default_rng(seed), 0, NUM_EPOCHS * len(X) // BATCH_SIZE
    for _ in range(NUM_EPOCHS):
        for batch in rng.permutation(len(X)).reshape(-1, BATCH_SIZE):
            x, t = X[batch], labels[batch]
            h = np.tanh(x @ W1 + b1)
            dz = (_probabilities(h @ W2 + b2) - np.eye(3)[t]) / len(t)
            da = dz @ W2.T * (1 - h**2)
            rate = lr * (1 - step / num_steps)
            for p, g in ((W1, x.T @ da), (b1, da.sum(0)), (W2, h.T @ dz), (b2, dz.sum(0))):
                p -= rate * g
            step += 1
    return lambda x: np.tanh(x @ W1 + b1) @ W2 + b2


def _fresh_accuracy(settings, seed):
    """한 시드에서 훈련한 신경망의, 새 데이터에서의 정확도와 설정입니다."""
    hidden_size, scale, lr = (float(settings[name]) for name in ("hidden_size", "scale", "lr"))
    if not hidden_size.is_integer() or hidden_size < 1:
        raise NotYetError("hidden_size는 1 이상의 정수여야 합니다.")
    seen = {"hidden_size": hidden_size, "scale": abs(scale), "lr": lr, "accuracy": 0.0}
    if hidden_size > LIMIT:
        return seen
    return seen | {"accuracy": _accuracy(int(hidden_size), scale, lr, seed)}


@functools.cache  # 같은 설정을 다시 확인하면 훈련하지 않음
def _accuracy(hidden_size, scale, lr, seed):
    with np.errstate(all="ignore"):
        predict = _trained(*make_spiral(seed=seed), hidden_size, scale, lr, seed)
        X, labels = make_spiral(1000, seed=1000 + seed)
        return float((predict(X).argmax(axis=1) == labels).mean())


def _reaches_goal(seen):
    accuracies = [run["accuracy"] for run in seen]
    good = sum(accuracy > GOAL for accuracy in accuracies)
    if good >= ENOUGH:
        return None
    return (
        f"시드 {len(SEEDS)}개 중 {good}개가 {GOAL}를 넘었고, 가장 낮은 정확도는 {min(accuracies):.3f}입니다. "
        f"{ENOUGH}개 이상이 넘어야 합니다. 세 값 중 하나를 골라 올리고 내리며, 어느 쪽이 나은지 시드 여럿으로 잽니다."
    )


def _stays_straight(seen):
    """작은 가중치에서 시작해, 정확도가 끝까지 선형 분류기와 비슷한지 봅니다."""
    mean = sum(run["accuracy"] for run in seen) / len(seen)
    return seen[0]["scale"] < 0.5 and mean < 0.6


def _has(**tests):
    """첫 사례의 설정이 조건을 모두 만족하는지 보는 함수를 만듭니다."""
    return lambda seen: all(test(seen[0][name]) for name, test in tests.items())


short_budget = Exercise(
    id="05-4",
    title="200걸음 안에 나선 풀기",
    asks=f"short_training에 쓰지 않은 시드 {len(SEEDS)}개로 훈련해, 새 데이터의 정확도를 봅니다.",
    answer={"hidden_size": 20, "scale": 3.0, "lr": 3.0},
    cases=lambda: [(seed,) for seed in SEEDS],
    observe=_fresh_accuracy,
    right=_reaches_goal,
    seconds=20.0,
    mistakes=[
        Mistake(
            {"hidden_size": 100, "scale": 1.0, "lr": 1.0},
            f"뉴런이 너무 많습니다. hidden_size는 {LIMIT}까지입니다.",
            when=_has(hidden_size=lambda value: value > LIMIT),
        ),
        Mistake(
            {"hidden_size": 20, "scale": 1.0, "lr": -1.0},
            "학습률은 0보다 커야 합니다. 음수이면 손실이 커지는 쪽으로 걷고, 0이면 걷지 않습니다.",
            when=_has(lr=lambda value: value <= 0),
        ),
        Mistake(
            {"hidden_size": 20, "scale": 0.0, "lr": 1.0},
            "가중치가 모두 0에서 시작합니다. 무슨 일이 생기는지 13절의 실수 3에서 봅니다.",
            when=_has(scale=lambda value: value == 0),
        ),
        Mistake(
            {"hidden_size": 20, "scale": 3.0, "lr": 30.0},
            "학습률이 너무 큽니다. 걸음이 커서 뉴런이 tanh의 평평한 곳으로 밀려나 돌아오지 못합니다.",
            when=_has(lr=lambda value: value > 6, scale=lambda value: value <= 20),
        ),
        Mistake(
            {"hidden_size": 10, "scale": 0.01, "lr": 1.0},
            "시작하는 가중치가 너무 작습니다. 0 근처에서 tanh는 거의 직선이라, 걸음이 끝날 때까지 10절의 선형 분류기와 비슷합니다.",
            when=_stays_straight,
        ),
        Mistake(
            {"hidden_size": 20, "scale": 0.01, "lr": 3.0},
            "시작하는 가중치가 작습니다. 은닉층이 직선에서 벗어나기까지 걸음을 많이 써서, 다 배우기 전에 끝나는 시드가 있습니다.",
            when=_has(scale=lambda value: value < 0.5),
        ),
        Mistake(
            {"hidden_size": 20, "scale": 100.0, "lr": 1.0},
            "시작하는 가중치가 너무 큽니다. tanh가 -1이나 1에 붙은 곳이 많고, 걸음이 W1의 크기에 비해 작아 뉴런이 좀처럼 달라지지 않습니다.",
            when=_has(scale=lambda value: value > 8),
        ),
        Mistake(
            {"hidden_size": 20, "scale": 3.0, "lr": 0.1},
            "학습률이 작습니다. 걸음이 200번뿐이고 크기도 0까지 줄어드니, 다 배우기 전에 끝납니다.",
            when=_has(lr=lambda value: value < 0.9),
        ),
        Mistake(
            {"hidden_size": 4, "scale": 3.0, "lr": 3.0},
            "뉴런이 적습니다. 경계를 충분히 굽히지 못하거나, 운이 나쁜 시드에서 무너집니다.",
            when=_has(hidden_size=lambda value: value < 9),
        ),
    ],
    hints=[
        "세 값을 하나씩만 바꾸어 `short_training`으로 잽니다. 무엇이 정확도를 가장 많이 올리는지 봅니다.",
        "강의의 설정으로 얻은 정확도를 10절의 선형 분류기와 비교합니다. tanh는 0 근처에서 어떤 모양일까요?",
        "하나만 바꾸어서는 모자라기 쉽습니다. 시작의 크기를 10배씩 키우며 나은 곳을 찾고, 그 부근에서 2배씩 다시 바꾸어 봅니다. 그런 다음 학습률과 뉴런의 수를 고르고, 시드 다섯 개로 고른 설정을 서른 개쯤에서 다시 잽니다.",
    ],
    learnt="작은 가중치에서 시작한 신경망은 한동안 선형 분류기와 같습니다. 걸음이 적으면 시작의 크기부터 보고, 학습률과 뉴런의 수는 거기에 맞추어 고릅니다.",
)

EXERCISES = [broken_place, weighted_loss, two_paths, short_budget]
