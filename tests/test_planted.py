"""심은 결함을 검사가 알아채는지 봅니다.

실행하지 않고 알 수 있는 결함(규칙, 식)만 여기서 심습니다. 나머지는 `python -m tests.planted`가 심고, 여기서는 심을 곳과
알아챌 셀이 있는지만 봅니다.
"""

import os

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tests import planted, rerun
from tests.notebook import SOLUTIONS, Notebook, is_check
from tests.planted import FORMULA, STRICT, TWIN, Fault, execution
from tests.planted import __main__ as command

SHOWN = execution.COMPARED
NOTEBOOKS = [pair for number in planted.lessons() for pair in planted.of_lesson(number)]
FAULTS = [
    pytest.param(path, fault, id=f"{path.stem[:2]}-{fault.cell}-{fault.by}")
    for path, faults in NOTEBOOKS
    for fault in faults
]
CHEAP = [param for param in FAULTS if planted.is_cheap(param.values[1])]
COSTLY = [param for param in FAULTS if param not in CHEAP]
TAUGHT = [p for p in rerun.collect(planted.FOLDER) if p.parent.name != SOLUTIONS]
CARRIED = [path for path in TAUGHT if planted.read(path).is_carried]
LEAST = 3  # 노트북마다 심는 결함의 수


def name(path):
    return path.relative_to(planted.FOLDER).with_suffix("").as_posix()


@pytest.mark.parametrize(("path", "fault"), CHEAP)
def test_a_fault_in_the_text_is_seen(path, fault):
    assert planted.complaints(planted.read(path), fault), str(fault)


@pytest.mark.parametrize(("path", "fault"), COSTLY)
def test_a_fault_in_the_code_can_be_planted(path, fault):
    nb = planted.planted(planted.read(path), fault)
    changed = next(cell for cell in nb.code if cell.id == fault.cell)
    later = nb.code[nb.code.index(changed) :]
    assert fault.by in (STRICT, TWIN, *(cell.id for cell in later if is_check(cell))), str(fault)


@pytest.mark.parametrize("path", TAUGHT, ids=name)
def test_every_notebook_has_faults(path):
    faults = dict(NOTEBOOKS).get(path, [])
    assert len(faults) >= LEAST, f"{planted.FILE.format(path.stem[:2])}에 결함이 더 있어야 합니다."
    assert len({fault.by for fault in faults}) >= LEAST, "한두 가지 검사만 봅니다."


@pytest.mark.parametrize("path", CARRIED, ids=name)
def test_every_check_has_a_fault_that_makes_it_fail(path):
    nb = planted.read(path)
    seen = {fault.by for fault in dict(NOTEBOOKS).get(path, [])}
    missing = [cell.id for cell in nb.code if is_check(cell) and cell.id not in seen]
    assert not missing, f"{planted.FILE.format(nb.number)}: 결함이 없는 직접 확인 {missing}"


# ---------------------------------------------------------------- 검사의 검사

DRAW = """fig, ax = plt.subplots()
ax.plot([1, 2], label="손실")
ax.legend()
plt.show()"""
SOURCES = {
    "imports": "from matplotlib import pyplot as plt",
    "double": "def double(x):\n    return 2 * x",
    "show": "print(double(3))\ndouble(4)",
    "quiet": "double(6);",
    "check-double": "# 직접 확인: 두 배\nassert double(5) == 10",
    "figure": DRAW,
    "stop": "raise ValueError('일부러')",
}
PROSE = "두 배를 구합니다.\n\n$$y = 2x$$"


def outputs_of(cells):
    with execution.Shell.start() as shell:
        found = [shell.run(cell.source)[0] for cell in cells]
    return [
        (text, [{kind: data[kind] for kind in SHOWN & data.keys()} for data in shown])
        for text, shown in found
    ]


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """저장된 출력이 바른 작은 노트북입니다."""
    if not hasattr(os, "fork"):
        pytest.skip("Windows에는 fork가 없음")
    cells = [new_code_cell(source, id=name) for name, source in SOURCES.items()]
    cells[-1].metadata["tags"] = [execution.RAISES]
    for cell, (text, shown) in zip(cells, execution.in_child(60, outputs_of, cells), strict=True):
        cell.outputs = [new_output("stream", text=text)] if text else []
        cell.outputs += [new_output("display_data", data) for data in shown]
    cells.insert(0, new_markdown_cell(PROSE, id="prose"))
    path = tmp_path_factory.mktemp("planted") / "99_small.ipynb"
    return Notebook(path, new_notebook(cells=cells), terms=(), declared=[])


