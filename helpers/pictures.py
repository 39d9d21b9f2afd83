"""신경망과 계산 그래프를 그리는 함수입니다. `ax`에 그리고 그 `Axes`를 돌려줍니다.

색을 보지 못해도 읽을 수 있도록, 값은 화살표의 위에 굵게, 기울기는 아래에 기울여 적습니다.
"""

from itertools import pairwise

from matplotlib import pyplot as plt
from matplotlib.collections import LineCollection

from helpers.plotting import BLUE, RED

SHOWN = 7  # 층 하나에 그리는 동그라미의 최대 수. 더 넓은 층은 가운데를 점 셋으로 줄임
BOX = {"boxstyle": "circle,pad=0.35", "facecolor": "white", "edgecolor": "black", "lw": 1.3}


def _heights(width):
    """동그라미의 높이입니다. 줄여 그리는 층은 가운데 한 칸이 비어 있습니다."""
    count = min(width, SHOWN)
    middle = (count - 1) / 2
    heights = [middle - k for k in range(count)]
    return [h for h in heights if h] if width > SHOWN else heights


def draw_network(sizes, *, names=None, between=None, ax=None):
    """층마다 동그라미를 세우고 이어, 신경망의 모양을 그립니다. 동그라미 하나가 수 하나입니다.

    Args:
        sizes: 층마다 수의 개수. 예: `[1, 5, 10, 1]`.
        names: 층의 이름. 없으면 입력, 은닉 1, 은닉 2, ..., 출력입니다.
        between: 은닉층의 위에 적을 활성화 함수의 이름.
        ax: 그릴 곳. 없으면 새로 만듭니다.

    Raises:
        ValueError: 층이 둘보다 적거나, 크기가 1보다 작거나, 이름의 수가 다를 때.
    """
    sizes = [*sizes]
    if len(sizes) < 2 or any(int(size) != size or size < 1 for size in sizes):
        raise ValueError(f"sizes에는 1 이상인 정수가 둘 이상 있어야 합니다: {sizes}")
    if names is None:
        names = ["입력", *(f"은닉 {k}" for k in range(1, len(sizes) - 1)), "출력"]
    if len(names) != len(sizes):
        raise ValueError(f"이름은 층마다 하나씩 {len(sizes)}개여야 합니다: {names}")
    if ax is None:
        size = (max(5, 1.25 * len(sizes)), 3.6)
        ax = plt.subplots(figsize=size, layout="constrained")[1]
    layers = [[(2.2 * k, h) for h in _heights(size)] for k, size in enumerate(sizes)]
    for left, right in pairwise(layers):
        lines = [(start, end) for start in left for end in right]
        ax.add_collection(LineCollection(lines, colors="0.7", linewidths=0.6, zorder=1))
    top = max(y for layer in layers for _, y in layer) + 1
    for size, name, layer in zip(sizes, names, layers, strict=True):
        last = layer is layers[0] or layer is layers[-1]
        style = {"s": 190, "edgecolors": "black", "linewidths": 1.2, "zorder": 2}
        ax.scatter(*zip(*layer, strict=True), color="0.88" if last else BLUE, **style)
        if size > SHOWN:
            ax.text(layer[0][0], 0, "⋮", ha="center", va="center", fontsize=15)
        ax.text(layer[0][0], top, name, ha="center", va="bottom", weight="bold")
        ax.text(layer[0][0], -top, f"{size}개", ha="center", va="top")
        if between and not last:
            ax.text(layer[0][0], -top - 0.8, between, ha="center", va="top", fontsize=8.5)
    ax.set(xlim=(-1.2, 2.2 * len(sizes) - 1), ylim=(-top - 1.7, top + 0.9))
    ax.set_axis_off()
    return ax


def _places(edges):
    """꼭짓점마다 놓을 곳입니다. 입력은 쓰이는 곳의 바로 왼쪽 열에, 계산의 아래에 놓습니다."""
    names = [*dict.fromkeys(name for start, end, *_ in edges for name in (start, end))]
    column = dict.fromkeys(names, 0)
    for _ in names:
        for start, end, *_ in edges:
            column[end] = max(column[end], column[start] + 1)
    if max(column.values()) >= len(names):
        raise ValueError("계산 그래프에 고리가 있습니다.")
    made = {end for _, end, *_ in edges}
    for name in names:
        if name not in made:
            column[name] = min(column[end] for start, end, *_ in edges if start == name) - 1
    rows, places = {}, {}
    for name in sorted(names, key=lambda name: name not in made):
        row = rows[column[name]] = rows.get(column[name], -1) + 1
        places[name] = (2.4 * column[name], -1.7 * row)
    return places


def draw_graph(edges, *, labels=None, ax=None):
    """계산 그래프를 그립니다. 화살표의 위에는 앞으로 간 값, 아래에는 거꾸로 온 기울기를 적습니다.

    Args:
        edges: 화살표마다 `(출발, 도착, 값, 기울기)`. 아직 모르는 값과 기울기는 `None`입니다. 수는 유효 숫자
            네 자리까지 적습니다.
        labels: 꼭짓점의 이름에서 동그라미에 쓸 글로 가는 사전. 같은 연산이 두 번 나올 때 씁니다.
        ax: 그릴 곳. 없으면 새로 만듭니다.

    Raises:
        ValueError: 화살표가 없거나, 그래프에 고리가 있을 때.
    """
    edges = [*edges]
    if not edges:
        raise ValueError("edges에는 화살표가 하나 이상 있어야 합니다.")
    places = _places(edges)
    right = max(x for x, _ in places.values())
    bottom = min(y for _, y in places.values())
    if ax is None:
        size = (max(5, 0.62 * right + 1.6), 1.6 - 0.75 * bottom)
        ax = plt.subplots(figsize=size, layout="constrained")[1]
    for name, (x, y) in places.items():
        shown = (labels or {}).get(name, name)
        ax.text(x, y, shown, ha="center", va="center", fontsize=12, bbox=BOX, zorder=3)
    for start, end, value, gradient in edges:
        _arrow(ax, places[start], places[end], value, gradient)
    ax.set(xlim=(-0.8, right + 0.8), ylim=(bottom - 0.9, 0.9))
    ax.set_axis_off()
    return ax


def _arrow(ax, start, end, value, gradient):
    style = {"arrowstyle": "->", "lw": 1.3, "shrinkA": 15, "shrinkB": 15, "color": "0.35"}
    ax.annotate("", end, start, arrowprops=style)
    place = {"xy": [(a + b) / 2 for a, b in zip(start, end, strict=True)], "ha": "center"}
    place |= {"textcoords": "offset points", "fontsize": 10}
    white = {"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.85}
    if value is not None:
        text = {"color": BLUE, "weight": "bold", "va": "bottom", "bbox": white}
        ax.annotate(f"{value:.4g}".replace("-", "−"), xytext=(0, 4), **place, **text)
    if gradient is not None:
        text = {"color": RED, "style": "italic", "va": "top", "bbox": white}
        ax.annotate(f"{gradient:.4g}".replace("-", "−"), xytext=(0, -4), **place, **text)
