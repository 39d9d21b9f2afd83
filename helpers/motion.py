"""움직이는 그림입니다. 값 하나를 움직이는 재생기와, 값 여럿을 끄는 슬라이더가 있습니다.

재생기는 장면을 모두 담은 HTML이라서 인터넷도 커널도 없이 움직입니다. 인쇄할 때도 내용을 잃지 않도록 중요한 장면
몇을 보통의 그림으로 함께 보입니다.
"""

import base64
import hashlib
import html
import io
import json

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

MAX_FRAMES = 40
MAX_BYTES = 600_000  # 재생기 하나의 크기
MARGIN = 10_000  # 그중에 장면이 아닌 것에 남겨 두는 크기
COLORS = 32  # 장면 하나에 쓰는 색의 수. 적을수록 작음
WAYS = {"few colors": {"lossless": True}, "soft": {"quality": 55}}  # 장면을 압축하는 두 방법
DENSITIES = (2, 1.5, 1)  # 용량이 넘치면 순서대로 낮추는 화소의 밀도
SIZE = (5, 3.5)  # 그림 한 칸의 크기(인치)
PLAYER = """\
<div data-player="{key}" style="max-width: {width}px">
<img src="{first}" alt="{name}" style="display: block; width: 100%">
<div style="display: flex; align-items: center; gap: 0.8em; padding: 0.3em">
<button type="button" style="font-size: 1em; padding: 0 1em; min-height: 2.6em">재생</button>
<input type="range" min="0" max="{last}" value="0" aria-label="{label}" \
style="flex: 1; min-width: 5em; min-height: 2.6em">
<output style="min-width: 6em">{name}</output>
</div>
<script>
document.querySelectorAll('[data-player="{key}"]:not([data-ready])').forEach(function (box) {{
  box.dataset.ready = "1";
  var frames = {frames}, names = {names}, timer = null;
  var image = box.querySelector("img"), bar = box.querySelector("input");
  var button = box.querySelector("button"), output = box.querySelector("output");
  function show(i) {{
    bar.value = i; image.src = frames[i]; image.alt = output.textContent = names[i];
    bar.setAttribute("aria-valuetext", names[i]);
  }}
  function stop() {{ clearInterval(timer); timer = null; button.textContent = "재생"; }}
  button.addEventListener("click", function () {{
    if (timer) {{ stop(); return; }}
    if (Number(bar.value) === {last}) {{ show(0); }}
    button.textContent = "멈춤";
    timer = setInterval(function () {{
      show(Number(bar.value) + 1);
      if (Number(bar.value) === {last}) {{ stop(); }}
    }}, {milliseconds});
  }});
  bar.addEventListener("input", function () {{ stop(); show(Number(bar.value)); }});
  show(0);
}});
</script>
</div>"""


class Player:
    """재생기 하나입니다. 노트북에 보이는 것은 `html`이고, 장면은 `figures`에 있습니다."""

    def __init__(self, figures, names, label, milliseconds):
        self.figures, self.names = figures, names
        frames = _encoded(figures)
        fields = {
            "key": hashlib.sha256("".join(frames).encode()).hexdigest()[:12],
            "first": frames[0], "name": html.escape(names[0]), "label": html.escape(label),
            "last": len(frames) - 1, "width": round(100 * figures[0].get_figwidth()),
            "frames": json.dumps(frames), "milliseconds": milliseconds,
            "names": json.dumps(names, ensure_ascii=False).replace("<", "\\u003c"),
        }  # fmt: skip
        self.html = PLAYER.format(**fields)

    def _repr_html_(self):
        return self.html

    def __repr__(self):
        return f"재생기: {self.names[0]} ... {self.names[-1]}, 장면 {len(self.names)}개"


def _figure(panels, rows=1, columns=1, make=Figure):
    """장면 `rows`개를 아래로, 또는 `columns`개를 옆으로 놓을 그림과, 장면마다의 `Axes`입니다."""
    across = max(panels, columns)
    wide = SIZE[0] if across == 1 else 10 / across
    figure = make(figsize=(wide * across, SIZE[1] * rows), layout="constrained")
    axes = figure.subplots(rows, across, squeeze=False)
    return figure, ([*axes.flat] if panels == 1 else [*axes])


def _scenes(draw, values, panels):
    """장면마다의 그림입니다. 축이 흔들리지 않도록 모두 첫 장면과 같은 곳에 놓습니다."""
    figures = []
    for value in values:
        figure, axes = _figure(panels)
        draw(axes[0], value)
        if figures:
            figure.set_layout_engine("none")
            for ax, first in zip(figure.axes, figures[0].axes, strict=True):
                ax.set_position(first.get_position())
        else:
            FigureCanvasAgg(figure).draw()
        figures.append(figure)
    return figures


