import math

import numpy as np
import torch

from tests.formulas import Formulas

FORMULAS = Formulas()
PI_2 = math.sqrt(2 / math.pi)


def expectation(size, sigma):
    """정규 잡음 z에서 `size(z)`의 평균입니다. 밀도를 촘촘히 더해 구합니다."""
    z = np.linspace(-12, 12, 400_001) * sigma
    density = np.exp(-(z**2) / (2 * sigma**2)) / (sigma * math.sqrt(2 * math.pi))
    return np.trapezoid(size(z) * density, z)


@FORMULAS.pair(r"y = 0.5x^3 - 0.5x^2 - 90\sin(2x) + 1 + \varepsilon")
def rail(rng, code):
    x = rng.normal(size=9)
    yield 0.5 * x**3 - 0.5 * x**2 - 90 * np.sin(2 * x) + 1, code.define("cubic_sine")(x)
    x, y = (value.double() for value in code.define("make_cubic_sine")(5000, noise_std=30.0))
    noise = y - (0.5 * x**3 - 0.5 * x**2 - 90 * (2 * x).sin() + 1)
    yield 30, noise.std(), 0.04  # 5,000개의 표준편차. 표준오차 1%의 네 배
    yield True, noise.mean().abs() < 4 * 30 / 5000**0.5


@FORMULAS.pair(r"L = \frac{1}{n}\sum_{i=1}^{n} |\hat{y}_i - y_i|")
def absolute(rng, code):
    y_hat, y = torch.from_numpy(rng.normal(size=(2, 9, 1)))
    yield (
        sum(abs(a - b) for a, b in zip(y_hat, y, strict=True)) / 9,
        [code.expression("nn.L1Loss()")(y_hat, y)],
    )


@FORMULAS.pair(
    r"E|\varepsilon| = 2\int_0^\infty z\, \frac{1}{\sigma\sqrt{2\pi}} e^{-z^2 / 2\sigma^2}\, dz = "
    r"\frac{2\sigma}{\sqrt{2\pi}} \int_0^\infty e^{-t}\, dt = \sigma\sqrt{\frac{2}{\pi}}"
)
def floor(rng, code):
    sigma = rng.random() + 0.5
    z, t = np.linspace(0, 12 * sigma, 200_001), np.linspace(0, 40, 400_001)
    density = np.exp(-(z**2) / (2 * sigma**2)) / (sigma * math.sqrt(2 * math.pi))
    found = code.expression("sigma * math.sqrt(2 / math.pi)", sigma=sigma)
    yield expectation(np.abs, sigma), found, 1e-6
    yield 2 * np.trapezoid(z * density, z), found, 1e-6
    yield 2 * sigma / math.sqrt(2 * math.pi) * np.trapezoid(np.exp(-t), t), found, 1e-6
    yield sigma * math.sqrt(2 / math.pi), found


@FORMULAS.pair(
    r"L(\delta) = L(0)\, e^{-\delta^2 / 2\sigma^2} + "
    r"\delta\, \mathrm{erf}\!\left(\frac{\delta}{\sigma\sqrt{2}}\right)",
    r"\frac{L(\delta)}{L(0)} \approx 1 + \frac{\delta^2}{2\sigma^2}",
)
def shifted(rng, code):
    sigma = rng.random() + 0.5
    loss = code.define("shifted_loss", sigma=sigma, floor=sigma * PI_2)
    for delta in rng.normal(size=4):
        found = loss(torch.tensor(delta))
        bell = sigma * PI_2 * math.exp(-(delta**2) / (2 * sigma**2))
        yield bell + delta * math.erf(delta / (sigma * math.sqrt(2))), found
        yield expectation(lambda z, d=delta: np.abs(z + d), sigma), found, 1e-6
    small = 1e-3 * sigma
    excess = loss(torch.tensor(small).double()) / (sigma * PI_2) - 1
    yield small**2 / (2 * sigma**2), excess, 1e-4


@FORMULAS.pair(r"\tanh(z) = 2\,\mathrm{sigmoid}(2z) - 1")
def tanh(rng, code):
    z = torch.from_numpy(rng.normal(size=9))
    yield 2 / (1 + (-2 * z).exp()) - 1, z.tanh()
    yield 2 * (2 * z).sigmoid() - 1, z.tanh()
