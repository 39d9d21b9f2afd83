"""`python course.py new`가 쓴 뼈대를 검사합니다: 잘못된 인수에는 아무것도 쓰지 않고, 빈칸을 채우면 모든 검사를 지납니다."""

import errno
import os
import re
import shlex
import shutil
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from door import new
from tests import rerun, rules

SECTION = "### 새 연습 쓰기"
README = """# 강의

| 번호 | 노트북 | 배우는 것 | 읽고 해 보기 | 실행 |
|---|---|---|---|---|
| 00 | [시작하기](notebooks/00_start.ipynb) | 텐서 | 30분 | 5초 |
| 12 | [깊은 회귀](notebooks/12_deep.ipynb) | 폭과 깊이 | 100분(선택을 빼면 90분) | 40초 |

번호 순서로 봅니다.
"""
MAP = """## 강의 지도

| 번호 | 제목 | 배우는 것 | 먼저 볼 노트북 |
|---|---|---|---|
| 00 | 시작하기 | 텐서 | 없음 |
| 12 | [깊은 회귀](12_deep.ipynb) | 폭과 깊이 | 00 |"""
MORE = "\n\n표를 따라 번호 순서로 봅니다."
LINK = "[심화](deeper/12_deep.ipynb) | [이전: 00. 시작하기](00_start.ipynb)"
CHANGED = {"README.md", "notebooks/00_start.ipynb", "notebooks/12_deep.ipynb"}
MADE = {
    "notebooks/13_rmse.ipynb",
    "notebooks/solutions/13_rmse.ipynb",
    "exercises/lesson_13.py",
    "tests/other_answers/lesson_13.py",
    "tests/diagnoses/lesson_13.py",
}
COMMAND = ["13", "rmse", "평균 제곱근 오차"]


