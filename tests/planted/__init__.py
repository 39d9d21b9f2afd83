"""노트북에 결함을 심어, 검사가 알아채는지 봅니다.

강의 NN의 결함은 lesson_NN.py의 `FAULTS`에 노트북마다 있습니다. 결함 하나는 셀의 글 `old`를 `new`로 바꾸는 것이고, `by`는
그것을 알아채야 하는 검사입니다.

- 규칙의 이름             tests/rules.py의 그 규칙
- `formula`              tests/formulas의 식
- `strict`               저장된 출력과의 비교
- `twin`                 그림을 글로 적은 것의 비교
- 직접 확인 셀의 이름      그 셀의 assert

앞의 둘은 실행하지 않고 알 수 있어 tests/test_planted.py가 늘 검사합니다. 나머지는 `python -m tests.planted`가 합니다.
"""

import functools
import importlib
from typing import NamedTuple

from nbformat import NotebookNode

from tests import formulas, rerun
from tests.notebook import Notebook
from tests.rules import RULES

FOLDER = rerun.ROOT / "notebooks"
FILE = "tests/planted/lesson_{}.py"
FORMULA, STRICT, TWIN = "formula", "strict", "twin"


class Fault(NamedTuple):
    """셀 하나의 글을 바꾸는 결함입니다."""

    cell: str
    old: str
    new: str
    by: str

    def __str__(self):
        return f"{self.cell}: {self.old!r} -> {self.new!r} ({self.by})"

    def plant(self, source):
        """결함을 심은 글입니다. 바꿀 곳이 하나가 아니면 `ValueError`를 일으킵니다."""
        if (count := source.count(self.old)) != 1:
            raise ValueError(f"셀 {self.cell}에 {self.old!r}이(가) {count}번 있습니다.")
        return source.replace(self.old, self.new)


def lessons():
    """결함이 있는 강의의 번호입니다."""
    return sorted(path.stem[-2:] for path in rerun.ROOT.glob("tests/planted/lesson_*.py"))


def of_lesson(number):
    """강의 하나의 `(노트북의 경로, 결함의 목록)`입니다."""
    found = importlib.import_module(f"tests.planted.lesson_{number}").FAULTS
    return [(FOLDER / name, faults) for name, faults in found.items()]


@functools.cache
def read(path):
    readme = (rerun.ROOT / "README.md").read_text(encoding="utf-8")
    return Notebook.read(path, readme=readme)


def planted(nb, fault):
    """결함을 심은 노트북을 새로 만듭니다. 다른 셀은 함께 씁니다."""
    place = next((k for k, cell in enumerate(nb.cells) if cell.id == fault.cell), None)
    if place is None:
        raise ValueError(f"{nb.path.name}에 셀 {fault.cell}이(가) 없습니다.")
    cells = [*nb.cells]
    cells[place] = NotebookNode(cells[place], source=fault.plant(cells[place].source))
    return Notebook(nb.path, NotebookNode(nb.node, cells=cells), nb.terms, nb._declared, nb.readme)


def complaints(nb, fault):
    """실행하지 않는 검사가 결함이 있을 때만 하는 말입니다."""
    if fault.by == FORMULA:
        known = formulas.of_lesson(nb.number)
        check = functools.partial(formulas.unknown, formulas=known)
    else:
        check = RULES[fault.by]
    before = {*check(nb)}
    return [told for told in check(planted(nb, fault)) if told not in before]


def is_cheap(fault):
    """실행하지 않고 알아채야 하는 결함인지 봅니다."""
    return fault.by == FORMULA or fault.by in RULES
