"""01. 선형 회귀의 연습입니다. 맞는 답이 들어 있으니 먼저 풀어 봅니다."""

import torch
from torch import nn

from exercises.compare import difference
from exercises.engine import Exercise, Mistake, require
from exercises.errors import IN_TRAINING, OLD_GRAPH, diagnosed
from helpers.data import make_line

# ---------------------------------------------------------------- 01-1

one_step = Exercise(
    id="01-1",
    title="한 걸음 뒤의 가중치",
    asks="가중치를 한 번 갱신한 값을 수 하나로 답합니다.",
    answer=3.5,
    mistakes=[
        Mistake(
            2.5,
            "기울기의 방향으로 움직였습니다. 손실을 줄이려면 어느 방향으로 가야 하는지 4절의 식을 봅니다.",
        ),
        Mistake(8.0, "기울기를 그대로 뺐습니다. 한 걸음의 크기를 줄이는 학습률이 빠졌습니다."),
        Mistake(0.5, "움직인 거리만 답했습니다. 묻는 것은 움직인 뒤의 가중치입니다."),
        Mistake(
            -0.5, "움직인 거리만 답했고 부호도 반대입니다. 묻는 것은 움직인 뒤의 가중치입니다."
        ),
        Mistake(
            -2.0,
            "기울기를 그대로 더했습니다. 학습률이 빠졌고, 움직인 방향도 4절의 식과 반대입니다.",
        ),
    ],
    hints=[
        "4절의 갱신 식에 수 셋을 넣습니다.",
        "기울기가 음수입니다. 음수를 빼면 값이 커질까요, 작아질까요?",
    ],
    learnt="기울기가 음수이면 매개변수가 커집니다. 움직이는 거리는 기울기의 크기에 학습률을 곱한 값입니다.",
)

# ---------------------------------------------------------------- 01-2


def _lines():
    """점의 수와 위치와 직선이 다른 데이터 다섯 벌과, 그때의 w와 b입니다."""
    settings = [
        (5, 2.0, 0.0, 1.0, -0.5),
        (5, 2.0, 2.5, 0.5, 1.0),
        (8, -1.0, 0.0, 1.5, -0.5),
        (3, 0.5, 4.5, -2.0, 4.0),
        (12, 3.0, 0.0, 3.0, 1.0),
    ]
    cases = []
    for n, slope, shift, w, b in settings:
        x, y = make_line(n, slope=slope, seed=40 + n)
        cases.append((w, b, x - shift, y))
    return cases


def _gradient(w, b, x, y):
    error = w * x + b - y
    return (2 * error * x).mean().item(), (2 * error).mean().item()


def _without_two(w, b, x, y):
    error = w * x + b - y
    return (error * x).mean().item(), error.mean().item()


def _summed(w, b, x, y):
    error = w * x + b - y
    return (2 * error * x).sum().item(), (2 * error).sum().item()


def _reversed_error(w, b, x, y):
    error = y - (w * x + b)
    return (2 * error * x).mean().item(), (2 * error).mean().item()


def _without_x(w, b, x, y):
    error = w * x + b - y
    return (2 * error).mean().item(), (2 * error).mean().item()


def _swapped(w, b, x, y):
    return _gradient(w, b, x, y)[::-1]


def _x_in_both(w, b, x, y):
    error = w * x + b - y
    return (2 * error * x).mean().item(), (2 * error * x).mean().item()


def _for_five_points(w, b, x, y):
    error = w * x + b - y
    return 2 / 5 * (error * x).sum().item(), 2 / 5 * error.sum().item()


def _without_b(w, b, x, y):
    error = w * x - y
    return (2 * error * x).mean().item(), (2 * error).mean().item()


def _product_of_means(w, b, x, y):
    error = w * x + b - y
    return (2 * error.mean() * x.mean()).item(), (2 * error).mean().item()


def _times_y(w, b, x, y):
    error = w * x + b - y
    return (2 * error * y).mean().item(), (2 * error).mean().item()


def _like(wrong):
    """두 값이 `wrong`과 같은지 보는 함수입니다. 앞의 2나 부호를 빠뜨린 것도 봅니다."""

    def is_like(seen):
        wants = [wrong(*case) for case in _lines()]
        return any(
            all(
                difference([k * value for value in want], got, rtol=1e-3) is None
                for want, got in zip(wants, seen, strict=True)
            )
            for k in (1, 0.5, -1, -0.5)
        )

    return is_like


