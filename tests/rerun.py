"""노트북을 새 커널에서 처음부터 실행하고 정해진 모양으로 저장합니다(관리자용).

python -m tests.rerun [노트북 ...]    인수가 없으면 notebooks 폴더의 모든 노트북
"""

import base64
import copy
import itertools
import os
import re
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

ROOT = Path(__file__).resolve().parent.parent
CELL_TIMEOUT = 600  # 초
# 검사하거나 저장하려고 실행할 때: 오류의 도움말이 출력에 섞이지 않고, 사용자의 진도가 바뀌지 않음
QUIET = {"COURSE_HELP": "off", "COURSE_PROGRESS": "off"}
README_FIGURE = "02_nonlinear_regression_gpu.ipynb", "play-fit"  # README.png이 되는 그림
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
AUTOMATIC_ID = re.compile(r"[0-9a-f]{8}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|")
WIDGET = "application/vnd.jupyter.widget-view+json"  # 커널이 없으면 보이지 않는 슬라이더
CAPTION = re.compile(r"\*\*그림 \d+\.\*\* *(.+)", re.DOTALL)
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def collect(folder):
    """폴더와 그 아래의 모든 노트북을 이름 순서로 찾습니다. 학습자가 복제한 것은 뺍니다."""
    found = Path(folder).rglob("*.ipynb")
    mine = (path for path in found if "-Copy" not in path.name)
    return sorted(path for path in mine if ".ipynb_checkpoints" not in path.parts)


def is_automatic(cell_id):
    """프로그램이 붙인 셀 이름인지 판단합니다. 8자리 16진수, UUID, 빈 이름입니다."""
    return AUTOMATIC_ID.fullmatch(cell_id or "") is not None


def _give_readable_ids(cells):
    used = {cell.get("id") for cell in cells}
    for position, cell in enumerate(cells, start=1):
        if not is_automatic(cell.get("id")):
            continue
        kind = "code" if cell.cell_type == "code" else "text"
        names = (f"{kind}-{number:02}" for number in itertools.count(position))
        cell["id"] = next(name for name in names if name not in used)
        used.add(cell.id)


def _clean_outputs(outputs, count):
    """출력에서 실행할 때마다, 컴퓨터마다 달라지는 것을 덜어 냅니다."""
    cleaned = []
    for output in outputs:
        last = cleaned[-1] if cleaned else {}
        if (
            "metadata" in output
        ):  # 그림의 크기는 화소가 두 배로 촘촘한 그림을 제 크기로 보이는 데 씀
            sizes = output.metadata.get("image/png", {})
            kept = {name: sizes[name] for name in ("width", "height") if name in sizes}
            output["metadata"] = {"image/png": kept} if kept else {}
            output.data.pop(WIDGET, None)
        if output.output_type == "execute_result":
            output["execution_count"] = count
        elif output.output_type == "error":  # 노트북 밖의 파일은 경로가 컴퓨터마다 다름
            frames = output.traceback
            output["traceback"] = [f for f in frames if not ANSI.sub("", f).startswith("File ")]
        elif output.output_type == "stream" and output.name == last.get("name"):
            last["text"] += output.text
            continue
        cleaned.append(output)
    return cleaned


def canonicalise(nb):
    """저장소에 두는 모양으로 바꾼 노트북을 새로 만들어 돌려줍니다. 두 번 해도 결과가 같습니다."""
    nb = copy.deepcopy(nb)
    nb["metadata"] = nbformat.from_dict(METADATA)
    nb["nbformat"], nb["nbformat_minor"] = 4, 5
    for cell in nb.cells:
        tags = cell.metadata.get("tags")
        cell["metadata"] = nbformat.from_dict({"tags": tags} if tags else {})
        cell["source"] = cell.source.rstrip()
    nb["cells"] = [cell for cell in nb.cells if cell.cell_type != "code" or cell.source]
    _give_readable_ids(nb.cells)
    code = (cell for cell in nb.cells if cell.cell_type == "code")
    for count, cell in enumerate(code, start=1):
        cell["execution_count"] = count
        cell["outputs"] = _clean_outputs(cell.outputs, count)
    _describe_figures(nb.cells)
    return nb


