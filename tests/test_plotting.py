"""helpers/plotting.py의 그림이 데이터를 그대로 그리고, 모델과 설정을 건드리지 않는지 검사합니다."""

import contextlib
import copy
import importlib.util
import inspect
import itertools
import logging
import random
import re
import warnings
from importlib.machinery import ModuleSpec
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
import torch
from matplotlib import colors, font_manager
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from torch import nn

from helpers import plotting
from helpers.plotting import (
    plot_decision_boundary,
    plot_fit,
    plot_loss,
    use_korean_font,
)

mpl.use("Agg")

x = torch.linspace(-3, 3, 20).unsqueeze(1)
y = x**2 - 1
X = np.stack([np.linspace(-2, 4, 30), np.tile([-1.0, 0.0, 1.5], 10)], axis=1)
labels = np.tile([0, 1, 2], 10)
losses = [3.0, 1.0, 0.5, 0.25]


def square(v):
    return v**2 - 1


def thirds(points):
    """첫 특성에 따라 정해지는 세 클래스의 확률입니다."""
    score = np.stack([-points[:, 0], 0 * points[:, 0], points[:, 0] - 2], axis=1)
    return np.exp(score) / np.exp(score).sum(axis=1, keepdims=True)


def winner(points):
    return thirds(points).argmax(axis=1)


DRAWINGS = {  # 함수마다 선택 인수를 모두 쓴 한글 그림 하나
    plot_loss: ({"훈련": losses, "검증": [4, 2, 1, 0.9]}, {"floor": 0.2, "xlabel": "반복"}),
    plot_fit: (x, y, square, {"truth": np.sin, "xlim": (-4, 4)}),
    plot_decision_boundary: (thirds, X, labels, {"names": ["하나", "둘", "셋"]}),
}


def draw(function, ax=None):
    *arguments, options = DRAWINGS[function]
    return function(*arguments, **options, ax=ax)


every_drawing = pytest.mark.parametrize("function", DRAWINGS, ids=lambda f: f.__name__)


@pytest.fixture(autouse=True)
def _korean_figures():
    """테스트마다 한글을 켜고, 끝나면 설정과 그림을 되돌립니다."""
    with mpl.rc_context():
        mpl.rcdefaults()
        use_korean_font()
        yield
        plt.close("all")


@contextlib.contextmanager
def quiet(caplog):
    """경고도 matplotlib의 기록도 없어야 합니다."""
    caplog.clear()
    with warnings.catch_warnings(), caplog.at_level(logging.WARNING, logger="matplotlib"):
        warnings.simplefilter("error")
        yield
    assert [r.getMessage() for r in caplog.records if r.name.startswith("matplotlib")] == []


