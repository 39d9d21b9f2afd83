"""07. 유한 차분과 경사 하강법의 연습입니다. 맞는 답이 들어 있으니 먼저 풀어 봅니다."""

import itertools

import numpy as np
import torch

from exercises.compare import difference
from exercises.engine import Exercise, Mistake, NotYetError, require
from exercises.errors import diagnosed

# ---------------------------------------------------------------- 07-1


def _numbers(answer):
    return [float(value) for value in answer]


def _errors_are(*wrong):
    """전진 차분과 중심 차분의 오차로 답한 값이 `wrong`인지 보는 함수"""
    return lambda seen: np.allclose(seen[0][:2], wrong, rtol=1e-3, atol=0)


def _is_forward_squared(seen):
    return np.isclose(seen[0][0], 0.002, rtol=1e-3)


def _is_central_linear(seen):
    return np.isclose(seen[0][1], 0.01, rtol=1e-3)


def _grew(seen):
    return max(seen[0][:2]) > 0.05


def _counted(*wrong):
    """두 오차는 맞고, 손실 계산의 횟수로 답한 값이 `wrong` 중 하나인지 보는 함수"""
    are_right = _errors_are(0.01, 0.002)
    return lambda seen: are_right(seen) and seen[0][2] in wrong


errors_and_cost = Exercise(
    id="07-1",
    title="오차와 비용 어림하기",
    asks="전진 차분의 오차, 중심 차분의 오차, 손실을 계산하는 횟수를 순서대로 봅니다.",
    answer=(0.01, 0.002, 196),
    observe=_numbers,
    mistakes=[
        Mistake(
            (0.005, 0.0005, 196),
            "1절의 출력에 나온 비율을 그대로 썼습니다. 그 출력에서는 간격이 10분의 1이 되었습니다. 여기서는 몇 분의 1인지 봅니다.",
            when=_errors_are(0.005, 0.0005),
        ),
        Mistake(
            (5, 25, 196),
            "오차가 몇 분의 1이 되는지를 답했습니다. 묻는 것은 줄어든 뒤의 오차입니다.",
            when=lambda seen: _errors_are(5, 25)(seen) or _errors_are(0.2, 0.04)(seen),
        ),
        Mistake(
            (0.25, 1.25, 196),
            "간격을 줄였는데 절단 오차가 커졌습니다. 곱할 것과 나눌 것을 다시 봅니다.",
            when=_grew,
        ),
        Mistake(
            (0.002, 0.01, 196),
            "두 방법이 바뀌었습니다. 1절에서 어느 쪽의 오차가 더 빨리 줄었는지 봅니다.",
            when=_errors_are(0.002, 0.01),
        ),
        Mistake(
            (0.01, 0.01, 196),
            "중심 차분의 오차도 간격과 같은 비율로 줄였습니다. 중심 차분에서는 h에 비례하는 항이 지워집니다. 1절의 식에서 남은 항을 봅니다.",
            when=_is_central_linear,
        ),
        Mistake(
            (0.002, 0.002, 196),
            "전진 차분의 오차가 너무 빨리 줄었습니다. 전진 차분에서는 h에 비례하는 항이 지워지지 않습니다. 1절의 식을 봅니다.",
            when=_is_forward_squared,
        ),
        Mistake(
            (0.01, 0.002, 99),
            "두 오차는 맞습니다. 횟수는 전진 차분의 것입니다. 중심 차분의 식에서 손실을 어디와 어디에서 계산하는지 봅니다.",
            when=_counted(99),
        ),
        Mistake(
            (0.01, 0.002, 98),
            "두 오차는 맞습니다. 매개변수의 수를 답했습니다. 매개변수 하나를 움직여 볼 때 손실을 몇 번 계산하는지 봅니다.",
            when=_counted(98),
        ),
        Mistake(
            (0.01, 0.002, 160),
            "두 오차는 맞습니다. 매개변수에서 편향을 빠뜨렸습니다. `nn.Linear`에는 출력마다 편향이 하나 있습니다.",
            when=_counted(80, 81, 160, 161),
        ),
        Mistake(
            (0.01, 0.002, 197),
            "두 오차는 맞습니다. 움직이지 않은 점의 손실도 세었습니다. 중심 차분의 식에 f(x)가 있는지 봅니다.",
            when=_counted(197),
        ),
        Mistake(
            (0.01, 0.002, 8),
            "두 오차는 맞습니다. 층마다 가중치와 편향을 하나씩만 세었습니다. 매개변수는 텐서가 아니라 그 안에 든 수 하나하나입니다.",
            when=_counted(4, 5, 8, 9),
        ),
        Mistake(
            (0.01, 0.002, 2),
            "두 오차는 맞습니다. 모든 매개변수를 한꺼번에 움직이면 매개변수마다의 기울기를 가려낼 수 없습니다. 매개변수를 어떻게 움직여야 하는지 3절에서 봅니다.",
            when=_counted(2),
        ),
    ],
    hints=[
        "간격이 몇 분의 1이 되었는지 먼저 봅니다. 1절에서 전진 차분의 오차는 간격과 같은 비율로, 중심 차분의 오차는 그보다 더 줄었습니다.",
        "중심 차분에 남는 절단 오차는 h의 제곱에 비례합니다.",
        "`nn.Linear(a, b)`의 매개변수는 가중치 a × b개와 편향 b개입니다. 중심 차분은 매개변수를 하나씩 올려도 보고 내려도 봅니다.",
    ],
    learnt="중심 차분은 오차가 훨씬 빨리 줄지만 손실을 계산하는 횟수가 두 배쯤입니다. "
    "횟수는 어느 쪽이든 매개변수의 수에 비례합니다.",
)

