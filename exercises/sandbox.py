"""학습자의 코드를 부르는 울타리입니다. 끝나지 않으면 멈추고, 커널을 끝내거나 입력을 기다리는 일은 막습니다."""

import builtins
import contextlib
import ctypes
import functools
import io
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch

THREAD = "exercise"
PATIENCE = 2.0  # 멈추려고 예외를 넣어 보는 시간(초)
IDLE_SHARE = 0.02  # 이보다 적게 계산하면 일하지 않고 기다리는 것으로 봄
BUSY_FACTOR = 10  # 계산 시간이 남아 있어도 시계로 이 배수가 지나면 멈춤

CPU, IDLE, BUSY, INTERRUPT = "cpu", "idle", "busy", "interrupt"  # 멈춘 이유
INPUT, CHECK, EXIT = "input", "check", "exit"  # 막은 일


class Stopped(SystemExit):
    """시간이 다 되어 멈춘 함수에 넣는 예외입니다. SystemExit라서 스레드가 조용히 끝납니다."""


class RefusedError(BaseException):
    """울타리 안에서 막은 일입니다. `except Exception`으로는 삼킬 수 없습니다."""


@dataclass
class Outcome:
    """함수를 부른 결과입니다."""

    value: object = None
    error: BaseException | None = None
    late: str = ""  # 멈춘 이유: CPU, IDLE, BUSY, INTERRUPT
    left: bool = False  # 멈추지 못해 남겨 둠
    refused: str = ""  # 막은 일: INPUT, CHECK, EXIT
    printed: str = ""  # 출력한 글의 앞부분
    spent: float = 0.0  # 계산한 시간(초)
    clock: Callable = time.process_time  # 계산한 시간을 재는 시계

    def refuse(self, what):
        self.refused = what
        raise RefusedError(what)


_outcomes = {}  # 울타리 안에서 실행 중인 스레드마다 그 결과


def refuse_inside(what):
    """울타리 안에서 불렸으면 막습니다. 밖에서 불렸으면 아무 일도 하지 않습니다."""
    if outcome := _outcomes.get(threading.get_ident()):
        outcome.refuse(what)


class _Sink(io.TextIOBase):
    """print한 글을 받습니다. 끝없이 print해도 커지지 않게 앞부분만 남깁니다."""

    def __init__(self, name):
        self.name, self.text, self.after = name, "", None

    def write(self, text):
        if self.after:  # 남겨 둔 함수나 logging이 아직 가지고 있음
            return self._now().write(text)
        self.text += text[: 200 - len(self.text)]
        return len(text)

    def flush(self):
        if self.after:
            self._now().flush()

    def pass_on(self, after):
        """이 뒤로 받는 글은 그때의 `sys.stdout`이나 `sys.stderr`에 넘깁니다."""
        self.after = getattr(after, "after", None) or after

    def _now(self):
        now = getattr(sys, self.name)
        return getattr(now, "after", None) or now


def run(function, seconds):
    """함수를 다른 스레드에서 부르고 무슨 일이 있었는지 `Outcome`으로 돌려줍니다.

    시간은 시계가 아니라 함수가 계산한 시간으로 재므로, 다른 프로그램이 바빠도 판단이 달라지지 않습니다. torch도
    스레드 하나로 계산합니다. Windows의 커널에서도 멈출 수 있게 신호 대신 스레드에 예외를 넣습니다. C 코드 안에서 오래
    쉬거나 모든 예외를 삼키는 함수는 멈출 수 없어 남겨 두고 돌아옵니다.

    Args:
        function: 인수가 없는 함수.
        seconds: 계산할 수 있는 시간(초).
    """
    outcome, done = Outcome(), threading.Event()

    def work():
        _outcomes[threading.get_ident()] = outcome
        outcome.clock = _own_clock()
        try:
            torch.set_num_threads(1)
            outcome.value = function()
        except (Stopped, RefusedError):
            pass
        except BaseException as error:  # SystemExit와 KeyboardInterrupt도 학습자의 것
            outcome.error = error
        finally:
            _outcomes.pop(threading.get_ident(), None)
            done.set()

    sink, errors, threads = _Sink("stdout"), _Sink("stderr"), torch.get_num_threads()
    thread = threading.Thread(target=work, name=THREAD, daemon=True)
    with contextlib.redirect_stdout(sink), contextlib.redirect_stderr(errors), _refusing(outcome):
        try:
            thread.start()
            outcome.late = _wait(done, outcome, seconds)
        except KeyboardInterrupt:  # 노트북의 멈춤 단추
            outcome.late = INTERRUPT
        finally:
            outcome.left = not _stop(thread, done)
    torch.set_num_threads(threads)
    sink.pass_on(sys.stdout)
    errors.pass_on(sys.stderr)
    outcome.printed = sink.text
    return outcome