def legend_texts(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def lines_of(ax):
    return {line.get_label(): line for line in ax.get_lines()}


def points_of(ax):
    return {c.get_label(): np.asarray(c.get_offsets()) for c in ax.collections}


# 글꼴


def korean_figure(scale):
    """한글 제목, 축 이름, 범례와 음수 눈금이 있는 그림의 눈금 글자를 돌려줍니다."""
    fig, ax = plt.subplots()
    values = [1e-3, 1, 1e3] if scale == "log" else [-2, 0, 2]
    ax.plot(values, values, label="훈련 손실")
    ax.set(title="학습률 η에 따른 손실", xlabel="학습률", ylabel="손실", xscale=scale, yscale=scale)
    ax.legend(title="범례")
    fig.canvas.draw()
    return " ".join(label.get_text() for label in ax.get_xticklabels())


def clear_settings():
    mpl.rcdefaults()
    use_korean_font()


@pytest.mark.parametrize("before", [use_korean_font, clear_settings], ids=lambda f: f.__name__)
@pytest.mark.parametrize("scale", ["linear", "log"])
def test_korean_figure_draws_every_letter(scale, before, caplog):
    before()
    with quiet(caplog):
        ticks = korean_figure(scale)
    assert ("10^{-" if scale == "log" else "\N{MINUS SIGN}2") in ticks


def test_figure_without_our_font_is_noticed(caplog):
    """위의 테스트가 빠진 글자를 실제로 잡아내는지 봅니다."""
    mpl.rcdefaults()
    with pytest.warns(UserWarning, match=r"Glyph .*HANGUL"):
        korean_figure("linear")
    with pytest.raises(UserWarning, match=r"Glyph .*HANGUL"), quiet(caplog):
        korean_figure("linear")
    mpl.rcParams["font.family"] = [plotting.KOREAN]  # 빼기 기호가 없는 글꼴이 먼저
    with pytest.raises(AssertionError, match="does not have a glyph"), quiet(caplog):
        korean_figure("log")


def test_use_korean_font_twice_changes_nothing():
    fonts, settings = len(font_manager.fontManager.ttflist), mpl.rcParams.copy()
    use_korean_font()
    assert len(font_manager.fontManager.ttflist) == fonts
    assert mpl.rcParams == settings


@pytest.fixture
def system_fonts(monkeypatch):
    """같은 이름의 글꼴이 이미 깔려 있고, 우리 글꼴은 아직 등록하지 않은 컴퓨터입니다."""
    manager = copy.copy(font_manager.fontManager)
    wrong = Path(mpl.get_data_path()) / "fonts" / "ttf" / "STIXGeneral.ttf"
    names = ["NanumGothic", "Nanum Gothic", "나눔고딕"]
    others = [entry for entry in manager.ttflist if entry.name != plotting.KOREAN]
    manager.ttflist = [font_manager.FontEntry(str(wrong), name=name) for name in names] + others
    monkeypatch.setattr(font_manager, "fontManager", manager)
    return manager


@pytest.mark.parametrize(
    ("weight", "name"), [("normal", "NanumGothic.ttf"), ("bold", "NanumGothicBold.ttf")]
)
def test_packaged_font_wins_over_system_fonts(system_fonts, weight, name):
    use_korean_font()
    family = font_manager.FontProperties(family=plotting.KOREAN, weight=weight)
    found = Path(system_fonts.findfont(family, fallback_to_default=False))
    (package,) = importlib.util.find_spec("koreanize_matplotlib").submodule_search_locations
    assert found.name == name
    assert found.is_relative_to(package)


@pytest.mark.parametrize("installed", [False, True], ids=["no package", "no files"])
def test_missing_font_package_says_what_to_do(monkeypatch, tmp_path, installed):
    spec = ModuleSpec("koreanize_matplotlib", None, is_package=True)
    spec.submodule_search_locations = [str(tmp_path)]
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec if installed else None)
    settings = mpl.rcParams.copy()
    with pytest.raises(RuntimeError, match=r"글꼴.*없습니다.*python course\.py"):
        use_korean_font()
    assert mpl.rcParams == settings


# 모든 그림의 약속


def test_every_plot_is_tested():
    public = {f for name, f in vars(plotting).items() if name.startswith("plot_")}
    assert public == set(DRAWINGS)


@every_drawing
def test_ax_is_an_optional_keyword(function):
    ax = inspect.signature(function).parameters["ax"]
    assert (ax.kind, ax.default) == (inspect.Parameter.KEYWORD_ONLY, None)


@every_drawing
def test_draws_on_the_given_axes_only(function):
    _, (ax, other) = plt.subplots(1, 2)
    (earlier,) = ax.plot([1, 2], [1, 2])
    plt.sca(other)
    assert draw(function, ax) is ax
    assert earlier in ax.get_lines(), "먼저 그린 것이 지워졌습니다."
    assert plt.gca() is other
    assert not other.has_data()
    assert len(plt.get_fignums()) == 1


@every_drawing
def test_makes_its_own_axes(function):
    _, other = plt.subplots()
    ax = draw(function)
    assert ax.figure is not other.figure
    assert ax.figure.axes == [ax]
    assert not other.has_data()
    assert len(plt.get_fignums()) == 2


@every_drawing
def test_axes_are_labelled_in_korean_or_by_letter(function):
    ax = draw(function)
    for label in (ax.get_xlabel(), ax.get_ylabel()):
        assert re.search(r"[가-힣]|^[xy]$", label)
    assert all(re.search("[가-힣]", text) for text in legend_texts(ax))