# ---------------------------------------------------------------- 07-2


def _valley(w):
    return (w[0] * w[1] - 1) ** 2 + 0.5 * (w[0] - 2 * w[1]) ** 2


def _chain(w):
    links = sum((w[i + 1] - w[i]) ** 2 * (1 + w[i] ** 2) for i in range(len(w) - 1))
    return links + (w[0] - 0.5) ** 2


def _single(w):
    return (w[0] * w[0] - 2) ** 2


def _starts():
    """손실과 매개변수의 수가 다른 사례 다섯입니다. 뒤의 둘은 출발점이 정수 배열입니다."""
    return [
        (_valley, np.array([0.5, 1.2]), 0.05, 6),
        (_chain, np.array([0.3, -0.8, 1.1, 0.4]), 0.04, 5),
        (_single, np.array([0.7]), 0.03, 4),
        (_valley, np.array([2, -1]), 0.03, 1),
        (_single, np.array([2]), 0.01, 1),
    ]


def _gradient(loss_of, w):
    gradient = np.zeros_like(w)
    for i in range(len(w)):
        up, down = w.copy(), w.copy()
        up[i] += 1e-5
        down[i] -= 1e-5
        gradient[i] = (loss_of(up) - loss_of(down)) / 2e-5
    return gradient


def _descend(loss_of, start, lr, num_steps):
    path = [start.astype(float)]
    for _ in range(num_steps):
        path.append(path[-1] - lr * _gradient(loss_of, path[-1]))
    return np.array(path)


def _changes_start(loss_of, start, lr, num_steps):
    """노트북에 있는 틀린 함수"""
    w, path = start, [start]
    for _ in range(num_steps):
        for i in range(len(w)):
            w[i] -= lr * _gradient(loss_of, w)[i]
        path.append(w)
    return np.array(path)


def _one_by_one(loss_of, start, lr, num_steps):
    w = start.astype(float)
    path = [w.copy()]
    for _ in range(num_steps):
        for i in range(len(w)):
            w[i] -= lr * _gradient(loss_of, w)[i]
        path.append(w.copy())
    return np.array(path)


def _same_array(loss_of, start, lr, num_steps):
    w = start.astype(float)
    path = [w]
    for _ in range(num_steps):
        w -= lr * _gradient(loss_of, w)
        path.append(w)
    return np.array(path)


def _uphill(loss_of, start, lr, num_steps):
    return _descend(loss_of, start, -lr, num_steps)


def _twice_as_far(loss_of, start, lr, num_steps):
    return _descend(loss_of, start, 2 * lr, num_steps)


def _half_as_far(loss_of, start, lr, num_steps):
    return _descend(loss_of, start, lr / 2, num_steps)


def _forgets_to_move(loss_of, start, lr, num_steps):
    """새 위치를 기록만 하고, 언제나 출발점에서 걸음"""
    w = start.astype(float)
    moved = w - lr * _gradient(loss_of, w)
    return np.array([w] + [moved] * num_steps)


def _gradient_once(loss_of, start, lr, num_steps):
    w = start.astype(float)
    gradient = _gradient(loss_of, w)
    return np.array([w - k * lr * gradient for k in range(num_steps + 1)])


def _piles_up(loss_of, start, lr, num_steps):
    """backward의 기울기를 지우지 않음"""
    path, total = [start.astype(float)], 0.0
    for _ in range(num_steps):
        total = total + _gradient(loss_of, path[-1])
        path.append(path[-1] - lr * total)
    return np.array(path)


def _records_before(loss_of, start, lr, num_steps):
    """움직이기 전의 위치를 기록함"""
    path = _descend(loss_of, start, lr, num_steps)
    return np.concatenate([path[:1], path[:-1]])


def _stays_integer(loss_of, start, lr, num_steps):
    w = start.copy()
    path = [w]
    for _ in range(num_steps):
        w = w - lr * _gradient(loss_of, w)
        path.append(w)
    return np.array(path)


def _subtracts_in_place(loss_of, start, lr, num_steps):
    w = start.copy()
    path = [w.copy()]
    for _ in range(num_steps):
        w -= lr * _gradient(loss_of, w.astype(float))
        path.append(w.copy())
    return np.array(path)


def _one_sided(h):
    """간격이 `h`인 전진 차분으로 걷습니다. `h`가 음수이면 후진 차분입니다."""

    def descend(loss_of, start, lr, num_steps):
        path = [start.astype(float)]
        for _ in range(num_steps):
            w = path[-1]
            moved = w + h * np.eye(len(w))
            path.append(w - lr * np.array([(loss_of(m) - loss_of(w)) / h for m in moved]))
        return np.array(path)

    return descend


