"""10. 옵티마이저와 스케줄러의 연습입니다. 맞는 답이 들어 있으니 먼저 풀어 봅니다."""

import copy
import functools
import math
from itertools import pairwise

import torch
from torch import nn
from torch.optim import SGD, lr_scheduler

from exercises.compare import difference
from exercises.engine import Exercise, Mistake, NotYetError, require
from exercises.errors import IN_TRAINING, diagnosed

# ---------------------------------------------------------------- 10-1

LENGTHS = {"SGD": 0.08, "모멘텀": 0.4, "Adam": 0.02}


def _as_numbers(lengths):
    return {name: float(length) for name, length in lengths.items()}


def _says(name, *values):
    """옵티마이저 하나의 길이를 이 값 중 하나로 답했는지 보는 함수"""
    return lambda seen: any(math.isclose(seen[0][name], value, rel_tol=0.02) for value in values)


step_lengths = Exercise(
    id="10-1",
    title="같은 기울기, 다른 걸음",
    asks="세 옵티마이저에서 500번째 걸음의 길이를 하나씩 봅니다.",
    answer=LENGTHS,
    observe=_as_numbers,
    rtol=1e-3,
    mistakes=[
        Mistake(
            {"SGD": 40.0, "모멘텀": 200.0, "Adam": 10.0},
            "500걸음을 모두 더한 거리입니다. 묻는 것은 500번째 걸음 하나의 길이입니다.",
            when=_says("SGD", 40.0),
        ),
        Mistake(
            {"SGD": 4.0, "모멘텀": 20.0, "Adam": 1.0},
            "SGD의 걸음에 학습률이 빠졌습니다. 걸음의 길이는 매개변수가 움직인 거리입니다. 1절의 식을 봅니다.",
            when=_says("SGD", 4.0),
        ),
        Mistake(
            LENGTHS | {"모멘텀": 20.0},
            "모멘텀의 걸음에 학습률이 빠졌습니다. 2절의 식에서 속도에 무엇을 곱해 걷는지 봅니다.",
            when=_says("모멘텀", 20.0),
        ),
        Mistake(
            LENGTHS | {"SGD": 0.02},
            "SGD의 걸음이 학습률 그대로입니다. SGD는 학습률에 무엇을 곱해 걷는지 1절의 식에서 봅니다.",
            when=_says("SGD", 0.02),
        ),
        Mistake(
            LENGTHS | {"모멘텀": 0.08},
            "모멘텀의 걸음이 SGD와 같습니다. 500걸음 동안 쌓인 속도가 얼마인지 2절에서 봅니다.",
            when=_says("모멘텀", 0.08),
        ),
        Mistake(
            LENGTHS | {"모멘텀": 0.8},
            "모멘텀의 걸음을 SGD의 10배로 보았습니다. 10배는 μ가 0.9일 때의 수입니다. "
            "2절의 끝에서 μ가 어디에 들어가는지 봅니다.",
            when=_says("모멘텀", 0.8),
        ),
        Mistake(
            LENGTHS | {"모멘텀": 0.064},
            "모멘텀의 걸음이 SGD보다 짧습니다. 기울기의 방향이 늘 같으면 지난 기울기가 보태져 걸음이 "
            "길어집니다. 2절의 끝을 봅니다.",
            when=_says("모멘텀", 0.064, 0.016),
        ),
        Mistake(
            LENGTHS | {"모멘텀": 0.1},
            "모멘텀의 걸음에 기울기가 빠졌습니다. 속도에 쌓이는 것은 기울기입니다. 2절을 봅니다.",
            when=_says("모멘텀", 0.1),
        ),
        Mistake(
            LENGTHS | {"모멘텀": 0.144},
            "모멘텀의 두 번째 걸음입니다. 속도는 그 뒤로도 걸음마다 더 쌓입니다. 2절의 끝을 봅니다.",
            when=_says("모멘텀", 0.144),
        ),
        Mistake(
            LENGTHS | {"Adam": 0.08},
            "Adam의 걸음이 기울기의 크기에 비례한다고 보았습니다. 3절의 식에서 분자와 분모를 "
            "기울기로 나타내 봅니다.",
            when=_says("Adam", 0.08),
        ),
        Mistake(
            LENGTHS | {"Adam": 0.005},
            "Adam의 걸음이 기울기가 클수록 짧아진다고 보았습니다. 3절의 식에서 분모를 다시 봅니다.",
            when=_says("Adam", 0.005),
        ),
        Mistake(
            LENGTHS | {"Adam": 0.02 * 10**0.5},
            "Adam의 걸음에 3.2를 곱했습니다. 3.2배는 편향 보정을 하지 않은 첫 걸음의 이야기입니다. "
            "3절에서 보정한 값을 다시 봅니다.",
            when=_says("Adam", 0.02 * 10**0.5, 0.08 * 10**0.5),
        ),
        Mistake(
            LENGTHS | {"Adam": 0.2},
            "Adam의 걸음이 쌓여서 길어진다고 보았습니다. 3절의 m은 기울기의 합이 아니라 평균입니다.",
            when=_says("Adam", 0.1, 0.2, 0.4, 0.8),
        ),
    ],
    hints=[
        "SGD는 1절의 식에 수 둘을 넣습니다. 걸음의 번호는 상관이 없습니다.",
        "모멘텀은 2절의 끝에 있는 합 1 + μ + μ² + ⋯을 μ가 0.8일 때 구합니다.",
        "Adam에서는 같은 수를 몇 번 평균해도 그 수 그대로입니다. 편향 보정을 한 m과 v가 각각 무엇이 되는지 봅니다.",
    ],
    learnt="같은 학습률이라도 옵티마이저마다 걸음의 길이가 다릅니다. "
    "옵티마이저를 바꾸면 학습률도 다시 고릅니다.",
)

