"""강의 전체가 지키는 약속을 검사합니다. 노트북마다의 규칙은 tests/rules.py에 있고 notebooks/conftest.py가 실행합니다."""

import contextlib
import functools
import io
import re
import shutil

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tests import rerun, rules

README = rerun.ROOT / "README.md"
FOLDER = rerun.ROOT / "notebooks"
NOTEBOOKS = rerun.collect(FOLDER)
LESSONS = [path for path in NOTEBOOKS if path.parent == FOLDER]
MIN_STRICT = 0.85  # 출력을 그대로 비교하는 코드 셀의 비율
# 빈칸이 없어야 하는 글
FILLED = ["README.md", "exercises/*.py", "tests/other_answers/*.py", "tests/diagnoses/*.py"]


@functools.cache
def read(path):
    return rules.Notebook.read(path)


def test_there_are_notebooks():
    assert NOTEBOOKS, "notebooks 폴더에 노트북이 없습니다."


def test_readme_has_the_glossary():
    terms = rules.read_glossary(README.read_text(encoding="utf-8"))
    assert len(terms) >= 40, "README의 '용어' 표를 읽지 못했습니다."


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
    written = [path.relative_to(rerun.ROOT).as_posix() for path in LESSONS]
    missing, extra = set(written) - set(linked), set(linked) - set(written)
    assert not missing, f"README의 강의 표에 없습니다: {', '.join(sorted(missing))}"
    assert not extra, f"README의 강의 표에 있지만 파일이 없습니다: {', '.join(sorted(extra))}"
    assert linked == written, "README의 강의 표가 번호 순서가 아닙니다."


def test_links_of_the_readme_resolve():
    cell = new_markdown_cell(README.read_text(encoding="utf-8"), id="readme")
    assert rules.RULES["links_resolve"](rules.Notebook(README, new_notebook(cells=[cell]))) == []


def test_number_order_is_the_reading_order():
    chart = rules.chart(FOLDER)
    assert list(rules.map_needs(chart)) == [path.name[:2] for path in LESSONS]
    assert list(rules.late(chart)) == []


def test_lessons_that_wait_are_lessons():
    assert {*rules.NOT_YET} <= {path.name[:2] for path in LESSONS}


def blanks_in(folder, pattern):
    """채우지 않은 빈칸이 있는 줄입니다. `코드`로 적은 것은 빈칸의 설명입니다."""
    for path in sorted(folder.glob(pattern)):
        lines = path.read_text(encoding="utf-8").split("\n")
        for number, line in enumerate(lines, start=1):
            for found in rules.BLANK.findall(re.sub("`[^`]*`", "", line)):
                yield f"{path.relative_to(folder).as_posix()} {number}번째 줄: {found}"


@pytest.mark.parametrize("pattern", FILLED)
def test_no_blank_is_left(pattern):
    if left := [*blanks_in(rerun.ROOT, pattern)]:
        pytest.fail("채우지 않은 빈칸이 있습니다.\n" + "\n".join(left), pytrace=False)


def test_blanks_are_found(tmp_path):
    (tmp_path / "README.md").write_text(
        "`【빈칸: ...】`을 채웁니다.\n\n| 【빈칸: 시간】 | 【빈칸: 초】 |\n【빈칸\n",
        encoding="utf-8",
    )
    assert [*blanks_in(tmp_path, "*.md")] == [
        "README.md 3번째 줄: 【빈칸: 시간】",
        "README.md 3번째 줄: 【빈칸: 초】",
        "README.md 4번째 줄: 【빈칸",
    ]
    assert [*blanks_in(tmp_path, "*.py")] == []


# ---------------------------------------------------------------- 노트북마다의 규칙을 실행하는 일

OPTIONS = ["-o", "addopts=", "-p", "no:cacheprovider", "--nbval", "--nbval-current-env"]
SEE = "import os\n\nos.environ['COURSE_HELP'], os.environ['COURSE_PROGRESS']"
SEEN = new_output("execute_result", {"text/plain": "('off', 'off')"}, execution_count=1)


class Collected:
    """모인 검사의 이름을 적어 두는 pytest 플러그인입니다."""

    def pytest_collection_finish(self, session):
        self.names = [item.nodeid for item in session.items]


def test_every_rule_runs_on_every_notebook():
    """이름의 앞부분이 같아서, 노트북 하나의 규칙과 셀은 작업자 하나가 실행합니다(loadfile)."""
    collected = Collected()
    options = [*OPTIONS, "--collect-only", "--ignore-glob=*-Copy*.ipynb"]
    with contextlib.redirect_stdout(io.StringIO()):
        assert pytest.main([*options, str(FOLDER)], plugins=[collected]) == 0
    wanted = []
    for path in NOTEBOOKS:
        file = path.relative_to(rerun.ROOT).as_posix()
        wanted += [f"{file}::{rule}" for rule in rules.RULES]
        wanted += [f"{file}::Cell {number}" for number in range(len(read(path).code))]
    assert sorted(collected.names) == sorted(wanted)


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    """규칙을 어긴 노트북과 노트북이 아닌 파일을 검사한 출력입니다."""
    folder = tmp_path_factory.mktemp("course")
    (folder / "notebooks").mkdir()
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    shutil.copy(FOLDER / "conftest.py", folder / "notebooks")
    rude = new_markdown_cell("그래디언트가 다르다. 값이 크다.", id="rude")
    cells = [new_code_cell(SEE, id="see", outputs=[SEEN]), rude]
    nb = rerun.canonicalise(new_notebook(cells=cells))
    rerun.save(nb, folder / "notebooks" / "01_broken.ipynb")
    (folder / "notebooks" / "02_text.ipynb").write_text("노트북이 아님", encoding="utf-8")
    options = ["-v", "-ra", "--color=no", "--capture=no", "--continue-on-collection-errors"]
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.chdir(folder):
        assert pytest.main([*OPTIONS, *options, "--import-mode=importlib", "notebooks"]) == 1
    return said.getvalue()


def test_a_broken_rule_fails_with_its_sentences(checked):
    told = "\n".join(
        f"rude: '{word}'은(는) 합니다체 문장에 쓰지 않습니다." for word in ("다르다.", "크다.")
    )
    assert re.search(r"_+ 01_broken\.ipynb: hamnida _+\n" + re.escape(told) + r"\n(_|=)", checked)
    assert "FAILED notebooks/01_broken.ipynb::hamnida - rude: '다르다.'은" in checked
    assert "rude: '그래디언트'은(는) 쓰지 않는 말입니다." in checked
    assert "Traceback" not in checked
    assert "Error" not in checked


def test_other_rules_and_the_cells_of_a_broken_notebook_pass(checked):
    done = re.findall(r"(?m)^notebooks/01_broken\W+ipynb::(\w+(?: \d+)?) (\w+)", checked)
    assert len(done) == len(rules.RULES) + 1
    assert {name: outcome for name, outcome in done if outcome == "PASSED"}.keys() >= {
        "no_magic",
        "file_name",
        "Cell 0",  # 커널이 도움말과 진도를 끈 채로 실행되어 저장된 출력과 같음
    }


def test_a_file_that_is_no_notebook_gets_a_sentence(checked):
    assert "[문제] 02_text.ipynb: 노트북 파일이 아닙니다." in checked
    assert "02_text.ipynb::" not in checked
    assert "1 error" in checked