def _wide_steps(loss_of, start, lr, num_steps):
    """간격이 넓은 중심 차분"""
    path = [start.astype(float)]
    for _ in range(num_steps):
        ups, downs = path[-1] + 0.1 * np.eye(len(start)), path[-1] - 0.1 * np.eye(len(start))
        gradient = [(loss_of(a) - loss_of(b)) / 0.2 for a, b in zip(ups, downs, strict=True)]
        path.append(path[-1] - lr * np.array(gradient))
    return np.array(path)


def _is_path(case, path):
    return difference(_descend(*case), path, atol=np.inf) is None


def _walks_like(descend):
    """출발점이 float인 사례에서 `descend`와 같은 길을 걸었는지 보는 함수"""

    def walks(seen):
        return all(
            difference(descend(*case), path, rtol=1e-3, atol=1e-5) is None
            for case, path in zip(_starts(), seen, strict=True)
            if case[1].dtype.kind == "f"
        )

    return walks


def _float_paths(seen):
    """출발점이 float인 사례의 출발점과 길입니다. 자료형이나 모양이 다른 길이 있으면 빈 목록입니다."""
    pairs = zip(_starts(), seen, strict=True)
    pairs = [(case, path) for case, path in pairs if case[1].dtype.kind == "f"]
    good = all(_is_path(case, path) for case, path in pairs)
    return [(case[1], np.asarray(path)) for case, path in pairs] if good else []


def _uses_one_side(seen):
    """간격이 10의 거듭제곱인 전진 차분이나 후진 차분과 같은 길인지"""
    steps = [sign * 10.0**-k for k in (1, 2, 3, 4) for sign in (1, -1)]
    return any(_walks_like(_one_sided(h))(seen) for h in steps)


def _is_rough(seen):
    """첫 행은 출발점이고, 걸음마다 그 점의 기울기에서 조금씩만 어긋나는지"""
    pairs = [(case, np.asarray(path, float)) for case, path in zip(_starts(), seen, strict=True)]
    if not all(_is_path(case, path) for case, path in pairs):
        return False
    for (loss_of, start, lr, _), path in pairs:
        if not np.allclose(path[0], start, rtol=0, atol=1e-9):
            return False
        for before, after in itertools.pairwise(path):
            exact = _gradient(loss_of, before)
            if np.abs((before - after) / lr - exact).max() > 0.2 * np.abs(exact).max():
                return False
    return True


def _never_moves(seen):
    """모든 행이 출발점"""
    pairs = _float_paths(seen)
    return bool(pairs) and all(np.allclose(path, start, rtol=0, atol=1e-9) for start, path in pairs)


def _repeats_last_row(seen):
    """첫 행 뒤의 모든 행이 마지막 행과 같음"""
    pairs = _float_paths(seen)
    return bool(pairs) and all(np.array_equal(path[1:-1], path[2:]) for _, path in pairs)


INTEGER_IN_PLACE = "출발점이 정수 배열이면 오류가 납니다. 정수 배열의 값은 제자리에서(in-place) 소수로 바꿀 수 없습니다. w의 자료형을 봅니다."


def _path_of(descend, loss_of, start, lr, num_steps):
    with diagnosed({r"Cannot cast ufunc|can't be cast": INTEGER_IN_PLACE}):
        path = descend(loss_of, start, lr, num_steps)
    if path is None:
        require(start, path)
    return path