@every_drawing
def test_every_letter_is_drawn_without_a_warning(function, caplog):
    with quiet(caplog):
        draw(function).figure.canvas.draw()


@every_drawing
def test_never_shows_or_saves(function, monkeypatch):
    def refuse(*_, **__):
        pytest.fail("그림을 보이거나 저장했습니다.")

    for owner, name in itertools.product((plt, Figure), ("show", "savefig")):
        monkeypatch.setattr(owner, name, refuse)
    draw(function)


@every_drawing
def test_settings_and_global_rng_are_untouched(function):
    def state():
        legacy = np.random.get_state()
        return torch.get_rng_state().tolist(), legacy[1].tolist(), legacy[2:], random.getstate()

    settings, before = mpl.rcParams.copy(), state()
    draw(function)
    assert mpl.rcParams == settings
    assert state() == before


def test_classes_differ_by_more_than_colour():
    """초록과 주홍은 흑백에서 비슷한 회색이라서, 모양도 서로 달라야 합니다."""
    assert len(set(plotting.CLASS_COLORS)) == 5
    assert len(set(plotting.MARKERS)) == 5
    assert len(set(plotting.LINE_STYLES)) == len(plotting.LINE_STYLES) == 4
    ax = plot_decision_boundary(winner, X, np.arange(30) % 5)
    shapes = {c.get_paths()[0].vertices.tobytes() for c in ax.collections}
    faces = {tuple(c.get_facecolor()[0]) for c in ax.collections}
    assert len(shapes) == len(faces) == 5


# 손실


@pytest.mark.parametrize(
    "kind", [list, np.array, torch.tensor, lambda v: [torch.tensor(i) for i in v]]
)
def test_loss_curve(kind):
    ax = plot_loss(kind(losses))
    (line,) = ax.get_lines()
    assert line.get_xdata().tolist() == [0, 1, 2, 3]
    assert line.get_ydata().tolist() == losses
    assert (ax.get_xscale(), ax.get_yscale()) == ("linear", "log")
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("에포크", "손실")
    assert ax.get_legend() is None


def test_loss_curves_of_a_dictionary_are_told_apart():
    curves = {f"모델 {i}": [i + 1.0, i + 0.5] for i in range(4)}
    ax = plot_loss(curves)
    assert legend_texts(ax) == list(curves)
    assert {name: line.get_ydata().tolist() for name, line in lines_of(ax).items()} == curves
    assert len({line.get_linestyle() for line in ax.get_lines()}) == 4
    assert len({line.get_color() for line in ax.get_lines()}) == 4


def test_many_loss_curves_are_told_apart():
    ax = plot_loss({f"모델 {i}": [1.0, 2.0] for i in range(20)})
    assert len({(line.get_linestyle(), line.get_color()) for line in ax.get_lines()}) == 20


def test_loss_floor():
    ax = plot_loss(losses, floor=0.125, xlabel="반복")
    assert legend_texts(ax) == ["손실", "바닥 0.125"]
    floor = lines_of(ax)["바닥 0.125"]
    assert set(floor.get_ydata()) == {0.125}
    assert floor.get_linestyle() != lines_of(ax)["손실"].get_linestyle()
    assert ax.get_xlabel() == "반복"


@pytest.mark.parametrize("values", [[1, 9, float("inf"), float("nan")], [1, 0.5, 0], [2.0]])
def test_diverging_loss_is_drawn_quietly(values, caplog):
    with quiet(caplog):
        plot_loss(values).figure.canvas.draw()


# 회귀


@pytest.mark.parametrize("flat", [False, True], ids=["(n, 1)", "(n,)"])
@pytest.mark.parametrize("kind", [lambda v: v, torch.Tensor.numpy, torch.Tensor.tolist])
def test_fit(kind, flat):
    xs, ys = (kind(v.ravel() if flat else v) for v in (x, y))
    ax = plot_fit(xs, ys, lambda v: 3 * v + 1, truth=np.sin)
    assert legend_texts(ax) == ["데이터", "참 함수", "예측"]
    offsets = points_of(ax)["데이터"]
    assert np.array_equal(offsets, np.stack([x.ravel(), y.ravel()], axis=1))
    truth, fit = lines_of(ax)["참 함수"], lines_of(ax)["예측"]
    for line, function in ((truth, np.sin), (fit, lambda v: 3 * v + 1)):
        grid = line.get_xdata().ravel()
        assert (grid[0], grid[-1]) == (-3, 3)
        assert (np.diff(grid) > 0).all()
        assert len(grid) >= 100
        np.testing.assert_allclose(line.get_ydata().ravel(), function(grid), atol=1e-6)
    assert truth.get_linestyle() != fit.get_linestyle()


