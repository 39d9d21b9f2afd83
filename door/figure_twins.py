"""그림을 보일 때 그림의 내용을 글로도 내보내는 커널의 확장입니다.

그림의 화소는 비교하지 않으므로, 이름표가 바뀌거나 범례가 뒤바뀐 그림은 검사를 통과합니다. 그래서 그림마다 글 두 벌을 함께
저장합니다. JupyterLab은 이 글을 보이지 않고, nbval은 다른 출력처럼 비교합니다.

- `text/x-figure`       제목, 축, 눈금, 범례, 선과 점의 모양과 수, 그림 안의 글
- `text/x-figure-data`  그려진 수의 요약입니다. 유효 숫자 셋으로 반올림합니다.

훈련한 값처럼 컴퓨터마다 조금 다른 수를 그린 셀에는 `trained-figure` 태그를 붙이고, 그러면 둘째 글은 비교하지 않습니다.
"""

import re

import numpy as np
from IPython.core.formatters import BaseFormatter
from matplotlib import collections, colors, container, contour, ticker

LAYOUT, DATA = "text/x-figure", "text/x-figure-data"
NUMBER = re.compile(r"[-−+]?\d[\d.,]*(?:e[-−+]?\d+)?")
FIXED = (ticker.FixedFormatter, ticker.FuncFormatter)

# ---------------------------------------------------------------- 수의 요약


def summary(values):
    """수의 요약입니다. 개수, 처음, 끝, 최소, 최대, 평균, 크기와, 순서를 곱한 평균입니다.

    가장 큰 값을 기준으로 셋째 자리까지 반올림합니다. 정확히 반에 걸친 값이 컴퓨터마다 다른 쪽으로 가지 않도록 조금 밀어
    놓고 반올림합니다.
    """
    array = np.ma.filled(np.ma.asarray(values, dtype=np.float64), np.nan).ravel()
    good = array[np.isfinite(array)]
    if not good.size:
        return f"{array.size}개"
    ramp = np.linspace(-1, 1, good.size)
    parts = [good[0], good[-1], good.min(), good.max(), good.mean()]
    parts += [np.sqrt((good**2).mean()), (good * ramp).mean()]
    return " ".join([f"{array.size}개:", *(rounded(part, np.abs(good).max()) for part in parts)])


def rounded(value, scale):
    """`scale`의 유효 숫자 셋째 자리까지 적은 수입니다."""
    if not scale:
        return "0"
    digits = 2 - int(np.floor(np.log10(scale)))
    return f"{round(float(value) + 1.7e-6 * scale, digits) + 0.0:g}"


# ---------------------------------------------------------------- 그림의 요소마다 (모양, 수)


def _name(artist):
    label = str(artist.get_label())
    return "" if label.startswith("_") else f" '{label}'"


def _color(value):
    """색의 이름입니다. 색이 둘 이상이면 그 수만 적습니다."""
    rows = np.unique(np.atleast_2d(colors.to_rgba_array(value)), axis=0)
    return colors.to_hex(rows[0]) if len(rows) == 1 else f"색 {len(rows)}가지"


def _line(line):
    x, y = line.get_data()
    look = f"{line.get_linestyle()} {line.get_marker()} {_color(line.get_color())}"
    yield (
        f"선{_name(line)} {look} {len(x)}점",
        f"x {summary(_numbers(x))} / y {summary(_numbers(y))}",
    )


def _numbers(values):
    array = np.asarray(values)
    return array if array.dtype.kind in "fiub" else np.arange(array.size)


def _collection(found):
    kind = type(found).__name__
    if isinstance(found, contour.ContourSet):
        yield f"등고선 {len(found.levels)}개", f"값 {summary(found.levels)}"
        return
    face = found.get_facecolor()
    look = _color(face if len(face) else found.get_edgecolor()) if found.get_array() is None else ""
    if isinstance(found, collections.PathCollection):
        marker = sum(len(path.vertices) for path in found.get_paths())
        points = np.ma.getdata(found.get_offsets())
        shape = f"점{_name(found)} 모양 {marker} {look} {len(points)}개"
        yield shape, f"x {summary(points[:, 0])} / y {summary(points[:, 1])}"
    else:
        paths = [path.vertices for path in found.get_paths()]
        corners = np.concatenate([np.zeros((0, 2)), *paths])
        dash = found.get_linestyle()[0][1] is not None if len(found.get_linestyle()) else False
        shape = f"{kind}{_name(found)} {look} {'끊은 선' if dash else ''} {len(paths)}개"
        yield shape, f"x {summary(corners[:, 0])} / y {summary(corners[:, 1])}"
    if (array := found.get_array()) is not None:
        yield f"색으로 나타낸 값, 색상표 {found.get_cmap().name}", summary(array)


