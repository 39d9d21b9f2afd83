"""재생기와 슬라이더를 검사합니다."""

import base64
import io
import json
import re

import matplotlib as mpl
import numpy as np
import pytest
import torch
from matplotlib import pyplot as plt
from PIL import Image

from helpers import motion, plotting

WIDGET = "application/vnd.jupyter.widget-view+json"


def draw(ax, value):
    ax.plot([0, 1], [0, value], label="높이")
    ax.set(xlabel="가로", ylim=(-3, 3))


def move(ax, w):
    draw(ax, w)


@pytest.fixture(autouse=True)
def clean():
    plotting.use_korean_font()
    plt.close(plt.figure())  # 그림을 처음 그릴 때 backend가 정해짐
    before = mpl.rcParams.copy(), torch.get_rng_state()
    yield
    assert mpl.rcParams == before[0]
    assert torch.equal(torch.get_rng_state(), before[1])
    plt.close("all")


@pytest.fixture
def shown(monkeypatch):
    """보인 것의 목록입니다."""
    things = []

    class Handle:
        def update(self, thing):
            things.append(("다시", thing))

    def display(thing, display_id=None):
        things.append(thing)
        return Handle() if display_id else None

    monkeypatch.setattr("IPython.display.display", display)
    monkeypatch.setattr(plt, "show", lambda: things.append(plt.gcf()))
    return things


def frames(html):
    addresses = json.loads(re.search(r"var frames = (\[.*?\]), names", html)[1])
    return [Image.open(io.BytesIO(base64.b64decode(a.partition(",")[2]))) for a in addresses]


def test_player_holds_one_picture_for_each_value(shown):
    motion.play(draw, [-2, 0, 2], label="에포크")
    player, stills = shown
    pictures = frames(player.html)
    assert len(pictures) == 3
    assert len({picture.tobytes() for picture in pictures}) == 3
    assert '"에포크 -2", "에포크 0", "에포크 2"' in player.html
    assert [ax.get_title(loc="left") for ax in stills.axes] == ["에포크 -2", "에포크 0", "에포크 2"]


def test_the_first_picture_stands_in_the_page_without_a_script(shown):
    motion.play(draw, [1, 2], label="시간", names=["처음", "끝"], stills=[1])
    html = shown[0].html
    first = re.search(r'<img src="([^"]+)" alt="처음"', html)
    assert html.count(first[1]) == 2  # img와 frames
    assert len(shown[1].axes) == 1
    assert shown[1].axes[0].get_title(loc="left") == "끝"


def test_nothing_is_fetched(shown):
    motion.play(draw, [1, 2], label="시간")
    without = re.sub(r"data:image/webp;base64,[\w+/=]+", "", shown[0].html)
    assert not re.search(r"https?:|//|@import|<link|fetch\(|XMLHttp|src=\"(?!\")", without)


def test_keyboard_touch_and_reader(shown):
    """막대는 range라서 화살표와 손가락으로 움직이고, 단추에는 말이 적혀 있음."""
    motion.play(draw, [1, 2], label='"시간" <초>')
    html = shown[0].html
    assert (
        '<input type="range" min="0" max="1" value="0" aria-label="&quot;시간&quot; &lt;초&gt;"'
        in html
    )
    assert re.search(r'<button type="button"[^>]*>재생</button>', html)
    assert "aria-valuetext" in html
    assert "<초>" not in html
    assert html.count("min-height: 2.6em") == 2  # 손가락으로 누를 만한 높이


def test_same_pictures_give_the_same_html(shown):
    for _ in range(2):
        motion.play(draw, [1, 2], label="시간")
    assert shown[0].html == shown[2].html


def test_scenes_do_not_shake():
    """축의 이름이 길어져도 축이 놓인 곳은 첫 장면과 같음."""

    def longer(ax, value):
        draw(ax, value)
        ax.set_ylabel("\n".join("높이" for _ in range(value)))

    places = [f.axes[0].get_position().bounds for f in motion._scenes(longer, [1, 5], 1)]
    assert np.allclose(*places)