def test_fit_of_a_flat_prediction_in_an_interval():
    ax = plot_fit(x, y, lambda v: v.ravel() + 1, xlim=(-5, 7))
    (line,) = ax.get_lines()
    assert (line.get_xdata().min(), line.get_xdata().max()) == (-5, 7)
    np.testing.assert_allclose(line.get_ydata(), line.get_xdata().ravel() + 1, atol=1e-6)
    assert legend_texts(ax) == ["데이터", "예측"]


# 결정 경계


def shares(ax, count):
    """그림의 색이 클래스의 색을 섞은 비율입니다. `(세로, 가로, 클래스)` 배열과 화소의 중심을 돌려줍니다."""
    (image,) = ax.images
    pixels = np.asarray(image.get_array())
    darkness = 1 - np.array([colors.to_rgb(c) for c in plotting.CLASS_COLORS[:count]])
    mix = np.linalg.lstsq(darkness.T, (1 - pixels).reshape(-1, 3).T, rcond=None)[0].T
    left, right, bottom, top = image.get_extent()
    rows, columns = pixels.shape[:2]
    centers = np.meshgrid(
        left + (np.arange(columns) + 0.5) * (right - left) / columns,
        bottom + (np.arange(rows) + 0.5) * (top - bottom) / rows,
    )
    assert image.origin == "lower"
    share = mix / mix.sum(axis=1, keepdims=True)
    return share.reshape(rows, columns, count), np.stack(centers, axis=-1)


@pytest.mark.parametrize("kind", [np.asarray, torch.from_numpy])
def test_boundary_shows_the_probabilities(kind):
    """화소의 중심에서 다시 계산한 확률과 비교합니다. 허용 오차는 화소 하나만큼 움직일 때의 변화입니다."""
    ax = plot_decision_boundary(lambda v: thirds(np.asarray(v)), kind(X), kind(labels))
    share, centers = shares(ax, 3)
    expected = thirds(centers.reshape(-1, 2)).reshape(share.shape)
    step = np.abs(np.diff(expected, axis=1)).max()
    np.testing.assert_allclose(share, expected, rtol=0, atol=step)
    away = np.sort(expected, axis=-1)[..., -1] - np.sort(expected, axis=-1)[..., -2] > 2 * step
    assert away.mean() > 0.9
    assert np.array_equal(share.argmax(-1)[away], expected.argmax(-1)[away])


@pytest.mark.parametrize("kind", [np.asarray, torch.from_numpy])
def test_boundary_shows_the_class_numbers(kind):
    ax = plot_decision_boundary(lambda v: kind((np.asarray(v)[:, 1] > 0) * 2), kind(X), labels)
    share, centers = shares(ax, 3)
    height = centers[..., 1]
    away = np.abs(height) > height[1, 0] - height[0, 0]
    expected = np.eye(3)[(height > 0) * 2]
    np.testing.assert_allclose(share[away], expected[away], atol=1e-9)


def test_boundary_pales_where_the_model_is_unsure():
    def darkness(probability):
        ax = plot_decision_boundary(lambda v: np.tile(probability, (len(v), 1)), X, labels)
        return 1 - np.asarray(ax.images[0].get_array())[0, 0]

    sure = [darkness(row) for row in np.eye(3)]
    np.testing.assert_allclose(darkness([1 / 3] * 3), np.mean(sure, axis=0), atol=1e-9)
    assert np.ptp(darkness([1 / 3] * 3)) < min(np.ptp(c) for c in sure), "더 회색이어야 합니다."