safe_descent = Exercise(
    id="07-2",
    title="출발점을 건드리는 경사 하강법",
    asks="새 손실과 출발점으로 함수를 불러, 돌려준 배열의 모든 행을 보고 출발점이 그대로인지 봅니다.",
    answer=_descend,
    cases=_starts,
    observe=_path_of,
    rtol=1e-3,
    atol=1e-5,
    mistakes=[
        Mistake(
            _changes_start,
            "함수를 부른 뒤 start의 값이 바뀌었습니다. `w = start`는 배열을 복사하지 않고 같은 배열에 이름을 하나 더 붙입니다.",
        ),
        Mistake(
            lambda loss_of, start, lr, num_steps: np.array([start * 1.0] * (num_steps + 1)),
            "모든 행이 출발점 그대로입니다. 기울기가 0이 아닌지, 갱신한 값을 기록했는지 봅니다. 간격이 지나치게 작아도 그렇습니다.",
            when=_never_moves,
        ),
        Mistake(
            _forgets_to_move,
            "첫 걸음은 맞고, 그다음부터 움직이지 않습니다. 다음 걸음을 새로 구한 위치에서 시작하는지 봅니다.",
            when=_walks_like(_forgets_to_move),
        ),
        Mistake(
            _same_array,
            "걸음을 기록한 행이 모두 똑같습니다. 배열 하나를 여러 번 담으면 나중에 바뀐 값이 모든 행에 보입니다. 3절에서 path에 담은 것을 봅니다.",
            when=_repeats_last_row,
        ),
        Mistake(
            _one_by_one,
            "첫 걸음부터 조금씩 다릅니다. 둘째 매개변수의 기울기를 잴 때 첫째 매개변수가 어디에 있었는지 봅니다.",
            when=_walks_like(_one_by_one),
        ),
        Mistake(
            _stays_integer,
            "출발점이 float 배열이면 맞고, 정수 배열이면 틀립니다. 정수 배열의 원소에 1.00001을 넣으면 무엇이 남는지 출력해 봅니다.",
            when=_walks_like(_descend),
        ),
        Mistake(_subtracts_in_place, INTEGER_IN_PLACE),
        Mistake(
            _one_sided(1e-2),
            "한쪽으로만 움직인 차분이라, 그 간격으로는 기울기의 오차가 0.0001보다 큽니다. 한쪽으로만 움직일 때의 오차가 무엇에 비례하는지 1절에서 봅니다.",
            when=_uses_one_side,
        ),
        Mistake(
            _uphill,
            "손실이 커지는 쪽으로 걸었습니다. 기울기의 어느 쪽으로 움직이는지 3절에서 봅니다.",
            when=_walks_like(_uphill),
        ),
        Mistake(
            _twice_as_far,
            "걸음이 모두 두 배입니다. 올린 점과 내린 점이 얼마나 떨어져 있는지 봅니다.",
            when=_walks_like(_twice_as_far),
        ),
        Mistake(
            _half_as_far,
            "걸음이 모두 절반입니다. 손실을 잰 두 점이 얼마나 떨어져 있는지 봅니다.",
            when=_walks_like(_half_as_far),
        ),
        Mistake(
            _piles_up,
            "첫 걸음은 맞고, 그다음부터 앞 걸음의 기울기까지 더해 움직입니다. 자동 미분을 썼다면 5절에서 갱신 다음에 하는 일을 봅니다.",
            when=_walks_like(_piles_up),
        ),
        Mistake(
            _records_before,
            "기록이 한 걸음씩 늦습니다. 출발점이 두 번 나오고 마지막 위치가 없습니다. 기록하는 줄이 갱신하는 줄의 앞인지 뒤인지 봅니다.",
            when=_walks_like(_records_before),
        ),
        Mistake(
            _gradient_once,
            "첫 걸음은 맞고, 그다음부터 같은 걸음을 반복합니다. 움직인 위치에서 기울기를 다시 재는지 봅니다.",
            when=_walks_like(_gradient_once),
        ),
        Mistake(
            _wide_steps,
            "가는 쪽은 맞는데 걸음마다 기울기가 조금씩 어긋납니다. 기울기의 오차는 0.0001보다 작아야 합니다. 차분의 간격이 너무 넓거나 너무 좁지 않은지 봅니다.",
            when=_is_rough,
        ),
    ],
    hints=[
        "증상이 셋이고 이유도 셋입니다. 하나를 고칠 때마다 check()를 불러 봅니다.",
        "NumPy 배열에 새 이름을 붙여도 배열은 하나입니다. 3절에서 `w.copy()`를 쓴 곳을 모두 찾습니다.",
        "한 걸음의 기울기는 모두 같은 위치에서 잽니다. 기울기를 다 구한 다음에 움직입니다.",
        "정수 배열에 소수를 넣으면 소수점 아래가 버려집니다. 배열의 자료형은 `astype`으로 바꿉니다.",
    ],
    learnt="복사하지 않은 배열, 먼저 움직인 매개변수, 정수 배열은 모두 오류 없이 틀립니다. "
    "종이로 푼 답이 있는 문제에서 한 걸음을 재어 보면 드러납니다.",
)

# ---------------------------------------------------------------- 07-3

TINY, HUGE = 1e-9, 1e9  # 손실의 크기
HUGE_CASE, TINY_CASE = 3, 4  # 그런 손실을 쓰는 사례의 번호


def _problem(rows, columns, scale, factors, seed, offset=0.0):
    """tanh 층 하나의 손실, 가중치, 몇 원소에 `factors`를 곱해 틀리게 만든 기울기

    손실에 `offset`을 더하면 기울기는 그대로이고 반올림 오차만 커집니다.
    """
    generator = np.random.default_rng(seed)
    inputs = generator.normal(size=(6, rows))
    targets = generator.uniform(-1, 1, size=(6, columns))
    w = generator.uniform(0.3, 1, size=(rows, columns)) * generator.choice([-1, 1], (rows, columns))

    def loss_of(w):
        return float(scale * ((np.tanh(inputs @ w) - targets) ** 2).mean() + offset)

    output = np.tanh(inputs @ w)
    gradient = 2 * scale / targets.size * inputs.T @ ((output - targets) * (1 - output**2))
    for place, factor in factors.items():
        gradient[place] *= factor
    return loss_of, w, gradient


def _problems():
    """모양, 손실의 크기, 틀린 원소가 다른 사례 여섯"""
    half = {(0, column): 0.5 for column in range(3)}  # 제곱을 미분한 2를 빠뜨림
    return [
        _problem(3, 2, 1.0, {(0, 1): -1.0, (2, 0): 1.12}, seed=731),
        _problem(2, 4, 1.0, {}, seed=732, offset=100.0),
        _problem(1, 3, 1.0, half, seed=733),
        _problem(4, 1, HUGE, {(3, 0): 0.8}, seed=734),
        _problem(2, 3, TINY, {(0, 0): 0.0, (1, 2): 1.5, (1, 0): -1.0}, seed=735),
        _problem(2, 2, 1.0, {(1, 1): 2.0, (1, 0): 0.7}, seed=736, offset=100.0),
    ]


def _numeric(loss_of, w):
    numeric = np.zeros_like(w)
    for place in np.ndindex(w.shape):
        up, down = w.copy(), w.copy()
        up[place] += 1e-5
        down[place] -= 1e-5
        numeric[place] = (loss_of(up) - loss_of(down)) / 2e-5
    return numeric


