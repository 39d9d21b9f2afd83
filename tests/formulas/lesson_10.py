import itertools

import numpy as np
import torch
from torch import nn

from exercises.lesson_10 import EXERCISES
from tests.formulas import Formulas

FORMULAS = Formulas()
LR, STEPS = 0.05, 6


def problem(rng, code, n=6):
    """행 `n`개인 선형 회귀와, 노트북의 `gradient` 함수입니다."""
    X, y, w = (torch.from_numpy(rng.normal(size=size)) for size in ((n, 3), (n, 1), (3, 1)))
    return X, y, w, code.define("gradient", X=X, y=y)


def gradients(rng):
    return torch.from_numpy(rng.normal(size=(STEPS, 4)))


def walk(step, start, gs, **options):
    """노트북의 함수로 걸은 위치와, 마지막에 기억한 것입니다."""
    w, state, path = start, {}, []
    for g in gs:
        w = step(w, g, state, **options)
        path.append(w)
    return torch.stack(path), state


@FORMULAS.pair(r"w \leftarrow w - \eta \frac{\partial L}{\partial w}")
def sgd(rng, code):
    w, g = rng.normal(size=(2, 4))
    yield w - LR * g, code.define("sgd_step")(w, g, {}, LR)


@FORMULAS.pair(r"L(w) = \frac{1}{n} \lVert Xw - y \rVert^2, \qquad g = \frac{2}{n} X^\top (Xw - y)")
def linear(rng, code):
    X, y, w, gradient = problem(rng, code)
    loss = (X @ w - y).norm() ** 2 / 6
    yield loss, nn.functional.mse_loss(X @ w, y)
    yield 2 / 6 * X.T @ (X @ w - y), gradient(w, torch.arange(6))


@FORMULAS.pair(
    r"V = \frac{1}{n} \sum_i \lVert g_i - g \rVert^2, \qquad "
    r"\mathrm{E}\,\lVert g_B - g \rVert^2 = \frac{V}{b}"
)
def variance(rng, code):
    _, _, w, gradient = problem(rng, code)
    each = torch.cat([gradient(w, torch.tensor([i])).T for i in range(6)])
    full = gradient(w, torch.arange(6))
    V = sum((g_i - full.T).norm() ** 2 for g_i in each) / 6
    yield V, code.expression("((each - full.T) ** 2).sum(dim=1).mean()", each=each, full=full)
    for b in (2, 3):  # 같은 행을 다시 뽑을 수 있는 모든 미니배치의 평균
        batches = [torch.tensor(rows) for rows in itertools.product(range(6), repeat=b)]
        away = [(gradient(w, rows) - full).norm() ** 2 for rows in batches]
        yield V / b, torch.stack(away).mean()


@FORMULAS.pair(r"v \leftarrow \mu v + g, \qquad w \leftarrow w - \eta v")
def momentum(rng, code):
    gs, w, v, mu = gradients(rng), torch.zeros(4).double(), 0, 0.8
    path = []
    for g in gs:
        v = mu * v + g
        w = w - LR * v
        path.append(w)
    yield torch.stack(path), walk(code.define("momentum_step"), 0 * w, gs, lr=LR, mu=mu)[0]


@FORMULAS.pair(
    r"m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t, \qquad v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2",
    r"\hat m_t = \frac{m_t}{1 - \beta_1^t}, \qquad \hat v_t = \frac{v_t}{1 - \beta_2^t}, \qquad "
    r"w_t = w_{t-1} - \eta \frac{\hat m_t}{\sqrt{\hat v_t} + \epsilon}",
    r"\text{Adam: } g_t \leftarrow g_t + \lambda w_{t-1}, \qquad "
    r"\text{AdamW: } w_t = w_{t-1} - \eta \lambda w_{t-1} - "
    r"\eta \frac{\hat m_t}{\sqrt{\hat v_t} + \epsilon}",
)
def adam(rng, code):
    gs, start = gradients(rng), torch.from_numpy(rng.normal(size=4))
    b1, b2, eps = 0.9, 0.999, 1e-8
    for name, l2, decay in (("adam_step", 0, 0), ("adam_l2_step", 0.1, 0), ("adamw_step", 0, 0.1)):
        w, m, v, path = start, 0, 0, []
        for t, g_t in enumerate(gs, start=1):
            g = g_t + l2 * w
            m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
            m_hat, v_hat = m / (1 - b1**t), v / (1 - b2**t)
            w = w - LR * decay * w - LR * m_hat / (v_hat.sqrt() + eps)
            path.append(w)
        options = {} if name == "adam_step" else {"decay": l2 + decay}
        walked, state = walk(code.define(name), start, gs, lr=LR, **options)
        yield torch.stack(path), walked
        yield torch.stack([m, v]), torch.stack([state["m"], state["v"]])


