"""학습자의 작업 폴더를 검사합니다. 대부분 작은 가짜 강의로, 마지막은 진짜 JupyterLab 서버로 합니다."""

import contextlib
import errno
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from door import copies, originals
from tests.rerun import ROOT
from tests.rules import RULES, Notebook

# ---------------------------------------------------------------- 가짜 강의


def text(source, **more):
    return {"cell_type": "markdown", "id": "t", "metadata": {}, "source": source, **more}


def code(source, count=1, **more):
    output = {"name": "stdout", "output_type": "stream", "text": ["3\n"]}
    filled = {"execution_count": count, "outputs": [output] if count else []}
    return {"cell_type": "code", "id": "c", "metadata": {}, "source": source, **filled, **more}


def dump(*cells):
    metadata = {"kernelspec": {"name": "python3"}, "language_info": {"name": "python"}}
    nb = {"cells": [*cells], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(nb, ensure_ascii=False, indent=1)


ORIGINALS = {
    "notebooks/00_start.ipynb": dump(
        text("# 00. 시작하기: 처음\n\n[안내](../README.md#강의), [선형](01_line.ipynb#2.-기울기(slope))"),
    ),
    "notebooks/01_line.ipynb": dump(
        text(["# 01. 선형 회귀: 직선\n", "\n", "[다음](02_curve.ipynb), [밖](https://a.kr/02_curve.ipynb)"]),
        code("print(3)", metadata={"tags": ["a"]}),
        text("## 연습 문제\n\n풉니다.", attachments={"a.png": {}}),
        code("...", count=None),
    ),
    "notebooks/02_curve.ipynb": dump(text("# 02. 곡선 (2차) & GPU\n\n[데이터](../data/README.md)")),
    "notebooks/solutions/01_line.ipynb": dump(
        text("# 01. 선형 회귀: 연습 문제의 풀이\n\n[강의](../01_line.ipynb#연습-문제)"), code("3")
    ),
    "notebooks/deeper/02_curve.ipynb": dump(text("# 02. 곡선: 깊이\n\n[강의](../02_curve.ipynb)")),
    "README.md": "![그림](README.png) [01](notebooks/01_line.ipynb) [표](data/a.csv) [약관](LICENSE)\n",
    "data/README.md": "[표](a.csv) [강의](../notebooks/02_curve.ipynb#a)\n",
    "data/a.csv": "x\n1\n",
    "LICENSE": "MIT\n",
    "README.png": "PNG",
}  # fmt: skip
NAMES = {
    "notebooks/00_start.ipynb": "00 시작하기.ipynb",
    "notebooks/01_line.ipynb": "01 선형 회귀.ipynb",
    "notebooks/02_curve.ipynb": "02 곡선 (2차) & GPU.ipynb",
    "notebooks/solutions/01_line.ipynb": "풀이/01 선형 회귀 풀이.ipynb",
    "notebooks/deeper/02_curve.ipynb": "심화/02 곡선 심화.ipynb",
    "README.md": "자료/안내.md",
    "data/README.md": "자료/데이터.md",
    "data/a.csv": "자료/a.csv",
    "LICENSE": "자료/LICENSE",
    "README.png": "자료/README.png",
}
NOTEBOOKS = [key for key in NAMES if key.endswith(".ipynb")]
REOPEN = "JupyterLab에 열려 있으면 닫았다가 다시 여십시오."
RESET_01 = "새로 받으려면 'python course.py reset 01' 명령을 실행하십시오."
LINE, CURVE = NAMES["notebooks/01_line.ipynb"], NAMES["notebooks/02_curve.ipynb"]


class Course:
    """가짜 강의 폴더와 그 옆의 작업 폴더입니다."""

    def __init__(self, folder, capsys):
        self.root, self.folder, self.capsys = folder / "강의 폴더", folder / "내 강의", capsys
        for key, content in ORIGINALS.items():
            self.put(key, content)

    def put(self, key, content):
        (self.root / key).parent.mkdir(parents=True, exist_ok=True)
        (self.root / key).write_text(content, encoding="utf-8", newline="\n")

    def update(self, *keys):
        """원본마다 셀 하나를 더합니다."""
        for key in keys:
            nb = json.loads((self.root / key).read_text(encoding="utf-8"))
            self.put(key, dump(*nb["cells"], text("새로 더한 글")))

    def path(self, key):
        return self.folder / NAMES[key]

    def run(self, command, *arguments):
        """`(종료 상태, 출력의 줄, 알린 문장)`입니다."""
        try:
            status = command(self.root, self.folder, *arguments)
        except SystemExit as stopped:
            status = 1
            print(stopped.code, file=sys.stderr)
        out, err = self.capsys.readouterr()
        return status, out.splitlines(), err.splitlines()

    def lab(self):
        """복사본을 채우고 알린 문장을 돌려줍니다. 아무 문제 없이 열 수 있어야 합니다."""
        status, out, told = self.run(copies.lab)
        assert (status, len(out)) == (0, 1)
        return told

    def start(self):
        """JupyterLab이 열 강의의 파일 이름입니다."""
        return unquote(self.run(copies.lab)[1][0])

    def reset(self, *numbers):
        return self.run(copies.reset, numbers)

    def tree(self):
        """작업 폴더에서 학습자에게 보이는 파일마다 그 바이트입니다."""
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        names = {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in files}
        return {name: data for name, data in names.items() if not name.startswith(".")}


@pytest.fixture
def course(tmp_path, capsys):
    return Course(tmp_path, capsys)


@pytest.fixture
def filled(course):
    """작업 폴더를 한 번 채운 강의입니다."""
    assert course.lab() == []
    return course


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def sources(path):
    return ["".join(cell["source"]) for cell in read(path)["cells"]]


def save(path, change=lambda nb: None, **when):
    """JupyterLab처럼 저장합니다. 고친 것이 없어도 메타데이터와 파일의 모양이 바뀝니다."""
    nb = read(path)
    change(nb)
    nb["metadata"]["language_info"] = {"name": "python", "version": "3.11.7", "mimetype": "x"}
    for cell in nb["cells"]:
        cell["source"] = "".join(cell["source"]).splitlines(keepends=True)
        cell["metadata"] = {**cell["metadata"], "scrolled": True}
    path.write_text(json.dumps(nb, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if when:
        os.utime(path, (when["at"], when["at"]))


def answer(nb):
    """학습자가 마지막 셀에 답을 씁니다."""
    nb["cells"][-1]["source"] = "내 답"


# ---------------------------------------------------------------- 복사본의 내용


def test_every_original_has_a_copy_with_its_title(filled):
    assert set(filled.tree()) == set(NAMES.values())


def test_copies_are_empty_and_otherwise_the_same(filled):
    key = "notebooks/01_line.ipynb"
    original, copy = read(filled.root / key), read(filled.path(key))
    for cell in original["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    for cell in (*original["cells"], *copy["cells"]):
        if cell["cell_type"] == "markdown":
            assert cell.pop("source")
    assert copy == original
    assert sources(filled.path(key))[1] == "print(3)"


def test_originals_are_only_read(course):
    course.lab()
    save(course.path("notebooks/01_line.ipynb"), answer)
    course.update("notebooks/01_line.ipynb")
    before = {path: path.read_bytes() for path in course.root.rglob("*") if path.is_file()}
    course.lab()
    course.reset("01")
    assert {path: path.read_bytes() for path in course.root.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("key", "links"),
    [
        (
            "notebooks/00_start.ipynb",
            ["자료/안내.md#강의", "01%20선형%20회귀.ipynb#2.-기울기(slope)"],
        ),
        (
            "notebooks/01_line.ipynb",
            [
                "02%20곡선%20%282차%29%20%26%20GPU.ipynb",
                "https://a.kr/02_curve.ipynb",
                "풀이/01%20선형%20회귀%20풀이.ipynb",
            ],
        ),
        ("notebooks/02_curve.ipynb", ["자료/데이터.md"]),
        ("notebooks/solutions/01_line.ipynb", ["../01%20선형%20회귀.ipynb#연습-문제"]),
        ("notebooks/deeper/02_curve.ipynb", ["../02%20곡선%20%282차%29%20%26%20GPU.ipynb"]),
    ],
)
def test_links_lead_to_copies(filled, key, links):
    found = re.findall(r"\]\(((?:[^()]|\([^()]*\))*)\)", "\n".join(sources(filled.path(key))))
    assert found == links


def test_links_of_copied_texts(filled):
    assert filled.path("README.md").read_text(encoding="utf-8") == (
        "![그림](README.png) [01](../01%20선형%20회귀.ipynb) [표](a.csv) [약관](LICENSE)\n"
    )
    assert filled.path("data/README.md").read_text(encoding="utf-8") == (
        "[표](a.csv) [강의](../02%20곡선%20%282차%29%20%26%20GPU.ipynb#a)\n"
    )
    assert filled.path("data/a.csv").read_bytes() == (filled.root / "data/a.csv").read_bytes()


def test_code_is_not_relinked(course):
    source = "x = table[0](01_line.ipynb)"
    course.put("notebooks/01_line.ipynb", dump(text("# 01. 선형 회귀: 직선"), code(source)))
    course.lab()
    assert sources(course.folder / LINE)[1] == source


def test_solution_is_named_at_the_exercises_only(filled):
    said = "다 푼 다음에는 [풀이](풀이/01%20선형%20회귀%20풀이.ipynb)와 비교합니다."
    assert sources(filled.folder / LINE)[2] == f"## 연습 문제\n\n풉니다.\n\n{said}"
    assert "풀이" not in "".join(sources(filled.folder / CURVE))  # 풀이가 없는 강의


def test_deeper_names_the_solution_and_a_solution_does_not(course):
    titles = {"solutions": "# 01. 글", "deeper": "# 01 심화. 글"}
    for folder, title in titles.items():
        course.put(f"notebooks/{folder}/01_line.ipynb", dump(text(title), text("## 연습 문제")))
    course.lab()
    assert sources(course.folder / "풀이/01 글 풀이.ipynb")[1] == "## 연습 문제"
    said = "다 푼 다음에는 [풀이](../풀이/01%20글%20풀이.ipynb)와 비교합니다."
    assert sources(course.folder / "심화/01 글 심화.ipynb")[1] == f"## 연습 문제\n\n{said}"


def test_hand_out_without_solutions(course):
    shutil.rmtree(course.root / "notebooks/solutions")
    course.lab()
    assert not [name for name, data in course.tree().items() if "풀이" in name + str(data, "utf-8")]


def test_solutions_deleted_later(filled):
    shutil.rmtree(filled.root / "notebooks/solutions")
    assert filled.lab() == []
    assert sources(filled.folder / LINE)[2] == "## 연습 문제\n\n풉니다."


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("# 03. 집값: 층", "03 집값.ipynb"),
        ("# 03. 제목뿐\n글", "03 제목뿐.ipynb"),
        ('# 03. 왜 "0/1"이고 `a*b`인가?: 층', "03 왜 0 1 이고 a b 인가.ipynb"),
        ("# 03.  여러   칸  . : 층", "03 여러 칸.ipynb"),
        ("## 3. 다른 제목: 층", "03 a_topic.ipynb"),
        ("# 03. ???: 층", "03.ipynb"),
        ("# 03. 100%를 믿나요: 층", "03 100 를 믿나요.ipynb"),
    ],
)
def test_titles_become_file_names(course, heading, name):
    course.put("notebooks/03_a_topic.ipynb", dump(text(heading)))
    course.lab()
    assert name in course.tree()


@pytest.mark.parametrize("name", ["01_line-Copy1.ipynb", "Untitled.ipynb", "extra_1.ipynb"])
def test_other_notebooks_are_not_lessons(course, name):
    course.put(f"notebooks/{name}", dump(text("# 01. 다른 것: 글")))
    course.lab()
    assert set(course.tree()) == set(NAMES.values())


def test_what_an_original_lacks(course):
    """번호만 있고 셀이 없는 노트북도 복사합니다."""
    course.put("notebooks/03_empty.ipynb", dump())
    assert course.lab() == []
    assert "03 empty.ipynb" in course.tree()


def broken_links(path):
    if path.suffix == ".ipynb":
        return RULES["links_resolve"](Notebook.read(path))
    cell = new_markdown_cell(path.read_text(encoding="utf-8"), id="text")
    return RULES["links_resolve"](Notebook(path, new_notebook(cells=[cell])))


@pytest.mark.parametrize("solutions", [True, False])
def test_real_lessons_have_no_dead_links(course, solutions):
    """진짜 강의의 복사본에서, 복사한 글까지 모든 링크를 따라가 봅니다."""
    shutil.rmtree(course.root)
    left_out = [] if solutions else ["solutions"]
    for folder in ("notebooks", "data"):
        shutil.copytree(ROOT / folder, course.root / folder, ignore=lambda *_: left_out)
    for name in ("README.md", "README.png", "LICENSE"):
        shutil.copy(ROOT / name, course.root)

    assert course.lab() == []

    files = [course.folder / name for name in course.tree()]
    lessons = {path for path in files if re.fullmatch(r"\d\d [가-힣][\w ]+\.ipynb", path.name)}
    assert {path for path in files if path.suffix == ".ipynb"} == lessons
    assert len(lessons) == len([*course.root.glob("notebooks/**/*.ipynb")])
    problems = {path: broken_links(path) for path in files if path.suffix in (".ipynb", ".md")}
    assert {path.name: found for path, found in problems.items() if found} == {}
    handed_out = (ROOT / "notebooks" / "solutions").exists()  # 풀이 없이 나누어 준 강의일 수도 있음
    assert (course.folder / "풀이").exists() == (solutions and handed_out)


# ---------------------------------------------------------------- 손댄 것은 덮어쓰지 않음


def insert(nb):
    nb["cells"].insert(1, text(""))


def delete(nb):
    del nb["cells"][1]


def swap(nb):
    nb["cells"][1:3] = nb["cells"][2:0:-1]


def change_type(nb):
    nb["cells"][1] = text("print(3)")


def count(nb):
    nb["cells"][1]["execution_count"] = 7


def output(nb):
    nb["cells"][1]["outputs"] = [{"name": "stdout", "output_type": "stream", "text": "3\n"}]


TOUCHES = [answer, insert, delete, swap, change_type, count, output]


@pytest.mark.parametrize("touch", TOUCHES)
def test_touched_copies_are_never_overwritten(filled, touch):
    path = filled.path("notebooks/01_line.ipynb")
    save(path, touch)
    before = path.read_bytes()

    assert filled.lab() == []  # 강의가 그대로면 알릴 것이 없음
    filled.update(*NOTEBOOKS)
    told = filled.lab()

    assert path.read_bytes() == before
    assert told == [
        f"[알림] 강의가 바뀌었지만 고치거나 실행한 01의 복사본은 그대로 두었으니, {RESET_01}"
    ]


def test_untouched_copies_are_renewed(filled):
    save(filled.path("notebooks/02_curve.ipynb"))  # 열어 보기만 함
    filled.update(*NOTEBOOKS)
    filled.put("README.md", "새 안내\n")
    filled.put("data/a.csv", "x\n2\n")

    assert filled.lab() == []

    assert all(sources(filled.path(key))[-1] == "새로 더한 글" for key in NOTEBOOKS)
    assert filled.path("README.md").read_text(encoding="utf-8") == "새 안내\n"
    assert filled.path("data/a.csv").read_text(encoding="utf-8") == "x\n2\n"
    once_more = filled.tree()
    assert filled.lab() == []
    assert filled.tree() == once_more


def test_copies_that_are_current_are_not_written(filled):
    save(filled.path("notebooks/02_curve.ipynb"))
    paths = [path for path in filled.folder.rglob("*") if path.is_file()]
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in paths}
    filled.lab()
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in paths} == before