gradient_by_hand = Exercise(
    id="01-2",
    title="기울기를 식으로 쓰기",
    asks="점과 w, b를 바꾸어 가며 불러, 돌려준 두 기울기를 봅니다.",
    answer=_gradient,
    cases=_lines,
    mistakes=[
        Mistake(
            _without_two, "두 값이 모두 절반입니다. 제곱을 미분하면 앞에 무엇이 나오는지 봅니다."
        ),
        Mistake(
            _summed, "점마다 구한 값을 더하기만 했습니다. 손실이 평균이면 기울기도 평균입니다."
        ),
        Mistake(
            _reversed_error,
            "부호가 모두 반대입니다. 오차가 무엇에서 무엇을 뺀 값인지 4절의 식과 비교합니다.",
        ),
        Mistake(
            _without_x,
            "w의 기울기가 b의 기울기와 같습니다. 예측의 식에서 w가 무엇과 곱해져 있는지 봅니다.",
        ),
        Mistake(
            _x_in_both,
            "b의 기울기가 w의 기울기와 같습니다. 예측의 식에서 b는 무엇과도 곱해져 있지 않습니다.",
        ),
        Mistake(
            _product_of_means,
            "w의 기울기가 오차의 평균과 x의 평균을 곱한 값입니다. 곱의 평균은 평균의 곱과 다릅니다. 4절의 식에서 무엇을 먼저 하는지 봅니다.",
            when=_like(_product_of_means),
        ),
        Mistake(
            _times_y,
            "w의 기울기를 구할 때 오차에 y를 곱했습니다. 예측의 식에서 w와 곱해진 것이 무엇인지 봅니다.",
            when=_like(_times_y),
        ),
        Mistake(
            _without_b,
            "오차를 구할 때 예측에서 b가 빠졌습니다. 2절의 예측의 식을 봅니다.",
            when=_like(_without_b),
        ),
        Mistake(_swapped, "두 기울기의 순서가 바뀌었습니다. w의 기울기가 먼저입니다."),
        Mistake(
            _for_five_points,
            "점이 다섯 개일 때만 맞습니다. 평균을 구할 때 나눈 수가 점의 수와 같은지 봅니다.",
        ),
    ],
    hints=[
        "4절의 두 식을 코드로 옮깁니다. 먼저 예측에서 타깃을 뺀 오차를 구합니다.",
        "w의 식에서는 점마다 오차의 2배에 x를 곱하고, b의 식에서는 곱하지 않습니다.",
        "점마다 구한 값은 mean()으로 평균하고, 결과는 item()으로 꺼내 Python의 수로 바꿉니다.",
    ],
    learnt="backward()가 구하는 값을 식으로도 구할 수 있습니다. 두 방법의 값이 같으면 둘 다 믿을 수 있습니다.",
    rtol=1e-3,
)

# ---------------------------------------------------------------- 01-3


