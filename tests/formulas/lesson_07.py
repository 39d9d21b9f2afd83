import numpy as np

from helpers import data
from tests.formulas import Formulas

FORMULAS = Formulas()


@FORMULAS.pair(
    r"\text{전진: } \frac{f(x + h) - f(x)}{h}, "
    r"\qquad \text{중심: } \frac{f(x + h) - f(x - h)}{2h}"
)
def differences(rng, code):
    (x, h), f = rng.random(2), np.exp
    yield (f(x + h) - f(x)) / h, code.define("forward_difference")(f, x, h)
    yield (f(x + h) - f(x - h)) / (2 * h), code.define("central_difference")(f, x, h)


@FORMULAS.pair(
    r"\frac{(1+h)^3 - 1}{h} = 3 + 3h + h^2, \qquad \frac{(1+h)^3 - (1-h)^3}{2h} = 3 + h^2"
)
def truncation(rng, code):
    h, cube = rng.random(), code.define("cube")
    forward = code.define("forward_difference")(cube, 1.0, h)
    central = code.define("central_difference")(cube, 1.0, h)
    yield ((1 + h) ** 3 - 1) / h, forward
    yield 3 + 3 * h + h**2, forward
    yield ((1 + h) ** 3 - (1 - h) ** 3) / (2 * h), central
    yield 3 + h**2, central


@FORMULAS.pair(
    r"f_w(x_1, x_2) = w_1 x_1 - w_2 x_2 + 1, \qquad L(w) = (1 - f_w(1, 2))^2",
    r"\frac{\partial L}{\partial w_1} = -2e\,x_1, \qquad \frac{\partial L}{\partial w_2} = 2e\,x_2",
)
def tiny_problem(rng, code):
    w = rng.normal(size=2)
    x1, x2, target = code.expression("1.0, 2.0, 1.0")
    loss_of = code.define("loss_of", x1=x1, x2=x2, target=target)
    f = w[0] * 1 - w[1] * 2 + 1
    e = 1 - f
    yield f, code.define("f")(w)
    yield e**2, loss_of(w)
    yield [-2 * e * 1, 2 * e * 2], code.define("central_gradient")(loss_of, w, 1.0)
    exact = code.expression("np.array([-2 * 1.9 * x1, 2 * 1.9 * x2])", x1=3.0, x2=5.0)
    yield [-2 * 1.9 * 3, 2 * 1.9 * 5], exact


@FORMULAS.pair(r"y = \cos(1.5\pi x) + x + u")
def trend(rng, code):
    x, y = data.make_cosine_trend(500, noise=0.2)
    u = y - ((1.5 * np.pi * x).cos() + x)
    yield True, 0.15 < u.abs().max() < 0.2 + 1e-6
    x = rng.random(5)
    yield np.cos(1.5 * np.pi * x) + x, code.define("cosine_trend")(x)


@FORMULAS.pair(
    r"\frac{h^2}{3x^2} = \frac{r^2}{3}, \qquad "
    r"\frac{\epsilon x^3}{h \cdot 3x^2} = \frac{\epsilon}{3r}, \qquad r = \frac{h}{x}"
)
def relative(rng, code):  # 풀이에 있는 식
    h, x, eps = rng.random(3)
    r = h / x
    central = code.define("central_difference")(code.define("cube"), x, h)
    yield h**2 / (3 * x**2), r**2 / 3
    yield r**2 / 3, central / (3 * x**2) - 1  # 절단 오차의 상대적인 크기
    yield eps * x**3 / (h * 3 * x**2), eps / (3 * r)