def test_touched_copies_are_told_once_an_update(filled):
    touched = ["notebooks/00_start.ipynb", "notebooks/solutions/01_line.ipynb", "README.md"]
    for key in touched[:2]:
        save(filled.path(key), answer)
    filled.path("README.md").write_text("내 글", encoding="utf-8")
    filled.update(*NOTEBOOKS)
    filled.put("README.md", "새 안내\n")

    [sentence] = filled.lab()
    assert "00, 풀이/01, 자료/안내.md의 복사본은 그대로" in sentence
    assert "'python course.py reset 00 풀이/01 자료/안내.md'" in sentence
    assert filled.lab() == []

    filled.update("notebooks/00_start.ipynb")
    [sentence] = filled.lab()
    assert "실행한 00의 복사본은 그대로" in sentence
    assert filled.lab() == []
    assert sources(filled.path("notebooks/00_start.ipynb"))[-1] == "내 답"


def test_answer_that_is_taken_back_is_renewed(filled):
    path = filled.path("notebooks/01_line.ipynb")
    before = path.read_bytes()
    save(path, answer)
    filled.update("notebooks/01_line.ipynb")
    filled.lab()
    path.write_bytes(before)
    assert filled.lab() == []
    assert sources(path)[-1] == "새로 더한 글"


def test_deleted_copies_come_back(filled):
    before = filled.tree()
    shutil.rmtree(filled.folder / "자료")
    (filled.folder / LINE).unlink()
    assert filled.lab() == []
    assert filled.tree() == before


