"""신경망과 계산 그래프의 그림을 검사합니다."""

import logging
import warnings

import matplotlib as mpl
import numpy as np
import pytest
import torch
from matplotlib import colors
from matplotlib import pyplot as plt
from matplotlib.collections import PathCollection

from helpers import pictures, plotting

SQUARE = [  # L = (w * x - y)^2, w = 0.5, x = 2, y = 7
    ("x", "곱", 2.0, -6.0),
    ("w", "곱", 0.5, -24.0),
    ("곱", "차", 1.0, -12.0),
    ("y", "차", 7.0, 12.0),
    ("차", "L", -6.0, -12.0),
]


@pytest.fixture(autouse=True)
def clean():
    plotting.use_korean_font()
    plt.close(plt.figure())  # 그림을 처음 그릴 때 backend가 정해짐
    before = mpl.rcParams.copy(), torch.get_rng_state()
    yield
    assert mpl.rcParams == before[0]
    assert torch.equal(torch.get_rng_state(), before[1])
    plt.close("all")


def texts(ax):
    return [text.get_text() for text in ax.texts if text.get_text()]


def draw_quietly(ax, caplog):
    with warnings.catch_warnings(), caplog.at_level(logging.WARNING, logger="matplotlib"):
        warnings.simplefilter("error")
        ax.figure.canvas.draw()
    assert not caplog.records


def test_every_layer_has_its_circles_name_and_width(caplog):
    ax = pictures.draw_network([1, 5, 10, 1], between="LeakyReLU")
    assert texts(ax) == [
        *("입력", "1개", "은닉 1", "5개", "LeakyReLU"),
        *("⋮", "은닉 2", "10개", "LeakyReLU", "출력", "1개"),
    ]
    circles = [found for found in ax.collections if isinstance(found, PathCollection)]
    assert [len(found.get_offsets()) for found in circles] == [1, 5, 6, 1]
    draw_quietly(ax, caplog)


def test_every_neighbour_is_joined():
    ax = pictures.draw_network([2, 3, 1])
    lines = [found for found in ax.collections if hasattr(found, "get_segments")]
    assert [len(found.get_segments()) for found in lines] == [6, 3]


def test_names_and_ax_are_the_callers():
    ax = plt.subplots()[1]
    assert pictures.draw_network([2, 1], names=["특성", "답"], ax=ax) is ax
    assert texts(ax) == ["특성", "2개", "답", "1개"]


def test_circles_do_not_overlap():
    ax = pictures.draw_network([1, 7, 100, 1])
    for found in ax.collections:
        heights = np.sort(np.asarray(found.get_offsets())[:, 1]) if len(found.get_offsets()) else []
        assert len(heights) < 2 or np.diff(heights).min() >= 1


@pytest.mark.parametrize("sizes", [[], [3], [1, 0, 1], [1, 2.5, 1], [1, -3]])
def test_impossible_networks(sizes):
    with pytest.raises(ValueError, match="sizes에는 1 이상인 정수가 둘 이상"):
        pictures.draw_network(sizes)


def test_wrong_number_of_names():
    with pytest.raises(ValueError, match="이름은 층마다 하나씩 3개"):
        pictures.draw_network([1, 2, 1], names=["가", "나"])


# ---------------------------------------------------------------- 계산 그래프


def test_values_stand_above_and_gradients_below(caplog):
    ax = pictures.draw_graph(SQUARE)
    labels = {text.get_text(): text for text in ax.texts}
    for _, _, value, gradient in SQUARE:
        above, below = (f"{number:.4g}".replace("-", "−") for number in (value, gradient))
        assert any(
            text.get_text() == above and text.get_weight() == "bold" and text.get_va() == "bottom"
            for text in ax.texts
        )
        assert any(
            text.get_text() == below and text.get_style() == "italic" and text.get_va() == "top"
            for text in ax.texts
        )
    assert {"x", "w", "y", "곱", "차", "L"} <= {*labels}
    draw_quietly(ax, caplog)


def test_numbers_of_the_graph_are_those_of_autograd():
    w = torch.tensor(0.5, requires_grad=True)
    loss = (w * 2.0 - 7.0) ** 2
    loss.backward()
    assert SQUARE[1][3] == w.grad.item()


def test_arrows_go_to_the_right_and_inputs_stand_beside_their_use():
    places = pictures._places(SQUARE)
    for start, end, *_ in SQUARE:
        assert places[start][0] < places[end][0]
    assert places["y"][0] == places["곱"][0]
    assert len({*places.values()}) == len(places)


def test_unknown_values_are_left_out_and_labels_replace_names():
    ax = pictures.draw_graph([("a1", "곱1", 3, None)], labels={"a1": "a", "곱1": "×"})
    assert sorted(texts(ax)) == ["3", "a", "×"]


def test_impossible_graphs():
    with pytest.raises(ValueError, match="하나 이상"):
        pictures.draw_graph([])
    with pytest.raises(ValueError, match="고리가 있습니다"):
        pictures.draw_graph([("x", "a", 1, 1), ("a", "b", 1, 1), ("b", "a", 1, 1)])


def test_value_and_gradient_differ_in_grey():
    """색이 아니라 굵기와 기울임으로 나뉘고, 둘 다 흰 바탕에서 읽힐 만큼 어두움."""
    ax = pictures.draw_graph(SQUARE)
    for text in ax.texts:
        red, green, blue = colors.to_rgb(text.get_color())
        assert 0.299 * red + 0.587 * green + 0.114 * blue < 0.55