def _encoded(figures):
    """장면마다 `data:` 주소입니다. 세 장면의 크기로 미루어, `MAX_BYTES`에 들어가는 가장 높은 밀도로 그립니다."""
    some = [figures[0], figures[len(figures) // 2], figures[-1]]
    for density in DENSITIES:
        images = [_image(figure, density) for figure in some]
        sizes = {way: sum(len(_webp(image, way)) for image in images) for way in WAYS}
        way = min(sizes, key=sizes.get)
        if 1.1 * sizes[way] * len(figures) / len(some) < MAX_BYTES:
            frames = [_webp(_image(figure, density), way) for figure in figures]
            if sum(map(len, frames)) <= MAX_BYTES - MARGIN:
                return frames
    raise ValueError(
        f"재생기가 {MAX_BYTES // 1000} KB를 넘습니다. 장면의 수나 점의 수를 줄이십시오."
    )


def _image(figure, density):
    figure.set_dpi(100 * density)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")


def _webp(image, way):
    if way == "few colors":
        image = image.quantize(COLORS, dither=Image.Dither.NONE).convert("RGB")
    file = io.BytesIO()
    image.save(file, format="webp", method=2, **WAYS[way])
    return "data:image/webp;base64," + base64.b64encode(file.getvalue()).decode()


def play(draw, values, *, label, names=None, stills=3, panels=1, milliseconds=300):
    """값마다 그린 장면을 재생기로 보이고, 그 아래에 장면 몇을 나란히 보입니다.

    Args:
        draw: `draw(ax, value)`로 장면 하나를 그리는 함수. 축의 범위를 고정해야 움직임이 보입니다. 왼쪽 제목은
            값의 이름이 쓰므로 비워 둡니다.
        values: 값의 목록. 2-40개입니다.
        label: 값의 이름. 예: "에포크".
        names: 값마다 보일 글. 없으면 이름과 값을 씁니다.
        stills: 함께 보일 장면의 수, 또는 `values`에서의 위치 목록.
        panels: 한 장면을 이루는 그림의 수. 2 이상이면 `draw`가 `Axes`의 배열을 받습니다.
        milliseconds: 재생할 때 장면 하나를 보이는 시간(1/1000초).

    Raises:
        ValueError: 값이나 글의 수가 맞지 않을 때, 재생기가 600 KB를 넘을 때.
    """
    from IPython.display import display

    values = [*values]
    if not 2 <= len(values) <= MAX_FRAMES:
        raise ValueError(f"values는 2-{MAX_FRAMES}개여야 합니다. 받은 수: {len(values)}")
    names = [f"{label} {value:g}" for value in values] if names is None else [*names]
    if len(names) != len(values):
        raise ValueError(f"names는 values처럼 {len(values)}개여야 합니다. 받은 수: {len(names)}")
    display(Player(_scenes(draw, values, panels), names, label, milliseconds))
    if np.ndim(stills) == 0:
        stills = np.linspace(0, len(values) - 1, stills).round().astype(int)
    shape = {"rows": len(stills)} if panels > 1 else {"columns": len(stills)}
    for i, axes in zip(stills, _figure(panels, **shape, make=plt.figure)[1], strict=True):
        draw(axes, values[i])
        first = axes if panels == 1 else axes[0]
        first.set_title(names[i], loc="left", weight="bold")
    plt.show()


def sliders(draw, *, panels=1, names=None, **ranges):
    """슬라이더를 끌 때마다 다시 그리는 그림입니다. 커널이 없으면 처음 값에서 그린 그림만 보입니다.

    Args:
        draw: `draw(ax, **값)`으로 그림을 그리는 함수.
        panels: 그림의 수. 2 이상이면 `draw`가 `Axes`의 배열을 받습니다.
        names: 슬라이더에 적을 글. `{"w": "w (직선의 기울기)"}`처럼 씁니다.
        ranges: 이름마다 `(가장 작은 값, 가장 큰 값, 처음 값)`. 범위를 60으로 나눈 눈금마다 멈춥니다.

    Raises:
        ValueError: 범위가 없거나, 처음 값이 눈금에 없을 때.
    """
    import ipywidgets
    from IPython.display import display

    if not ranges:
        raise ValueError("움직일 값의 범위가 있어야 합니다. 예: w=(-1, 4, 0)")
    for name, (low, high, start) in ranges.items():
        place = 60 * (start - low) / (high - low) if low < high else -1
        if not (0 <= place <= 60 and np.isclose(place, round(place))):
            raise ValueError(
                f"{name}의 처음 값 {start}은(는) {low}와 {high} 사이의 눈금이 아닙니다."
            )
    look = {"layout": ipywidgets.Layout(width="100%", max_width="560px"), "readout_format": ".2f"}
    look["style"] = {"description_width": "9em"}
    bars = {
        name: ipywidgets.FloatSlider(start, min=low, max=high, step=(high - low) / 60, **look)
        for name, (low, high, start) in ranges.items()
    }
    for name, bar in bars.items():
        bar.description = (names or {}).get(name, name)
    figure, axes = _figure(panels, make=plt.figure)
    plt.close(figure)  # 셀의 끝에서 한 번 더 보이지 않게

    def drawn():
        for ax in figure.axes:
            ax.clear()
        draw(axes[0], **{name: bar.value for name, bar in bars.items()})
        return figure

    display(Bars(bars))
    shown = display(drawn(), display_id=True)
    for bar in bars.values():
        bar.observe(lambda _: shown.update(drawn()), names="value")


class Bars:
    """슬라이더의 묶음입니다. 커널이 없는 곳에서는 슬라이더 대신 문장 하나가 보입니다."""

    def __init__(self, bars):
        self.bars = bars

    def __repr__(self):
        return "이 셀을 실행하면 여기에 슬라이더가 나타납니다."

    def _repr_mimebundle_(self, include=None, exclude=None):
        import ipywidgets

        bundle = ipywidgets.VBox([*self.bars.values()])._repr_mimebundle_()
        return {**bundle, "text/html": f"<p><i>{self!r}</i></p>", "text/plain": repr(self)}
