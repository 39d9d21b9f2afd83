"""노트북을 이 프로세스에서 실행하며 결함을 심습니다.

결함마다 프로세스를 갈라(fork) 결함이 있는 셀부터 실행하므로, 그 앞의 셀은 한 번만 실행합니다. 가른 프로세스에서 결함을
알아채는 동안 원래의 프로세스는 기다리고, 끝나면 결함 없이 실행을 이어 갑니다. 결함이 없는 실행이 저장된 출력과 다르거나
오류를 내면 그것도 알립니다.
"""

import contextlib
import io
import json
import os
import signal
import tempfile
import traceback

import torch
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from door import figure_twins
from tests.notebook import tags
from tests.planted import STRICT, TWIN
from tests.rerun import QUIET
from tests.rules import IGNORED, TRAINED

SECONDS, NOTEBOOK_SECONDS = 300, 3600  # 결함 하나와 노트북 하나를 기다리는 시간
KILLED = ""  # 결함을 알아챔
TWINS = {figure_twins.LAYOUT, figure_twins.DATA}
COMPARED = {"text/plain"} | TWINS
RAISES = "raises-exception"

# ---------------------------------------------------------------- 셀 하나


class Display(DisplayPublisher):
    def publish(self, data, metadata=None, **kwargs):
        self.shell.shown.append(data)


class Result(DisplayHook):
    def quiet(self):
        return self.shell.source.endswith(";")

    def write_format_data(self, format_dict, md_dict=None):
        self.shell.shown.append(format_dict)

    def write_output_prompt(self):
        pass

    finish_displayhook = write_output_prompt


class Shell(InteractiveShell):
    """출력을 모으는 IPython입니다. 커널처럼 그림과, 그림을 글로 적은 것을 함께 보입니다."""

    display_pub_class, displayhook_class = Display, Result
    kernel = None  # 이 이름이 있으면 노트북에서 실행한 것으로 봄

    def enable_gui(self, gui=None):
        pass

    @classmethod
    @contextlib.contextmanager
    def start(cls):
        with tempfile.TemporaryDirectory() as home:
            os.environ.update(QUIET, IPYTHONDIR=home)
            shell = cls.instance(config=Config(HistoryManager={"enabled": False}))
            shell.enable_matplotlib("inline")
            figure_twins.load_ipython_extension(shell)
            torch.set_num_threads(1)  # 스레드가 여럿이면 가른 프로세스가 멈춤
            yield shell

    def run(self, source):
        """코드를 실행해 `(출력, 오류)`를 돌려줍니다. 출력은 글과, 보인 것마다의 사전입니다."""
        self.source, self.shown, printed = source.rstrip(), [], io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
            result = self.run_cell(source)
        return (printed.getvalue(), self.shown), result.error_before_exec or result.error_in_exec


def stored(cell):
    """셀에 저장된 출력을 `Shell.run`의 모양으로 바꿉니다."""
    text = "".join(o.text for o in cell.outputs if o.output_type == "stream")
    return text, [output.data for output in cell.outputs if "data" in output]


def differs(cell, outputs, kinds=COMPARED):
    """저장된 출력과 다른지 봅니다. 저장하지 않은 것은 비교하지 않습니다."""
    if IGNORED in tags(cell):
        return False
    kinds = kinds - {figure_twins.DATA} if TRAINED in tags(cell) else kinds
    (before, then), (text, now) = stored(cell), outputs
    if len(then) != len(now) or ("text/plain" in kinds and before != text):
        return True
    return any(
        old.get(kind) != new.get(kind)
        for old, new in zip(then, now, strict=True)
        for kind in kinds & old.keys()
    )


# ---------------------------------------------------------------- 노트북 하나


def seen(shell, cells, fault):
    """결함을 심고 실행합니다. 알아채면 `KILLED`를, 그렇지 않으면 이유를 돌려줍니다."""
    for cell in cells:
        source = fault.plant(cell.source) if cell.id == fault.cell else cell.source
        outputs, error = shell.run(source)
        if cell.id == fault.by:
            return KILLED if isinstance(error, AssertionError) else "그 셀이 통과함"
        if fault.by == TWIN:
            return KILLED if differs(cell, outputs, TWINS) else "그림의 글이 같음"
        if fault.by == STRICT and differs(cell, outputs):
            return KILLED
        if not (error is None or isinstance(error, AssertionError) or RAISES in tags(cell)):
            return f"셀 {cell.id}에서 {type(error).__name__}"
    return "끝까지 같은 출력" if fault.by == STRICT else f"뒤에 셀 {fault.by}이(가) 없음"


def in_child(seconds, work, *arguments):
    """가른 프로세스에서 `work`를 부르고 돌려준 값을 받습니다. 받지 못하면 None입니다."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            signal.alarm(seconds)
            with os.fdopen(write, "w", encoding="utf-8") as pipe:
                json.dump(work(*arguments), pipe)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, encoding="utf-8") as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    return json.loads(answer) if answer else None


def outcomes(nb, faults):
    """결함마다의 이유와, 결함이 없는 실행에서 달라진 셀입니다. 이유가 `KILLED`이면 알아챈 것입니다."""
    os.chdir(nb.path.parent)
    reasons, broken, waiting = [], [], list(faults)
    with Shell.start() as shell:
        for place, cell in enumerate(nb.code):
            for fault in [fault for fault in waiting if fault.cell == cell.id]:
                reason = in_child(SECONDS, seen, shell, nb.code[place:], fault)
                reasons.append((fault, "끝나지 않음" if reason is None else reason))
                waiting.remove(fault)
            if not waiting:
                break
            outputs, error = shell.run(cell.source)
            if differs(cell, outputs) or (error and RAISES not in tags(cell)):
                broken.append(f"{cell.id}: {error or '저장된 출력과 다름'}")
    return reasons + [(fault, "없는 셀") for fault in waiting], broken