# ---------------------------------------------------------------- 10-2


def _lion(w, g, state, lr, betas, decay):
    m = state.get("m", torch.zeros_like(g))
    direction = (betas[0] * m + (1 - betas[0]) * g).sign()
    state["m"] = betas[1] * m + (1 - betas[1]) * g
    return w - lr * (direction + decay * w)


def _lion_updates_first(w, g, state, lr, betas, decay):
    state["m"] = m = betas[1] * state.get("m", torch.zeros_like(g)) + (1 - betas[1]) * g
    direction = (betas[0] * m + (1 - betas[0]) * g).sign()
    return w - lr * (direction + decay * w)


def _lion_one_average(w, g, state, lr, betas, decay):
    """c를 그대로 기억하는 실수"""
    state["m"] = betas[0] * state.get("m", torch.zeros_like(g)) + (1 - betas[0]) * g
    return w - lr * (state["m"].sign() + decay * w)


def _lion_swapped(w, g, state, lr, betas, decay):
    return _lion(w, g, state, lr, betas[::-1], decay)


def _lion_mixes_reversed(w, g, state, lr, betas, decay):
    """β와 1 - β를 서로 바꾸어 곱하는 실수"""
    return _lion(w, g, state, lr, (1 - betas[0], 1 - betas[1]), decay)


def _lion_signs_m(w, g, state, lr, betas, decay):
    """c를 구하지 않고 m의 부호로 걷는 실수"""
    return _lion_one_average(w, g, state, lr, (betas[1],), decay)


def _lion_without_sign(w, g, state, lr, betas, decay):
    m = state.get("m", torch.zeros_like(g))
    c = betas[0] * m + (1 - betas[0]) * g
    state["m"] = betas[1] * m + (1 - betas[1]) * g
    return w - lr * (c + decay * w)


def _lion_decays_gradient(w, g, state, lr, betas, decay):
    return _lion(w, g + decay * w, state, lr, betas, 0.0)


def _lion_decays_inside_sign(w, g, state, lr, betas, decay):
    m = state.get("m", torch.zeros_like(g))
    direction = (betas[0] * m + (1 - betas[0]) * g + decay * w).sign()
    state["m"] = betas[1] * m + (1 - betas[1]) * g
    return w - lr * direction


def _lion_decays_without_lr(w, g, state, lr, betas, decay):
    return _lion(w, g, state, lr, betas, 0.0) - decay * w


def _lion_without_decay(w, g, state, lr, betas, decay):
    return _lion(w, g, state, lr, betas, 0.0)


def _lion_forgets(w, g, state, lr, betas, decay):
    return _lion(w, g, {}, lr, betas, decay)


def _lion_sums(w, g, state, lr, betas, decay):
    m = state.get("m", torch.zeros_like(g))
    direction = (betas[0] * m + g).sign()
    state["m"] = betas[1] * m + g
    return w - lr * (direction + decay * w)


def _lion_starts_with_gradient(w, g, state, lr, betas, decay):
    state.setdefault("m", g)
    return _lion(w, g, state, lr, betas, decay)


def _lion_uphill(w, g, state, lr, betas, decay):
    return 2 * w - _lion(w, g, state, lr, betas, decay)


def _lion_pushes_away(w, g, state, lr, betas, decay):
    return _lion(w, g, state, lr, betas, -decay)


def _lion_corrects_bias(w, g, state, lr, betas, decay):
    """Adam처럼 고친 m을 다시 기억하는 실수"""
    t, m = state.get("t", 0) + 1, state.get("m", torch.zeros_like(g))
    direction = (betas[0] * m + (1 - betas[0]) * g).sign()
    m = betas[1] * m + (1 - betas[1]) * g
    state.update(t=t, m=m / (1 - betas[1] ** t))
    return w - lr * (direction + decay * w)


def _lion_decays_moved(w, g, state, lr, betas, decay):
    moved = _lion(w, g, state, lr, betas, 0.0)
    return moved - lr * decay * moved


def _lion_positive_at_zero(w, g, state, lr, betas, decay):
    m = state.get("m", torch.zeros_like(g))
    c = betas[0] * m + (1 - betas[0]) * g
    state["m"] = betas[1] * m + (1 - betas[1]) * g
    return w - lr * (torch.where(c >= 0, 1.0, -1.0) + decay * w)