@FORMULAS.pair(r"w_1 \leftarrow (1 - \eta)\, w_1, \qquad w_2 \leftarrow (1 - 25\eta)\, w_2")
def zigzag(rng, code):
    w, A = (
        torch.from_numpy(rng.normal(size=2)),
        code.expression("torch.diag(torch.tensor([1.0, 25.0]))").double(),
    )
    moved = code.define("sgd_step")(w, A @ w, {}, LR)
    yield [(1 - LR) * w[0], (1 - 25 * LR) * w[1]], moved


@FORMULAS.pair(r"\rho_{\text{SGD}} = \frac{\kappa - 1}{\kappa + 1} = \frac{24}{26} \approx 0.923")
def best_sgd(rng, code):
    low, high = sorted(rng.random(2))
    kappa, eta = high / low, 2 / (low + high)
    yield (kappa - 1) / (kappa + 1), max(abs(1 - eta * low), abs(1 - eta * high))
    eta, mu = torch.tensor([2 / 26, 0.0], dtype=torch.float64)
    found = code.define("slowest")(eta, mu)
    yield (25 - 1) / (25 + 1), found
    yield 24 / 26, found
    yield 0.923, round(found.item(), 3)


@FORMULAS.pair(
    r"\eta = \frac{4}{(\sqrt{\lambda_{\max}} + \sqrt{\lambda_{\min}})^2} = \frac{1}{9}, \qquad "
    r"\mu = \left(\frac{\sqrt\kappa - 1}{\sqrt\kappa + 1}\right)^2 = \frac{4}{9}, \qquad "
    r"\rho_{\text{모멘텀}} = \sqrt\mu = \frac{2}{3}",
    r"\begin{pmatrix} 1 + \mu - \eta\lambda & -\mu \\ 1 & 0 \end{pmatrix}",
)
def best_momentum(rng, code):
    low, high, kappa = 1, 25, 25
    eta = 4 / (np.sqrt(high) + np.sqrt(low)) ** 2
    mu = ((np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)) ** 2
    yield [eta, mu, np.sqrt(mu)], [1 / 9, 4 / 9, 2 / 3]
    yield [eta, mu], [code.expression("1 / 9"), code.expression("4 / 9")]
    slowest = code.define("slowest")
    yield np.sqrt(mu), slowest(torch.tensor(eta), torch.tensor(mu)), 1e-6  # 두 고윳값이 겹침
    lam, (w, before) = rng.random(), rng.normal(size=2)
    M = np.array([[1 + mu - LR * lam, -mu], [1, 0]])
    state = {"v": (before - w) / LR}  # 바로 앞의 걸음이 만든 속도
    step = code.define("momentum_step")(w, lam * w, state, LR, mu=mu)
    yield M @ [w, before], [step, w]


@FORMULAS.pair(r"\mathrm{E}\,[L(w) - L_{\min}] \approx \frac{\eta\, V^*}{4b}")
def noise_floor(rng, code):
    eta, b, lam, c = 1e-7, 22, rng.random(5) + 0.5, rng.random(5)
    s = eta**2 * c / b / (2 * eta * lam - (eta * lam) ** 2)  # 맴돌 때의 분산
    spoken = eta * c.sum() / (4 * b)
    yield spoken, (lam * s).sum() / 2, 1e-6
    found = code.expression("eta * V_best / (4 * b)", eta=eta, V_best=c.sum(), b=b)
    yield spoken, found


