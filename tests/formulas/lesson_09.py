import numpy as np
import torch
from torch import nn
from torch.distributions import Laplace, Normal

from tests.formulas import Formulas

FORMULAS = Formulas()


def slope(loss, at):
    """수 하나로 미분한 값입니다."""
    value = torch.tensor(at, dtype=torch.float64, requires_grad=True)
    return torch.autograd.grad(loss(value), value)[0]


@FORMULAS.pair(
    r"\frac{d\,\mathrm{MSE}}{dc} = \frac{2}{n}\sum_{i=1}^{n}(c - y_i) = 2(c - \bar{y}), \qquad "
    r"\frac{d\,\mathrm{MAE}}{dc} = "
    r"\frac{(c\text{보다 작은 것의 수}) - (c\text{보다 큰 것의 수})}{n}"
)
def one_number(rng, code):
    y = torch.from_numpy(rng.normal(size=7))
    for c in rng.normal(size=5):
        mse = slope(lambda v: nn.functional.mse_loss(v.expand(7), y), c)
        yield 2 / 7 * sum(c - y_i for y_i in y), mse
        yield 2 * (c - y.mean()), mse
        mae = slope(lambda v: nn.functional.l1_loss(v.expand(7), y), c)
        yield (sum(y_i < c for y_i in y) - sum(y_i > c for y_i in y)).item() / 7, mae


@FORMULAS.pair(
    r"-\log \frac{e^{-r^2 / 2\sigma^2}}{\sigma\sqrt{2\pi}} = "
    r"\frac{r^2}{2\sigma^2} + \log(\sigma\sqrt{2\pi}), \qquad "
    r"-\log \frac{e^{-|r| / b}}{2b} = \frac{|r|}{b} + \log(2b)"
)
def likelihood(rng, code):
    r, (sigma, b) = rng.normal(size=9), rng.random(2) + 0.5
    root = np.sqrt(2 * np.pi)
    normal = -Normal(0.0, sigma).log_prob(torch.from_numpy(r))
    yield -np.log(np.exp(-(r**2) / (2 * sigma**2)) / (sigma * root)), normal, 1e-6
    yield r**2 / (2 * sigma**2) + np.log(sigma * root), normal, 1e-6
    laplace = -Laplace(0.0, b).log_prob(torch.from_numpy(r))
    yield -np.log(np.exp(-abs(r) / b) / (2 * b)), laplace, 1e-6
    yield abs(r) / b + np.log(2 * b), laplace, 1e-6


@FORMULAS.pair(
    r"\ell_\tau(\hat{y}, y) = \max\bigl(\tau\,(y - \hat{y}),\ (\tau - 1)(y - \hat{y})\bigr)"
)
def pinball(rng, code):
    y_hat, y = rng.normal(size=(2, 9))
    for tau in (0.1, 0.5, 0.8):
        spoken = [max(tau * (b - a), (tau - 1) * (b - a)) for a, b in zip(y_hat, y, strict=True)]
        yield spoken, code.define("pinball")(tau)(*map(torch.from_numpy, (y_hat, y)))


@FORMULAS.pair(
    r"\frac{\partial\,\mathrm{BCE}}{\partial z} = p - 1, \qquad "
    r"\frac{\partial\,\mathrm{MSE}}{\partial z} = 2(p - 1)\,p\,(1 - p)"
)
def vanishing(rng, code):
    one, text = (
        torch.tensor(1.0).double(),
        '(p - 1) if name == "BCE" else 2 * (p - 1) * p * (1 - p)',
    )
    for z in rng.normal(size=5):
        p = 1 / (1 + np.exp(-z))
        found = slope(lambda v: nn.functional.binary_cross_entropy_with_logits(v, one), z)
        yield p - 1, found
        yield code.expression(text, p=p, name="BCE"), found
        found = slope(lambda v: nn.functional.mse_loss(v.sigmoid(), one), z)
        yield 2 * (p - 1) * p * (1 - p), found
        yield code.expression(text, p=p, name="MSE"), found