def _find_wrong(loss_of, w, gradient):
    return np.abs(_numeric(loss_of, w) - gradient) > 0.02 * np.abs(gradient)


def _moves_rows(loss_of, w, gradient):
    """4절의 함수를 행렬에 그대로 씀"""
    return np.abs(_gradient(loss_of, w) - gradient) > 0.02 * np.abs(gradient)


def _opposite(loss_of, w, gradient):
    return ~_find_wrong(loss_of, w, gradient)


def _restores(loss_of, w, gradient):
    """w를 제자리에서 바꾸고 되돌림"""
    numeric = np.zeros_like(w)
    for place in np.ndindex(w.shape):
        w[place] += 1e-5
        numeric[place] = loss_of(w)
        w[place] -= 2e-5
        numeric[place] = (numeric[place] - loss_of(w)) / 2e-5
        w[place] += 1e-5
    return np.abs(numeric - gradient) > 0.02 * np.abs(gradient)


def _without_abs(loss_of, w, gradient):
    return _numeric(loss_of, w) - gradient > 0.02 * np.abs(gradient)


def _the_other_side(loss_of, w, gradient):
    return gradient - _numeric(loss_of, w) > 0.02 * np.abs(gradient)


def _signed(loss_of, w, gradient):
    """차이에도 기준에도 절댓값이 없음"""
    return gradient - _numeric(loss_of, w) > 0.02 * gradient


def _signed_back(loss_of, w, gradient):
    return _numeric(loss_of, w) - gradient > 0.02 * gradient


def _negative_bound(loss_of, w, gradient):
    return np.abs(_numeric(loss_of, w) - gradient) > 0.02 * gradient


def _drifting(axis, limit):
    """움직인 매개변수를 되돌리지 않고 다음 것을 움직입니다. `axis`가 1이면 행마다 새로 시작합니다."""

    def find(loss_of, w, gradient):
        numeric = _numeric(loss_of, w).cumsum(axis).reshape(w.shape)
        return np.abs(numeric - gradient) > limit * np.abs(gradient)

    return find


DRIFTING = [_drifting(axis, limit) for axis in (None, 1) for limit in (0.02, 0.06)]


def _doubled(loss_of, w, gradient):
    return np.abs(2 * _numeric(loss_of, w) - gradient) > 0.02 * np.abs(gradient)


def _over_gradient(loss_of, w, gradient):
    """차이를 부호가 있는 기울기로 나눔"""
    with np.errstate(all="ignore"):
        return np.abs(_numeric(loss_of, w) - gradient) / gradient > 0.02


def _over_numeric(loss_of, w, gradient):
    numeric = _numeric(loss_of, w)
    return np.abs(numeric - gradient) / numeric > 0.02


def _all_zero(loss_of, w, gradient):
    """유한 차분이 모두 0"""
    return gradient != 0


def _not_equal(loss_of, w, gradient):
    return _numeric(loss_of, w) != gradient


def _fixed_bound(loss_of, w, gradient):
    return np.abs(_numeric(loss_of, w) - gradient) > 1e-4


def _generous(loss_of, w, gradient):
    return np.abs(_numeric(loss_of, w) - gradient) > 0.4 * np.abs(gradient)


def _are_marks(want, got):
    """참과 거짓만 있는, 모양이 같은 배열이나 텐서"""
    is_array = isinstance(got, (np.ndarray, torch.Tensor)) and str(got.device) == "cpu"
    return is_array and tuple(got.shape) == want.shape and str(got.dtype).endswith("bool")


def _marks_like(*functions):
    """`functions` 중 하나와 똑같이 짚었는지 보는 함수"""

    def marks(seen):
        return any(
            all(
                _are_marks(want, got) and np.array_equal(want, np.asarray(got))
                for want, got in zip([find(*case) for case in _problems()], seen, strict=True)
            )
            for find in functions
        )

    return marks


def _missed_and_extra(seen):
    """사례마다 놓친 원소와 잘못 짚은 원소가 있는지입니다. 돌려준 것의 자료형이나 모양이 다르면 빈 목록입니다."""
    wants = [_find_wrong(*case) for case in _problems()]
    if not all(map(_are_marks, wants, seen)):
        return []
    pairs = zip(wants, map(np.asarray, seen), strict=True)
    return [(bool((want & ~got).any()), bool((got & ~want).any())) for want, got in pairs]


def _misses_tiny(seen):
    """손실이 아주 작은 사례에서만 하나도 짚지 못하고, 보통의 사례에서는 잘못 짚지 않음"""
    pairs = _missed_and_extra(seen)
    usual = [place for place in range(len(pairs)) if place not in (HUGE_CASE, TINY_CASE)]
    finds_some = any(np.asarray(seen[place]).any() for place in usual)
    misses = finds_some and not np.asarray(seen[TINY_CASE]).any()
    return misses and not any(pairs[place][1] for place in usual)


def _only_misses(seen):
    """잘못 짚은 원소는 없고 놓친 원소만 있음"""
    pairs = _missed_and_extra(seen)
    return any(missed for missed, _ in pairs) and not any(extra for _, extra in pairs)


