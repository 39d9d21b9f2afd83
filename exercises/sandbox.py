"""학습자의 코드를 부르는 울타리입니다. 멈추지 않으면 멈추고, 부르기 전의 상태를 되돌립니다."""

import builtins
import contextlib
import ctypes
import functools
import inspect
import io
import random
import sys
import threading
import time
import warnings
from dataclasses import dataclass
from types import CodeType

import numpy as np
import torch
from torch import nn

THREAD = "exercise"
PATIENCE = 2.0  # 멈추려고 예외를 넣어 보는 시간(초)


class Stopped(SystemExit):
    """시간이 다 되어 멈춘 함수에 넣는 예외입니다. SystemExit라서 스레드가 조용히 끝납니다."""


class AskedForInput(BaseException):
    """함수가 `input()`을 불렀습니다."""


@dataclass
class Outcome:
    """함수를 부른 결과입니다."""

    value: object = None
    error: BaseException | None = None
    late: bool = False  # 시간이 다 되어 멈춤
    left: bool = False  # 멈추지 못해 남겨 둠
    asked: bool = False  # 입력을 기다림
    printed: str = ""  # 출력한 글의 앞부분


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

    Windows의 커널에서도 멈출 수 있게 신호 대신 스레드에 예외를 넣습니다. C 코드 안에서 오래 쉬거나 모든 예외를
    삼키는 함수는 멈출 수 없어 남겨 두고 돌아옵니다.

    Args:
        function: 인수가 없는 함수.
        seconds: 기다리는 시간(초).
    """
    outcome = Outcome()

    def ask(*_):
        outcome.asked = True
        raise AskedForInput

    def work():
        try:
            outcome.value = function()
        except Stopped:
            pass
        except BaseException as error:  # SystemExit와 KeyboardInterrupt도 학습자의 것
            outcome.error = error

    sink, errors, real_input = _Sink("stdout"), _Sink("stderr"), builtins.input
    thread = threading.Thread(target=work, name=THREAD, daemon=True)
    deadline = time.monotonic() + seconds
    with contextlib.redirect_stdout(sink), contextlib.redirect_stderr(errors), _no_display():
        builtins.input = ask
        try:
            thread.start()
            while thread.is_alive() and time.monotonic() < deadline:
                thread.join(0.05)
        finally:
            outcome.late = thread.is_alive()
            _stop(thread)
            outcome.left = thread.is_alive()
            builtins.input = real_input
    sink.pass_on(sys.stdout)
    errors.pass_on(sys.stderr)
    outcome.printed = sink.text
    return outcome


@contextlib.contextmanager
def _no_display():
    """노트북에 그림과 값을 내보내는 일을 막습니다. 노트북이 아니면 할 일이 없습니다."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    publisher = getattr(shell, "display_pub", None)
    if publisher is None:
        yield
        return
    publisher.publish = publisher.clear_output = lambda *_, **__: None
    try:
        yield
    finally:
        del publisher.publish, publisher.clear_output


def _stop(thread):
    """스레드에 예외를 넣습니다. 삼키는 함수도 있으므로 되풀이하되, PATIENCE초가 지나면 남겨 둡니다."""
    give_up = time.monotonic() + PATIENCE
    while thread.is_alive() and time.monotonic() < give_up:
        identity = ctypes.c_ulong(thread.ident)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(identity, ctypes.py_object(Stopped))
        thread.join(0.01)


@contextlib.contextmanager
def unchanged(answer=None):
    """안에서 무엇을 하든 난수, 기본 자료형, 그림, 답이 쓰는 모델과 텐서와 배열을 나올 때 되돌립니다."""
    generators = random.getstate(), np.random.get_state(), torch.get_rng_state()
    on_gpu = torch.cuda.is_initialized()
    gpu_states = torch.cuda.get_rng_state_all() if on_gpu else []
    dtype, threads = torch.get_default_dtype(), torch.get_num_threads()
    ways_back = []
    for part in _used(answer):
        with contextlib.suppress(Exception):  # 베낄 수 없는 값
            ways_back += _ways_back(part)
    with warnings.catch_warnings(), _figures():
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            random.setstate(generators[0])
            np.random.set_state(generators[1])
            torch.set_rng_state(generators[2])
            if on_gpu:
                torch.cuda.set_rng_state_all(gpu_states)
            torch.set_default_dtype(dtype)
            torch.set_num_threads(threads)
            for put_back in ways_back:
                with contextlib.suppress(Exception):
                    put_back()