def test_files_of_the_learner_stay(filled):
    mine = {"01 선형 회귀-Copy1.ipynb": b"{}", "내 메모.txt": b"a", "풀이/내 풀이.ipynb": b""}
    for name, data in mine.items():
        (filled.folder / name).write_bytes(data)
    filled.update(*NOTEBOOKS)
    assert filled.lab() == []
    assert {name: filled.tree()[name] for name in mine} == mine


# ---------------------------------------------------------------- 바뀐 제목, 없어진 강의


NEW_TITLE = dump(text("# 01. 직선 회귀: 직선"), text("새 글"))


def test_new_title_renames_an_untouched_copy(filled):
    filled.put("notebooks/01_line.ipynb", NEW_TITLE)
    assert filled.lab() == []
    assert LINE not in filled.tree()
    assert sources(filled.folder / "01 직선 회귀.ipynb")[-1] == "새 글"
    assert "01%20직선%20회귀.ipynb" in sources(filled.path("notebooks/00_start.ipynb"))[0]


def test_new_title_leaves_a_touched_copy(filled):
    save(filled.folder / LINE, answer)
    before = (filled.folder / LINE).read_bytes()
    filled.put("notebooks/01_line.ipynb", NEW_TITLE)

    assert filled.lab() == [
        "[알림] 제목이 바뀐 강의를 새 이름으로 복사하고, '01 선형 회귀.ipynb'은(는) 그대로 두었습니다."
    ]

    assert (filled.folder / LINE).read_bytes() == before
    assert sources(filled.folder / "01 직선 회귀.ipynb")[-1] == "새 글"
    assert filled.lab() == []


