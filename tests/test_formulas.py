"""노트북의 모든 식을 코드와 비교합니다. 식마다의 비교는 tests/formulas에 있습니다."""

import functools

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tests import formulas, rerun
from tests.notebook import SOLUTIONS, Notebook

FOLDER = rerun.ROOT / "notebooks"
PATHS = rerun.collect(FOLDER)
NUMBERS = sorted({path.name[:2] for path in PATHS})
FUNCTIONS = [
    pytest.param(number, function, id=f"{number}-{function.__name__}")
    for number in NUMBERS
    for function in dict.fromkeys(formulas.of_lesson(number).paired.values())
]


@functools.cache
def notebooks_of(number):
    return [Notebook.read(path) for path in PATHS if path.name.startswith(number)]


@pytest.mark.parametrize("number", NUMBERS)
def test_every_formula_is_compared_or_has_a_reason(number):
    known = formulas.of_lesson(number)
    missing = [told for nb in notebooks_of(number) for told in formulas.unknown(nb, known)]
    assert not missing, "\n".join(missing)
    if (FOLDER / SOLUTIONS).is_dir():  # 풀이는 빼고 나누어 줄 수 있음
        old = formulas.stale(notebooks_of(number), known)
        assert not old, f"{formulas.FILE.format(number)}에 노트북에 없는 식이 있습니다: {old}"


@pytest.mark.parametrize(("number", "function"), FUNCTIONS)
def test_formula_and_code_agree(number, function):
    known, notebooks = formulas.of_lesson(number), notebooks_of(number)
    code = formulas.Code(formulas.home_first(function, known, notebooks))
    told = [*formulas.differences(function, code)]
    assert not told, "\n".join(told)


# ---------------------------------------------------------------- 검사의 검사

MARKDOWN = r"""넓이는 다음과 같습니다.

$$A = \pi
  r^2$$

$a^2$과 `$$b$$`는 보지 않습니다.

```
$$c$$
```"""
AREA = r"A = \pi r^2"
CODE = """import math


def area(r):
    return math.pi * r**2


areas = [area(r) for r in (1, 2)]
total = math.pi * 1**2 + sum(areas)"""


def circle(markdown=MARKDOWN, code=CODE):
    cells = [new_markdown_cell(markdown, id="text"), new_code_cell(code, id="code")]
    return Notebook("99_circle.ipynb", new_notebook(cells=cells), terms=(), declared=[])


def area_of_circle(rng, code):
    r = rng.random()
    yield 3.141592653589793 * r * r, code.define("area")(r)


def circles():
    known = formulas.Formulas({r"B = b": "예"})
    known.pair(AREA)(area_of_circle)
    return known


def test_only_displayed_formulas_are_found():
    assert [latex for _, latex in formulas.displayed(circle())] == [AREA]


@pytest.mark.parametrize(("old", "new"), [("r^2", "r^3"), ("A =", "A = -"), (r"\pi", r"2\pi")])
def test_a_changed_formula_loses_its_pair(old, new):
    nb = circle(MARKDOWN.replace(old, new))
    told = [*formulas.unknown(nb, circles())]
    assert len(told) == 1
    assert told[0].startswith("99_circle.ipynb text: 식 '")
    assert AREA in formulas.stale([nb], circles())


def test_known_formulas_are_neither_unknown_nor_stale():
    assert [*formulas.unknown(circle(), circles())] == []
    assert formulas.stale([circle()], circles()) == ["B = b"]


def test_a_difference_between_formula_and_code_is_told():
    assert [*formulas.differences(area_of_circle, formulas.Code([circle()]))] == []
    wrong = formulas.Code([circle(code=CODE.replace("r**2", "r**3"))])
    (told,) = formulas.differences(area_of_circle, wrong)
    assert told.startswith("비교 0: 식은 ")


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([], "비교한 값이 없습니다."),
        ([([1.0, 1.0], 1.0)], "비교 0: 모양이 (2,)와 ()입니다."),
        ([(1.0, 1.0), (1.0, 1.01)], "비교 1: 식은 1.0, 코드는 1.01입니다."),
        ([(1.0, float("nan"))], "비교 0: 식은 1.0, 코드는 nan입니다."),
        ([(1.0, 1.01, 0.02)], None),
    ],
)
def test_what_counts_as_different(values, told):
    found = [*formulas.differences(lambda rng, code: values, None)]
    assert found == ([told] if told else [])


def test_code_comes_first_from_the_notebook_of_the_formula():
    other = circle("식이 없습니다.", CODE.replace("r**2", "r**3"))
    order = formulas.home_first(area_of_circle, circles(), [other, circle()])
    assert [*formulas.differences(area_of_circle, formulas.Code(order))] == []
    assert [*formulas.differences(area_of_circle, formulas.Code(order[::-1]))] != []


def test_code_is_taken_from_the_notebook():
    code = formulas.Code([circle()])
    assert code.expression("math.pi * 1**2") == pytest.approx(3.14159, abs=1e-5)
    with pytest.raises(LookupError, match="코드에 '1 \\+ 1'이"):
        code.expression("1 + 1")
    assert code.cell("code")["areas"] == [code.define("area")(r) for r in (1, 2)]
    with pytest.raises(LookupError, match="코드 셀 figure이"):
        code.cell("figure")
    nothing = formulas.Code([circle(code="radius = 1")])
    with pytest.raises(KeyError):
        nothing.define("radius")  # 값을 묶은 이름은 정의가 아님