@contextlib.contextmanager
def _figures():
    """그림의 설정과 열린 그림입니다. 열린 그림은 치워 두어, plt.show()나 plt.plot()이 건드리지 못하게 합니다."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    managers = sys.modules["matplotlib._pylab_helpers"].Gcf.figs if pyplot else {}
    with pyplot.rc_context() if pyplot else contextlib.nullcontext():
        kept = dict(managers)
        managers.clear()
        try:
            yield
        finally:
            if "matplotlib.pyplot" in sys.modules:  # 안에서 처음 읽었을 수도 있음
                sys.modules["matplotlib.pyplot"].close("all")
            managers.update(kept)


def _names(code):
    """함수와 그 안의 함수가 쓰는 전역 이름입니다."""
    inner = [const for const in code.co_consts if isinstance(const, CodeType)]
    return set(code.co_names).union(*map(_names, inner))


def _used(answer):
    """답과, 답인 함수가 바깥에서 가져다 쓰는 값입니다. 같은 곳에서 만든 함수를 부르면 그 함수가 쓰는 것도 봅니다."""
    made = getattr(answer, "func", answer)  # partial로 인수를 채운 함수
    home = (getattr(made, "__module__", None) or "").split(".")[0]
    waiting, found = [answer], {}
    while waiting:
        value = waiting.pop()
        if id(value) not in found:
            found[id(value)] = value
            waiting += _inside(value, home)
    return [*found.values()]


def _inside(value, home):
    """값 하나가 바로 쓰는 값입니다. 라이브러리의 함수 속은 보지 않습니다."""
    if isinstance(value, functools.partial):
        return [value.func, *value.args, *value.keywords.values()]
    if isinstance(value, (list, tuple, dict)) and len(value) <= 100:
        return [*(value.values() if isinstance(value, dict) else value)]
    if inspect.ismethod(value):
        return [value.__func__, value.__self__]
    if not inspect.isfunction(value):
        return []
    used = [*(value.__defaults__ or ())]
    for cell in value.__closure__ or ():
        with contextlib.suppress(ValueError):  # 아직 값이 없는 칸
            used.append(cell.cell_contents)
    if value.__globals__.get("__name__", "").split(".")[0] == home:
        used += [value.__globals__.get(name) for name in _names(value.__code__)]
    return used


def warm_up(*functions):
    """옵티마이저를 쓰는 함수가 있으면 하나 만들어 둡니다. 처음 만들 때는 몇 초가 걸리는 모듈을 읽기 때문입니다."""
    codes = [f.__code__ for one in functions for f in _used(one) if inspect.isfunction(f)]
    if set().union(*map(_names, codes)) & {"optim", "SGD", "Adam", "AdamW"}:
        torch.optim.SGD([torch.zeros(1, requires_grad=True)])


def _ways_back(part):
    """모델, 텐서, 배열, 난수 생성기를 지금대로 되돌리는 함수들입니다."""
    if isinstance(part, nn.Module):
        tensors = [*part.parameters(), *part.buffers()]
        return [*map(_module_back, part.modules()), *map(_tensor_back, tensors)]
    if isinstance(part, torch.Tensor):
        return [_tensor_back(part)]
    if isinstance(part, np.ndarray):
        return [functools.partial(np.copyto, part, part.copy())]
    if isinstance(part, torch.Generator):
        return [functools.partial(part.set_state, part.get_state())]
    if isinstance(part, np.random.Generator):
        bits = part.bit_generator
        return [functools.partial(setattr, bits, "state", bits.state)]
    return []


def _module_back(module):
    training = module.training
    parts = [module._parameters, module._buffers, module._modules]
    kept = [dict(part) for part in parts]

    def put_back():
        module.training = training
        for part, before in zip(parts, kept, strict=True):
            part.clear()
            part.update(before)

    return put_back


def _tensor_back(tensor):
    lazy = isinstance(tensor, nn.parameter.UninitializedTensorMixin)
    if lazy or tensor.layout is not torch.strided or tensor.device.type == "meta":
        return lambda: None
    leaf, tracked, value = tensor.is_leaf, tensor.requires_grad, tensor.detach().clone()
    grad = tensor.grad.clone() if leaf and tensor.grad is not None else None

    def put_back():
        if leaf and not tensor.is_leaf:  # 계산 기록이 붙음
            tensor.detach_()
        now = tensor.detach()
        if any(getattr(now, key) != getattr(value, key) for key in ("shape", "dtype", "device")):
            tensor.data = value
        elif not ((now == value) | (now.isnan() & value.isnan())).all():
            now.copy_(value)
        if leaf:
            tensor.requires_grad_(tracked)
            tensor.grad = grad

    return put_back