def _lion_moves_at_zero(w, g, state, lr, betas, decay):
    m = state.get("m", torch.zeros_like(g))
    c = betas[0] * m + (1 - betas[0]) * g
    state["m"] = betas[1] * m + (1 - betas[1]) * g
    return w - lr * (torch.where(c > 0, 1.0, -1.0) + decay * w)


def _lion_fixed_betas(w, g, state, lr, betas, decay):
    return _lion(w, g, state, lr, (0.9, 0.99), decay)


def _lion_only_step(w, g, state, lr, betas, decay):
    return w - _lion(w, g, state, lr, betas, decay)


def _lion_in_place(w, g, state, lr, betas, decay):
    w.copy_(_lion(w, g, state, lr, betas, decay))
    return w


CHANGED = "받은 w나 g의 값을 바꾸었습니다. 받은 것은 그대로 두고, 빼서 얻은 새 텐서를 돌려줍니다."


def _walk(step, starts, gradients, lr, betas, decay):
    """매개변수 둘을 번갈아 옮긴 위치입니다. 기울기는 정해져 있고, 기억은 매개변수마다 따로 있습니다."""
    places, states = [start.clone() for start in starts], [{} for _ in starts]
    path = []
    for pair in gradients:
        for i, g in enumerate(pair):
            w, w_before, g_before = places[i], places[i].clone(), g.clone()
            moved = step(w, g, states[i], lr, betas, decay)
            require(w_before, moved, "돌려준 w")
            if not (torch.equal(w, w_before) and torch.equal(g, g_before)):
                raise NotYetError(CHANGED)
            places[i] = torch.as_tensor(moved, dtype=torch.float64).clone()
            path.append(places[i].flatten())
    return torch.cat(path)


def _lion_cases():
    """모양, 걸음의 수, 설정이 다른 세 벌입니다. 기울기가 늘 0인 원소가 하나씩 있습니다."""
    rng = torch.Generator().manual_seed(1002)
    settings = [
        ((3,), (2, 4), 1, 0.1, (0.9, 0.99), 0.0),
        ((1,), (4, 3), 12, 0.01, (0.9, 0.99), 0.5),
        ((4, 3), (5, 1), 20, 0.05, (0.6, 0.8), 0.1),
    ]
    cases = []
    for one, other, num_steps, lr, betas, decay in settings:
        starts = [torch.randn(s, generator=rng, dtype=torch.float64) for s in (one, other)]
        gradients = []
        for _ in range(num_steps):
            pair = [torch.randn(s, generator=rng, dtype=torch.float64) for s in (one, other)]
            pair[1][0, 0] = 0
            gradients.append(pair)
        cases.append((starts, gradients, lr, betas, decay))
    return cases