@FORMULAS.pair(
    r"\lambda_k = \eta \sqrt{k + 1}, \qquad s_{k+1} = s_k + \lambda_k g_k, \qquad "
    r"\nu_{k+1} = \nu_k + \lambda_k\, g_k \odot g_k",
    r"z_{k+1} = x_0 - \frac{s_{k+1}}{\sqrt[3]{\nu_{k+1}} + \epsilon}, \qquad "
    r"x_{k+1} = (1 - c)\, x_k + c\, z_{k+1}",
)
def madgrad(rng, code):
    gs, x0 = gradients(rng), torch.from_numpy(rng.normal(size=4))
    x, s, nu, c, path = x0, 0, 0, 0.1, []
    for k, g in enumerate(gs):
        lam = LR * np.sqrt(k + 1)
        s, nu = s + lam * g, nu + lam * g * g
        z = x0 - s / (nu ** (1 / 3) + 1e-6)
        x = (1 - c) * x + c * z
        path.append(x)
    yield torch.stack(path), walk(code.define("madgrad_step"), x0, gs, lr=LR)[0]
    parameter = torch.nn.Parameter(x0.clone())
    optimizer = code.define("MADGRAD")([parameter], lr=LR)
    for g in gs:
        parameter.grad = g
        optimizer.step()
    yield x, parameter


@FORMULAS.pair(
    r"\text{Adam: } e^{-\eta\lambda T / \sigma}, \qquad \text{AdamW: } e^{-\eta\lambda T}"
)
def left_over(rng, code):
    eta, lam, T = 0.01, 0.1, 300
    for sigma in (0.5, 2.0):
        noise = torch.from_numpy(sigma * rng.normal(size=(T, 2000)))
        for name, spoken in (
            ("adam_l2_step", np.exp(-eta * lam * T / sigma)),
            ("adamw_step", np.exp(-eta * lam * T)),
        ):
            ones = torch.ones(2000).double()
            path, _ = walk(code.define(name), ones, noise, lr=eta, decay=lam)
            yield spoken, path[-1].mean(), 0.03  # 노트북이 허용하는 0.02


@FORMULAS.pair(
    r"c_t = \beta_1 m_{t-1} + (1 - \beta_1)\, g_t",
    r"w_t = w_{t-1} - \eta\, (\operatorname{sign}(c_t) + \lambda w_{t-1})",
    r"m_t = \beta_2 m_{t-1} + (1 - \beta_2)\, g_t",
)
def lion(rng, code):
    gs, start = gradients(rng), torch.from_numpy(rng.normal(size=4))
    (b1, b2), lam, w, m, path = (0.9, 0.99), 0.1, start, 0, []
    for g in gs:
        c = b1 * m + (1 - b1) * g
        w = w - LR * (torch.sign(c) + lam * w)
        m = b2 * m + (1 - b2) * g
        path.append(w)
    answer = next(exercise.answer for exercise in EXERCISES if exercise.id == "10-2")
    walked, _ = walk(answer, start, gs, lr=LR, betas=(b1, b2), decay=lam)
    yield torch.stack(path), walked


@FORMULAS.pair(
    r"e \leftarrow (1 - \eta\lambda)\, e, \qquad s \leftarrow (1 - \eta\lambda)^2 s + \eta^2"
)
def expected_loss(rng, code):
    rates = rng.random(STEPS) / 25
    parts = np.zeros(2)
    for lam, e in ((1, -9.0), (25, 2.0)):
        s = 0
        for eta in rates:
            e, s = (1 - eta * lam) * e, (1 - eta * lam) ** 2 * s + eta**2
        parts += lam * e**2 / 2, lam * s / 2
    found = code.define("expected_loss")(lambda t, n: rates[t], STEPS)
    yield parts, torch.stack(found), 1e-5  # 노트북의 float32
