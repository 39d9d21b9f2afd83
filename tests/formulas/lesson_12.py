import itertools

import numpy as np
import torch

from tests.formulas import Formulas

FORMULAS = Formulas()


def sgd(loss_of, start, lr, num_steps):
    """torch의 SGD로 걸은 뒤의 매개변수입니다."""
    w = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=lr)
    for _ in range(num_steps):
        optimizer.zero_grad()
        loss_of(w).backward()
        optimizer.step()
    return w.detach()


@FORMULAS.pair(r"\frac{1}{n}\sum_{i=1}^{n} (y_i - c)^2 = \mathrm{Var}(y) + (\bar{y} - c)^2")
def constant(rng, code):
    y = torch.from_numpy(rng.normal(5, 2, size=9))
    variance = code.expression("y.var(correction=0).item()", y=y)
    for c in rng.normal(5, 2, size=4):
        found = code.expression("((y - c) ** 2).mean()", c=c)
        yield sum((y_i - c) ** 2 for y_i in y) / 9, found
        yield variance + (y.mean() - c) ** 2, found


@FORMULAS.pair(r"\frac{dw}{dt} = -\nabla L(w), \qquad w_{k+1} = w_k - \eta \nabla L(w_k)")
def flow(rng, code):
    w, eta = rng.normal(size=3), 1e-3
    slope = 4 * w**3 + np.cos(w)
    step = sgd(lambda v: (v**4 + v.sin()).sum(), w, eta, 1)
    yield w - eta * slope, step
    yield -slope, (step - torch.from_numpy(w)) / eta, 1e-6  # 시간 η 동안 움직인 빠르기


@FORMULAS.pair(r"L_k = \mathrm{Var}(y) + (b_0 - \bar{y})^2\, (1 - 2\eta)^{2k}")
def dead_layer(rng, code):
    y, b0, eta, k = torch.from_numpy(rng.normal(size=9)), rng.normal(), 0.03, 20
    b = sgd(lambda v: ((v - y) ** 2).mean(), b0, eta, k)
    spoken = y.var(correction=0) + (b0 - y.mean()) ** 2 * (1 - 2 * eta) ** (2 * k)
    yield spoken, ((b - y) ** 2).mean()


@FORMULAS.pair(r"1 - \left(1 - 2^{-m}\right)^d")
def dead_rate(rng, code):
    m, d = 2, 3
    signs = np.array([*itertools.product((0, 1), repeat=m * d)]).reshape(-1, d, m)
    some_layer_off = (signs == 0).all(axis=2).any(axis=1)
    yield 1 - (1 - 2.0**-m) ** d, some_layer_off.mean()


@FORMULAS.pair(r"\frac{1}{2} \sum_j \lambda_j\, c_j^2\, (1 - \eta \lambda_j)^{2k}")
def excess(rng, code):
    lam, c, eta, k = rng.random(4), rng.normal(size=4), 0.3, 7
    spoken = sum(lam[j] * c[j] ** 2 * (1 - eta * lam[j]) ** (2 * k) for j in range(4)) / 2
    values = {"values": torch.from_numpy(lam), "c": torch.from_numpy(c), "rate": eta, "k": k}
    text = "(values * c**2 * (1 - rate * values).abs() ** (2 * k)).sum() / 2"
    yield spoken, code.expression(text, **values)
    away = sgd(lambda v: (torch.from_numpy(lam) * v**2).sum() / 2, c, eta, k)
    yield spoken, (torch.from_numpy(lam) * away**2).sum() / 2