lion = Exercise(
    id="10-2",
    title="Lion의 식을 코드로",
    asks="모양이 다른 두 매개변수를 이 함수로 여러 걸음 옮기며, 걸음마다의 위치를 봅니다.",
    answer=_lion,
    cases=_lion_cases,
    observe=_walk,
    mistakes=[
        Mistake(
            _lion_updates_first,
            "m을 먼저 고치고 c를 구했습니다. 식에서 c에 들어가는 m은 어느 걸음의 것인지, 아래 첨자를 "
            "봅니다.",
        ),
        Mistake(
            _lion_one_average,
            "c를 구해 그대로 기억했습니다. c와 m은 서로 다른 비율로 섞은 두 값이고, 남기는 것은 하나뿐입니다.",
        ),
        Mistake(
            _lion_swapped,
            "두 비율의 위치가 바뀌었습니다. β1과 β2가 각각 어느 식에 있는지 다시 봅니다.",
        ),
        Mistake(
            _lion_mixes_reversed,
            "지난 기울기와 새 기울기의 비율이 바뀌었습니다. β가 곱해지는 것과 1 - β가 곱해지는 것을 다시 봅니다.",
        ),
        Mistake(
            _lion_signs_m,
            "c가 아니라 m의 부호로 걸었습니다. 두 번째 식에서 무엇의 부호를 쓰는지 봅니다.",
        ),
        Mistake(
            _lion_without_sign,
            "걸음의 길이가 기울기를 따라 달라집니다. c에서 부호만 꺼내는 일이 빠졌습니다.",
        ),
        Mistake(
            _lion_decays_gradient,
            "가중치 감쇠를 기울기에 더했습니다. 식에서 λw가 어디에 있는지 봅니다. 3절의 Adam과 AdamW도 "
            "이 점에서 다릅니다.",
        ),
        Mistake(
            _lion_decays_inside_sign,
            "λw까지 더한 다음에 부호를 꺼냈습니다. 그러면 당기는 세기가 사라집니다. 식에서 sign의 괄호 안에 "
            "무엇이 있는지 봅니다.",
        ),
        Mistake(
            _lion_decays_without_lr,
            "감쇠가 너무 셉니다. 식에서 학습률이 무엇과 무엇에 곱해지는지, 괄호를 봅니다.",
        ),
        Mistake(
            _lion_without_decay,
            "decay가 0일 때만 맞습니다. 가중치를 0 쪽으로 당기는 항이 빠졌습니다.",
        ),
        Mistake(
            _lion_forgets,
            "첫 걸음은 맞지만, 그다음부터 지난 기울기가 걸음에 들어가지 않습니다. 꺼낸 m을 c에 쓰는지, state에 남긴 것이 "
            "다음 걸음에도 있는지 봅니다. `state = ...`로 새 딕셔너리를 넣으면 밖의 딕셔너리는 그대로입니다.",
        ),
        Mistake(
            _lion_sums,
            "새 기울기를 줄이지 않고 더했습니다. 2절의 모멘텀은 기울기의 합을, 이 식은 기울기의 평균을 기억합니다.",
        ),
        Mistake(
            _lion_starts_with_gradient,
            "m이 첫 기울기에서 시작했습니다. 2절의 `momentum_step`은 첫 걸음에 v = g로 둡니다. 여기서 m은 무엇에서 시작하는지 식 위의 문장에서 봅니다.",
        ),
        Mistake(
            _lion_uphill,
            "반대쪽으로 걸었습니다. 손실을 줄이려면 더해야 하는지 빼야 하는지 식의 부호를 봅니다.",
        ),
        Mistake(
            _lion_moves_at_zero,
            "기울기가 늘 0인 원소도 움직였습니다. 0의 부호를 무엇으로 하기로 했는지 봅니다.",
        ),
        Mistake(
            _lion_positive_at_zero,
            "0의 부호를 양수처럼 보았습니다. 식 아래에서 sign의 설명을 다시 봅니다.",
        ),
        Mistake(
            _lion_pushes_away,
            "가중치를 0에서 먼 쪽으로 밀었습니다. 식의 괄호를 풀어 λw 앞의 부호를 봅니다.",
        ),
        Mistake(
            _lion_decays_moved,
            "이미 옮긴 w를 당겼습니다. 식에서 λ에 곱해지는 w의 아래 첨자를 봅니다.",
        ),
        Mistake(
            _lion_corrects_bias,
            "m에 3절의 편향 보정을 했습니다. Lion의 식 세 줄에는 그런 나누기가 없습니다.",
        ),
        Mistake(
            _lion_fixed_betas,
            "betas가 기본값일 때만 맞습니다. 함수 안에 비율을 수로 적었는지 봅니다.",
        ),
        Mistake(
            _lion_only_step,
            "걸은 만큼만 돌려주었습니다. 돌려줄 것은 걸은 뒤의 위치입니다.",
        ),
        Mistake(_lion_in_place, CHANGED),
    ],
    hints=[
        "3절의 `adam_step`과 같은 구조입니다. state에서 꺼내고, 계산하고, 다시 넣고, 새 w를 돌려줍니다.",
        "기억할 것은 m 하나입니다. 첫 걸음에는 state가 비어 있으므로 `state.get()`의 기본값을 씁니다.",
        "c를 구할 때는 꺼낸 m을 그대로 씁니다. m을 고쳐 넣는 일은 c를 구한 다음입니다.",
    ],
    learnt="논문의 옵티마이저도 기억할 것과 걸음의 식만 찾으면 몇 줄입니다. "
    "Lion은 Adam보다 기억할 것이 하나 적고, 감쇠를 빼면 원소마다 학습률만큼만 걷습니다.",
)

# ---------------------------------------------------------------- 10-3


def _with_momentum(parameters, lr):
    return SGD(parameters, lr=lr, momentum=0.9)


def _swap(
    model,
    new_last,
    batches,
    lr,
    num_epochs,
    *,
    replaces=True,
    knows="all",
    per_batch=False,
    t_max=None,
    early=None,
    renews=False,
    steps_schedule=True,
    records_late=False,
    clears=True,
    flattens=False,
    make_optimizer=_with_momentum,
):
    """마지막 층을 바꾸고 훈련하는 함수입니다. 이름 붙은 인수로 흔한 실수를 흉내 냅니다."""
    old = [*model.parameters()]
    if replaces:
        model[-1] = new_last
    known = {"all": [*model.parameters()], "old": old, "new": [*new_last.parameters()]}[knows]

    def make():
        optimizer = make_optimizer(known, lr=lr)
        return optimizer, lr_scheduler.CosineAnnealingLR(optimizer, T_max=t_max or num_epochs)

    optimizer, scheduler = make()
    rates = []
    for _ in range(num_epochs):
        if renews:
            optimizer, scheduler = make()
        if early == "before record":
            scheduler.step()
        rates.append(scheduler.get_last_lr()[0])
        if early == "after record":
            scheduler.step()
        for inputs, targets in batches:
            outputs = model(inputs).squeeze(1) if flattens else model(inputs)
            if clears:
                optimizer.zero_grad()
            ((outputs - targets) ** 2).mean().backward()
            optimizer.step()
            if per_batch:
                scheduler.step()
        if steps_schedule and not per_batch and early is None:
            scheduler.step()
        if records_late:
            rates[-1] = scheduler.get_last_lr()[0]
    return rates


def _fixed(model, new_last, batches, lr, num_epochs):
    return _swap(model, new_last, batches, lr, num_epochs)


def _slip(**slips):
    """`_swap`에 실수를 넣은 함수"""
    return lambda model, new_last, batches, lr, num_epochs: _swap(
        model, new_last, batches, lr, num_epochs, **slips
    )


