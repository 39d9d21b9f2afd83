"""그림을 글로 적은 것이, 그림의 잘못을 드러내는지 검사합니다."""

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from matplotlib import pyplot as plt

from door import figure_twins
from helpers import motion, plotting

LEFT, RIGHT = np.linspace(0, 1, 20), np.linspace(0, 2, 20) ** 2


def good():
    figure, ax = plt.subplots()
    ax.plot(LEFT, RIGHT, "--", color="#0072B2", label="예측")
    ax.scatter(LEFT[::2], RIGHT[::2], color="#D55E00", marker="s", label="데이터")
    ax.axhline(1, color="black", ls=":", label="바닥")
    ax.annotate("여기 0.25", (0.5, 1), (0.2, 2), arrowprops={"arrowstyle": "->"})
    ax.set(xlabel="주", ylabel="키 (cm)", title="새싹", yscale="log", xlim=(0.1, 1))
    ax.legend()
    return figure


def described(change=lambda ax: None):
    figure = good()
    change(figure.axes[0])
    layout, data = figure_twins.describe(figure)
    plt.close(figure)
    return layout, data


def relabel(ax):
    line, dots = ax.lines[0], ax.collections[0]
    line.set_label("데이터")
    dots.set_label("예측")


def swap_legend(ax):
    handles, labels = ax.get_legend_handles_labels()
    ax.legend(handles, [labels[1], labels[0], labels[2]])


LAYOUT_FAULTS = {
    "가로축의 이름": lambda ax: ax.set_xlabel("일"),
    "세로축의 이름이 없음": lambda ax: ax.set_ylabel(""),
    "제목": lambda ax: ax.set_title("나무"),
    "눈금": lambda ax: ax.set_yscale("linear"),
    "이름표가 바뀜": relabel,
    "범례가 뒤바뀜": swap_legend,
    "범례가 없음": lambda ax: ax.get_legend().remove(),
    "색": lambda ax: ax.lines[0].set_color("#D55E00"),
    "선의 모양": lambda ax: ax.lines[0].set_linestyle("-"),
    "점의 색": lambda ax: ax.collections[0].set_color("#0072B2"),
    "점의 모양": lambda ax: ax.collections[0].set_paths([plt.Circle((0, 0)).get_path()]),
    "점의 수": lambda ax: ax.collections[0].set_offsets(np.zeros((3, 2))),
    "없어진 선": lambda ax: ax.lines[1].remove(),
    "그림 안의 글": lambda ax: ax.texts[0].set_text("저기 0.25"),
}
DATA_FAULTS = {
    "순서가 뒤집힌 값": lambda ax: ax.lines[0].set_ydata(RIGHT[::-1]),
    "다른 단위": lambda ax: ax.lines[0].set_ydata(10 * RIGHT),
    "바닥의 높이": lambda ax: ax.lines[1].set_ydata([1.1, 1.1]),
    "축의 범위": lambda ax: ax.set_xlim(0.2, 1),
    "화살표의 끝": lambda ax: setattr(ax.texts[0], "xy", (0.9, 1)),
    "글에 적힌 수": lambda ax: ax.texts[0].set_text("여기 0.35"),
    "점의 위치": lambda ax: ax.collections[0].set_offsets(np.ones((10, 2))),
}


@pytest.mark.parametrize("name", LAYOUT_FAULTS)
def test_layout_shows(name):
    assert described(LAYOUT_FAULTS[name])[0] != described()[0]


@pytest.mark.parametrize("name", DATA_FAULTS)
def test_data_shows(name):
    changed, kept = described(DATA_FAULTS[name]), described()
    assert changed[1] != kept[1]
    assert changed[0] == kept[0]  # 모양은 그대로


def test_last_digits_of_another_computer_are_not_seen():
    def jitter(ax):
        ax.lines[0].set_ydata(RIGHT * (1 + 1e-7))

    assert described(jitter) == described()


@pytest.mark.parametrize(
    ("value", "text"), [(2.5, "2"), (123.456, "123"), (-0.0, "0"), (99.96, "100")]
)
def test_rounding(value, text):
    if value == 2.5:  # 정확히 반인 값은 컴퓨터의 끝자리와 관계없이 한쪽으로만 감
        ways = {figure_twins.rounded(v, 100) for v in (2.5 - 1e-12, 2.5, 2.5 + 1e-12)}
        assert len(ways) == 1
    else:
        assert figure_twins.rounded(value, 123) == text


def test_missing_values_and_empty_data():
    assert figure_twins.summary([]) == "0개"
    assert figure_twins.summary([np.nan, 1.0]).startswith("2개: 1 1")
    assert figure_twins.summary([0.0, 0.0]) == "2개: 0 0 0 0 0 0 0"


def draw_bars(names, heights):
    ax = plt.subplots()[1]
    ax.bar(names, heights, color=["#0072B2", "#D55E00"])
    return figure_twins.describe(ax.figure)


def test_bars_and_their_names():
    layout, data = draw_bars(["가", "나"], [1, 2])
    assert "눈금 ['가', '나']" in layout
    assert draw_bars(["나", "가"], [1, 2])[0] != layout
    assert draw_bars(["가", "나"], [2, 1])[1] != data


def test_images_contours_and_filled_parts():
    def drawn(flip=False, level=0.5):
        ax = plt.subplots()[1]
        grid = np.add.outer(np.arange(6.0), np.arange(6.0) ** 2)
        ax.imshow(grid[::-1] if flip else grid, cmap="gray")
        ax.contour(grid, levels=[level])
        ax.fill_between([0, 1], [0, 1], color="0.5", label="사이")
        return figure_twins.describe(ax.figure)

    layout, data = drawn()
    assert "이미지 (6, 6) gray" in layout
    assert "등고선 1개" in layout
    assert "'사이'" in layout
    assert drawn(flip=True)[1] != data
    assert drawn(level=2.0)[1] != data


# ---------------------------------------------------------------- 커널에서


@pytest.fixture
def shell():
    shell = InteractiveShell()
    figure_twins.load_ipython_extension(shell)
    yield shell
    plt.close("all")


def test_only_figures_and_players_are_described(shell):
    kinds = {figure_twins.LAYOUT, figure_twins.DATA}
    assert kinds <= {*shell.display_formatter.format(good())[0]}
    assert not kinds & {*shell.display_formatter.format(3)[0]}
    figure_twins.unload_ipython_extension(shell)
    assert not kinds & {*shell.display_formatter.format(good())[0]}


def test_every_scene_of_a_player_is_described(shell):
    plotting.use_korean_font()

    def draw(ax, value):
        ax.plot([0, value])

    player = motion.Player(motion._scenes(draw, [1, 2], 1), ["에포크 1", "에포크 2"], "에포크", 300)
    data = shell.display_formatter.format(player)[0]
    assert data[figure_twins.LAYOUT].count("에포크") == 2
    assert "y 2개: 0 2" in data[figure_twins.DATA]


def test_it_survives_matplotlib_changing_its_format(shell):
    """matplotlib의 형식을 바꾸면 IPython은 그림의 형식을 모두 지움."""
    for formatter in shell.display_formatter.formatters.values():
        if hasattr(formatter, "pop"):
            formatter.pop(plt.Figure, None)
    assert figure_twins.LAYOUT in shell.display_formatter.format(good())[0]
