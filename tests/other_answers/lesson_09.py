"""09강의 연습을 다르게 쓴 맞는 답입니다."""

import numpy as np
import torch
from torch import nn


def with_clamp(y_hat, y, low, high):
    r = y_hat - y
    pull = r.clamp(-low, high)
    return (pull * r - pull**2 / 2).mean()


def with_two_hubers(y_hat, y, low, high):
    below = nn.functional.huber_loss(y_hat, y, reduction="none", delta=low)
    above = nn.functional.huber_loss(y_hat, y, reduction="none", delta=high)
    return torch.where(y_hat < y, below, above).mean()


def minus_excess(y_hat, y, low, high):
    r = y_hat - y
    return (r**2 / 2 - (r - high).relu() ** 2 / 2 - (-r - low).relu() ** 2 / 2).mean()


def one_by_one(y_hat, y, low, high):
    total = 0
    for r in (y_hat - y).ravel():
        if r < -low:
            total = total + low * (r.abs() - low / 2)
        elif r <= high:
            total = total + r**2 / 2
        else:
            total = total + high * (r - high / 2)
    return total / y.numel()


def flattened(x, t, lr, num_steps):
    w, b = (torch.zeros(1, dtype=x.dtype, requires_grad=True) for _ in range(2))
    for _ in range(num_steps):
        z = (x * w + b)[:, 0]
        loss = nn.functional.binary_cross_entropy_with_logits(z, t)
        gradients = torch.autograd.grad(loss, (w, b))
        with torch.no_grad():
            for value, gradient in zip((w, b), gradients, strict=True):
                value -= lr * gradient
    return w.item(), b.item()


def by_formula(x, t, lr, num_steps):
    x, t, w, b = x.numpy().ravel(), t.numpy(), 0.0, 0.0
    for _ in range(num_steps):
        with np.errstate(over="ignore"):
            push = 1 / (1 + np.exp(-(w * x + b))) - t
        w, b = w - lr * (push * x).mean(), b - lr * push.mean()
    return w, b


def in_float32(x, t, lr, num_steps):
    """매개변수가 float32여도 반올림 오차 안에서 같습니다."""
    w = torch.zeros(1, dtype=torch.float32, requires_grad=True)
    b = torch.zeros(1, dtype=torch.float32, requires_grad=True)
    optimizer = torch.optim.SGD([w, b], lr=lr)
    for _ in range(num_steps):
        optimizer.zero_grad()
        nn.functional.binary_cross_entropy_with_logits(x * w + b, t[:, None]).backward()
        optimizer.step()
    return w.item(), b.item()


def with_module(x, t, lr, num_steps):
    model = nn.Linear(1, 1, dtype=x.dtype)
    nn.init.zeros_(model.weight)
    nn.init.zeros_(model.bias)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(num_steps):
        optimizer.zero_grad()
        nn.BCEWithLogitsLoss()(model(x), t.view(-1, 1)).backward()
        optimizer.step()
    return model.weight.item(), model.bias.item()


def minus_profit(x, demand, x_future, price, unit_cost):
    """이익에 음의 부호를 붙인 손실. 값으로 나누어 크기를 맞춤"""
    model = nn.Linear(1, 1, dtype=x.dtype)
    nn.init.zeros_(model.weight)
    nn.init.zeros_(model.bias)
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    for _ in range(1000):
        baked = model(x)
        profit = price * torch.minimum(baked, demand) - unit_cost * baked
        optimizer.zero_grad()
        (-profit.mean() / price).backward()
        optimizer.step()
    return model(x_future)


def weighted_absolute(x, demand, x_future, price, unit_cost):
    """원으로 적은 손해를 그대로 손실로 쓰고 Adam으로 훈련"""
    wb = torch.zeros(2, dtype=x.dtype, requires_grad=True)
    optimizer = torch.optim.Adam([wb], lr=0.5)
    for _ in range(800):
        gap = demand - (x * wb[0] + wb[1])
        lost = torch.where(gap > 0, (price - unit_cost) * gap, -unit_cost * gap)
        optimizer.zero_grad()
        lost.mean().backward()
        optimizer.step()
    return (x_future * wb[0] + wb[1]).detach().numpy()


def through_two_points(x, demand, x_future, price, unit_cost):
    """점 120개에서 두 점을 지나는 직선을 모두 그어 고름"""
    x, y = x[:120, 0], demand[:120, 0]
    i, j = torch.combinations(torch.arange(len(x))).T
    w = (y[j] - y[i]) / (x[j] - x[i])
    b = y[i] - w * x[i]
    gap = y[:, None] - (x[:, None] * w + b)
    tau = 1 - unit_cost / price
    k = torch.maximum(tau * gap, (tau - 1) * gap).mean(dim=0).argmin()
    return x_future * w[k] + b[k]


OTHERS = {
    "09-1": [
        {"MSE": 154 / 11, "MAE": 8, "pinball": 16, "BCE": 0.36},
        {"MSE": torch.tensor(14.0), "MAE": np.float64(8), "pinball": 16.0, "BCE": 0.3636},
    ],
    "09-2": [with_clamp, with_two_hubers, minus_excess, one_by_one],
    "09-3": [flattened, by_formula, in_float32, with_module],
    "09-4": [minus_profit, weighted_absolute, through_two_points],
}