def test_boundary_points_and_names():
    names = ["하나", "둘", "셋"]
    ax = plot_decision_boundary(thirds, X, labels, names=names)
    assert legend_texts(ax) == names
    for k, offsets in enumerate(points_of(ax).values()):
        assert np.array_equal(offsets, X[labels == k])
    left, right, bottom, top = ax.images[0].get_extent()
    assert left < -2 < 4 < right
    assert bottom < -1 < 1.5 < top
    assert ax.get_aspect() == 1
    unnamed = plot_decision_boundary(thirds, X, labels)
    assert legend_texts(unnamed) == ["클래스 0", "클래스 1", "클래스 2"]


def test_boundary_of_one_point_is_drawn_quietly(caplog):
    with quiet(caplog):
        plot_decision_boundary(thirds, X[:1], labels[:1]).figure.canvas.draw()


# 모델은 그대로


def make_model(in_features, out_features, dtype=torch.float32):
    """층마다 모드와 requires_grad가 다르고, 기울기가 남아 있는 모델입니다."""
    model = nn.Sequential(
        nn.Linear(in_features, 8),
        nn.BatchNorm1d(8),
        nn.Sequential(nn.Dropout(0.5), nn.BatchNorm1d(8), nn.ReLU()),
        nn.Linear(8, out_features),
        nn.Softmax(dim=1),
    ).to(dtype)
    model[3].bias.requires_grad_(False)
    model(torch.ones(4, in_features, dtype=dtype)).square().sum().backward()
    model[1].eval()
    model[2][0].eval()
    return model


def snapshot(model):
    return {
        "modes": [layer.training for layer in model.modules()],
        "values": {name: v.tolist() for name, v in model.state_dict().items()},
        "parameters": [
            (p.requires_grad, p.device, p.dtype, None if p.grad is None else p.grad.tolist())
            for p in model.parameters()
        ],
        "buffers": [(b.device, b.dtype) for b in model.buffers()],
    }


def fit_model(kind, model):
    return plot_fit(kind(x), kind(y), model)


def bound_model(kind, model):
    return plot_decision_boundary(model, kind(torch.from_numpy(X)), labels)


model_drawings = pytest.mark.parametrize(
    ("draw_model", "sizes"), [(fit_model, (1, 1)), (bound_model, (2, 3))]
)


@model_drawings
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_model_is_evaluated_and_left_as_it_was(draw_model, sizes, dtype):
    model = make_model(*sizes, dtype)
    seen = []

    def look(layer, inputs, _):
        modes = any(part.training for part in model.modules())
        seen.append((modes, torch.is_grad_enabled(), inputs[0].dtype, inputs[0].shape[1:]))

    handle = model.register_forward_hook(look)
    before, rng = snapshot(model), torch.get_rng_state()
    draw_model(lambda v: v.to(dtype), model)
    handle.remove()
    assert seen == [(False, False, dtype, (sizes[0],))]
    assert snapshot(model) == before
    assert torch.equal(torch.get_rng_state(), rng)
    assert torch.is_grad_enabled()


@model_drawings
def test_model_is_left_as_it_was_when_it_raises(draw_model, sizes):
    model = make_model(*sizes)

    def fail(*_):
        raise ArithmeticError("예측하지 못했습니다.")

    model.register_forward_hook(fail)
    before = snapshot(model)
    with pytest.raises(ArithmeticError):
        draw_model(torch.Tensor.float, model)
    assert snapshot(model) == before
    assert torch.is_grad_enabled()


@pytest.mark.parametrize("draw_model", [fit_model, bound_model])
@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (torch.Tensor.float, (torch.Tensor, torch.float32)),
        (torch.Tensor.double, (torch.Tensor, torch.float64)),
        (lambda v: v.double().numpy(), (np.ndarray, np.float64)),
        (torch.Tensor.tolist, (np.ndarray, np.float64)),
    ],
)
def test_predict_gets_what_the_data_are(draw_model, kind, expected):
    seen = []

    def predict(v):
        seen.append((type(v), v.dtype, torch.is_grad_enabled()))
        return v[:, 0] * 0

    draw_model(kind, predict)
    assert seen == [(*expected, False)]
    assert torch.is_grad_enabled()


