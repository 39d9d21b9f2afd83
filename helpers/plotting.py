"""한글이 깨지지 않는 그림을 그리는 함수입니다. 모두 `ax`에 그리고 그 `Axes`를 돌려줍니다.

모델의 기울기는 계산하지 않고, 장치와 훈련/평가 모드는 부르기 전 그대로 돌려놓습니다.
"""

import contextlib
import importlib.util
from pathlib import Path

import matplotlib as mpl
import numpy as np
import torch
from matplotlib import colors, font_manager, ticker
from matplotlib import pyplot as plt

# 색각이 달라도 구별되는 색 (Okabe & Ito, 2008). 흑백에서는 표식과 선의 모양으로 구별
BLUE, ORANGE, GREEN, RED, PURPLE = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7"
CLASS_COLORS = [BLUE, ORANGE, GREEN, PURPLE, RED]
MARKERS = ["o", "s", "^", "D", "v"]
LINE_STYLES = ["-", "--", "-.", ":"]
KOREAN = "course korean"  # 컴퓨터에 깔린 글꼴과 겹치지 않는 이름


def use_korean_font():
    """matplotlib가 한글을 함께 설치된 나눔고딕으로 그리게 합니다. 여러 번 불러도 됩니다.

    영문, 숫자, 빼기 기호는 DejaVu Sans로 그립니다. 나눔고딕에는 빼기 기호(U+2212)가 없기 때문입니다.
    `plt.style.use`나 `plt.rcdefaults`는 글꼴 설정을 지우므로 그 뒤에 부릅니다.

    Raises:
        RuntimeError: 글꼴 패키지가 설치되어 있지 않을 때.
    """
    spec = importlib.util.find_spec("koreanize_matplotlib")
    folders = spec.submodule_search_locations if spec else []
    files = {p.name: p for folder in folders for p in Path(folder).rglob("*.ttf")}
    if "NanumGothic.ttf" not in files:
        raise RuntimeError(
            "한글 글꼴 패키지가 없습니다. .venv 폴더를 지우고 'python course.py'를 다시 실행하십시오."
        )
    if KOREAN not in {entry.name for entry in font_manager.fontManager.ttflist}:
        for name, weight in (("NanumGothic.ttf", 400), ("NanumGothicBold.ttf", 700)):
            entry = font_manager.FontEntry(
                fname=str(files[name]), name=KOREAN, style="normal", variant="normal",
                weight=weight, stretch="normal", size="scalable",
            )  # fmt: skip
            font_manager.fontManager.ttflist.append(entry)
    mpl.rcParams.update(
        {"font.family": ["DejaVu Sans", KOREAN], "axes.unicode_minus": True,
         "figure.figsize": (5, 3.5), "font.size": 10.5, "axes.grid": True, "grid.alpha": 0.3}
    )  # fmt: skip


def _axes(ax, **size):
    return plt.subplots(layout="constrained", **size)[1] if ax is None else ax


def _array(values, name):
    """텐서, 배열, 리스트를 CPU의 float64 배열로 바꿉니다."""
    if torch.is_tensor(values):
        values = values.detach().cpu().numpy()
    array = np.asarray(values, dtype=np.float64)
    if array.size == 0:
        raise ValueError(f"{name}이(가) 비어 있습니다.")
    return array


def _column(values, name):
    array = _array(values, name)
    if array.shape not in ((array.size,), (array.size, 1)):
        raise ValueError(f"{name}은(는) (n, 1) 또는 (n,)이어야 합니다. 받은 모양: {array.shape}")
    return array.ravel()


@contextlib.contextmanager
def _evaluating(predict):
    """`predict`가 모델이면 평가 모드로 바꾸었다가 층마다 원래 모드로 되돌립니다."""
    layers = list(predict.modules()) if isinstance(predict, torch.nn.Module) else []
    modes = [layer.training for layer in layers]
    try:
        for layer in layers:
            layer.training = False
        with torch.no_grad():
            yield
    finally:
        for layer, mode in zip(layers, modes, strict=True):
            layer.training = mode