def _fit(model, x, y, lr, num_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(num_epochs):
        loss = nn.functional.mse_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def _forgets_gradient(model, x, y, lr, num_epochs):
    """노트북에 있는 틀린 함수입니다."""
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(num_epochs):
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()


def _accumulates(model, x, y, lr, num_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(num_epochs):
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()


def _steps_first(model, x, y, lr, num_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(num_epochs):
        loss = nn.functional.mse_loss(model(x), y)
        optimizer.step()
        optimizer.zero_grad()
        loss.backward()


def _once(model, x, y, lr, num_epochs):
    _fit(model, x, y, lr, 1)


def _loss_outside(model, x, y, lr, num_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    loss = nn.functional.mse_loss(model(x), y)
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def _gradient_of_start(model, x, y, lr, num_epochs):
    """손실을 한 번만 계산하고 계산 그래프를 남겨, 늘 첫 기울기로 걷습니다."""
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    loss = nn.functional.mse_loss(model(x), y)
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss.backward(retain_graph=True)
        optimizer.step()


def _fixed_rate(model, x, y, lr, num_epochs):
    _fit(model, x, y, 0.01, num_epochs)


def _with(make_optimizer):
    """옵티마이저만 다른 함수입니다."""

    def fit(model, x, y, lr, num_epochs):
        optimizer = make_optimizer(model.parameters(), lr=lr)
        for _ in range(num_epochs):
            optimizer.zero_grad()
            nn.functional.mse_loss(model(x), y).backward()
            optimizer.step()

    return fit


def _with_momentum(parameters, lr):
    return torch.optim.SGD(parameters, lr=lr, momentum=0.9)


NOT_PLAIN_SGD = [
    *(torch.optim.Adam, torch.optim.AdamW, torch.optim.RMSprop, torch.optim.Adagrad),
    _with_momentum,
]


def _other_optimizer(seen):
    """훈련이 다른 옵티마이저 하나로 한 것과 같은지 봅니다."""
    return any(
        all(
            difference(_fit_and_look(_with(make), *case), run, rtol=1e-3) is None
            for case, run in zip(_trainings(), seen, strict=True)
        )
        for make in NOT_PLAIN_SGD
    )


def _trainings():
    """점의 수와 학습률과 걸음의 수가 다른 훈련 셋입니다."""
    settings = [(6, 2.0, 0.01, 1), (6, 2.0, 0.01, 5), (4, -1.0, 0.02, 40)]
    return [(*make_line(n, slope=slope, seed=7), lr, steps) for n, slope, lr, steps in settings]


def _fit_and_look(fit, x, y, lr, num_epochs):
    """0에서 시작하는 모델을 훈련시켜 w와 b를 봅니다."""
    model = nn.Linear(1, 1, dtype=torch.float32)
    nn.init.zeros_(model.weight)
    nn.init.zeros_(model.bias)
    with diagnosed(IN_TRAINING):
        fit(model, x, y, lr, num_epochs)
    parameters = [parameter.detach() for parameter in model.parameters()]
    require([torch.zeros(1, 1), torch.zeros(1)], parameters, "훈련한 w와 b")
    return dict(zip("wb", (parameter.item() for parameter in parameters), strict=True))


loop_without_learning = Exercise(
    id="01-3",
    title="배우지 않는 훈련 루프",
    asks="w와 b가 0인 nn.Linear(1, 1)을 함수에 넣고, 훈련이 끝난 w와 b를 봅니다.",
    answer=_fit,
    cases=_trainings,
    observe=_fit_and_look,
    mistakes=[
        Mistake(
            _forgets_gradient,
            "w와 b가 시작한 값 그대로입니다. 받은 model을 갱신하는지, 그때 기울기가 남아 있는지 봅니다.",
        ),
        Mistake(
            _accumulates, "첫 걸음은 맞고 그다음부터 어긋납니다. 앞 걸음의 기울기가 남아 있습니다."
        ),
        Mistake(_steps_first, "한 걸음씩 늦습니다. 이번 손실의 기울기를 구하기 전에 갱신했습니다."),
        Mistake(_loss_outside, OLD_GRAPH),
        Mistake(
            _gradient_of_start,
            "첫 걸음은 맞고 그다음부터 첫 걸음과 똑같이 움직입니다. 손실을 처음 한 번만 계산하지 않았는지 봅니다.",
        ),
        Mistake(
            _with(torch.optim.Adam),
            "처음의 fit과 다른 옵티마이저나 다른 설정으로 걸었습니다. 옵티마이저를 만드는 줄에는 고칠 것이 없었습니다.",
            when=_other_optimizer,
        ),
        Mistake(
            _fixed_rate,
            "학습률이 0.01일 때만 맞습니다. 함수 안에 학습률을 수로 적었는지 봅니다.",
        ),
        Mistake(_once, "한 걸음만 갔습니다. 갱신은 num_epochs번 반복합니다."),
    ],
    hints=[
        "5절의 훈련 루프와 한 줄씩 비교합니다. 모자란 줄은 없습니다.",
        "zero_grad()가 지우는 것이 무엇인지, step()이 쓰는 것이 무엇인지 생각합니다.",
        "지우는 일은 새 기울기를 구하기 전에 합니다.",
    ],
    learnt="backward()가 구한 기울기가 step()까지 남아 있어야 배웁니다. 순서가 틀려도 오류는 나지 않습니다.",
    rtol=1e-3,
)

# ---------------------------------------------------------------- 01-4

LIMIT = 600  # 쓸 수 있는 걸음의 수


def _loss_ratio(settings, seed):
    """점 스무 개를 이 설정으로 훈련한 뒤의 손실을 최소제곱해의 손실로 나눈 값과, 경계 학습률입니다."""
    lr, num_epochs = settings["lr"], settings["num_epochs"]
    x, y = (value.double() for value in make_line(20, seed=seed))
    A = torch.cat([x, torch.ones_like(x)], dim=1)
    parameters = torch.zeros(2, 1, dtype=torch.float64)
    for _ in range(int(min(num_epochs, LIMIT))):
        parameters = parameters - lr * 2 / len(x) * A.T @ (A @ parameters - y)
    best = torch.linalg.lstsq(A, y).solution
    last, least = (((A @ p - y) ** 2).mean().item() for p in (parameters, best))
    limit = len(x) / torch.linalg.eigvalsh(A.T @ A).max().item()  # 경계 학습률. 2 / 헤시안의 고윳값
    return {"ratio": last / least, "lr": lr, "limit": limit, "num_epochs": num_epochs}


def _is_tuned(seen):
    worst = max(run["ratio"] for run in seen)
    if worst <= 1.1 and seen[0]["num_epochs"] <= LIMIT and seen[0]["lr"] > 0:
        return None
    return f"시드 셋 중에 가장 나쁜 손실이 최소제곱해의 {worst:.3g}배입니다. 1.1배 아래여야 합니다."


tuned = Exercise(
    id="01-4",
    title="점 스무 개의 학습률",
    asks="시드가 다른 데이터 세트 세 개를 이 설정으로 훈련해, 손실을 최소제곱해의 손실과 비교합니다.",
    answer={"lr": 0.0075, "num_epochs": LIMIT},
    cases=lambda: [(101,), (102,), (103,)],
    observe=_loss_ratio,
    right=_is_tuned,
    mistakes=[
        Mistake(
            {"lr": 0.005, "num_epochs": 10_000},
            f"걸음이 너무 많습니다. {LIMIT:,}걸음 안에서 학습률을 고릅니다.",
            when=lambda seen: seen[0]["num_epochs"] > LIMIT,
        ),
        Mistake(
            {"lr": -0.005, "num_epochs": LIMIT},
            "학습률과 걸음의 수는 0보다 커야 합니다. 학습률이 음수이면 손실이 커지는 쪽으로 갑니다.",
            when=lambda seen: seen[0]["lr"] <= 0 or seen[0]["num_epochs"] < 1,
        ),
        Mistake(
            {"lr": 0.1, "num_epochs": 300},
            "점이 다섯 개일 때의 학습률을 그대로 쓸 수 없습니다. 손실이 처음보다 커집니다. 새 x로 경계 학습률을 다시 구합니다.",
            when=lambda seen: 0.05 <= seen[0]["lr"] < 0.15,
        ),
        Mistake(
            {"lr": 0.0081, "num_epochs": LIMIT},
            "학습률이 경계를 넘었습니다. 가파른 방향에서 걸음마다 바닥에서 더 멀어집니다. 새 x로 구한 경계 학습률과 비교합니다.",
            when=lambda seen: seen[0]["lr"] >= seen[0]["limit"],
        ),
        Mistake(
            {"lr": 0.001, "num_epochs": LIMIT},
            "발산하지는 않지만 손실이 아직 덜 줄었습니다. 두 고윳값의 방향에서 거리가 한 걸음마다 몇 배가 되는지 계산합니다.",
            when=lambda seen: max(run["ratio"] for run in seen) > 1.1,
        ),
    ],
    hints=[
        "점이 스무 개이면 x가 19까지 커집니다. 손실의 곡률도 커집니다.",
        "심화 3절의 `hessian`을 새 x로 다시 구하고, 심화 6절의 경계 학습률을 계산합니다.",
        "학습률을 경계보다 조금 작게 두고 걸음 수를 늘려 갑니다.",
    ],
    learnt="경계 학습률은 데이터가 정합니다. x의 범위가 넓으면 학습률은 작아야 하고 걸음은 많아야 합니다.",
)

EXERCISES = [one_step, gradient_by_hand, loop_without_learning, tuned]