def contents(folder):
    """파일마다 바이트입니다."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def save(path, **cells):
    """글 셀마다 이름과 글을 받아, 코드 셀 하나와 함께 저장합니다."""
    texts = [new_markdown_cell(text, id=name) for name, text in cells.items()]
    code = new_code_cell("print(1)", id="code")
    rerun.save(rerun.canonicalise(new_notebook(cells=[code, *texts])), path)


@pytest.fixture
def course(tmp_path):
    """첫 강의와 마지막 강의만 있는 작은 강의입니다."""
    for name in MADE:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / "README.md").write_text(README, encoding="utf-8", newline="\n")
    save(tmp_path / "notebooks" / "00_start.ipynb", map=MAP + MORE, more="끝입니다.")
    save(tmp_path / "notebooks" / "12_deep.ipynb", title="# 12. 깊은 회귀", links=LINK)
    return tmp_path


def refused(course, *arguments):
    """거절한 문장입니다. 아무것도 바꾸지 않아야 합니다."""
    before = contents(course)
    with pytest.raises(SystemExit) as stopped:
        new.main([*arguments], course)
    assert contents(course) == before
    sentence = stopped.value.code
    assert sentence.startswith("[문제] ")
    assert sentence.count("\n") == 0
    assert rules.impolite(sentence) == []
    return sentence


# ---------------------------------------------------------------- 잘못된 인수와 파일


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "번호와 주제를 씁니다. 예: python course.py new 13 topic"),
        (["13"], "번호와 주제를 씁니다. 예: python course.py new 13 topic"),
        (["13", "rmse", "제목", "또"], "번호와 주제를 씁니다."),
        (["rmse", "13"], "번호 'rmse'이(가) 두 자리 수가 아닙니다. 다음 강의의 번호는 13입니다."),
        (["7", "rmse"], "번호 '7'이(가) 두 자리 수가 아닙니다."),
        (["013", "rmse"], "번호 '013'이(가) 두 자리 수가 아닙니다."),
        (["1３", "rmse"], "번호 '1３'이(가) 두 자리 수가 아닙니다."),
        (["-1", "rmse"], "번호 '-1'이(가) 두 자리 수가 아닙니다."),
        (
            ["12", "rmse"],
            "12강은 이미 있습니다(12_deep.ipynb). 다음 강의의 번호는 13입니다.",
        ),
        (["14", "rmse"], "14은(는) 건너뛴 번호입니다. 다음 강의의 번호는 13입니다."),
        (["13", "RMSE"], "주제 'RMSE'은(는) 파일의 이름이 됩니다."),
        (["13", "평균"], "주제 '평균'은(는) 파일의 이름이 됩니다."),
        (["13", "root mean"], "주제 'root mean'은(는) 파일의 이름이 됩니다."),
        (["13", "../rmse"], "주제 '../rmse'은(는) 파일의 이름이 됩니다."),
        (["13", ""], "주제 ''은(는) 파일의 이름이 됩니다."),
        (["13", "rmse\n"], "파일의 이름이 됩니다."),
        (["13", "rmse", " "], "제목이 비었거나"),
        (["13", "rmse", "가 | 나"], "제목에 쓸 수 없는 글자"),
        (["13", "rmse", '"가"'], "제목에 쓸 수 없는 글자"),
        (["13", "rmse", "가]"], "제목에 쓸 수 없는 글자"),
        (["13", "rmse", "<<number>>"], "제목에 쓸 수 없는 글자"),
        (["13", "rmse", "가\\"], "제목에 쓸 수 없는 글자"),
    ],
)
def test_bad_arguments_are_refused(course, arguments, told):
    assert told in refused(course, *arguments).replace("\n", " ")


@pytest.mark.parametrize("name", sorted(MADE - {"notebooks/13_rmse.ipynb"}))
def test_a_file_that_is_there_is_kept(course, name):
    (course / name).write_text("쓰던 것", encoding="utf-8")
    assert f"{name}이(가) 이미 있습니다." in refused(course, "13", "rmse")


def test_a_solution_of_another_topic_is_kept(course):
    name = "notebooks/solutions/13_other.ipynb"
    (course / name).write_text("쓰던 것", encoding="utf-8")
    assert f"{name}이(가) 이미 있습니다." in refused(course, "13", "rmse")


def test_a_lesson_of_another_topic_takes_the_number(course):
    (course / "notebooks" / "13_other.ipynb").write_text("쓰던 것", encoding="utf-8")
    assert "13강은 이미 있습니다(13_other.ipynb)." in refused(course, "13", "rmse")


def test_a_duplicate_of_a_learner_takes_no_number(course):
    (course / "notebooks" / "14_deep-Copy1.ipynb").write_text("쓰던 것", encoding="utf-8")
    assert "번호는 13입니다." in refused(course, "14", "rmse")


@pytest.mark.parametrize(
    ("name", "old", "told"),
    [
        ("README.md", "| 12 | [", "README의 강의 표에서 12강의 줄을 찾지 못했습니다."),
        ("notebooks/00_start.ipynb", "| 12 | [", "강의 지도에서 12강의 줄을 찾지 못했습니다."),
        ("notebooks/12_deep.ipynb", "[이전: ", "12_deep.ipynb이(가) '[이전:"),
        ("notebooks/00_start.ipynb", "{", "00_start.ipynb이(가) 노트북 파일이 아닙니다."),
        ("notebooks/12_deep.ipynb", "{", "12_deep.ipynb이(가) 노트북"),
    ],
)
def test_a_place_that_is_not_found_is_named(course, name, old, told):
    text = (course / name).read_text(encoding="utf-8")
    assert old in text
    (course / name).write_text(text.replace(old, ""), encoding="utf-8")
    assert told in refused(course, "13", "rmse")


def test_a_course_without_lessons_is_refused(course):
    for path in (course / "notebooks").glob("*.ipynb"):
        path.unlink()
    assert "notebooks 폴더에 강의가 없습니다." in refused(course, "13", "rmse")


def test_a_readme_that_is_not_utf8_is_refused(course):
    (course / "README.md").write_bytes("강의".encode("cp949"))
    assert "README.md이(가) UTF-8로 쓴 글이 아닙니다." in refused(course, "13", "rmse")


@pytest.mark.parametrize("fails_at", range(len(MADE | CHANGED)))
@pytest.mark.parametrize("step", ["write_text", "replace"])
def test_a_disk_that_fails_leaves_everything(course, monkeypatch, step, fails_at):
    owner = {"write_text": type(course), "replace": new.os}[step]
    original, calls = getattr(owner, step), []

    def failing(first, *others, **named):
        calls.append(first)
        if len(calls) > fails_at:
            original(first, *others, **named) if step == "write_text" else None
            raise OSError(errno.ENOSPC, "No space left on device", str(first))
        return original(first, *others, **named)

    monkeypatch.setattr(owner, step, failing)
    sentence = refused(course, "13", "rmse")
    assert "읽거나 쓰지 못해 아무것도 바꾸지 않았습니다." in sentence
    assert ".tmp" not in sentence
    assert len(calls) == fails_at + 1


def test_help_is_shown(course, capsys):
    new.main(["--help"], course)
    assert "python course.py new 13 topic" in capsys.readouterr().out
    assert "lesson_13.py" not in "".join(contents(course))


# ---------------------------------------------------------------- 쓴 것


def test_what_is_written_and_told(course, capsys):
    before = contents(course)
    new.main(COMMAND, course)
    after = contents(course)
    assert set(after) - set(before) == MADE
    assert {name for name in before if after[name] != before[name]} == CHANGED
    told = capsys.readouterr().out
    assert set(told.split()) >= MADE | CHANGED
    command = "python course.py rerun notebooks/13_rmse.ipynb notebooks/solutions/13_rmse.ipynb"
    assert told.splitlines()[-1].strip() == command
    [section] = re.findall("README의 '(.+?)'", told)
    assert f"### {section}\n" in (rerun.ROOT / "README.md").read_text(encoding="utf-8")


def cell_of(course, file, name):
    nb = nbformat.read(course / "notebooks" / file, as_version=4)
    return next(cell.source for cell in nb.cells if cell.id == name)


def test_only_the_rows_and_the_link_are_added(course):
    new.main(COMMAND, course)
    row = "| 12 | [깊은 회귀](notebooks/12_deep.ipynb) | 폭과 깊이 | 100분(선택을 빼면 90분) | 40초 |\n"
    new_row = (
        "| 13 | [평균 제곱근 오차](notebooks/13_rmse.ipynb) | 【빈칸: 배우는 것】 "
        "| 【빈칸: 50】분 | 【빈칸: 10】초 |\n"
    )
    assert (course / "README.md").read_text(encoding="utf-8") == README.replace(row, row + new_row)
    new_row = "\n| 13 | [평균 제곱근 오차](13_rmse.ipynb) | 【빈칸: 배우는 것】 | 12 |"
    assert cell_of(course, "00_start.ipynb", "map") == MAP + new_row + MORE
    assert cell_of(course, "00_start.ipynb", "more") == "끝입니다."
    assert cell_of(course, "12_deep.ipynb", "links") == (
        f"{LINK} | [다음: 13. 평균 제곱근 오차](13_rmse.ipynb)"
    )
    assert cell_of(course, "12_deep.ipynb", "title") == "# 12. 깊은 회귀"


def test_a_map_that_ends_with_its_table_gets_its_row(course):
    save(course / "notebooks" / "00_start.ipynb", map=MAP)
    new.main(COMMAND, course)
    assert cell_of(course, "00_start.ipynb", "map").endswith("【빈칸: 배우는 것】 | 12 |")


@pytest.mark.parametrize("name", ["00_start", "12_deep", "13_rmse", "solutions/13_rmse"])
def test_notebooks_are_canonical(course, name):
    new.main(COMMAND, course)
    path = course / "notebooks" / f"{name}.ipynb"
    assert rules.RULES["metadata"](rules.Notebook.read(path)) == []


def test_without_a_title_the_title_is_a_blank(course):
    new.main(["13", "rmse"], course)
    assert cell_of(course, "13_rmse.ipynb", "title").startswith("# 13. 【빈칸: 강의의 제목】\n")
    link = "[다음: 13. 【빈칸: 강의의 제목】](13_rmse.ipynb)"
    assert cell_of(course, "12_deep.ipynb", "links") == f"{LINK} | {link}"


def test_no_solution_is_written_where_there_are_none(course):
    (course / "notebooks" / "solutions").rmdir()
    new.main(["13", "rmse"], course)
    assert set(contents(course)) == (MADE | CHANGED) - {"notebooks/solutions/13_rmse.ipynb"}


# ---------------------------------------------------------------- README의 글대로

NOTEBOOKS = sorted((rerun.ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
LAST = NOTEBOOKS[-1].name
NUMBER = f"{int(LAST[:2]) + 1:02}"  # 13강이 생긴 다음에도 같은 글을 따라갈 수 있게
MODULES = {"new": "door.new", "rerun": "tests.rerun", "test": "pytest"}
LESSON, SOLUTION = f"notebooks/{NUMBER}_rmse.ipynb", f"notebooks/solutions/{NUMBER}_rmse.ipynb"
DECLARATION, OTHERS, NAMED = (
    f"{folder}/lesson_{NUMBER}.py"
    for folder in ("exercises", "tests/other_answers", "tests/diagnoses")
)
EDITED = [f"notebooks/{NOTEBOOKS[0].name}", f"notebooks/{LAST}"]  # 뼈대와 함께 고친 노트북
# 새 강의와 관계있는 검사만. 방금 실행한 셀을 다시 실행하는 nbval도 뺌
RELATED = f"{NUMBER} or lists_every or number_order or blank or every_lesson"
QUICK = ["-o", "addopts=", "-q", "-p", "no:cacheprovider", "-k", RELATED]


def blocks(language):
    """README의 '새 연습 쓰기'에 있는 코드 블록입니다."""
    text = (rerun.ROOT / "README.md").read_text(encoding="utf-8")
    page = re.split(r"(?m)^## ", text.split(SECTION)[1])[0].replace("13", NUMBER)
    found = re.findall(r"(?ms)^```(\w*)\n(.*?)^```$", page)
    return [block for kind, block in found if kind == language]


def run(course, line, *options):
    """README의 명령 한 줄을 저장소의 복사본에서 실행하고 출력을 돌려줍니다."""
    python, script, verb, *arguments = shlex.split(line)
    assert (python, script) == ("python", "course.py")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    result = subprocess.run(
        [sys.executable, "-m", MODULES[verb], *arguments, *options],
        check=False,
        cwd=course,
        env=kept | {"PYTHONPATH": str(course), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def strip(text):
    """빈칸을 빈칸에 적힌 말로 채웁니다. 코드의 주석인 빈칸은 지웁니다."""
    return re.sub("【빈칸: ([^】.][^】]*)】", r"\1", re.sub("  # 【빈칸: [^】]*】", "", text))


def fill(path, change=str):
    path.write_text(strip(change(path.read_text(encoding="utf-8"))), encoding="utf-8", newline="\n")


def fill_notebook(path, title="", answer=""):
    nb = nbformat.read(path, as_version=4)
    for cell in nb.cells:
        is_answer = answer and cell.id == "exercise-1-answer"
        source = answer.strip() if is_answer else cell.source
        cell["source"] = strip(source.replace(f"【빈칸: {NUMBER}-1의 제목】", title))
    rerun.save(rerun.canonicalise(nb), path)


def fill_as_told(course):
    """README의 네 코드 블록을 적힌 곳에 넣고, 나머지 빈칸을 채웁니다."""
    declaration, stub, other, named = blocks("python")
    title = re.search(r'title="(.+)"', declaration)[1]
    answer = stub.replace("...", "return ((y_hat - y) ** 2).mean().sqrt()")
    fill_notebook(course / LESSON, title, stub)
    fill_notebook(course / SOLUTION, title, answer)
    second = f"# {'-' * 64} {NUMBER}-2\n"
    fill(course / DECLARATION, lambda text: f"{declaration}\n{second}{text.split(second)[1]}")
    entry = rf'(?s)    "{NUMBER}-1": .*?(?=    "{NUMBER}-2")'
    for name, block in [(OTHERS, other), (NAMED, named)]:
        fill(course / name, lambda text, block=block: re.sub(entry, lambda _: block, text))
    fill(course / "README.md")
    for name in EDITED:
        fill_notebook(course / name)


@pytest.fixture(scope="module")
def course_of_the_page(tmp_path_factory):
    """저장소의 복사본과, 그 안에서 실행할 README의 명령들입니다. 첫 명령인 new는 실행했습니다."""
    if not (rerun.ROOT / "notebooks" / rules.SOLUTIONS).exists():
        pytest.skip("풀이 없이 나누어 준 강의")
    course = tmp_path_factory.mktemp("page") / "course"
    for name in ["data", "door", "exercises", "helpers", "notebooks", "tests"]:
        hidden = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
        shutil.copytree(rerun.ROOT / name, course / name, ignore=hidden)
    for name in ["README.md", "README.png", "conftest.py", "pyproject.toml"]:
        shutil.copy(rerun.ROOT / name, course)
    first, *commands = [line for block in blocks("") for line in block.splitlines()]
    run(course, first)
    return course, commands


def test_every_blank_is_reported(course_of_the_page):
    course, _ = course_of_the_page
    for name in [LESSON, SOLUTION, EDITED[0]]:
        blanks = (course / name).read_text(encoding="utf-8").count("【빈칸")
        nb = rules.Notebook.read(course / name)
        assert len(rules.RULES["no_blanks"](nb)) == blanks > 0
    for name in [DECLARATION, OTHERS, NAMED]:
        text = (course / name).read_text(encoding="utf-8")
        assert len(rules.BLANK.findall(text)) == text.count("【빈칸") > 0


def test_the_page_followed_word_for_word(course_of_the_page):
    """빈칸을 채운 두 노트북을 다시 실행하면 규칙과 연습의 검사를 모두 지납니다."""
    course, commands = course_of_the_page
    fill_as_told(course)
    rerun_both, check_all = commands
    run(course, rerun_both)
    told = run(course, check_all, *QUICK)
    assert int(re.search(r"(\d+) passed", told)[1]) > 2 * len(rules.RULES)
    assert not re.search("failed|error|skipped", told)
    for line in ["ruff check", "ruff format --check"]:
        checked = subprocess.run(
            [sys.executable, "-m", *line.split(), DECLARATION, OTHERS, NAMED, LESSON, SOLUTION],
            check=False,
            cwd=course,
            capture_output=True,
            encoding="utf-8",
        )
        assert checked.returncode == 0, checked.stdout + checked.stderr