RUN = [
    (Fault("double", "2 * x", "3 * x", STRICT), execution.KILLED),
    (Fault("double", "2 * x", "x + x", STRICT), "끝까지 같은 출력"),
    (Fault("show", "3", "5", STRICT), execution.KILLED),
    (Fault("show", "double(4)", "double(5)", STRICT), execution.KILLED),
    (Fault("double", "2 * x", "2 * y", STRICT), execution.KILLED),
    (Fault("double", "2 * x", "3 * x", "check-double"), execution.KILLED),
    (Fault("double", "2 * x", "x + x", "check-double"), "그 셀이 통과함"),
    (Fault("double", "2 * x", "2 * y", "check-double"), "셀 show에서 NameError"),
    (Fault("check-double", "10", "11", "check-double"), execution.KILLED),
    (Fault("figure", '"손실"', '"점수"', TWIN), execution.KILLED),
    (Fault("figure", "[1, 2]", "[1, 3]", TWIN), execution.KILLED),
    (Fault("figure", "fig, ax", "figure, ax", TWIN), "그림의 글이 같음"),
    (Fault("stop", "일부러", "우연히", "check-double"), "뒤에 셀 check-double이(가) 없음"),
    (Fault("gone", "1", "2", STRICT), "없는 셀"),
]


def test_what_the_runner_sees(small):
    faults = [fault for fault, _ in RUN]
    found, broken = execution.in_child(60, execution.outcomes, small, faults)
    assert {Fault(*fault): reason for fault, reason in found} == dict(RUN)
    assert broken == []  # 결함이 없으면 다른 것이 없음


def test_a_notebook_that_differs_without_a_fault_is_told(small):
    node = planted.planted(small, Fault("double", "2 * x", "3 * x", STRICT)).node
    nb = Notebook(small.path, node, terms=(), declared=[])
    _, broken = execution.in_child(60, execution.outcomes, nb, [Fault("gone", "1", "2", STRICT)])
    assert [told.split(":")[0] for told in broken] == ["show", "check-double"]


@pytest.mark.parametrize(("old", "count"), [("x", 2), ("z", 0)])
def test_the_text_to_change_is_there_once(small, old, count):
    with pytest.raises(ValueError, match=f"셀 double에 '{old}'이.가. {count}번 있습니다"):
        planted.planted(small, Fault("double", old, "q", STRICT))
    with pytest.raises(ValueError, match="셀 gone이"):
        planted.planted(small, Fault("gone", old, "q", STRICT))


def test_a_fault_leaves_the_notebook_as_it_was(small):
    before = rerun.dump(small.node)
    told = planted.complaints(small, Fault("prose", "구합니다", "구한다", "hamnida"))
    assert told == ["prose: '구한다.'은(는) 합니다체 문장에 쓰지 않습니다."]
    assert planted.complaints(small, Fault("prose", "두 배", "세 배", "hamnida")) == []
    (told,) = planted.complaints(small, Fault("prose", "2x", "3x", FORMULA))
    assert "식 'y = 3x'" in told
    assert rerun.dump(small.node) == before


@pytest.mark.parametrize(("new", "code"), [("3 * x", 0), ("x + x", 1)])
def test_the_command_tells_what_survives(small, monkeypatch, capsys, new, code):
    faults = [
        Fault("double", "2 * x", new, STRICT),
        Fault("prose", "구합니다", "구한다", "hamnida"),
    ]
    monkeypatch.setattr(planted, "FOLDER", small.path.parent)
    monkeypatch.setattr(planted, "lessons", lambda: ["99"])
    monkeypatch.setattr(planted, "of_lesson", lambda number: [(small.path, faults)])
    monkeypatch.setattr(planted, "read", lambda path: small)
    assert command.main([]) == code
    said = capsys.readouterr().out
    assert f"99_small.ipynb: 결함 2개 중 {2 - code}개를 알아챔" in said
    assert ("[살아남음] double" in said) == bool(code)
    assert command.main(["98"]) == 1
    assert "결함이 없는 강의입니다: 98" in capsys.readouterr().err