def test_new_title_does_not_overwrite_another_file(filled):
    mine = filled.folder / "01 직선 회귀.ipynb"
    mine.write_text(dump(text("내 노트")), encoding="utf-8")
    before = filled.tree()
    filled.put("notebooks/01_line.ipynb", NEW_TITLE)
    told = filled.lab()
    assert [sentence[:5] for sentence in told] == ["[알림] ", "[문제] "]
    assert {name: filled.tree()[name] for name in (mine.name, LINE)} == {
        name: before[name] for name in (mine.name, LINE)
    }
    assert filled.lab() == []


@pytest.mark.parametrize("touch", [None, answer])
@pytest.mark.parametrize("new_name", [None, "notebooks/01_new_name.ipynb"])
def test_lesson_that_left_the_course_stays_with_the_learner(filled, touch, new_name):
    path = filled.folder / LINE
    if touch:
        save(path, touch)
    before = path.read_bytes()
    original = filled.root / "notebooks/01_line.ipynb"
    if new_name:
        filled.put(new_name, dump(text("# 01. 선형 회귀: 다른 내용")))
    original.unlink()
    filled.lab()
    assert path.read_bytes() == before


# ---------------------------------------------------------------- 기록


def missing(record):
    record.unlink()


def cut(record):
    record.write_bytes(record.read_bytes()[:40])


def empty(record):
    record.write_text("{}", encoding="utf-8")


def odd(record):
    record.write_text('{"copies": [1], "check": 3}', encoding="utf-8")


def folder(record):
    record.unlink()
    record.mkdir()


def forged(record):
    """학습자의 파일이 손대지 않은 것이라고 손으로 적은 기록입니다."""
    data = read(record)
    data["copies"]["notebooks/01_line.ipynb"]["made"] = originals.fingerprint(
        originals.parse((record.parent / LINE).read_bytes())
    )
    record.write_text(json.dumps(data), encoding="utf-8")


@pytest.mark.parametrize("damage", [missing, cut, empty, odd, folder, forged])
@pytest.mark.parametrize("updated", [True, False])
def test_without_a_record_nothing_is_overwritten(filled, damage, updated):
    path = filled.folder / LINE
    nb = read(path)
    answer(nb)
    nb["cells"][1].update(outputs=[], execution_count=None)
    path.write_text(json.dumps(nb), encoding="utf-8")
    damage(filled.folder / ".course.json")
    if updated:
        filled.update(*NOTEBOOKS)
    before = filled.tree()

    told = filled.lab()

    assert filled.tree() == before
    unknown = "00, 01, 02, 풀이/01, 심화/02" if updated else "01"
    assert f"[문제] 강의가 만든 것인지 알 수 없는 {unknown}의 복사본은 그대로" in told[0]


def test_current_copies_are_adopted_without_a_record(filled):
    (filled.folder / ".course.json").unlink()
    save(filled.folder / CURVE)
    assert filled.lab() == []
    filled.update("notebooks/02_curve.ipynb")
    assert filled.lab() == []
    assert sources(filled.folder / CURVE)[-1] == "새로 더한 글"


def test_unknown_file_is_told_once(filled):
    (filled.folder / ".course.json").unlink()
    (filled.folder / LINE).write_text(dump(text("내 노트")), encoding="utf-8")
    assert len(filled.lab()) == 1
    assert filled.lab() == []


# ---------------------------------------------------------------- reset


DATED = r" \(\d{4}-\d\d-\d\d \d\d\.\d\d(-\d+)?\)"