def _describe_figures(cells):
    """그림마다 대체 텍스트를 붙입니다. 그림 아래에 적은 설명이고, 설명이 없으면 그림을 글로 적은 것입니다."""
    for cell, below in itertools.zip_longest(cells, cells[1:]):
        caption = CAPTION.match(below.source if below else "")
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                alt = caption[1] if caption else output.data.get("text/x-figure", "")
                about = output.metadata.setdefault("image/png", {})
                if alt:
                    about["alt"] = " ".join(re.sub(r"[*`$]", "", alt).split())


def dump(nb):
    """파일에 쓸 글입니다. JupyterLab이 저장하는 것과 같은 형식입니다."""
    return nbformat.v4.writes(nb, ensure_ascii=False) + "\n"


def save(nb, path):
    """다 쓴 뒤에 바꿔치기하므로, 중간에 멈추어도 원래 파일이 남습니다."""
    unfinished = path.with_name(path.name + ".tmp")
    try:
        unfinished.write_text(dump(nb), encoding="utf-8", newline="\n")
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def figure(nb, cell_id):
    """셀 하나가 그린 PNG의 바이트입니다."""
    cell = next(cell for cell in nb.cells if cell.id == cell_id)
    pngs = (output.get("data", {}).get("image/png") for output in cell.outputs)
    return base64.b64decode(next(png for png in pngs if png))


def kernel_environment():
    """노트북을 실행하는 커널의 환경 변수입니다."""
    return os.environ | QUIET


class CellError(Exception):
    """셀 하나가 끝까지 실행되지 않았습니다."""


def execute(nb, folder):
    """모든 셀을 새 커널에서 순서대로 실행하고 `(초, 셀 이름)` 목록을 돌려줍니다."""
    client = NotebookClient(
        nb,
        kernel_name="python3",
        timeout=CELL_TIMEOUT,
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
        extra_arguments=["--log-level=ERROR"],
    )
    times = []
    with client.setup_kernel(env=kernel_environment()):
        for index, cell in enumerate(nb.cells):
            name = cell.get("id") or f"#{index}"
            start = time.perf_counter()
            try:
                client.execute_cell(cell, index)
            except CellExecutionError as error:
                raise CellError(f"셀 {name}: {error.ename}: {error.evalue}") from error
            except CellTimeoutError as error:
                raise CellError(f"셀 {name}: {CELL_TIMEOUT}초 안에 끝나지 않았습니다.") from error
            except DeadKernelError as error:
                raise CellError(f"셀 {name}: 커널이 죽었습니다.") from error
            times.append((time.perf_counter() - start, name))
    return times


def rerun(path):
    """노트북 하나를 실행해 저장하고 한 줄로 알립니다. 실패하면 파일을 그대로 두고 거짓을 돌려줍니다."""
    path = path.resolve()
    shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    start = time.perf_counter()
    try:
        nb = nbformat.read(path, as_version=4)
        times = execute(nb, path.parent)
    except FileNotFoundError:
        print(f"[문제] {shown}: 파일이 없습니다.", file=sys.stderr)
        return False
    except nbformat.reader.NotJSONError:
        print(f"[문제] {shown}: 노트북 파일이 아닙니다.", file=sys.stderr)
        return False
    except CellError as error:
        print(f"[문제] {shown}: 파일을 바꾸지 않았습니다. {error}", file=sys.stderr)
        return False
    save(canonicalise(nb), path)
    if path == ROOT / "notebooks" / README_FIGURE[0]:
        (ROOT / "README.png").write_bytes(figure(nb, README_FIGURE[1]))
    seconds, slowest = max(times, default=(0, "-"))
    total = time.perf_counter() - start
    print(f"{shown}: {total:.1f}초, 가장 느린 셀 {slowest} {seconds:.1f}초", flush=True)
    return True


def main(arguments):
    paths = [Path(a) for a in arguments] or collect(ROOT / "notebooks")
    failed = [path for path in paths if not rerun(path)]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
