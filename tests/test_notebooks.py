"""모든 노트북이 모든 규칙을 지키는지, 강의 전체가 약속을 지키는지 검사합니다."""

import base64
import functools
import io
import re

import pytest
from PIL import Image

from tests import rerun, rules

README = rerun.ROOT / "README.md"
FOLDER = rerun.ROOT / "notebooks"
NOTEBOOKS = rerun.collect(FOLDER)
MAX_WIDTH = 1100  # 화소
MIN_STRICT = 0.85  # 출력을 그대로 비교하는 코드 셀의 비율

each_notebook = pytest.mark.parametrize(
    "path", NOTEBOOKS, ids=lambda path: path.relative_to(FOLDER).as_posix()
)

each_lesson = pytest.mark.parametrize(
    "path", [path for path in NOTEBOOKS if path.parent == FOLDER], ids=lambda path: path.name
)


@functools.cache
def terms():
    return rules.read_glossary(README.read_text(encoding="utf-8"))


@functools.cache
def read(path):
    return rules.Notebook.read(path, terms())


def test_there_are_notebooks():
    assert NOTEBOOKS, "notebooks 폴더에 노트북이 없습니다."


def test_readme_has_the_glossary():
    assert len(terms()) >= 40, "README의 '용어' 표를 읽지 못했습니다."


@each_notebook
@pytest.mark.parametrize("name", rules.RULES)
def test_rule(path, name):
    complaints = rules.RULES[name](read(path))
    assert not complaints, "\n" + "\n".join(complaints)


@each_notebook
def test_file_name(path):
    assert re.fullmatch(r"\d\d_[a-z0-9_]+\.ipynb", path.name), "NN_topic.ipynb 모양이 아닙니다."


@each_notebook
def test_figures_open_and_fit_a_page(path):
    for cell in read(path).code:
        for output in cell.outputs:
            if png := output.get("data", {}).get("image/png"):
                with Image.open(io.BytesIO(base64.b64decode(png))) as image:
                    image.load()
                    assert image.width <= MAX_WIDTH, f"셀 {cell.id}의 그림이 너무 넓습니다."


def test_most_outputs_are_compared_strictly():
    cells = [cell for path in NOTEBOOKS for cell in read(path).code]
    strict = [cell for cell in cells if rules.IGNORED not in rules.tags(cell)]
    assert len(strict) >= MIN_STRICT * len(cells), f"{len(strict)} / {len(cells)}"


def test_readme_shows_the_figure_of_the_notebook():
    name, cell_id = rerun.README_FIGURE
    drawn = rerun.figure(read(FOLDER / name).node, cell_id)
    assert (rerun.ROOT / "README.png").read_bytes() == drawn


def test_readme_lists_every_lesson():
    rows = re.findall(r"(?m)^\|.*$", README.read_text(encoding="utf-8"))
    linked = re.findall(r"\]\((notebooks/\d\d_\w+\.ipynb)\)", "\n".join(rows))
    lessons = [path for path in rerun.collect(FOLDER) if path.parent == FOLDER]
    assert linked == [path.relative_to(rerun.ROOT).as_posix() for path in lessons]


@each_lesson
def test_readme_gives_the_times_of_the_notebook(path):
    row = re.search(rf"(?m)^\|.*{path.name}.*$", README.read_text(encoding="utf-8"))[0]
    reading, running = (cell.strip() for cell in row.split("|")[-3:-1])
    assert f"읽고 해 보기 {reading}, 실행 {running} |" in read(path).markdown[0].source


def lesson_chart():
    cells = read(FOLDER / "00_start_here.ipynb").markdown
    return next(cell.source for cell in cells if cell.id == "map")


def test_the_orders_of_the_map_follow_what_each_lesson_needs():
    assert len(rules.map_orders(lesson_chart())) == 2
    assert not list(rules.misordered(lesson_chart()))


@each_lesson
def test_the_map_names_what_the_notebook_needs(path):
    row = re.search(r"(?m)^\| 먼저 볼 노트북 \|(.*)", read(path).markdown[0].source)[1]
    needed = re.findall(r"\((\d\d)_\w+\.ipynb\)", re.sub(r"\(\d절은.*", "", row))
    assert rules.map_needs(lesson_chart())[path.name[:2]] == sorted(needed)