def kept(course):
    """옆에 남긴 파일마다 그 바이트입니다."""
    return {name: data for name, data in course.tree().items() if re.search(DATED, name)}


@pytest.mark.parametrize("number", ["01", "1"])
def test_reset_keeps_the_old_one_beside(filled, number):
    path = filled.folder / LINE
    first = sources(path)
    save(path, answer)
    before = path.read_bytes()

    status, out, told = filled.reset(number)

    [(name, data)] = kept(filled).items()
    assert re.fullmatch("01 선형 회귀" + DATED + r"\.ipynb", name)
    assert data == before
    assert sources(path) == first
    assert (status, told) == (0, ["[알림] 01의 탭이 " + REOPEN])
    assert out[0] == f"01의 새 복사본을 놓고, 쓰던 것은 '{filled.folder / name}'에 두었습니다."
    assert filled.lab() == []
    assert set(filled.tree()) == {*NAMES.values(), name}


def test_reset_never_overwrites_an_older_one(filled):
    path, olds = filled.folder / LINE, set()
    for turn in range(4):
        save(path, lambda nb, turn=turn: nb["cells"].append(text(f"답 {turn}")))
        olds.add(path.read_bytes())
        assert filled.reset("01")[0] == 0
    assert set(kept(filled).values()) == olds
    assert len(kept(filled)) == 4


def test_reset_of_several(filled):
    save(filled.folder / LINE, answer)
    save(filled.folder / CURVE, answer)
    save(filled.path("notebooks/solutions/01_line.ipynb"), answer)
    save(filled.path("notebooks/deeper/02_curve.ipynb"), answer)
    guide = filled.path("README.md").read_bytes()
    filled.path("README.md").write_text("내 글", encoding="utf-8")

    status, out, told = filled.reset("2", "02", "풀이/1", "자료/안내.md")

    assert (status, len(out)) == (0, 3)
    assert told == ["[알림] 02, 풀이/01, 자료/안내.md의 탭이 " + REOPEN]
    assert {re.sub(DATED, "", name) for name in kept(filled)} == {
        CURVE,
        "풀이/01 선형 회귀 풀이.ipynb",
        "자료/안내.md",
    }
    assert sources(filled.folder / LINE)[-1] == "내 답"
    assert sources(filled.path("notebooks/deeper/02_curve.ipynb"))[-1] == "내 답"
    assert filled.path("README.md").read_bytes() == guide
    assert filled.lab() == []


def test_reset_of_an_untouched_copy_does_nothing(filled):
    save(filled.folder / LINE)
    before = filled.tree()
    status, out, told = filled.reset("01")
    assert (status, told) == (0, [])
    assert out == ["01의 복사본은 처음 그대로여서 바꾸지 않았습니다."]
    assert filled.tree() == before


def test_reset_of_an_untouched_but_old_copy_keeps_nothing(filled):
    filled.update("notebooks/01_line.ipynb")
    status, out, told = filled.reset("01")
    assert (status, out, told) == (0, ["01의 새 복사본을 놓았습니다."], [])
    assert sources(filled.folder / LINE)[-1] == "새로 더한 글"
    assert not kept(filled)


def test_reset_of_a_missing_copy(course):
    assert course.reset("01") == (0, ["01의 새 복사본을 놓았습니다."], [])
    assert set(course.tree()) == {LINE}
    assert course.lab() == []


def test_reset_after_an_update_is_not_told_again(filled):
    save(filled.folder / LINE, answer)
    filled.update("notebooks/01_line.ipynb")
    assert len(filled.lab()) == 1
    filled.reset("01")
    assert filled.lab() == []
    assert sources(filled.folder / LINE)[-1] == "새로 더한 글"


def test_answer_after_a_reset_is_not_taken_for_an_old_one(filled):
    filled.update("notebooks/01_line.ipynb")
    filled.reset("01")
    save(filled.folder / LINE, answer)
    assert filled.lab() == []


def test_dated_copies_are_not_lessons(filled):
    save(filled.folder / LINE, answer)
    filled.reset("01")
    [old] = kept(filled)
    save(filled.folder / CURVE, at=2e9)
    save(filled.folder / old, at=3e9)
    filled.update(*NOTEBOOKS)
    before = filled.tree()[old]
    assert filled.start() == CURVE
    assert filled.tree()[old] == before
    assert len(kept(filled)) == 1


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ([], "'python course.py reset 03'처럼 쓰십시오."),
        (["99"], "'99'은(는) 없는 강의이니, 00, 01, 02 중에서 골라 쓰십시오."),
        (["abc"], "'abc'은(는) 없는 강의이니"),
        (["01", "-7"], "'-7'은(는) 없는 강의이니"),
        (["풀이/02"], "'풀이/02'은(는) 없는 강의이니"),
        (["../01"], "'../01'은(는) 없는 강의이니"),
        ([""], "''은(는) 없는 강의이니"),
    ],
)
def test_wrong_numbers_change_nothing(filled, numbers, sentence):
    save(filled.folder / LINE, answer)
    before = filled.tree()
    status, out, [told] = filled.reset(*numbers)
    assert (status, out) == (1, [])
    assert told.startswith("[문제] ")
    assert sentence in told
    assert filled.tree() == before


# ---------------------------------------------------------------- 열 강의


def test_first_lesson_opens_at_first(course):
    assert course.run(copies.lab) == (0, [quote("00 시작하기.ipynb")], [])
    assert course.start() == "00 시작하기.ipynb"