def test_size_is_kept_by_a_lower_density(shown, monkeypatch):
    motion.play(draw, [0, 1], label="밀도")
    size = len("".join(re.findall(r"data:[^\"]+", shown[0].html))) * 2 // 3  # 첫 장면은 두 번 나옴
    monkeypatch.setattr(motion, "MARGIN", 0)
    monkeypatch.setattr(motion, "MAX_BYTES", int(0.9 * size))
    motion.play(draw, [0, 1], label="밀도")
    assert frames(shown[2].html)[0].width < frames(shown[0].html)[0].width
    monkeypatch.setattr(motion, "MAX_BYTES", size // 10)
    with pytest.raises(ValueError, match="KB를 넘습니다"):
        motion.play(draw, [0, 1], label="밀도")


def test_default_density_is_two(shown):
    motion.play(draw, [0, 1], label="밀도")
    assert frames(shown[0].html)[0].width == 2 * 100 * motion.SIZE[0]


@pytest.mark.parametrize("count", [0, 1, motion.MAX_FRAMES + 1])
def test_number_of_values(count, shown):
    with pytest.raises(ValueError, match=f"2-{motion.MAX_FRAMES}개여야 합니다"):
        motion.play(draw, range(count), label="수")
    assert not shown


def test_number_of_names(shown):
    with pytest.raises(ValueError, match="names는 values처럼 2개"):
        motion.play(draw, [1, 2], label="수", names=["하나"])


def test_panels(shown):
    def two(axes, value):
        draw(axes[0], value)
        draw(axes[1], -value)

    motion.play(two, [1, 2, 3], label="값", panels=2, stills=2)
    assert [len(figure.axes) for figure in shown[0].figures] == [2, 2, 2]
    assert [ax.get_title(loc="left") for ax in shown[1].axes] == ["값 1", "", "값 3", ""]


# ---------------------------------------------------------------- 슬라이더


def test_moving_a_slider_draws_again(shown):
    motion.sliders(lambda ax, w, b: draw(ax, w + b), w=(-1, 4, 1.0), b=(0, 2, 0.5))
    bars, figure = shown
    assert figure.axes[0].lines[0].get_ydata()[1] == 1.5
    bars.bars["w"].value = 2.0
    assert shown[-1] == ("다시", figure)
    assert [line.get_ydata()[1] for line in figure.axes[0].lines] == [2.5]


def test_slider_has_its_range_and_name(shown):
    motion.sliders(move, names={"w": "기울기 w"}, w=(-1, 5, 0))
    bar = shown[0].bars["w"]
    assert (bar.min, bar.max, bar.value, bar.description) == (-1, 5, 0, "기울기 w")
    assert bar.step == pytest.approx(0.1)


def test_without_a_kernel_a_sentence_stands_in_its_place(shown):
    motion.sliders(move, w=(-1, 5, 0))
    bundle = shown[0]._repr_mimebundle_()
    assert WIDGET in bundle
    assert "이 셀을 실행하면" in bundle["text/html"]
    assert bundle["text/plain"] == repr(shown[0])


def test_impossible_ranges(shown):
    with pytest.raises(ValueError, match="범위가 있어야 합니다"):
        motion.sliders(draw)
    with pytest.raises(ValueError, match="w의 처음 값 9"):
        motion.sliders(draw, w=(-1, 5, 9))
    with pytest.raises(ValueError, match="눈금이 아닙니다"):
        motion.sliders(draw, w=(-1, 5, 0.03))
    with pytest.raises(ValueError, match="눈금이 아닙니다"):
        motion.sliders(draw, w=(1, 1, 1))
    assert not shown


def test_no_figure_is_left_open(shown):
    motion.play(draw, [1, 2], label="수", stills=[0])
    motion.sliders(move, w=(-1, 5, 0))
    assert len(plt.get_fignums()) <= 1  # 보통의 그림은 셀의 끝에서 닫힘