def _stretched(model, new_last, batches, lr, num_epochs):
    """미니배치마다 부르고 `T_max`를 늘린 함수"""
    t_max = num_epochs * len(batches)
    return _swap(model, new_last, batches, lr, num_epochs, per_batch=True, t_max=t_max)


def _copied(model, new_last, batches, lr, num_epochs):
    """받은 모델의 사본을 훈련시키는 함수"""
    return _fixed(copy.deepcopy(model), new_last, batches, lr, num_epochs)


def _old_schedule(model, new_last, batches, lr, num_epochs):
    """스케줄러가 먼저 만든 옵티마이저의 학습률을 바꾸는 함수"""
    scheduler = lr_scheduler.CosineAnnealingLR(SGD(model.parameters(), lr=lr), T_max=num_epochs)
    model[-1] = new_last
    optimizer, rates = SGD(model.parameters(), lr=lr, momentum=0.9), []
    for _ in range(num_epochs):
        rates.append(scheduler.get_last_lr()[0])
        for inputs, targets in batches:
            loss = nn.functional.mse_loss(model(inputs), targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        scheduler.step()
    return rates


def _long_schedule(model, new_last, batches, lr, num_epochs):
    """`T_max`만 늘리고 에포크마다 부르는 함수"""
    return _swap(model, new_last, batches, lr, num_epochs, t_max=num_epochs * len(batches))


def _early_end(model, new_last, batches, lr, num_epochs):
    """마지막 에포크에서 학습률이 0이 되게 한 함수"""
    return _swap(model, new_last, batches, lr, num_epochs, t_max=num_epochs - 1)


def _stretched_and_old(model, new_last, batches, lr, num_epochs):
    """`T_max`만 늘리고 층의 잘못은 남긴 함수"""
    t_max = num_epochs * len(batches)
    slips = {"knows": "old", "per_batch": True, "t_max": t_max}
    return _swap(model, new_last, batches, lr, num_epochs, **slips)


def _rebuilt(model, new_last, batches, lr, num_epochs):
    """받은 모델 대신 새로 이은 모델을 훈련시키는 함수"""
    return _fixed(nn.Sequential(*model), new_last, batches, lr, num_epochs)


def _swap_cases():
    """미니배치의 수, 학습률, 에포크의 수가 다른 세 벌"""
    rng = torch.Generator().manual_seed(1003)
    cases = []
    for num_batches, lr, num_epochs in ((3, 0.05, 4), (2, 0.02, 2), (5, 0.03, 6)):
        batches = []
        for _ in range(num_batches):
            x = torch.randn(8, 5, generator=rng, dtype=torch.float64)
            batches.append((x, x[:, :1] - x[:, 1:2].tanh()))
        cases.append((batches, lr, num_epochs))
    return cases


def _layers(deeper):
    """값이 정해진 모델과 새 층입니다. `deeper`가 참이면 층이 둘 더 있습니다."""
    rng = torch.Generator().manual_seed(7)
    between = [nn.Linear(4, 4), nn.Tanh()] if deeper else []
    model = nn.Sequential(nn.Linear(5, 4), nn.Tanh(), *between, nn.Linear(4, 1)).double()
    new_last = nn.Linear(4, 1).double()
    with torch.no_grad():
        for parameter in (*model.parameters(), *new_last.parameters()):
            parameter.copy_(torch.rand(parameter.shape, generator=rng) - 0.5)
    return model, new_last


def _swap_and_look(train, batches, lr, num_epochs):
    """돌려준 학습률과, 훈련한 뒤의 앞 층과 마지막 층의 가중치"""
    model, new_last = _layers(deeper=len(batches) == 5)
    wanted = [model[0].weight.detach().clone(), new_last.weight.detach().clone()]
    with diagnosed(IN_TRAINING):
        rates = train(model, new_last, batches, lr, num_epochs)
    require([0.0] * num_epochs, rates, "돌려준 학습률")
    layers = model[0], model[-1]
    if not all(isinstance(layer, nn.Linear) for layer in layers):
        raise NotYetError("훈련한 뒤 모델의 첫 층이나 마지막 층이 nn.Linear가 아닙니다.")
    weights = [layer.weight.detach().clone() for layer in layers]
    require(wanted, weights, "훈련한 층의 가중치")
    rates = [float(rate) for rate in rates]
    found = {"처음 학습률": lr, "돌려준 학습률": rates}
    return found | dict(zip(("앞 층의 가중치", "마지막 층의 가중치"), weights, strict=True))


def _other_optimizer(seen):
    """학습률은 맞고, 훈련이 다른 옵티마이저 하나로 한 것과 같은지"""
    makers = (torch.optim.Adam, torch.optim.AdamW, torch.optim.RMSprop, SGD)
    return any(
        all(
            difference(_swap_and_look(_slip(make_optimizer=make), *case), run, rtol=1e-3) is None
            for case, run in zip(_swap_cases(), seen, strict=True)
        )
        for make in makers
    )


def _rates_are_right(seen):
    """목록은 코사인 곡선을 따르는데 훈련이 다른 답"""
    for run in seen:
        rates, lr = run["돌려준 학습률"], run["처음 학습률"]
        cosine = [lr * (1 + math.cos(math.pi * t / len(rates))) / 2 for t in range(len(rates))]
        if difference(cosine, rates, rtol=1e-3):
            return False
    return True


swapped_layer = Exercise(
    id="10-3",
    title="새 층을 끼운 훈련",
    asks="작은 모델과 새 층을 함수에 넣고, 돌려준 학습률과 훈련한 뒤의 첫 층, 마지막 층을 봅니다.",
    answer=_fixed,
    cases=_swap_cases,
    observe=_swap_and_look,
    rtol=1e-3,
    mistakes=[
        Mistake(
            _slip(knows="old", per_batch=True),
            "두 증상이 모두 그대로입니다. 새 층은 움직이지 않고 학습률은 오르내립니다. 11절의 실수 1과 실수 5를 "
            "봅니다.",
        ),
        Mistake(
            _slip(knows="old"),
            "학습률은 고쳐졌지만 새 층이 시작한 값 그대로입니다. 옵티마이저가 어느 매개변수를 받았는지 11절의 "
            "실수 5를 봅니다.",
        ),
        Mistake(
            _slip(per_batch=True),
            "새 층은 움직이지만 학습률이 한 에포크 안에서 여러 번 바뀝니다. 11절의 실수 1을 봅니다.",
        ),
        Mistake(
            _stretched,
            "에포크를 시작할 때의 학습률은 맞지만, 한 에포크 안에서도 학습률이 바뀝니다. 한 에포크 동안은 "
            "그대로 두기로 했습니다.",
        ),
        Mistake(
            _stretched_and_old,
            "돌려준 학습률은 맞지만 새 층이 시작한 값 그대로입니다. 학습률도 아직 한 에포크 안에서 여러 번 바뀝니다. "
            "11절의 실수 1과 실수 5를 봅니다.",
        ),
        Mistake(
            _slip(early="before record"),
            "첫 학습률을 쓰지 못했습니다. 훈련하기 전에 다음 학습률로 넘어갔습니다. 11절의 실수 2를 봅니다.",
        ),
        Mistake(
            _slip(early="after record"),
            "적은 학습률과 쓴 학습률이 다릅니다. 학습률을 적은 뒤 훈련하기도 전에 다음 학습률로 넘어갔습니다.",
        ),
        Mistake(
            _slip(renews=True),
            "에포크마다 옵티마이저를 새로 만들어, 쌓은 속도와 학습률이 처음으로 돌아갑니다. 11절의 실수 4를 "
            "봅니다.",
        ),
        Mistake(
            _slip(steps_schedule=False),
            "학습률이 끝까지 그대로입니다. 다음 학습률로 넘어가는 줄이 있는지, 그 줄이 실행되는지 봅니다.",
        ),
        Mistake(
            _slip(knows="new"),
            "새 층만 훈련되고 앞 층은 시작한 값 그대로입니다. 모델의 모든 매개변수를 훈련합니다.",
        ),
        Mistake(
            _slip(replaces=False),
            "마지막 층이 new_last가 아닙니다. 층을 바꾸는 줄이 있는지 봅니다.",
        ),
        Mistake(
            _rebuilt,
            "앞 층은 훈련되었지만 model의 마지막 층은 옛 층 그대로입니다. 새로 이은 모델이 아니라 받은 model에서 "
            "층을 바꿉니다.",
        ),
        Mistake(
            _copied,
            "받은 model은 처음 그대로입니다. 사본이 아니라 받은 model에서 층을 바꾸고 훈련합니다.",
        ),
        Mistake(
            _old_schedule,
            "돌려준 학습률은 맞지만 훈련에는 처음 학습률만 썼습니다. 스케줄러가 어느 옵티마이저의 학습률을 바꾸는지 봅니다.",
        ),
        Mistake(
            _long_schedule,
            "학습률이 너무 더디게 내려갑니다. T_max는 scheduler.step()을 부르는 횟수에 맞춥니다.",
        ),
        Mistake(
            _early_end,
            "마지막 에포크의 학습률이 벌써 0입니다. 학습률은 에포크를 num_epochs번 마친 다음에 0이 됩니다. T_max에 무엇을 넣었는지 봅니다.",
        ),
        Mistake(
            _slip(records_late=True),
            "에포크가 끝난 다음의 학습률을 적었습니다. 적을 것은 그 에포크를 시작할 때의 학습률입니다.",
        ),
        Mistake(
            _slip(clears=False),
            "돌려준 학습률은 맞지만 기울기가 걸음마다 쌓였습니다. 훈련 루프에서 지우는 줄이 빠졌습니다.",
        ),
        Mistake(
            _slip(flattens=True),
            "돌려준 학습률은 맞지만, 예측 (n,)과 타깃 (n, 1)로 손실을 구해 예측 하나를 모든 타깃과 비교했습니다. 두 텐서의 "
            "모양을 출력해 봅니다.",
        ),
        Mistake(
            _slip(make_optimizer=torch.optim.Adam),
            "돌려준 학습률은 맞지만 다른 옵티마이저로 걸었습니다. 문제에서 옵티마이저의 이름과 모멘텀을 봅니다.",
            when=_other_optimizer,
        ),
        Mistake(
            _slip(make_optimizer=functools.partial(SGD, momentum=0.9, nesterov=True)),
            "돌려준 학습률은 맞지만 훈련한 뒤의 가중치가 다릅니다. 층을 바꾸는 줄, 옵티마이저를 만드는 줄, 훈련 루프를 "
            "`swap_and_train`과 한 줄씩 비교합니다.",
            when=_rates_are_right,
        ),
    ],
    hints=[
        "두 증상의 이유는 서로 다릅니다. 한 번에 하나씩 찾습니다.",
        "옵티마이저는 만들 때 받은 매개변수만 압니다. 그때 model의 마지막 층은 어느 것일까요?",
        "미니배치가 4개이면 바깥 반복이 한 번 돌 때 `scheduler.step()`이 몇 번 불리는지 셉니다.",
    ],
    learnt="두 잘못 모두 오류를 내지 않습니다. "
    "쓴 학습률을 적어 두고, 새 층이 움직였는지 보면 드러납니다.",
)

# ---------------------------------------------------------------- 10-4

CURVATURES = (1.0, 25.0)
START = (-9.0, 2.0)
LIMIT = 2 / CURVATURES[1]
GOAL = 0.5  # 가장 좋은 일정한 학습률의 손실에 대한 비율
CONSTANTS = [k / 1000 for k in range(1, 80)]
LENGTHS_OF_WALK = range(100, 301)  # 걸음의 수는 어느 것이어도 됨


def _mean_loss(rates):
    """손실의 평균을 거리 손실과 잡음 손실로 나눈 것입니다. 잡음의 표준편차는 1입니다."""
    distance = noise = 0.0
    for curvature, place in zip(CURVATURES, START, strict=True):
        variance = 0.0
        for rate in rates:
            shrink = 1 - rate * curvature
            place, variance = shrink * place, shrink * shrink * variance + rate * rate
        distance += curvature * place * place / 2
        noise += curvature * variance / 2
    return distance, noise


@functools.cache
def _best_constant(num_steps):
    """일정한 학습률 79가지 중에 가장 좋은 것의 손실"""
    rate = torch.tensor(CONSTANTS, dtype=torch.float64)
    total = 0.0
    for curvature, place in zip(CURVATURES, START, strict=True):
        shrink = (1 - rate * curvature) ** 2
        variance = rate**2 * (1 - shrink**num_steps) / (1 - shrink)  # 등비수열의 합
        total = total + curvature * (shrink**num_steps * place**2 + variance) / 2
    return total.min().item()


def _scheduled_loss(rate_at, num_steps):
    rates = []
    for t in range(num_steps):
        rate = rate_at(t, num_steps)
        if type(rate) is not float or math.isnan(rate):  # 4만 번 부르므로 보통의 수는 바로
            require(0.0, rate, "돌려준 학습률")
        rates.append(float(rate))
    distance, noise = _mean_loss(rates)
    best = _best_constant(num_steps)
    return {"rates": rates, "distance": distance, "noise": noise, "best": best}


def _ratio(run):
    return (run["distance"] + run["noise"]) / run["best"]


def _beats_constants(seen):
    if not all(min(run["rates"]) >= 0 and max(run["rates"]) < LIMIT for run in seen):
        return "학습률이 정해진 범위를 벗어납니다."
    worst = max(seen, key=_ratio)
    if _ratio(worst) <= GOAL:
        return None
    return (
        f"{len(worst['rates'])}걸음일 때 손실의 평균이 일정한 학습률로 얻은 가장 작은 값의 "
        f"{_ratio(worst):.3f}배입니다({GOAL}배 아래여야 합니다). {_advice(worst)}"
    )


def _advice(run):
    if run["distance"] > run["noise"]:
        return (
            "거리 손실이 잡음 손실보다 큽니다. 아직 덜 걸었으니, 내리기 시작하는 때와 "
            "가장 큰 학습률을 봅니다."
        )
    return "잡음 손실이 더 큽니다. 끝의 학습률이 아직 크거나, 너무 늦게 또는 갑자기 내렸습니다. 6절을 봅니다."


def _hold_then_fall(t, num_steps):
    share = t / num_steps
    if share < 0.2:
        return 0.075
    return 0.075 * (1 + math.cos(math.pi * (share - 0.2) / 0.8)) / 2


def _is_constant(seen):
    return all(len({*run["rates"]}) == 1 for run in seen)


def _rises_again(seen):
    """한 번 내린 다음 다시 오르는 답"""
    for run in seen:
        changes = [after - before for before, after in pairwise(run["rates"])]
        falling = [place for place, change in enumerate(changes) if change < -1e-9]
        if falling and max(changes[falling[0] :]) > 1e-9:
            return True
    return False


def _stops_suddenly(seen):
    """큰 학습률에서 단번에 0 가까이로 내려, 쌓인 잡음이 그대로 남은 답"""
    return any(
        before > 0.02 and after < 0.001
        for run in seen
        if run["noise"] > run["distance"] and _ratio(run) > GOAL
        for before, after in pairwise(run["rates"])
    )


def _ignores_length(seen):
    """걸음의 수를 쓰지 않아, 어떤 길이에는 맞고 어떤 길이에는 맞지 않는 답"""
    short, long = seen[0]["rates"], seen[-1]["rates"]
    fits = [_ratio(run) <= GOAL for run in seen]
    return short == long[: len(short)] and any(fits) and not all(fits)


def _falls_too_fast(seen):
    """처음에는 걷지만 곧 거의 멈추어, 어느 길이에서나 거리 손실이 큰 답"""
    return all(
        run["distance"] > run["noise"]
        and sum(run["rates"]) < len(run["rates"]) * run["rates"][0] / 3
        for run in seen
        if _ratio(run) > GOAL
    )


schedule = Exercise(
    id="10-4",
    title="손실의 평균을 절반 아래로",
    asks="100걸음부터 300걸음까지 모든 길이에서 손실의 평균을 계산해, 일정한 학습률로 얻은 가장 작은 값과 비교합니다.",
    answer=_hold_then_fall,
    cases=lambda: [(num_steps,) for num_steps in LENGTHS_OF_WALK],
    observe=_scheduled_loss,
    right=_beats_constants,
    mistakes=[
        Mistake(
            lambda t, num_steps: -0.05,
            "음수인 학습률이 있습니다. 학습률이 음수이면 손실이 커지는 쪽으로 걷습니다.",
            when=lambda seen: min(min(run["rates"]) for run in seen) < 0,
        ),
        Mistake(
            lambda t, num_steps: 0.1 * (1 - t / num_steps),
            "경계에 닿거나 경계를 넘는 학습률이 있습니다. 4절에서 이 골짜기의 경계를 다시 봅니다.",
            when=lambda seen: not max(max(run["rates"]) for run in seen) < LIMIT,
        ),
        Mistake(
            lambda t, num_steps: 0.04,
            "학습률이 일정합니다. 크면 잡음의 바닥이 높고, 작으면 다 걷지 못합니다. 6절의 그림 4를 봅니다.",
            when=_is_constant,
        ),
        Mistake(
            lambda t, num_steps: 0.07 * (1 + math.cos(180 * t / num_steps)) / 2,
            "학습률이 내려갔다가 다시 올라갑니다. 코사인을 썼다면 각도의 단위와, 끝에서 각도가 얼마인지 6절의 "
            "`half_cosine`과 비교합니다.",
            when=_rises_again,
        ),
        Mistake(
            lambda t, num_steps: max(0.0, 0.079 * (1 - t / 100)),
            "걸음의 수가 달라도 같은 학습률을 써서, 맞는 길이와 맞지 않는 길이가 있습니다. 8절의 끝에서 스케줄러를 "
            "무엇에 맞추어 정하라고 했는지 봅니다.",
            when=_ignores_length,
        ),
        Mistake(
            lambda t, num_steps: 0.07 * 0.1 ** (t // 30),
            "학습률을 너무 빨리 내렸습니다. 바닥까지 다 걷기 전에 걸음이 거의 멈추어 거리 손실이 남습니다. "
            "학습률을 모두 더한 값이 얼마나 되는지 봅니다.",
            when=_falls_too_fast,
        ),
        Mistake(
            lambda t, num_steps: 0.075 if t < 0.8 * num_steps else 0.0,
            "큰 학습률에서 갑자기 0 가까이로 내렸습니다. 거의 걷지 않으면 이미 쌓인 잡음도 줄지 않습니다. "
            "문제에 있는 s의 식에 작은 학습률을 넣어 봅니다.",
            when=_stops_suddenly,
        ),
        Mistake(
            lambda t, num_steps: 0.07 * t / num_steps,
            "끝의 학습률이 처음보다 큽니다. 끝에서 남는 것은 거리일지 잡음일지 6절에서 봅니다.",
            when=lambda seen: all(run["rates"][-1] > run["rates"][0] for run in seen),
        ),
    ],
    hints=[
        "`expected_loss`로 100걸음과 300걸음을 따로 봅니다. 거리 손실과 잡음 손실 중에 큰 쪽부터 줄입니다.",
        "남은 거리는 학습률을 모두 더한 값이 클수록 작습니다. 잡음은 학습률을 차츰 0까지 내리는 동안 줄어듭니다.",
        "100걸음은 짧습니다. 처음부터 내리면 거리가 남습니다. 얼마 동안은 내리지 않고 걷는 방법을 생각합니다.",
        "경계 가까이에서 걷는 구간과 0까지 내리는 구간을 나눕니다. 나누는 곳은 걸음의 수에 대한 비율로 정합니다. 앞 구간이 길면 300걸음에서 잡음이 남습니다.",
    ],
    learnt="처음에는 크게 걸어 거리를 줄이고, 끝에서 학습률을 내려 잡음을 줄입니다. "
    "손실을 둘로 나누어 보면 무엇을 고칠지 보입니다.",
)

EXERCISES = [step_lengths, lion, swapped_layer, schedule]