def test_lesson_saved_last_opens(filled):
    save(filled.folder / CURVE, answer, at=3e9)
    save(filled.folder / LINE, answer, at=2e9)
    os.utime(filled.path("notebooks/00_start.ipynb"), (4e9, 4e9))  # 저장한 적이 없음
    assert filled.start() == CURVE
    save(filled.folder / LINE, at=4e9)
    assert filled.start() == LINE


def test_opening_and_saving_counts(filled):
    save(filled.folder / CURVE)
    assert filled.start() == CURVE


def test_update_does_not_change_what_opens(filled):
    save(filled.folder / CURVE, at=1e9)
    save(filled.folder / LINE, at=1.1e9)
    save(filled.path("notebooks/00_start.ipynb"), answer, at=1.2e9)
    filled.update("notebooks/01_line.ipynb", "notebooks/02_curve.ipynb")
    assert filled.start() == "00 시작하기.ipynb"
    assert sources(filled.folder / LINE)[-1] == "새로 더한 글"
    (filled.path("notebooks/00_start.ipynb")).unlink()
    assert filled.start() == LINE
    assert filled.start() == LINE


def test_new_title_does_not_change_what_opens(filled):
    save(filled.folder / LINE)
    filled.put("notebooks/01_line.ipynb", NEW_TITLE)
    assert filled.start() == "01 직선 회귀.ipynb"


def test_reset_lesson_opens(filled):
    save(filled.folder / LINE, answer, at=1e9)
    save(filled.folder / CURVE, answer, at=1.1e9)
    filled.reset("01")
    assert filled.start() == LINE


def test_solutions_do_not_open(filled):
    save(filled.path("notebooks/solutions/01_line.ipynb"), answer)
    assert filled.start() == "00 시작하기.ipynb"
    save(filled.path("notebooks/deeper/02_curve.ipynb"), answer, at=1e9)
    assert filled.start() == NAMES["notebooks/deeper/02_curve.ipynb"]


def test_broken_copy_does_not_open(filled):
    save(filled.folder / CURVE, at=1e9)
    (filled.folder / LINE).write_text("{\n", encoding="utf-8")
    assert filled.start() == CURVE


# ---------------------------------------------------------------- 뜻밖의 파일과 디스크


def cut_short(path):
    path.write_bytes(path.read_bytes()[:-20])


def not_text(path):
    path.write_bytes(b"\xff\xfe\x00")


def conflict(path):
    path.write_text("<<<<<<< HEAD\n" + path.read_text(encoding="utf-8"), encoding="utf-8")


def no_cells(path):
    path.write_text('{"nbformat": 4}', encoding="utf-8")


def wrong_cells(path):
    path.write_text('{"nbformat": 4, "cells": [1, {"source": 3}]}', encoding="utf-8")


def other_json(path):
    path.write_text("[1]", encoding="utf-8")


def old_version(path):
    path.write_text('{"nbformat": 3, "cells": []}', encoding="utf-8")


def nested(path):
    path.write_text('{"cells": ' + "[" * 100_000, encoding="utf-8")


def mark(path):
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())


def zero(path):
    path.write_bytes(b"")


def directory(path):
    path.unlink()
    path.mkdir()
    (path / "mine.txt").write_text("내 것", encoding="utf-8")


BREAKS = [
    cut_short, not_text, conflict, no_cells, wrong_cells, other_json, old_version, nested, mark,
    zero, directory,
]  # fmt: skip


@pytest.mark.parametrize("damage", BREAKS)
def test_broken_copy_is_left_alone(filled, damage):
    path = filled.folder / LINE
    damage(path)
    filled.update(*NOTEBOOKS)
    before = {name: data for name, data in filled.tree().items() if name.startswith(LINE)}

    for _ in range(2):  # 고칠 때까지 알림
        assert filled.lab() == [f"[문제] 읽을 수 없는 01의 복사본은 그대로 두었으니, {RESET_01}"]
    assert {name: filled.tree()[name] for name in before} == before
    assert sources(filled.folder / CURVE)[-1] == "새로 더한 글"

    assert filled.reset("01")[0] == 0
    assert sorted(kept(filled).values()) == sorted(before.values())
    assert sources(path)[-1] == "새로 더한 글"
    assert filled.lab() == []


@pytest.mark.parametrize("damage", BREAKS[:-1])
def test_broken_original_does_not_stop_the_others(filled, damage):
    original = filled.root / "notebooks/01_line.ipynb"
    damage(original)
    filled.update("notebooks/02_curve.ipynb")
    before = filled.tree()
    assert filled.lab() == [
        "[문제] 원본 notebooks/01_line.ipynb이(가) 깨져 복사하지 못했으니, 강의를 다시 내려받으십시오."
    ]
    assert {**before, CURVE: b""} == {**filled.tree(), CURVE: b""}
    assert sources(filled.folder / CURVE)[-1] == "새로 더한 글"

    status, out, [told] = filled.reset("01")
    assert (status, out) == (1, [])
    assert told.startswith("[문제] 원본 notebooks/01_line.ipynb이(가) 깨져")
    assert {**before, CURVE: b""} == {**filled.tree(), CURVE: b""}


def test_folder_in_place_of_an_original(filled):
    """없어진 원본과 같습니다."""
    before = filled.tree()
    directory(filled.root / "notebooks/01_line.ipynb")
    (filled.root / "data/more").mkdir()
    assert filled.lab() == []
    assert filled.tree()[LINE] == before[LINE]


def test_broken_text(course):
    (course.root / "README.md").write_bytes("안내".encode("cp949"))
    [told] = course.lab()
    assert told.startswith("[문제] 원본 README.md이(가) 깨져")
    assert set(course.tree()) == set(NAMES.values()) - {"자료/안내.md"}


