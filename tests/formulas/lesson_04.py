import torch
from torch import nn

from tests.formulas import Formulas

FORMULAS = Formulas()


@FORMULAS.pair(
    r"W_3(W_2(W_1 x + b_1) + b_2) + b_3 = "
    r"\underbrace{W_3 W_2 W_1}_{(1,\,13)}\, x + \underbrace{W_3 W_2 b_1 + W_3 b_2 + b_3}_{(1,)}"
)
def collapse(rng, code):
    fc1, fc2, fc3 = (nn.Linear(*size).double() for size in ((13, 50), (50, 30), (30, 1)))
    x = torch.from_numpy(rng.normal(size=13))
    (W1, b1), (W2, b2), (W3, b3) = (fc.parameters() for fc in (fc1, fc2, fc3))
    slope, shift = W3 @ W2 @ W1, W3 @ W2 @ b1 + W3 @ b2 + b3
    yield W3 @ (W2 @ (W1 @ x + b1) + b2) + b3, fc3(fc2(fc1(x)))
    yield slope @ x + shift, fc3(fc2(fc1(x)))
    layers = {"fc1": fc1, "fc2": fc2, "fc3": fc3}
    yield slope, code.expression("fc3.weight @ fc2.weight @ fc1.weight", **layers)
    yield shift, code.expression("fc3.weight @ (fc2.weight @ fc1.bias + fc2.bias) + fc3.bias")
    yield [1, 13, 1], [*slope.shape, *shift.shape]
