"""원본에서 학습자의 복사본에 쓸 처음 내용을 만듭니다.

노트북은 출력을 비우고, 이름을 한국어 제목으로 짓고, 링크를 그 이름으로 바꿉니다. 강의가 링크하는 글과 데이터도 함께 복사합니다.
"""

import contextlib
import hashlib
import json
import posixpath
import re
from typing import NamedTuple
from urllib.parse import quote

SOLUTIONS = "notebooks/solutions"
FOLDERS = {"notebooks": "", SOLUTIONS: "풀이", "notebooks/deeper": "심화"}  # 원본과 복사본의 폴더
MATERIALS = ["README.md", "README.png", "LICENSE", "data/[!.]*"]  # 강의와 함께 복사하는 것
MATERIAL_NAMES = {"README.md": "안내.md", "data/README.md": "데이터.md"}
LESSON = re.compile(r"\d\d_\w+\.ipynb")
HEADING = re.compile(r"# \d+(?: 심화)?\. *([^:\n]+)")
NOT_IN_NAMES = re.compile(r"""[<>:"/\\|?*#%`\x00-\x1f]""")  # Windows의 파일 이름과 링크에서
EXERCISES = re.compile(r"(?m)^## 연습 문제[ \t]*$")
LINK = re.compile(r"\]\(([^()\s#]+)(#(?:[^()\s]|\([^()\s]*\))*)?\)")


def digest(data):
    return hashlib.sha256(data).hexdigest()


# ---------------------------------------------------------------- 노트북


def parse(data):
    """노트북을 읽고 셀의 글을 문자열로 잇습니다. JupyterLab이 읽지 못할 것이면 ValueError입니다."""
    try:
        nb = json.loads(data.decode("utf-8"))
        for cell in nb["cells"]:
            cell["source"] = "".join(cell["source"])
        fingerprint(nb)
        if nb["nbformat"] != 4:
            raise ValueError("노트북의 판이 다릅니다.")
    except (LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("노트북이 아닙니다.") from error
    return nb


def fingerprint(nb):
    """셀의 종류와 글, 실행한 흔적만으로 정해지는 값입니다."""
    cells = [(cell["cell_type"], cell["source"], was_run(cell)) for cell in nb["cells"]]
    return digest(json.dumps(cells).encode())


def was_run(cell):
    return bool(cell.get("outputs")) or cell.get("execution_count") is not None


def fresh(key, nb, names):
    """출력을 비우고 링크를 복사본의 이름으로 바꾼 노트북입니다."""
    cells = [dict(cell) for cell in nb["cells"]]
    for cell in cells:
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
        elif cell["cell_type"] == "markdown":
            cell["source"] = relink(cell["source"] + pointer(key, cell, names), key, names)
    return nb | {"cells": cells}


def pointer(key, cell, names):
    """강의와 심화의 연습 문제를 여는 셀에 덧붙일 문장입니다. 다른 셀이거나 풀이가 없으면 빈 문자열입니다."""
    folder, name = posixpath.split(key)
    solution = f"{SOLUTIONS}/{name}"
    if folder == SOLUTIONS or solution not in names or not EXERCISES.search(cell["source"]):
        return ""
    return f"\n\n다 푼 다음에는 [풀이]({posixpath.relpath(solution, folder)})와 비교합니다."


def relink(text, key, names):
    """원본의 링크를 복사본의 링크로 바꿉니다. 복사하지 않는 것의 링크는 그대로 둡니다."""
    here = posixpath.dirname(names[key])

    def change(match):
        target = posixpath.normpath(posixpath.join(posixpath.dirname(key), match[1]))
        if target not in names:
            return match[0]
        return f"]({encoded(posixpath.relpath(names[target], here or '.'))}{match[2] or ''})"

    return LINK.sub(change, text)


def encoded(path):
    """마크다운의 링크에 쓸 경로입니다. 한글은 읽을 수 있게 남기고 빈칸과 괄호 같은 것만 바꿉니다."""
    return re.sub(r"[^\w./-]", lambda match: quote(match[0]), path)


# ---------------------------------------------------------------- 원본과 복사본의 목록


class Copy(NamedTuple):
    """복사본 하나입니다."""

    key: str  # 강의 폴더에서 원본의 경로
    name: str  # 작업 폴더에서 복사본의 경로
    data: bytes  # 처음 내용. 노트북은 한 줄로 씀
    digest: str  # 처음 내용의 지문


def label(key):
    """학습자에게 말하는 이름입니다. 03, 풀이/03, 자료/안내.md처럼 짧습니다."""
    folder, name = posixpath.split(key)
    return posixpath.join(FOLDERS[folder], name[:2]) if folder in FOLDERS else material_name(key)


def lesson_name(key, nb):
    """번호와, 첫 제목의 쌍점 앞까지로 지은 이름입니다."""
    folder, name = posixpath.split(key)
    heading = HEADING.match(nb["cells"][0]["source"]) if nb["cells"] else None
    title = heading[1] if heading else posixpath.splitext(name)[0][3:]
    words = [name[:2], *NOT_IN_NAMES.sub(" ", title).split(), FOLDERS[folder]]
    return posixpath.join(FOLDERS[folder], " ".join(words).rstrip(" .") + ".ipynb")


def material_name(key):
    return "자료/" + MATERIAL_NAMES.get(key, posixpath.basename(key))


def read_originals(root):
    """원본의 경로마다 내용입니다. 노트북은 딕셔너리, 글은 문자열, 나머지는 바이트, 깨진 것은 None입니다."""
    found = [path for folder in FOLDERS for path in sorted((root / folder).glob("*.ipynb"))]
    found = [path for path in found if LESSON.fullmatch(path.name)]
    found += [path for pattern in MATERIALS for path in sorted(root.glob(pattern))]
    return {p.relative_to(root).as_posix(): read_original(p) for p in found if p.is_file()}


def read_original(path):
    readers = {".ipynb": parse, ".md": lambda data: data.decode("utf-8")}
    with contextlib.suppress(OSError, ValueError):
        return readers.get(path.suffix, bytes)(path.read_bytes())
    return None


def plan(root, record):
    """만들 복사본과 깨진 원본의 목록입니다. 깨진 강의로 가는 링크에는 기록에 있는 이름을 씁니다."""
    originals = read_originals(root)
    broken = [key for key, content in originals.items() if content is None]
    names = {key: record[key]["name"] for key in broken if key in record}
    for key, content in originals.items():
        if key not in broken:
            is_lesson = isinstance(content, dict)
            names[key] = lesson_name(key, content) if is_lesson else material_name(key)
    copies = [make_copy(key, originals[key], names) for key in originals if key not in broken]
    return copies, broken


def make_copy(key, content, names):
    if isinstance(content, dict):
        nb = fresh(key, content, names)
        data = json.dumps(nb, ensure_ascii=False).encode()
        return Copy(key, names[key], data, fingerprint(nb))
    data = relink(content, key, names).encode() if isinstance(content, str) else content
    return Copy(key, names[key], data, digest(data))