def _accuses(seen):
    """놓친 원소 없이, 틀린 원소가 없는 사례에서도 짚음"""
    pairs = _missed_and_extra(seen)
    return bool(pairs) and not any(missed for missed, _ in pairs) and pairs[1][1]


gradient_check = Exercise(
    id="07-3",
    title="손으로 쓴 기울기 검산하기",
    asks="어느 원소가 틀렸는지 아는 기울기 행렬 여섯 개를 함수에 넣어, 짚어 낸 원소를 봅니다.",
    answer=_find_wrong,
    cases=_problems,
    mistakes=[
        Mistake(
            _moves_rows,
            "열이 여럿이면 맞은 원소도 틀렸다고 합니다. 행렬에서 `w[i]`는 수 하나가 아니라 행 하나입니다. 매개변수가 몇 개씩 움직였는지 봅니다.",
        ),
        Mistake(
            _opposite,
            "참과 거짓이 모두 반대입니다. 참이어야 하는 것은 맞은 원소가 아니라 틀린 원소입니다.",
        ),
        Mistake(
            _restores,
            "함수를 부른 뒤 w가 처음과 다릅니다. 되돌렸더라도, 더했다가 뺀 값은 반올림되어 끝자리가 달라질 수 있습니다.",
        ),
        Mistake(
            _without_abs,
            "손으로 쓴 값이 유한 차분으로 구한 값보다 큰 원소를 모두 놓쳤습니다. 차이의 크기를 보았는지 확인합니다.",
        ),
        Mistake(
            _the_other_side,
            "손으로 쓴 값이 유한 차분으로 구한 값보다 작은 원소를 모두 놓쳤습니다. 차이의 크기를 보았는지 확인합니다.",
        ),
        Mistake(
            _signed,
            "차이에도, 허용하는 차이에도 부호가 남아 있습니다. 기울기가 양수인 원소와 음수인 원소를 하나씩 골라 계산해 봅니다.",
            when=_marks_like(_signed, _signed_back),
        ),
        Mistake(
            _negative_bound,
            "기울기가 음수인 원소는 언제나 틀렸다고 합니다. 허용하는 차이가 그 원소에서 음수가 되지 않는지 봅니다.",
        ),
        Mistake(
            DRIFTING[0],
            "앞에서 움직인 매개변수가 다음 매개변수를 잴 때에도 움직인 채로 있습니다. w의 복사본을 언제 새로 만드는지 봅니다.",
            when=_marks_like(*DRIFTING),
        ),
        Mistake(
            _doubled,
            "유한 차분으로 구한 값이 모두 참값의 두 배입니다. 올린 점과 내린 점이 얼마나 떨어져 있는지 봅니다.",
        ),
        Mistake(
            _all_zero,
            "손으로 쓴 값이 0이 아니면 모두 틀렸다고 합니다. 유한 차분으로 구한 값이 0인지 출력해 봅니다. 움직인 것이 없거나 간격이 지나치게 작을 때 그렇습니다.",
        ),
        Mistake(
            _over_gradient,
            "음수로 나눈 원소를 모두 놓쳤습니다. 차이를 기울기로 나누었다면, 기울기가 음수일 때 비율의 부호를 봅니다.",
            when=_marks_like(_over_gradient, _over_numeric),
        ),
        Mistake(
            _fixed_bound,
            "손실이 아주 작은 사례에서 틀린 원소를 놓칩니다. 그때는 기울기도 아주 작습니다. 허용하는 차이를 무엇을 기준으로 정했는지 봅니다. `np.isclose`를 썼다면 atol의 기본값도 봅니다.",
            when=_misses_tiny,
        ),
        Mistake(
            _not_equal,
            "틀린 원소가 하나도 없는 사례에서도 틀렸다고 합니다. 문제의 본보기에서 유한 차분으로 구한 값을 손으로 쓴 값과 나란히 출력해 봅니다. 맞은 원소가 크게 다르면 구하는 식을, 조금 다르면 간격과 허용하는 차이를 2절에 비추어 봅니다.",
            when=_accuses,
        ),
        Mistake(
            _generous,
            "잘못 짚은 원소는 없지만 놓친 원소가 있습니다. 차이의 크기를 보았는지, 조금 어긋난 원소까지 짚는 기준인지 문제의 셋째 조건에 비추어 봅니다.",
            when=_only_misses,
        ),
    ],
    hints=[
        "먼저 유한 차분으로 같은 모양의 기울기를 만듭니다. 4절의 함수는 매개변수가 한 줄로 있을 때의 것입니다. 행렬에서는 무엇을 하나씩 움직여야 할까요?",
        "행의 번호와 열의 번호를 도는 for 두 개를 겹치고, `up[i, j]`처럼 원소 하나만 바꿉니다.",
        "유한 차분의 값은 정확하지 않으므로 조금 다른 것은 눈감아 줍니다. 손실이 100만 배가 되면 기울기와 차이도 100만 배가 됩니다.",
        "차이의 크기를 기울기의 크기로 나누면 손실의 크기와 상관없는 비율이 됩니다. 이 비율을 어디서 자를지 문제의 셋째 조건을 보고 정합니다.",
    ],
    learnt="검산에서는 차이 자체가 아니라 기울기에 대한 비율을 봅니다. "
    "손실의 크기가 달라도 같은 기준을 쓸 수 있습니다.",
)

# ---------------------------------------------------------------- 07-4