# 잘못된 입력


def rows(value):
    """모든 점에 같은 값을 예측하는 함수입니다."""
    return lambda v: np.tile(value, (len(v), *[1] * np.ndim(value)))


def bad(case, words, function, *arguments, error=ValueError, **options):
    name = f"{function.__name__}-{case}"
    return pytest.param(error, words, function, arguments, options, id=name)


needs_grad = torch.tensor(1.0, requires_grad=True)
boundary = plot_decision_boundary
BAD_INPUTS = [
    bad("graph", r"loss\.item", plot_loss, [needs_grad, needs_grad], error=TypeError),
    bad("graph-tensor", r"loss\.item", plot_loss, needs_grad.repeat(3), error=TypeError),
    bad("graph-dict", r"loss\.item", plot_loss, {"가": [1], "나": [needs_grad]}, error=TypeError),
    bad("empty", "비어", plot_loss, []),
    bad("empty-dict", "비어", plot_loss, {}),
    bad("empty-curve", "비어", plot_loss, {"가": losses, "나": []}),
    bad("2d", r"리스트.*\(2, 2\)", plot_loss, [[1, 2], [3, 4]]),
    bad("number", "리스트", plot_loss, 0.5),
    bad("0d-tensor", "리스트", plot_loss, torch.tensor(0.5)),
    bad("length", "20, 19", plot_fit, x, y[1:], square),
    bad("empty", "비어", plot_fit, x[:0], y[:0], square),
    bad("two-features", r"\(n, 1\)", plot_fit, X, X, square),
    bad("predict-short", "predict", plot_fit, x, y, lambda v: v[1:]),
    bad("predict-empty", "비어", plot_fit, x, y, lambda v: v[:0]),
    bad("predict-wide", "predict", plot_fit, x, y, lambda v: torch.cat([v, v], dim=1)),
    bad("predict-number", "predict", plot_fit, x, y, torch.mean),
    bad("truth-short", "truth", plot_fit, x, y, square, truth=lambda v: v[1:]),
    bad("length", "X.*labels", boundary, thirds, X, labels[1:]),
    bad("label-column", "X.*labels", boundary, thirds, X, labels[:, None]),
    bad("one-feature", "X.*labels", boundary, thirds, X[:, :1], labels),
    bad("1d", "X.*labels", boundary, thirds, X[:, 0], labels),
    bad("empty", "비어", boundary, thirds, X[:0], labels[:0]),
    bad("negative-labels", "labels", boundary, thirds, X, labels - 1),
    bad("fractional-labels", "labels", boundary, thirds, X, labels / 2),
    bad("six-labels", "5개", boundary, thirds, X, np.arange(30) % 6),
    bad("six-columns", "5개", boundary, rows([1 / 6] * 6), X, labels),
    bad("sixth-class", "5개", boundary, rows(5), X, labels),
    bad("logits", "소프트맥스", boundary, rows([3.0, 0.2, 1.0]), X, labels),
    bad("logits-of-sum-1", "소프트맥스", boundary, rows([3.0, -1.0, -1.0]), X, labels),
    bad("few-columns", "predict", boundary, rows([0.5, 0.5]), X, labels),
    bad("one-column", "predict", boundary, rows([1.0]), X, labels),
    bad("sigmoid", "predict", boundary, rows(0.7), X, labels % 2),
    bad("negative-class", "predict", boundary, rows(-1), X, labels),
    bad("nan-class", "predict", boundary, rows(float("nan")), X, labels),
    bad("predict-short", "predict", boundary, lambda v: thirds(v)[1:], X, labels),
    bad("few-names", "names", boundary, thirds, X, labels, names=["하나"]),
]


@pytest.mark.parametrize(("error", "words", "function", "arguments", "options"), BAD_INPUTS)
def test_bad_input_is_explained_and_draws_nothing(error, words, function, arguments, options):
    with pytest.raises(error, match=rf"(?s)(?=.*[가-힣]).*{words}"):
        function(*arguments, **options)
    assert plt.get_fignums() == [], "반쯤 그린 그림이 남았습니다."