def _predict(predict, grid, like, name="predict"):
    """격자 위의 예측입니다. `like`가 텐서면 같은 dtype과 장치의 텐서를 넣습니다."""
    if torch.is_tensor(like):
        grid = torch.as_tensor(grid, dtype=like.dtype, device=like.device)
    with _evaluating(predict):
        out = _array(predict(grid), f"{name}의 결과")
    if out.shape[:1] != (len(grid),):
        raise ValueError(
            f"{name}은(는) {len(grid)}개를 받아 {len(grid)}개를 돌려줘야 합니다: {out.shape}"
        )
    return out


class _PlainLog(ticker.LogFormatter):
    """로그 눈금의 수를 지수 없이 0.1, 30처럼 적습니다."""

    def __call__(self, x, pos=None):
        return f"{x:g}" if super().__call__(x, pos) else ""


def _loss_values(values):
    items = values if np.iterable(values) else [values]
    if any(torch.is_tensor(v) and v.requires_grad for v in items):
        raise TypeError("손실에 계산 기록이 붙어 있습니다. loss.item()으로 수만 저장하십시오.")
    array = _array(values, "losses")
    if array.ndim != 1:
        raise ValueError(f"losses는 수의 리스트여야 합니다. 받은 모양: {array.shape}")
    return array


def plot_loss(losses, *, floor=None, xlabel="에포크", ax=None):
    """훈련하는 동안의 손실을 로그 눈금으로 그립니다.

    Args:
        losses: 수의 리스트, 또는 이름에서 리스트로 가는 사전. 사전이면 선마다 모양이 다르고 범례가 붙습니다.
        floor: 더 내려갈 수 없는 손실의 값. 점선으로 그립니다.
        xlabel: 가로축의 이름.
        ax: 그릴 곳. 없으면 새로 만듭니다.

    Raises:
        TypeError: 손실에 계산 기록이 붙어 있을 때.
        ValueError: 손실이 비어 있거나 1차원이 아닐 때.
    """
    named = losses if isinstance(losses, dict) else {"손실": losses}
    curves = {name: _loss_values(values) for name, values in named.items()}
    if not curves:
        raise ValueError("losses가 비어 있습니다.")
    ax = _axes(ax)
    for i, (name, values) in enumerate(curves.items()):
        ax.plot(values, LINE_STYLES[i % 4], color=CLASS_COLORS[i % 5], lw=1.8, label=name)
    if floor is not None:
        ax.axhline(floor, color="black", ls=":", lw=1.5, label=f"바닥 {floor:.4g}")
    if floor is not None or isinstance(losses, dict):
        ax.legend()
    ax.set(xlabel=xlabel, ylabel="손실", yscale="log")
    ax.yaxis.set_major_formatter(_PlainLog())
    ax.yaxis.set_minor_formatter(_PlainLog(labelOnlyBase=False))
    return ax


def plot_fit(x, y, predict, *, truth=None, xlim=None, ax=None):
    """특성이 하나인 회귀의 데이터와 예측 곡선을 그립니다.

    Args:
        x, y: `(n, 1)` 또는 `(n,)` 텐서나 배열.
        predict: `(m, 1)`을 받아 `(m, 1)`이나 `(m,)`을 돌려주는 모델 또는 함수. `x`가 텐서면 같은 dtype과
            장치의 텐서를, 배열이면 배열을 받습니다.
        truth: 참 함수. 점선으로 그립니다.
        xlim: 곡선을 그릴 구간 `(왼쪽, 오른쪽)`. 없으면 `x`의 범위입니다.
        ax: 그릴 곳. 없으면 새로 만듭니다.

    Raises:
        ValueError: `x`와 `y`의 수가 다르거나 예측의 모양이 맞지 않을 때.
    """
    xs, ys = _column(x, "x"), _column(y, "y")
    if len(xs) != len(ys):
        raise ValueError(f"x와 y의 수가 같아야 합니다. 받은 수: {len(xs)}, {len(ys)}")
    low, high = xlim or (xs.min(), xs.max())
    grid = np.linspace(low, high, 500)[:, None]
    fit = _column(_predict(predict, grid, x), "predict의 결과")
    curve = None if truth is None else _predict(truth, grid, grid, "truth")
    ax = _axes(ax)
    size = 40 if len(xs) <= 100 else 6
    ax.scatter(xs, ys, s=size, color="0.6", linewidths=0, label="데이터")
    if curve is not None:
        ax.plot(grid, curve, "--", color="black", lw=1.5, zorder=3, label="참 함수")
    ax.plot(grid, fit, color=RED, lw=2.2, label="예측")
    ax.set(xlabel="x", ylabel="y")
    ax.legend()
    return ax