LIMIT = 20.0  # 가장 좋은 간격의 오차의 몇 배까지 허용하는지
SIZES = [1.0, 0.002, 30_000.0, -5.0]
DTYPES = [np.float64, np.float32]


def _cube(x):
    return x * x * x


def _inverse(x):
    return 1 / x


def _relative_errors(points, steps):
    """두 함수의 중심 차분이 낸 상대 오차의 평균"""
    found = []
    with np.errstate(all="ignore"):
        for f, slope in [(_cube, lambda x: 3 * x**2), (_inverse, lambda x: -1 / x**2)]:
            difference_quotient = (f(points + steps) - f(points - steps)) / (2 * steps)
            exact = slope(points.astype(np.float64))
            found.append(np.abs(difference_quotient.astype(np.float64) / exact - 1).mean())
    return np.array(found)


def _one_step(function, x, eps):
    h = function(x, eps)
    require(1.0, h, "돌려준 간격")
    if not 0 < float(h) < np.inf:
        raise NotYetError(
            f"x가 {x:g}일 때 돌려준 간격이 {float(h):.2g}입니다. 간격은 0보다 크고 무한대가 아닌 수여야 합니다."
        )
    return float(h)


def _try_steps(function, size, dtype):
    """x가 `size` 부근일 때 고른 간격, 그 오차가 가장 좋은 간격의 몇 배인지, 움직이지 않은 점이 있는지"""
    points = (size * np.linspace(1, 2, 50)).astype(dtype)
    eps = float(np.finfo(dtype).eps)
    chosen = np.array([_one_step(function, x, eps) for x in points.tolist()])
    with np.errstate(all="ignore"):
        steps = chosen.astype(dtype)
        stuck = bool((points + steps == points).any())
    candidates = [np.abs(points) * dtype(10 ** (-k / 4)) for k in range(4, 40)]
    best = np.min([_relative_errors(points, candidate) for candidate in candidates], axis=0)
    ratio = float(np.max(_relative_errors(points, steps) / best))
    return {"steps": chosen, "relative": chosen / np.abs(points), "ratio": ratio, "stuck": stuck}


def _settings():
    return [(size, dtype) for dtype in DTYPES for size in SIZES]


def _is_good_step(seen):
    for (size, dtype), run in zip(_settings(), seen, strict=True):
        if not run["ratio"] <= LIMIT:
            times = f"{run['ratio']:,.0f}배입니다" if run["ratio"] < 1e6 else "100만 배가 넘습니다"
            return (
                f"x가 {size:g} 부근이고 자료형이 {dtype.__name__}일 때, 오차는 가장 좋은 간격에서 생기는 "
                f"오차의 {times}. {LIMIT:g}배 아래여야 합니다."
            )
    return None


def _is_constant(seen):
    steps = np.concatenate([run["steps"] for run in seen])
    return np.allclose(steps, steps[0], rtol=1e-6, atol=0)


def _ignores_x(seen):
    """같은 자료형에서는 늘 같은 간격"""
    halves = seen[: len(SIZES)], seen[len(SIZES) :]
    return all(_is_constant(half) for half in halves)


def _ignores_eps(seen):
    pairs = zip(seen[: len(SIZES)], seen[len(SIZES) :], strict=True)
    return all(np.allclose(a["steps"], b["steps"], rtol=1e-3, atol=0) for a, b in pairs)


def _shares(seen, power):
    """x에 대한 간격의 비를 ε의 거듭제곱으로 나눈 값"""
    return np.array(
        [
            run["relative"].mean() / float(np.finfo(dtype).eps) ** power
            for (_, dtype), run in zip(_settings(), seen, strict=True)
        ]
    )


def _is_forward_step(seen):
    """x에 대한 간격의 비가 ε의 제곱근에 가까움"""
    shares = _shares(seen, 1 / 2)
    return bool((shares > 0.3).all() and (shares < 3).all())


def _is_third(seen):
    """x에 대한 간격의 비가 ε을 3으로 나눈 값"""
    return np.allclose(_shares(seen, 1), 1 / 3, rtol=1e-3)


def _is_too_small(seen):
    return bool((_shares(seen, 1 / 3) < 0.1).all())


def _is_too_big(seen):
    return bool((_shares(seen, 1 / 3) > 2).all())


def _is_stuck(seen):
    return any(run["stuck"] for run in seen)


def _follows_power(seen):
    """x의 크기가 1 안팎일 때만 맞고, 간격이 x에 비례하지 않음"""
    near_one = [run["ratio"] <= LIMIT for run in seen[:: len(SIZES)]]
    halves = seen[: len(SIZES)], seen[len(SIZES) :]
    return all(near_one) and not all(map(_flat, halves))


def _flat(half):
    """x에 대한 간격의 비가 거의 같음"""
    shares = [run["relative"].mean() for run in half]
    return max(shares) < 1.5 * min(shares)


def _wrong_when_negative(seen):
    """x가 음수인 두 사례만 틀림"""
    negative = SIZES.index(-5.0)
    wrong = [i for i, run in enumerate(seen) if not run["ratio"] <= LIMIT]
    return wrong == [negative, negative + len(SIZES)]