@pytest.mark.parametrize("everything", [True, False])
def test_no_lessons(course, everything):
    shutil.rmtree(course.root if everything else course.root / "notebooks")
    status, out, [told] = course.run(copies.lab)
    assert (status, out) == (1, [])
    assert told.startswith("[문제] notebooks 폴더에 강의가 없으니")


FULL = "[문제] 디스크가 가득 차서"
ERRORS = [  # 디스크의 오류와, 그때 알리는 문장의 처음
    (errno.ENOSPC, FULL),
    (errno.EDQUOT, FULL),
    (errno.EROFS, "[문제] '{}'"),
    (errno.EACCES, "[문제] '{}'"),
    (errno.EIO, "[문제] '{}'"),
]


@pytest.fixture
def failing(monkeypatch):
    """이름에 정한 글이 든 파일은 반만 쓰고 오류를 냅니다."""
    write_bytes = Path.write_bytes

    def fail(number, *names):
        def write_half(path, data):
            if any(name in str(path) for name in names):
                write_bytes(path, data[: len(data) // 2])
                raise OSError(number, os.strerror(number))
            return write_bytes(path, data)

        monkeypatch.setattr(Path, "write_bytes", write_half)

    return fail


def leftovers(course):
    return list(course.folder.rglob("*.tmp"))


@pytest.mark.parametrize(("number", "sentence"), ERRORS)
def test_nothing_can_be_written(course, failing, number, sentence):
    failing(number, "")
    status, out, [told] = course.run(copies.lab)
    assert (status, out) == (1, [])
    first = course.folder / "00 시작하기.ipynb"
    assert told.startswith(sentence.format(first))
    assert f"'{first}' 등 파일 {len(NAMES) + 1}개" in told  # .gitignore까지
    assert course.tree() == {}
    assert not leftovers(course)


@pytest.mark.parametrize(("number", "sentence"), ERRORS)
def test_what_can_be_opened_opens(filled, failing, number, sentence):
    """쓸 수 없게 되어도 있던 복사본은 그대로 남고, JupyterLab도 열립니다."""
    save(filled.folder / LINE, answer)
    filled.update(*NOTEBOOKS)
    before = filled.tree()
    failing(number, "")
    assert filled.run(copies.lab)[:2] == (0, [quote(LINE)])
    assert filled.tree() == before
    assert not leftovers(filled)


@pytest.mark.parametrize(("number", "sentence"), ERRORS)
def test_one_file_that_cannot_be_written(filled, failing, monkeypatch, number, sentence):
    filled.update(*NOTEBOOKS)
    before = filled.tree()[LINE]
    failing(number, LINE)
    [told] = filled.lab()
    assert told.startswith(sentence.format(filled.folder / LINE))
    assert f"'{filled.folder / LINE}'을(를)" in told
    assert filled.tree()[LINE] == before
    assert sources(filled.folder / CURVE)[-1] == "새로 더한 글"
    assert not leftovers(filled)

    monkeypatch.undo()
    assert filled.lab() == []
    assert sources(filled.folder / LINE)[-1] == "새로 더한 글"


@pytest.mark.parametrize(("number", "sentence"), ERRORS)
def test_reset_that_cannot_write_puts_the_old_one_back(filled, failing, number, sentence):
    save(filled.folder / LINE, answer)
    before = filled.tree()
    failing(number, LINE)
    status, out, [told] = filled.reset("01")
    assert (status, out) == (1, [])
    assert told.startswith(sentence.format(filled.folder / LINE))
    assert filled.tree() == before
    assert not leftovers(filled)


def test_record_that_cannot_be_written(filled, failing, monkeypatch):
    filled.update(*NOTEBOOKS)
    failing(errno.ENOSPC, copies.RECORD)
    [told] = filled.lab()
    assert told.startswith(FULL)
    monkeypatch.undo()
    filled.update(*NOTEBOOKS)
    save(filled.folder / LINE, answer)
    before = filled.tree()[LINE]
    filled.lab()
    assert filled.tree()[LINE] == before


def test_folder_that_is_a_file(course):
    course.folder.write_text("내 글", encoding="utf-8")
    status, out, [told] = course.run(copies.lab)
    assert (status, out) == (1, [])
    assert told.startswith(f"[문제] '{course.folder}'이(가) 폴더가 아니어서")
    status, out, [told] = course.reset("01")
    assert (status, out) == (1, [])
    assert told.startswith(f"[문제] '{course.folder}'이(가) 폴더가 아니어서")
    assert course.folder.read_text(encoding="utf-8") == "내 글"


def test_inner_folder_that_is_a_file(course):
    course.folder.mkdir()
    (course.folder / "풀이").write_text("내 글", encoding="utf-8")
    [told] = course.lab()
    assert told.startswith(f"[문제] '{course.folder / '풀이'}'이(가) 폴더가 아니어서")
    assert (course.folder / "풀이").read_text(encoding="utf-8") == "내 글"
    assert {LINE, CURVE, "심화/02 곡선 심화.ipynb", "자료/안내.md"} <= set(course.tree())


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="POSIX의 권한")
def test_copy_that_cannot_be_read(filled, monkeypatch):
    read_bytes = Path.read_bytes

    def refuse(path):
        if path.name == LINE:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return read_bytes(path)

    filled.update(*NOTEBOOKS)
    before = filled.tree()[LINE]
    monkeypatch.setattr(Path, "read_bytes", refuse)
    [told] = filled.lab()
    monkeypatch.undo()
    assert told.startswith(f"[문제] '{filled.folder / LINE}'을(를) 쓸 수 없으니")
    assert filled.tree()[LINE] == before
    assert sources(filled.folder / CURVE)[-1] == "새로 더한 글"


@pytest.mark.parametrize("place", [".", "..", "notebooks", "notebooks/내 강의"])
def test_folder_with_the_originals_is_refused(course, monkeypatch, place):
    monkeypatch.setattr(copies, "ROOT", course.root)
    before = sorted(course.root.parent.rglob("*"))
    with pytest.raises(SystemExit, match=r"^\[문제\] .*원본이 있으니"):
        copies.main("lab", str(course.root / place))
    assert sorted(course.root.parent.rglob("*")) == before


@pytest.mark.skipif(not shutil.which("git"), reason="git이 없음")
@pytest.mark.parametrize("place", ["내 강의", "2반/김철수"])
def test_git_does_not_see_the_working_folder(course, place):
    def git(*arguments):
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@b.kr", *arguments]
        done = subprocess.run(command, check=True, cwd=course.root, capture_output=True)
        return done.stdout.decode()

    git("init")
    git("add", ".")
    git("commit", "-m", "a")
    course.folder = course.root / place
    course.lab()
    save(course.folder / LINE, answer)
    assert git("status", "--porcelain") == ""
    assert git("ls-files", "--others", "--exclude-standard") == ""


# ---------------------------------------------------------------- 진짜 JupyterLab

OURS = Path(sys.prefix) == ROOT / ".venv" and (ROOT / ".venv" / "course-ready").exists()
# 패키지를 설치하는 일은 빼고 course.py를 실행합니다
DOOR = "import course, sys; course.set_up = lambda: None; sys.exit(course.main(sys.argv[1:]))"


@contextlib.contextmanager
def jupyterlab(folder):
    """`python course.py lab`으로 연 서버의 주소입니다. 끝나면 서버를 닫습니다."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    private = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")  # 이 컴퓨터의 JupyterLab과 섞이지 않게 함
    env = {f"JUPYTER_{name}": str(folder.parent / name) for name in private}
    child = subprocess.Popen(
        [sys.executable, "-c", DOOR, "lab", "--no-browser", "--port", port, "--folder", folder],
        cwd=ROOT,
        env=os.environ | env | {"JUPYTER_TOKEN": "token", "PYTHONIOENCODING": "utf-8"},
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    address = next((line.strip() for line in child.stderr if "http://" in line), "")
    try:
        yield urlsplit(address)
    finally:
        if address:
            call(urlsplit(address), "POST", "/api/shutdown")
        child.communicate()


def call(address, method, path, content=None):
    """서버의 API를 부르고 `(상태, 대답)`을 돌려줍니다."""
    request = urllib.request.Request(
        f"http://{address.netloc}{path}",
        method=method,
        data=json.dumps(content or {}).encode() if method != "GET" else None,
        headers={"Authorization": "token token", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=120) as response:
            return response.status, json.loads(response.read() or "{}")
    except urllib.error.HTTPError as error:
        return error.code, {}


def contents(name):
    return "/api/contents/" + quote(name)


def state_of_the_course():
    """원본의 바이트와 git이 보는 것입니다."""
    files = [path for path in (ROOT / "notebooks").rglob("*") if path.is_file()]
    seen = {path: path.read_bytes() for path in files if "__pycache__" not in path.parts}
    if (ROOT / ".git").exists() and shutil.which("git"):
        command = ["git", "status", "--porcelain"]
        seen["git"] = subprocess.run(command, check=False, cwd=ROOT, capture_output=True).stdout
    return seen


@pytest.mark.skipif(not OURS, reason="python course.py로 설치한 .venv가 아님")
def test_lesson_is_opened_and_saved_in_a_real_jupyterlab(tmp_path, capsys):
    before = state_of_the_course()
    folder, name = tmp_path / "내 강의", "03 집값 예측.ipynb"
    with jupyterlab(folder) as address:
        assert unquote(address.path) == "/lab/tree/00 시작하기.ipynb"
        listed = [item["name"] for item in call(address, "GET", contents(""))[1]["content"]]
        assert {"00 시작하기.ipynb", name, "자료"} <= set(listed)
        assert not [item for item in listed if item.startswith(".")]
        original = ROOT / "notebooks" / "03_house_price_mlp.ipynb"
        outside = [os.path.relpath(original, folder), str(original), "notebooks/" + original.name]
        for path in outside:
            plain = quote(path)  # 강의 폴더의 이름에 한글이나 공백이 있을 수도 있음
            for encoded in (plain, quote(plain), plain.replace(".", "%2e").replace("/", "%2f")):
                assert call(address, "GET", "/api/contents/" + encoded)[0] in (400, 403, 404)

        _, model = call(address, "GET", contents(name))
        model["content"]["cells"][-1]["source"] = "내 답"
        model["content"]["metadata"]["language_info"]["version"] = "3.11.7"
        assert call(address, "PUT", contents(name), model)[0] == 200
        assert call(address, "POST", contents(name) + "/checkpoints")[0] == 201
    assert state_of_the_course() == before
    saved = (folder / name).read_bytes()
    assert sources(folder / name)[-1] == "내 답"

    with jupyterlab(folder) as address:
        assert unquote(address.path) == f"/lab/tree/{name}"
        assert (folder / name).read_bytes() == saved
        assert copies.reset(ROOT, folder, ["03"]) == 0  # 열어 둔 채로
        _, model = call(address, "GET", contents(name))
        assert "내 답" not in [cell["source"] for cell in model["content"]["cells"]]
        [old] = folder.glob("03 집값 예측 (*).ipynb")
        assert old.read_bytes() == saved
    assert state_of_the_course() == before


def test_hidden_files_beside_the_data_are_not_copied(course):
    course.put("data/.DS_Store", "x")
    course.lab()
    assert set(course.tree()) == set(NAMES.values())