def _check_classes(numbers, subject):
    if not np.isin(numbers, range(len(CLASS_COLORS))).all():
        raise ValueError(f"{subject} 0부터 4까지여야 합니다. 클래스는 5개까지 그립니다.")


def _probabilities(out, num_labels):
    """클래스 번호를 원-핫으로 바꾸고, 확률은 확률인지 확인합니다."""
    if out.ndim == 1:
        _check_classes(out, "predict의 결과가 (m,)이면 클래스 번호이고,")
        return np.eye(max(int(out.max()) + 1, num_labels))[out.astype(int)]
    if out.ndim != 2 or not num_labels <= out.shape[1] <= len(CLASS_COLORS):
        raise ValueError(
            f"predict의 결과에는 클래스마다 열이 하나 있어야 하고, 클래스는 5개까지 그립니다: {out.shape}"
        )
    if not (np.allclose(out.sum(axis=1), 1, atol=1e-3) and out.min() > -1e-3):
        raise ValueError("확률의 합이 1이 아닙니다. 로짓이라면 먼저 소프트맥스를 적용하십시오.")
    return out


def plot_decision_boundary(predict, X, labels, *, names=None, ax=None):
    """특성이 둘인 분류의 데이터와 결정 영역을 그립니다. 확률을 받으면 확신이 약한 곳을 옅게 칠합니다.

    Args:
        predict: `(m, 2)`를 받아 확률 `(m, 클래스 수)` 또는 클래스 번호 `(m,)`을 돌려주는 모델 또는 함수.
        X: `(n, 2)` 텐서나 배열.
        labels: `(n,)` 정수 클래스 번호.
        names: 클래스의 이름 목록.
        ax: 그릴 곳. 없으면 새로 만듭니다.

    Raises:
        ValueError: 모양이 맞지 않거나, 클래스가 5개보다 많거나, 확률의 합이 1이 아닐 때.
    """
    points, classes = _array(X, "X"), _array(labels, "labels")
    if points.ndim != 2 or points.shape[1] != 2 or classes.shape != (len(points),):
        raise ValueError(f"X는 (n, 2), labels는 (n,)이어야 합니다: {points.shape}, {classes.shape}")
    _check_classes(classes, "labels는")
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.1 * (high - low).max() or 1.0
    sides = [np.linspace(a - margin, b + margin, 200) for a, b in zip(low, high, strict=True)]
    grid = np.stack(np.meshgrid(*sides), axis=-1).reshape(-1, 2)
    prob = _probabilities(_predict(predict, grid, X), int(classes.max()) + 1)
    count = prob.shape[1]
    if names is not None and len(names) < count:
        raise ValueError(f"names에는 클래스 {count}개의 이름이 있어야 합니다: {names}")
    palette = np.array([colors.to_rgb(c) for c in CLASS_COLORS[:count]])
    image = 1 - 0.55 * (1 - prob @ palette)
    ax = _axes(ax, figsize=(4.5, 4.5))
    extent = (sides[0][0], sides[0][-1], sides[1][0], sides[1][-1])
    ax.imshow(image.reshape(200, 200, 3), origin="lower", extent=extent, aspect="equal")
    for k in range(count):
        label = names[k] if names is not None else f"클래스 {k}"
        style = {"color": CLASS_COLORS[k], "marker": MARKERS[k], "edgecolors": "black"}
        ax.scatter(*points[classes == k].T, s=28, linewidths=0.6, label=label, **style)
    ax.grid(False)
    ax.set(xlabel="특성 1", ylabel="특성 2")
    ax.legend(loc="upper right")
    return ax