def _too_big_when_small(seen):
    """x가 작은 두 사례만 틀리고, 거기서 간격이 x에 비해 큼"""
    small = SIZES.index(0.002)
    wrong = [i for i, run in enumerate(seen) if not run["ratio"] <= LIMIT]
    return wrong == [small, small + len(SIZES)] and all(
        seen[i]["relative"].mean() > 2 * seen[i - small]["relative"].mean() for i in wrong
    )


good_step = Exercise(
    id="07-4",
    title="x와 자료형에 맞는 간격",
    asks="두 자료형에서 x가 0.002, 1, 30000, -5 부근일 때, 고른 간격의 오차를 가장 좋은 간격의 오차와 비교합니다.",
    answer=lambda x, eps: eps ** (1 / 3) * abs(x),
    cases=_settings,
    observe=_try_steps,
    right=_is_good_step,
    mistakes=[
        Mistake(
            lambda x, eps: 1e-5,
            "언제나 같은 간격입니다. 간격을 고정한 앞의 출력에서 어디가 크게 틀렸는지 봅니다.",
            when=_is_constant,
        ),
        Mistake(
            lambda x, eps: eps ** (1 / 3),
            "자료형이 달라지면 간격도 달라지지만, x가 달라져도 간격이 같습니다. x가 아주 크거나 작을 때 x + h가 x에 비해 얼마나 움직였는지 봅니다.",
            when=_ignores_x,
        ),
        Mistake(
            lambda x, eps: 1e-5 * abs(x),
            "x가 달라지면 간격도 달라지지만, 자료형이 달라져도 간격이 같습니다. float32는 반올림이 훨씬 거칩니다. 2절의 식에서 ε이 하는 일을 봅니다.",
            when=_ignores_eps,
        ),
        Mistake(
            lambda x, eps: eps ** (1 / 3) * max(x, 1e-3),
            "x가 음수일 때만 틀립니다. 그때 간격이 x의 크기에 비해 얼마나 되는지 봅니다.",
            when=_wrong_when_negative,
        ),
        Mistake(
            lambda x, eps: eps**1 / 3 * abs(x),
            "간격이 ε을 3으로 나눈 값에 x의 크기를 곱한 것과 같습니다. 거듭제곱과 나눗셈 중에 무엇이 먼저 계산되는지 봅니다.",
            when=_is_third,
        ),
        Mistake(
            lambda x, eps: eps**3 * abs(x),
            "x + h가 반올림되어 다시 x가 되는 사례가 있습니다. 간격이 지나치게 작습니다. 8절의 실수 2를 봅니다.",
            when=_is_stuck,
        ),
        Mistake(
            lambda x, eps: eps ** (1 / 2) * abs(x),
            "전진 차분에 좋은 간격입니다. 중심 차분은 절단 오차가 더 빨리 줄어, 두 오차가 같아지는 간격이 다릅니다. 2절의 마지막 식을 봅니다.",
            when=_is_forward_step,
        ),
        Mistake(
            lambda x, eps: eps ** (1 / 3) * max(1, abs(x)),
            "x가 작을 때만 틀립니다. 그때 간격이 x의 크기에 비해 너무 큽니다. x가 작아질 때 간격도 끝까지 작아지는지 봅니다.",
            when=_too_big_when_small,
        ),
        Mistake(
            lambda x, eps: (eps * abs(x)) ** (1 / 3),
            "x가 1 부근이면 맞고, 멀어지면 틀립니다. x가 1,000배가 될 때 간격은 몇 배가 되는지 출력해 봅니다.",
            when=_follows_power,
        ),
        Mistake(
            lambda x, eps: eps ** (2 / 3) * abs(x),
            "어디서나 간격이 너무 작습니다. 그림 1의 왼쪽 비탈처럼 반올림 오차가 커졌습니다. 두 오차가 같아지는 간격을 2절의 식으로 다시 구합니다.",
            when=_is_too_small,
        ),
        Mistake(
            lambda x, eps: eps ** (1 / 4) * abs(x),
            "어디서나 간격이 너무 큽니다. 그림 1의 오른쪽 비탈처럼 절단 오차가 남았습니다. 두 오차가 같아지는 간격을 2절의 식으로 다시 구합니다.",
            when=_is_too_big,
        ),
    ],
    hints=[
        "오차를 참값에 대한 비율로 봅니다. x³에서는 절단 오차 h²을 참값 3x²으로 나눈 것입니다. x와 h가 어떤 모습으로 들어 있을까요?",
        "반올림 오차도 같은 방법으로 봅니다. f(x)를 반올림한 크기는 ε에 f(x)를 곱한 만큼입니다. 이것을 h로 나누고, 다시 참값으로 나눕니다.",
        "두 비율 모두 h와 x를 따로 쓰지 않고 h를 x로 나눈 값 하나로 쓸 수 있습니다. 이 값을 r이라고 두면 2절의 식과 같은 모습이 됩니다.",
        "r이 2절의 마지막 식처럼 정해졌으면, r에서 h를 되찾습니다. x가 음수일 때도 봅니다.",
    ],
    learnt="x³과 1/x에서 상대 오차를 정하는 것은 h 자체가 아니라 h를 x로 나눈 비율입니다. "
    "float32에서는 간격이 커야 하고, 그래도 오차는 float64보다 훨씬 큽니다.",
)

EXERCISES = [errors_and_cost, safe_descent, gradient_check, good_step]