# ---------------------------------------------------------------- 시간


def _own_clock():
    """지금 스레드가 계산한 시간(초)을 재는 시계입니다. 스레드마다 재지 못하는 곳에서는 프로세스의 시계입니다."""
    if not hasattr(time, "pthread_getcpuclockid"):  # Windows, macOS
        return time.process_time
    number = time.pthread_getcpuclockid(threading.get_ident())
    return functools.partial(time.clock_gettime, number)


def _wait(done, outcome, seconds):
    """함수가 끝나기를 기다리며 계산한 시간을 적습니다. 멈춘 이유를 돌려줍니다. 끝났으면 빈 문자열입니다."""
    first = time.process_time() if outcome.clock is time.process_time else 0.0
    begun = time.monotonic()
    seen, spent = begun, 0.0  # 마지막으로 일하는 것을 본 때
    while not done.wait(0.02):
        now = time.monotonic()
        with contextlib.suppress(OSError):  # 그사이에 끝난 스레드의 시계
            outcome.spent = max(outcome.clock() - first, 0.0)
        if outcome.spent > seconds:
            return CPU
        if outcome.spent - spent > IDLE_SHARE * (now - seen):
            seen, spent = now, outcome.spent
        elif now - seen > seconds:
            return IDLE
        if now - begun > BUSY_FACTOR * seconds:
            return BUSY
    return ""


def _stop(thread, done):
    """스레드에 예외를 넣습니다. 삼키는 함수도 있으므로 반복하되, PATIENCE초가 지나면 남겨 두고 거짓을 돌려줍니다.

    기다리다가 KeyboardInterrupt를 받은 스레드는 `is_alive()`를 믿을 수 없으므로 `done`을 봅니다.
    """
    give_up = time.monotonic() + PATIENCE
    while not done.is_set() and time.monotonic() < give_up:
        identity = ctypes.c_ulong(thread.ident)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(identity, ctypes.py_object(Stopped))
        done.wait(0.01)
    return done.is_set()


# ---------------------------------------------------------------- 막는 일


@contextlib.contextmanager
def _refusing(outcome):
    """입력을 기다리는 일, 커널을 끝내는 일, 노트북에 그림과 값을 내보내는 일을 막습니다."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    kill = os.kill

    def leave(*_, **__):
        outcome.refuse(EXIT)

    def kill_others(pid, *rest):
        return leave() if pid in (os.getpid(), 0, -1) else kill(pid, *rest)

    replaced = [
        (builtins, "input", lambda *_: outcome.refuse(INPUT)),
        *((builtins, name, leave) for name in ("exit", "quit")),
        *((os, name, leave) for name in ("_exit", "abort")),
        (os, "kill", kill_others),
    ]
    if shell:  # 노트북의 exit는 셀이 끝난 다음에 커널을 끝냄
        publisher = shell.display_pub
        replaced += [(shell, "ask_exit", leave), (publisher, "publish", _nothing)]
        replaced += [(publisher, "clear_output", _nothing)]
    with contextlib.ExitStack() as stack:
        for owner, name, instead in replaced:
            stack.enter_context(_replaced(owner, name, instead))
        yield


def _nothing(*_, **__):
    """아무 일도 하지 않습니다."""


@contextlib.contextmanager
def _replaced(owner, name, instead):
    """안에서만 `owner.name`을 바꿉니다."""
    had, before = name in vars(owner), getattr(owner, name, None)
    setattr(owner, name, instead)
    try:
        yield
    finally:
        if had:
            setattr(owner, name, before)
        else:
            delattr(owner, name)
