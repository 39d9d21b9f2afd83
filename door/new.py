"""새 강의의 뼈대를 만듭니다. 강의를 쓰는 사람이 채울 곳은 【빈칸: ...】으로 표시합니다.

python course.py new 13 topic ["강의의 제목"]
"""

import os
import re
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tests import rerun

ROOT = Path(__file__).resolve().parent.parent
SKELETON = Path(__file__).with_name("skeleton")
UNTITLED = "【빈칸: 강의의 제목】"
LEARN, CLASS, RUN = "【빈칸: 배우는 것】", "【빈칸: 50】분", "【빈칸: 10】초"
NOT_IN_TITLES = re.compile(r'[|\[\]<>"\\\x00-\x1f]')  # 표, 링크, 문자열을 깨뜨리는 글자
MAP_CELL = "map"  # 첫 강의에서 강의 지도가 있는 셀의 이름
CELL = re.compile(r"(?m)^=== (markdown|code) (\S+)\n")


class ProblemError(Exception):
    """뼈대를 만들 수 없는 이유 한 문장입니다."""


def main(arguments, root=ROOT):
    """뼈대를 만들고 다음에 할 일을 알립니다. 만들 수 없으면 아무것도 쓰지 않고 한 문장으로 끝냅니다."""
    if {"-h", "--help"} & set(arguments):
        return print(__doc__)
    try:
        names = read_arguments(arguments, root)
        texts = plan(names, root)
        write(texts)
    except ProblemError as problem:
        sys.exit(f"[문제] {problem}")
    except OSError as error:
        where = str(error.filename or root).removesuffix(".tmp")
        sys.exit(
            f"[문제] '{where}'을(를) 읽거나 쓰지 못해 아무것도 바꾸지 않았습니다. "
            "쓰기 권한과 디스크의 빈 공간을 확인하십시오."
        )
    made = [path.relative_to(root).as_posix() for path in texts]
    print("다음 파일에 새 강의의 뼈대를 썼습니다.", *made, sep="\n  ")
    print("【빈칸: ...】을 채운 다음 실행합니다. 자세한 것은 README의 '새 연습 쓰기'에 있습니다.")
    print("  python course.py rerun", *[name for name in made if name.endswith(names["file"])])
    return None


# ---------------------------------------------------------------- 인수