def _patches(patches):
    """막대처럼 이름표와 색이 같은 도형을 묶습니다."""
    groups = {}
    for patch in patches:
        look = f"{type(patch).__name__}{_name(patch)} {_color(patch.get_facecolor())}"
        groups.setdefault(f"{look} {patch.get_hatch() or ''}", []).append(patch)
    for look, members in groups.items():
        boxes = np.concatenate([_corners(patch) for patch in members])
        yield f"{look} {len(members)}개", f"x {summary(boxes[:, 0])} / y {summary(boxes[:, 1])}"


def _corners(patch):
    return patch.get_patch_transform().transform(patch.get_path().vertices)


def _axis(ax, name):
    axis = getattr(ax, f"{name}axis")
    label, scale = getattr(ax, f"get_{name}label")(), getattr(ax, f"get_{name}scale")()
    ticks = ""
    if isinstance(axis.get_major_formatter(), FIXED) or axis.get_units() is not None:
        ticks = f" 눈금 {[text.get_text() for text in axis.get_ticklabels()]}"
    limits = summary(getattr(ax, f"get_{name}lim")())
    yield f"{name}축 '{label}' {scale}{ticks}", f"{name}축 범위 {limits}"


def _legend(legend):
    for handle, text in zip(legend.legend_handles, legend.get_texts(), strict=False):
        yield f"범례 '{text.get_text()}' = {_look(handle)}", None


def _look(handle):
    if isinstance(handle, container.Container):
        handle = handle[0]
    if hasattr(handle, "get_marker"):
        return f"{handle.get_linestyle()} {handle.get_marker()} {_color(handle.get_color())}"
    return f"{type(handle).__name__} {_color(handle.get_facecolor())}"


def _texts(ax):
    for text in ax.texts:
        if text.get_text():
            yield f"글 '{NUMBER.sub('#', text.get_text())}'", f"글 '{text.get_text()}'"
        if getattr(text, "arrow_patch", None) is not None:
            yield "화살표", f"끝 {summary(text.xy)}"


def _axes(ax):
    titles = [ax.get_title(loc=loc) for loc in ("left", "center", "right")]
    yield f"제목 {[title for title in titles if title]}", None
    if ax.axison:
        yield from _axis(ax, "x")
        yield from _axis(ax, "y")
    for line in ax.lines:
        yield from _line(line)
    for found in ax.collections:
        yield from _collection(found)
    yield from _patches(ax.patches)
    for found in ax.images:
        array = found.get_array()
        name = found.get_cmap().name if array.ndim == 2 else "색"
        yield f"이미지 {array.shape} {name}", f"{summary(array)} 범위 {summary(found.get_extent())}"
    yield from _texts(ax)
    if ax.get_legend():
        yield from _legend(ax.get_legend())


def describe(figure):
    """그림의 글 두 벌 `(모양, 수)`입니다."""
    layout, data = [], []
    if figure.get_suptitle():
        layout.append(f"전체 제목 '{figure.get_suptitle()}'")
    for number, ax in enumerate(figure.axes, start=1):
        layout.append(f"[{number}]")
        data.append(f"[{number}]")
        for shape, numbers in _axes(ax):
            layout.append(" ".join(shape.split()))
            if numbers:
                data.append(numbers)
    return "\n".join(layout), "\n".join(data)


# ---------------------------------------------------------------- 커널의 확장


class Twin(BaseFormatter):
    """그림과 재생기를 글로 적는 표시 형식입니다. `part`는 모양이면 0, 수이면 1입니다. 다른 것은 적지 않습니다.

    matplotlib의 설정이 바뀌면 IPython이 그림의 형식을 모두 지우므로, 형식을 등록하지 않고 부를 때마다 무엇인지 봅니다.
    """

    def __init__(self, kind, part, **kwargs):
        super().__init__(**kwargs)
        self.format_type, self.part = kind, part

    def __call__(self, shown):
        names = {f"{cls.__module__}.{cls.__name__}" for cls in type(shown).__mro__}
        if "matplotlib.figure.Figure" in names:
            return describe(shown)[self.part]
        if "helpers.motion.Player" in names:
            scenes = zip(shown.names, shown.figures, strict=True)
            return "\n".join(f"{name}\n{describe(figure)[self.part]}" for name, figure in scenes)
        return None


def load_ipython_extension(shell):
    formatters = shell.display_formatter.formatters
    for part, kind in enumerate((LAYOUT, DATA)):
        formatters[kind] = Twin(kind, part, parent=shell.display_formatter)


def unload_ipython_extension(shell):
    for kind in (LAYOUT, DATA):
        shell.display_formatter.formatters.pop(kind, None)
