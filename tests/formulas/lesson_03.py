import numpy as np
import pandas as pd

from tests.formulas import Formulas

FORMULAS = Formulas()


@FORMULAS.pair(r"B = 1000\,(\mathrm{Bk} - 0.63)^2")
def column_b(rng, code):
    share = rng.random(9)
    yield 1000 * (share - 0.63) ** 2, code.expression("1000 * (share - 0.63) ** 2", share=share)


@FORMULAS.pair(r"x' = \frac{x - \min}{\max - \min}")
def normalised(rng, code):
    x = rng.normal(5, 3, (8, 3))
    by_hand = code.expression("(raw - raw.min()) / (raw.max() - raw.min())", raw=pd.DataFrame(x))
    for k, column in enumerate(x.T):
        yield (column - min(column)) / (max(column) - min(column)), by_hand[k]


@FORMULAS.pair(r"\mathrm{RMSE} = \sqrt{\frac{1}{n} \sum_{i=1}^{n} (\hat{y}_i - y_i)^2}")
def rmse(rng, code):
    y_hat, y = rng.normal(size=(2, 7))
    spoken = np.sqrt(sum((y_hat[i] - y[i]) ** 2 for i in range(7)) / 7)
    yield spoken, code.define("rmse")(y_hat, y)