def read_arguments(arguments, root):
    """인수를 확인해, 뼈대에 넣을 이름마다 글을 돌려줍니다."""
    lessons = sorted(path.name for path in (root / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    lessons = [name for name in lessons if "-Copy" not in name]
    if not lessons:
        raise ProblemError("notebooks 폴더에 강의가 없습니다.")
    following = f"{int(lessons[-1][:2]) + 1:02}"
    if not 2 <= len(arguments) <= 3:
        raise ProblemError(
            f'번호와 주제를 씁니다. 예: python course.py new {following} topic "강의의 제목"'
        )
    number, topic, title = (*arguments, UNTITLED)[:3]
    if problem := _wrong_number(number, following, lessons) or _wrong_words(topic, title):
        raise ProblemError(problem)
    return {
        "number": number,
        "title": title.strip(),
        "file": f"{number}_{topic}.ipynb",
        "previous_number": lessons[-1][:2],
        "previous_file": lessons[-1],
        "first_file": lessons[0],
    }


def _wrong_number(number, following, lessons):
    told = f"다음 강의의 번호는 {following}입니다."
    if not re.fullmatch("[0-9]{2}", number):
        return f"번호 {number!r}이(가) 두 자리 수가 아닙니다. {told}"
    if taken := [name for name in lessons if name.startswith(number)]:
        return f"{number}강은 이미 있습니다({taken[0]}). {told}"
    return None if number == following else f"{number}은(는) 건너뛴 번호입니다. {told}"


def _wrong_words(topic, title):
    if not re.fullmatch("[a-z0-9_]+", topic):
        return f"주제 {topic!r}은(는) 파일의 이름이 됩니다. 영어 소문자, 숫자, 밑줄(_)만 씁니다."
    if not title.strip() or NOT_IN_TITLES.search(title):
        return '제목이 비었거나 제목에 쓸 수 없는 글자(| [ ] < > " \\)가 있습니다.'
    return None


# ---------------------------------------------------------------- 쓸 것


def plan(names, root):
    """파일마다 쓸 글입니다. 이미 있는 파일이나 찾지 못한 곳이 있으면 `ProblemError`를 일으킵니다."""
    notebooks, readme = root / "notebooks", _read(root / "README.md")
    number, previous = names["previous_number"], re.escape(names["previous_file"])
    row = re.search(rf"(?m)^\| {number} \| \[([^\]]+)\]\(notebooks/{previous}\).*\n", readme)
    if not row:
        raise ProblemError(f"README의 강의 표에서 {number}강의 줄을 찾지 못했습니다.")
    names = names | {"previous_title": row[1]}
    new_row = f"| {{number}} | [{{title}}](notebooks/{{file}}) | {LEARN} | {CLASS} | {RUN} |\n"
    return _new_files(names, root) | {
        root / "README.md": readme[: row.end()] + new_row.format(**names) + readme[row.end() :],
        notebooks / names["first_file"]: _with_row(notebooks, names),
        notebooks / names["previous_file"]: _with_link(notebooks, names),
    }


def _new_files(names, root):
    """새 파일마다 쓸 글입니다."""
    number, file = names["number"], names["file"]
    texts = {
        root / "notebooks" / file: notebook("lesson.txt", names),
        root / "notebooks" / "solutions" / file: notebook("solution.txt", names),
        root / "exercises" / f"lesson_{number}.py": fill("declaration.txt", names),
        root / "tests" / "other_answers" / f"lesson_{number}.py": fill("other_answers.txt", names),
        root / "tests" / "diagnoses" / f"lesson_{number}.py": fill("diagnoses.txt", names),
    }
    if not (root / "notebooks" / "solutions").is_dir():  # 풀이 없이 나누어 준 강의
        del texts[root / "notebooks" / "solutions" / file]
    for path in texts:
        for taken in [path, *path.parent.glob(f"{number}_*.ipynb")]:
            if taken.exists():
                shown = taken.relative_to(root).as_posix()
                raise ProblemError(
                    f"{shown}이(가) 이미 있습니다. 옮기거나 지운 다음 다시 실행하십시오."
                )
    return texts


def fill(skeleton, names):
    """뼈대의 글에서 <<이름>>을 값으로 바꿉니다."""
    text = (SKELETON / skeleton).read_text(encoding="utf-8")
    return re.sub(r"<<(\w+)>>", lambda found: names[found[1]], text)


def notebook(skeleton, names):
    """`=== 종류 이름`으로 나눈 글을 노트북으로 바꿉니다."""
    make = {"markdown": new_markdown_cell, "code": new_code_cell}
    _, *parts = CELL.split(fill(skeleton, names))
    cells = [
        make[kind](source.strip(), id=name)
        for kind, name, source in zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    ]
    return rerun.dump(rerun.canonicalise(new_notebook(cells=cells)))


def _with_row(notebooks, names):
    """강의 지도에 줄을 더한 첫 강의입니다."""
    nb = _read_notebook(notebooks / names["first_file"])
    new_row = f"| {{number}} | [{{title}}]({{file}}) | {LEARN} | {{previous_number}} |\n"
    for cell in nb.cells:
        text = cell.source + "\n"
        row = re.search(rf"(?m)^\| {names['previous_number']} \|.*\|[ \t]*\n", text)
        if cell.id == MAP_CELL and row:
            text = text[: row.end()] + new_row.format(**names) + text[row.end() :]
            cell["source"] = text.rstrip("\n")
            return rerun.dump(nb)
    told = f"강의 지도에서 {names['previous_number']}강의 줄을 찾지 못했습니다."
    raise ProblemError(f"{names['first_file']}의 {told}")


def _with_link(notebooks, names):
    """'다음' 링크를 더한 앞 강의입니다."""
    nb = _read_notebook(notebooks / names["previous_file"])
    for cell in [cell for cell in nb.cells if cell.cell_type == "markdown"][-1:]:
        if re.search(r"\[이전: [^\n]*\)\Z", cell.source) and "[다음:" not in cell.source:
            cell["source"] += " | [다음: {number}. {title}]({file})".format(**names)
            return rerun.dump(nb)
    raise ProblemError(f"{names['previous_file']}이(가) '[이전: ...](...)' 링크로 끝나지 않습니다.")


def _read(path):
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ProblemError(f"{path.name}이(가) UTF-8로 쓴 글이 아닙니다.") from error


def _read_notebook(path):
    try:
        return nbformat.reads(_read(path), as_version=4)
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise ProblemError(f"{path.name}이(가) 노트북 파일이 아닙니다.") from error


# ---------------------------------------------------------------- 쓰기


def write(texts):
    """모두 옆에 쓴 다음에 바꿔치기합니다. 중간에 실패하면 처음 그대로 돌려놓습니다."""
    unfinished = {path: path.with_name(path.name + ".tmp") for path in texts}
    before = {path: path.read_bytes() for path in texts if path.exists()}
    done = []
    try:
        for path, text in texts.items():
            unfinished[path].write_text(text, encoding="utf-8", newline="\n")
        for path in texts:
            os.replace(unfinished[path], path)
            done.append(path)
    except BaseException:
        for path in done:
            if path in before:
                path.write_bytes(before[path])
            else:
                path.unlink()
        raise
    finally:
        for path in unfinished.values():
            path.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
