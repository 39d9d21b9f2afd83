"""오류 다음에 나오는 한국어 도움말을 검사합니다. 오류는 모두 코드를 실제로 실행해 얻습니다."""

import importlib.util
import json
import os
import re
import sys
from functools import partial
from mmap import ACCESS_READ, mmap
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pandas as pd
import pytest
import torch
from jupyter_client.manager import start_new_kernel
from matplotlib.figure import Figure
from nbformat.v4 import new_code_cell, new_notebook
from torch import nn
from torch.nn import functional

from door import korean_errors

ANSI = re.compile(r"\x1b\[[0-9;]*m")
EXTENSION = "door.korean_errors"


def raised(function, *arguments):
    """함수가 일으킨 예외입니다."""
    with pytest.raises(Exception) as info:  # noqa: PT011
        function(*arguments)
    return info.value


# ---------------------------------------------------------------- 텐서와 배열의 오류

rand = torch.rand
double = partial(torch.rand, dtype=torch.float64)
whole = partial(torch.ones, dtype=torch.int64)
needs_grad = partial(torch.rand, requires_grad=True)

MATRICES = "행렬을 곱하려면 앞 행렬의 열 수(13)와 뒤 행렬의 행 수(12)가 같아야 합니다."
LAYER = "`nn.Linear`에 넣은 텐서의 마지막 크기(13)와 그 층의 `in_features`(12)가 같아야 합니다."
VECTOR = "행렬과 벡터를 곱하려면 맞닿는 두 크기(13, 12)가 같아야 합니다."
ARRAYS = "곱하려면 앞 배열의 마지막 크기(13)와 뒤 배열의 맞닿는 크기(12)가 같아야 합니다."
BROADCAST = "함께 계산하려면 맞닿는 차원의 크기(5, 4)가 같거나 한쪽이 1이어야 합니다."
DETACH = (
    "기울기를 추적하는 텐서(`requires_grad=True`)는 바로 NumPy 배열로 바꿀 수 없습니다. "
    "`.detach()`를 먼저 부릅니다."
)
DTYPE = "함께 곱하는 텐서는 자료형({}, {})이 같아야 합니다. `x = x.to(torch.float32)`처럼 한쪽을 바꿉니다."
NEEDED = (
    "자료형이 float32인 텐서가 필요한 곳에 {}인 텐서를 넣었습니다. "
    "`x = x.to(torch.float32)`처럼 바꿉니다."
)
CLASSES = (
    "타깃이 클래스의 번호이면 자료형이 int64여야 하는데 {}입니다. `y = y.long()`처럼 바꿉니다."
)
TWICE = (
    "계산 그래프는 `backward()`를 한 번 부르면 지워집니다. "
    "매개변수부터 손실까지 다시 계산한 다음 `backward()`를 부릅니다."
)
NO_GRAPH = (
    "`backward()`를 부른 값에 계산 그래프가 없습니다. "
    "`requires_grad=True`인 텐서에서 `no_grad()`와 `detach()` 없이 계산한 값이어야 합니다."
)
MANY = (
    "`backward()`는 원소가 하나인 텐서에서 부릅니다. "
    "`.mean()`이나 `.sum()`으로 하나로 줄인 다음 부릅니다."
)
LEAF = (
    "기울기를 추적하는 텐서(`requires_grad=True`)의 값은 계산을 기록하는 동안 바로 고칠 수 "
    "없습니다. 매개변수를 갱신하는 줄은 `with torch.no_grad():` 안에 씁니다."
)


def backward_twice():
    loss = needs_grad(3).exp().sum()
    loss.backward()
    loss.backward()


def backward_over_old_part():
    w = needs_grad(3)
    old = w.exp()
    for _ in range(2):
        (old * w).sum().backward()


def backward_without_grad():
    w = needs_grad(3)
    with torch.no_grad():
        loss = w.sum()
    loss.backward()


EXPLAINED = {
    "linear": (lambda: nn.Linear(12, 50)(rand(32, 13)), LAYER),
    "linear, one point": (lambda: nn.Linear(12, 50)(rand(13)), LAYER),
    "linear, no bias": (lambda: nn.Linear(12, 50, bias=False)(rand(13)), LAYER),
    "linear, 3d": (lambda: nn.Linear(12, 50)(rand(2, 32, 13)), LAYER),
    "linear in a model": (lambda: nn.Sequential(nn.Linear(12, 5))(rand(32, 13)), LAYER),
    "matmul": (lambda: rand(32, 13) @ rand(12, 50), MATRICES),
    "matmul, vector first": (lambda: rand(13) @ rand(12, 50), MATRICES),
    "matmul, batch": (lambda: rand(4, 32, 13) @ rand(4, 12, 50), MATRICES),
    "matmul, batch and matrix": (lambda: rand(4, 32, 13) @ rand(12, 50), MATRICES),
    "functional": (lambda: functional.linear(rand(32, 13), rand(50, 12)), MATRICES),
    "matrix and vector": (lambda: rand(32, 13) @ rand(12), VECTOR),
    "two vectors": (lambda: rand(5) @ rand(4), "두 벡터를 곱하려면 길이(5, 4)가 같아야 합니다."),
    "numpy": (lambda: np.ones((32, 13)) @ np.ones((12, 50)), ARRAYS),
    "numpy, vector": (lambda: np.ones((32, 13)) @ np.ones(12), ARRAYS),
    "numpy, vector first": (lambda: np.ones(13) @ np.ones((12, 50)), ARRAYS),
    "numpy, batch": (lambda: np.ones((4, 32, 13)) @ np.ones((4, 12, 50)), ARRAYS),
    "numpy dot": (lambda: np.ones((32, 13)).dot(np.ones((12, 50))), ARRAYS),
    "numpy dot, vectors": (lambda: np.dot(np.ones(13), np.ones(12)), ARRAYS),
    "add": (lambda: rand(5) + rand(4), BROADCAST),
    "multiply": (lambda: rand(3, 5) * rand(3, 4), BROADCAST),
    "add row": (lambda: rand(3, 5) + rand(4), BROADCAST),
    "loss": (lambda: functional.l1_loss(rand(5), rand(4)), BROADCAST),
    "batches": (lambda: rand(5, 2, 3) @ rand(4, 3, 2), BROADCAST),
    "numpy add": (lambda: np.ones(5) + np.ones(4), BROADCAST),
    "numpy add row": (lambda: np.ones((3, 5)) + np.ones(4), BROADCAST),
    "numpy add, 3d": (lambda: np.ones((7, 5, 1)) + np.ones((4, 3)), BROADCAST),
    "to numpy": (lambda: needs_grad(3).numpy(), DETACH),
    "as array": (lambda: np.asarray(needs_grad(3) * 2), DETACH),
    "numpy function": (lambda: np.sqrt(needs_grad(3)), DETACH),
    "series": (lambda: pd.Series(needs_grad(3)), DETACH),
    "plot": (lambda: Figure().subplots().plot(needs_grad(3)), DETACH),
    "dtype, linear": (
        lambda: nn.Linear(12, 50)(double(32, 12)),
        DTYPE.format("float64", "float32"),
    ),
    "dtype, integers": (lambda: nn.Linear(12, 50)(whole(32, 12)), DTYPE.format("int64", "float32")),
    "dtype, no bias": (
        lambda: nn.Linear(12, 50, bias=False)(double(32, 12)),
        DTYPE.format("float64", "float32"),
    ),
    "dtype, matmul": (lambda: rand(2, 3) @ double(3, 4), DTYPE.format("float32", "float64")),
    "dtype, long": (lambda: rand(2, 3) @ whole(3, 4), DTYPE.format("float32", "int64")),
    "dtype, matrix and vector": (
        lambda: rand(2, 3) @ double(3),
        DTYPE.format("float32", "float64"),
    ),
    "dtype, two vectors": (lambda: rand(3) @ double(3), DTYPE.format("float32", "float64")),
    "dtype, batch": (lambda: rand(2, 3, 4) @ double(2, 4, 5), NEEDED.format("float64")),
    "dtype, bce": (
        lambda: functional.binary_cross_entropy(rand(3), whole(3)),
        NEEDED.format("int64"),
    ),
    "classes": (lambda: nn.CrossEntropyLoss()(rand(3, 4), rand(3)), CLASSES.format("float32")),
    "classes, double": (
        lambda: functional.cross_entropy(rand(3, 4), double(3)),
        CLASSES.format("float64"),
    ),
    "classes, nll": (
        lambda: functional.nll_loss(rand(3, 4), whole(3).int()),
        CLASSES.format("int32"),
    ),
    "twice": (backward_twice, TWICE),
    "twice over a part": (backward_over_old_part, TWICE),
    "no parameter": (lambda: rand(3).sum().backward(), NO_GRAPH),
    "no_grad": (backward_without_grad, NO_GRAPH),
    "detached": (lambda: needs_grad(3).sum().detach().backward(), NO_GRAPH),
    "not a scalar": ((needs_grad(3) * 2).backward, MANY),
    "in place": (lambda: needs_grad(3).sub_(1), LEAF),
}


@pytest.mark.filterwarnings("ignore:Using a target size")
@pytest.mark.parametrize("name", EXPLAINED)
def test_explained_in_a_sentence_or_two(name):
    function, sentence = EXPLAINED[name]
    assert korean_errors.explain(raised(function)) == sentence


def with_unreadable_text():
    class UnreadableError(RuntimeError):
        def __str__(self):
            raise ValueError

    raise UnreadableError


SILENT = {
    "batch and inner size": lambda: torch.bmm(rand(4, 2, 3), rand(5, 4, 2)),
    "einsum": lambda: torch.einsum("ij,jk", rand(2, 3), rand(4, 5)),
    "expand": lambda: rand(3).expand(4),
    "reshape": lambda: rand(6).reshape(4, 2),
    "three shapes": lambda: np.where(np.ones(3) > 0, np.ones(4), np.ones(5)),
    "numpy batches": lambda: np.ones((4, 2, 3)) @ np.ones((5, 3, 2)),
    "assignment": lambda: np.ones((3, 4)).__setitem__(slice(None), np.ones(3)),
    "linear, no dimension": lambda: nn.Linear(12, 50)(rand(())),
    "column of classes": lambda: functional.cross_entropy(rand(3, 4), rand(3, 1)),
    "numpy target": lambda: functional.cross_entropy(rand(3, 4), np.zeros(3)),
    "meta to numpy": lambda: rand(3, device="meta").numpy(),
    "index": lambda: rand(3)[7],
    "key": lambda: {}["x"],
    "zero": lambda: 1 / 0,
    "value": lambda: int("셋"),
    "other type": lambda: exec("raise ArithmeticError('size mismatch')"),
    "subclass": lambda: exec("class E(RuntimeError): pass\nraise E('mat1 and mat2 shapes')"),
    "quoted": lambda: exec("raise RuntimeError('훈련: mat1 and mat2 shapes cannot be multiplied')"),
    "unreadable": with_unreadable_text,
}


@pytest.mark.parametrize("name", SILENT)
def test_an_unknown_error_gets_no_word(name):
    assert korean_errors.explain(raised(SILENT[name])) is None


def test_an_unknown_dtype_gets_no_word():
    error = raised(exec, "raise RuntimeError('expected scalar type Float but found QInt8')")
    assert korean_errors.explain(error) is None


DEVICES = (
    "함께 계산하는 텐서는 모두 같은 장치에 있어야 하는데 두 장치({}, {})에 나뉘어 있습니다. "
    "`x = x.to(device)`처럼 한쪽으로 옮깁니다."
)
SAME_DEVICE = "Expected all tensors to be on the same device, but "


@pytest.mark.parametrize(
    ("text", "devices"),
    [
        ("found at least two devices, cuda:0 and cpu!", ("cuda:0", "cpu")),
        ("found at least two devices, cpu and cuda:0! (when checking ...)", ("cpu", "cuda:0")),
        ("got mat1 is on cpu, different from other tensors on cuda:0 (when", ("cpu", "cuda:0")),
        ("found at least two devices, mps:0 and cpu!", ("mps:0", "cpu")),
    ],
)
def test_devices_that_differ(text, devices):
    error = raised(exec, f"raise RuntimeError({SAME_DEVICE + text!r})")
    assert korean_errors.explain(error) == DEVICES.format(*devices)


def test_the_words_about_devices_stand_in_torch_itself():
    """GPU 없이는 이 오류를 낼 수 없으므로, PyTorch의 라이브러리에 그 문장의 조각이 있는지 봅니다."""
    library = next(Path(torch.__file__).with_name("lib").glob("*torch_cpu.*[oyl]"))
    with open(library, "rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        for end in ("found at least two devices, ", "got "):
            assert content.find((SAME_DEVICE + end).encode()) > 0
        assert content.find(b", different from other tensors on ") > 0


def test_a_gpu_tensor_to_numpy():
    text = str(raised(rand(3, device="meta").numpy)).replace("meta", "cuda:0")
    error = raised(exec, f"raise TypeError({text!r})")
    expected = "GPU에 있는 텐서는 바로 NumPy 배열로 바꿀 수 없습니다. `.cpu()`를 먼저 부릅니다."
    assert korean_errors.explain(error) == expected


# ---------------------------------------------------------------- 셀이 만드는 이름


@pytest.mark.parametrize(
    ("source", "made", "gone"),
    [
        ("a, (b, *c) = d = 1", "a b c d", ""),
        ("x[0] = 1\nx.y = 2\nx += 1\nz: int", "", ""),
        ("z: int = 3", "z", ""),
        ("print(y := 1)", "y", ""),
        ("import a, b.c, d.e as f\nfrom g import h as i, j", "a b f i j", ""),
        ("def f(x):\n    global y\n    y = z = 1\nclass A:\n    b = 1", "f A", ""),
        ("[a for a in b if (c := a)]\nlambda: (d := 1)", "c", ""),
        ("for i in x:\n    a = 1\nwhile x:\n    b = 1\nwith x as c:\n    d = 1", "i a b c d", ""),
        ("if x:\n    a = 1", "", ""),
        ("if x:\n    a = b = 1\nelif y:\n    a = 2\nelse:\n    a = c = 3", "a", ""),
        ("try:\n    a = 1\nexcept E as e:\n    b = 1\nfinally:\n    c = 1", "a c", ""),
        ("match x:\n    case [a]:\n        b = 1", "", ""),
        ("a = b = 1\ndel a", "b", "a"),
        ("del a, b\na = 1", "a", "b"),
        ("if x:\n    del a\ntry:\n    b\nexcept E:\n    del b", "", "a b"),
        ("%matplotlib inline\na = 1\nb = !ls", "a b", ""),
        ("%%time\na = 1", "a", ""),
        ("%%writefile x.py\na = 1", "", ""),
        ("a = await b()", "a", ""),
        ("a = 1 +", "", ""),
        ("a = '\\d'", "a", ""),
    ],
)
def test_names_that_a_cell_makes_and_deletes(source, made, gone, recwarn):
    assert korean_errors._effect(source) == (set(made.split()), set(gone.split()))
    assert not recwarn.list


ABOVE = "`{}`은(는) 위의 셀에서 만드는데, 커널이 시작된 뒤로 그 셀을 아직 실행하지 않았습니다. "
MENU = "메뉴에서 '실행 > 위의 모든 셀 실행'을 고릅니다."
BELOW = "`{}`은(는) 아래의 셀에서 만드는데, 커널이 시작된 뒤로 그 셀을 아직 실행하지 않았습니다."
ELSEWHERE = (
    "`{}`은(는) 이 노트북의 다른 셀에서 만드는데, "
    "커널이 시작된 뒤로 그 셀을 아직 실행하지 않았습니다."
)
STOPPED = (
    "`{}`은(는) {} 셀에서 만드는데, 그 셀이 끝까지 실행되지 않았습니다. "
    "그 셀을 먼저 끝까지 실행합니다."
)
SIMILAR = "`{}`(이)라는 이름은 없습니다. 비슷한 이름 `{}`이(가) 있습니다."


class Lesson:
    """노트북 파일 하나와 그 커널을 흉내 냅니다. 셀은 `run`으로 실행하고, 마지막 도움말은 `said`에 있습니다."""

    def __init__(self, path, cells, *, ids=True):
        self.path, self.cells, self.said = path, dict(cells), None
        self.save(**self.cells)
        events = SimpleNamespace(register=lambda *_: None)
        self.shell = SimpleNamespace(
            user_ns={"In": []},
            user_ns_hidden={"In": []},
            execution_count=1,
            events=events,
            _showtraceback=lambda *_: None,
            get_parent=lambda: {"metadata": {"deletedCells": self.deleted}},
        )
        self.deleted, self.ids = [], ids
        self.help = korean_errors._Help(self.shell)

    def save(self, **cells):
        nodes = [new_code_cell(source, id=name) for name, source in cells.items()]
        nbformat.write(new_notebook(cells=nodes), self.path)

    def run(self, name, source=None):
        """셀을 실행하고 도움말을 돌려줍니다. `source`를 주면 고쳤지만 저장하지 않은 셀입니다."""
        source = self.cells[name] if source is None else source
        info = SimpleNamespace(raw_cell=source, cell_id=name if self.ids else None)
        self.help.began(info)
        error = self.said = None
        try:
            exec(source, self.shell.user_ns)
        except Exception as caught:
            error = caught
            self.said = self.help.sentence(caught)
        self.help.ended(SimpleNamespace(info=info, success=error is None))
        return self.said


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    """셀의 이름과 코드로 노트북을 만드는 함수입니다."""
    path = tmp_path / "01 선형 회귀.ipynb"
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))
    return lambda **cells: Lesson(path, cells)


def test_a_cell_above_was_not_run(lesson):
    nb = lesson(a="X_train = 1", b="print(X_train)")
    assert nb.run("b") == ABOVE.format("X_train") + MENU
    nb.run("a")
    assert nb.run("b") is None


def test_a_name_used_in_a_function_is_judged_by_the_running_cell(lesson):
    nb = lesson(a="def f():\n    return model", b="model = 1", c="f()")
    nb.run("a")
    assert nb.run("c") == ABOVE.format("model") + MENU


def test_changes_that_are_not_saved(lesson):
    nb = lesson(a="x = 1", b="y = x", c="print(x)")
    assert nb.run("c", "print(x)  # 고침") == ABOVE.format("x") + MENU
    nb.run("a", "z = 1")  # 만드는 셀을 고쳐 실행함
    assert nb.run("c") is None
    assert nb.run("new", "print(y)") == ELSEWHERE.format("y")  # 새 셀의 자리는 모름


def test_a_new_cell_run_first_after_reopening(lesson):
    """다시 연 노트북에서 새 셀을 먼저 실행하면, 파일에 있는 셀은 아직 하나도 실행하지 않은 것입니다."""
    nb = lesson(a="x = 1", b="print(x)")
    assert nb.run("new", "print(x)") == ELSEWHERE.format("x")
    assert nb.run("newer", "print(x, 2)") == ELSEWHERE.format("x")
    assert nb.run("b") == ABOVE.format("x") + MENU


def test_a_cell_deleted_without_saving(lesson):
    nb = lesson(a="x = 1", b="print(x)")
    nb.deleted = ["a"]
    assert nb.run("b") is None
    nb.deleted = []
    assert nb.run("b") is None


def test_a_name_made_only_below(lesson):
    nb = lesson(a="print(x)", b="x = 1", c="x = 2")
    assert nb.run("a") == BELOW.format("x")
    nb = lesson(a="x = 0", b="print(x)", c="x = 2")
    assert nb.run("b") == ABOVE.format("x") + MENU


def test_the_cell_that_makes_it_did_not_finish(lesson):
    nb = lesson(a="x = 1 / 0", b="y = x", c="print(y)", d="print(x)")
    nb.run("a")
    assert nb.run("d") == STOPPED.format("x", "위의")
    assert nb.run("b") == STOPPED.format("x", "위의")
    assert nb.run("c") == STOPPED.format("y", "위의")
    nb.run("new", "z = 1 / 0")
    assert nb.run("c", "print(z)") == STOPPED.format("z", "이 노트북의 다른")
    assert nb.run("a", "x = 1; z = x") is None
    assert nb.run("d") is None


def test_a_name_made_and_deleted_gets_no_word(lesson):
    nb = lesson(a="x = 1", b="del x", c="print(x)")
    nb.run("a")
    nb.run("b")
    assert nb.run("c") is None
    nb = lesson(a="x = 1", b="del x", c="print(x)")  # 위를 모두 실행해도 남지 않음
    assert nb.run("c") is None


def test_a_cell_that_may_not_make_it_does_not_count(lesson):
    nb = lesson(a="if 0:\n    x = 1", b="def f(z): y = 1", c="from torch import *")
    assert nb.run("d", "print(x)") is None
    assert nb.run("d", "print(y)") is None
    assert nb.run("d", "print(z)") is None


def test_a_name_that_this_cell_makes_later_gets_no_word(lesson):
    nb = lesson(a="print(x)\nx = 1")
    assert nb.run("a") is None


def test_a_name_that_the_notebook_does_not_have(lesson):
    nb = lesson(a="X_train = num_epochs = w1 = ab = y_train = 1", b="print(X_trian)")
    nb.run("a")
    assert nb.run("b") == SIMILAR.format("X_trian", "X_train")
    for wrong, right in [("x_train", "X_train"), ("num_epoch", "num_epochs"), ("pritn", "print")]:
        assert nb.run("b", wrong) == SIMILAR.format(wrong, right)
    assert nb.run("b", "true") == SIMILAR.format("true", "True")
    for unlike in ["z_train", "w2", "ac", "nothing_like_it", "X_tria_s", "In_", "_"]:
        assert nb.run("b", unlike) is None


def test_two_similar_names_get_no_word(lesson):
    nb = lesson(a="loss_a = loss_b = 1", b="loss_c")
    nb.run("a")
    assert nb.run("b") is None


def test_a_name_that_is_not_of_the_notebook_gets_no_word(lesson):
    nb = lesson(a="x = 1", b="print(x)")
    for code in [
        "exec('x', {})",
        "raise NameError(\"name 'x' is not defined\")",
        "raise NameError",
        "def f():\n    print(x)\n    x = 1\nf()",
        "def f():\n    del_me = lambda: x\n    return del_me()\n    x = 1\nf()",
        "try:\n    x\nexcept NameError as e:\n    raise ValueError from e",
        "try:\n    x\nexcept NameError:\n    x = 1\n    raise",
    ]:
        nb.shell.user_ns.pop("x", None)
        assert nb.run("b", code) is None
        assert nb.help.runs


def test_a_file_that_cannot_be_trusted_gets_no_word(lesson, monkeypatch):
    nb = lesson(a="x = X_train = 1", b="print(x)", c="X_trian")
    nb.path.write_text("{", encoding="utf-8")
    assert nb.run("b") is None
    assert nb.run("c") is None
    nb.path.unlink()
    assert nb.run("b") is None
    nb = lesson(a="x = 1", b="print(x)")
    nb.help.from_start = False  # 셀을 실행한 다음 확장을 켰음
    assert nb.run("b") is None


def test_a_console_is_told_similar_names_only(lesson, monkeypatch):
    nb = lesson(a="X_train = 1", b="print(y)\ny = 1", c="y = 1")
    monkeypatch.delenv("JPY_SESSION_NAME")
    nb.run("a")
    assert nb.run("q", "X_trian") == SIMILAR.format("X_trian", "X_train")
    assert nb.run("q", "y") is None


def test_a_program_that_gives_no_cell_ids(lesson):
    """VS Code는 메뉴가 다르고, 파일에 없는 코드를 실행했으면 파일이 화면보다 낡은 것입니다."""
    nb = lesson(a="x = 1", b="print(x)", c="print(x)  # 또")
    nb.ids = False
    nb.shell.user_ns["__vsc_ipynb_file__"] = str(nb.path)
    assert nb.run("b") == ABOVE.format("x") + "맨 위의 셀부터 순서대로 실행합니다."
    nb.run("a", "z = 1")
    assert nb.run("c") is None
    nb.ids = True  # 파일에 없는 이름을 주는 프로그램
    assert nb.run("elsewhere", "print(x, 3)") is None


SYNTAX = {
    "for i in range(3)\n    print(i)": "콜론(`:`)으로 끝나야 합니다.",
    "print((1, 2)": "여는 괄호 `(`의 짝이 되는 닫는 괄호가 없습니다.",
    "x = [1, 2": "여는 괄호 `[`의 짝이 되는 닫는 괄호가 없습니다.",
    "def f():\nreturn 1": "콜론(`:`)으로 끝난 줄의 다음 줄은 네 칸 들여 씁니다.",
    "x = 1\n    y = 2": "이 줄이 앞의 줄보다 더 들어가 있습니다.",
    "hint(01-1)": '연습의 번호는 `hint("01-1")`처럼 따옴표로 묶습니다.',
    "check(03-2, 답)": '연습의 번호는 `hint("01-1")`처럼 따옴표로 묶습니다.',
    "x = 01": None,
    "x = = 1": None,
    "1 = x": None,
}


@pytest.mark.parametrize("source", SYNTAX)
def test_syntax_errors(source):
    with pytest.raises(SyntaxError) as caught:
        compile(source, "셀", "exec")
    said, wanted = korean_errors.explain(caught.value), SYNTAX[source]
    assert said is None if wanted is None else wanted in said


def test_two_cells_of_the_same_code_have_no_place(lesson):
    nb = lesson(a="print(x)", b="x = 1", c="print(x)")
    nb.ids = False
    assert nb.run("a") is None


# ---------------------------------------------------------------- 모듈이 없는 오류


def missing(name):
    return ModuleNotFoundError(f"No module named {name!r}", name=name)


@pytest.fixture
def nowhere(monkeypatch):
    """어떤 모듈도 찾지 못하게 합니다. 커널의 Python은 강의의 `.venv`입니다."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(sys, "prefix", os.path.join(korean_errors.ROOT, ".venv"))


def module_help(name, **user_ns):
    return korean_errors._module_help(missing(name), SimpleNamespace(user_ns=user_ns))


OTHER_KERNEL = "이 커널은 강의의 Python(`.venv`)이 아닙니다. "


@pytest.mark.parametrize(
    "name", ["helpers", "exercises", "torch", "sklearn", "koreanize_matplotlib"]
)
def test_a_kernel_of_another_python(name, nowhere, monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert module_help(name) == (
        f"{OTHER_KERNEL}`python course.py`로 연 JupyterLab의 메뉴에서 "
        "'커널 > 커널 변경'을 골라 바꿉니다."
    )
    assert module_help(name, __vsc_ipynb_file__="x.ipynb") == (
        f"{OTHER_KERNEL}노트북의 오른쪽 위에 있는 커널의 이름을 눌러 `.venv`의 Python으로 바꿉니다."
    )
    monkeypatch.setitem(sys.modules, "google.colab", sys)
    assert module_help(name) is None


def test_a_broken_installation(nowhere, monkeypatch, tmp_path):
    assert module_help("torch") == (
        "강의의 `.venv`에 설치되어 있어야 할 `torch`이(가) 없습니다. "
        "JupyterLab을 끝내고 `.venv` 폴더를 지운 다음 `python course.py`를 다시 실행합니다."
    )
    assert module_help("helpers") is None  # 폴더가 있는데 찾지 못한 원인은 모름
    (tmp_path / "requirements.txt").write_text("torch==1\n", encoding="utf-8")
    monkeypatch.setattr(korean_errors, "ROOT", str(tmp_path))
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ".venv"))
    expected = "강의 폴더에 `helpers` 폴더가 없습니다. 강의를 다시 내려받습니다."
    assert module_help("helpers") == expected


@pytest.mark.parametrize("name", ["seaborn", "helpers.nothing", "torch.nothing", "scikit-learn"])
def test_a_module_that_is_not_ours_gets_no_word(name, nowhere):
    assert module_help(name) is None


def test_a_module_that_is_found_by_now_gets_no_word():
    assert module_help("torch") is None


def test_the_menus_are_named_as_in_jupyterlab():
    folder = importlib.util.find_spec("jupyterlab_language_pack_ko_KR").submodule_search_locations[
        0
    ]
    path = Path(folder, "locale", "ko_KR", "LC_MESSAGES", "jupyterlab.json")
    words = json.loads(path.read_text(encoding="utf-8"))
    assert words["menu\x04Run"] == ["실행"]
    assert words["Run All Above Selected Cell"] == ["위의 모든 셀 실행"]
    assert words["menu\x04Kernel"] == ["커널"]
    assert words["Change Kernel…"] == ["커널 변경"]


# ---------------------------------------------------------------- 확장


class Shell(SimpleNamespace):
    """확장이 건드리는 것만 있는 IPython입니다."""

    def __init__(self):
        super().__init__(execution_count=1, user_ns={}, events=self, heard=[])

    def register(self, name, function):
        self.heard.append((name, function))

    def unregister(self, name, function):
        self.heard.remove((name, function))

    def _showtraceback(self, etype, evalue, stb):
        self.shown = stb


def show(shell, error, stb):
    shell._showtraceback(type(error), error, stb)
    return shell.shown


@pytest.fixture
def shell(monkeypatch):
    monkeypatch.delenv("COURSE_HELP", raising=False)
    monkeypatch.setattr(korean_errors, "_active", None)
    shell = Shell()
    korean_errors.load_ipython_extension(shell)
    return shell


def test_a_line_is_added_to_the_end_of_the_traceback(shell):
    error = raised(lambda: rand(5) + rand(4))
    stb = ["\x1b[31m줄\x1b[39m", "끝"]
    assert show(shell, error, stb) == [*stb, f"\n\x1b[1m[도움말] {BROADCAST}\x1b[0m"]
    assert stb == ["\x1b[31m줄\x1b[39m", "끝"]
    assert show(shell, error, ["색 없음"]) == ["색 없음", f"\n[도움말] {BROADCAST}"]


def test_without_a_word_the_same_traceback_is_passed_on(shell):
    stb = ["줄"]
    for error in [SyntaxError("x"), KeyboardInterrupt(), raised(with_unreadable_text), NameError()]:
        assert show(shell, error, stb) is stb
    assert show(shell, raised(lambda: rand(5) + rand(4)), "글") == "글"


def test_the_traceback_is_shown_when_the_help_breaks(shell, monkeypatch):
    monkeypatch.setattr(korean_errors, "_name_help", lambda *_: 1 / 0)
    stb = ["줄"]
    assert show(shell, NameError("x"), stb) is stb
    for _, function in shell.heard:
        function(None)


def test_unloading_restores_what_was(shell):
    korean_errors.unload_ipython_extension(shell)
    assert "_showtraceback" not in vars(shell)
    assert shell.heard == []


def test_under_another_extension_it_only_falls_silent(shell):
    shell._showtraceback = partial(shell._showtraceback)
    korean_errors.unload_ipython_extension(shell)
    stb = ["줄"]
    assert show(shell, raised(lambda: rand(5) + rand(4)), stb) is stb


def test_the_environment_variable_turns_it_off(monkeypatch):
    monkeypatch.setenv("COURSE_HELP", "off")
    shell = Shell()
    before = dict(vars(shell))
    korean_errors.load_ipython_extension(shell)
    korean_errors.unload_ipython_extension(shell)
    assert vars(shell) == before


# ---------------------------------------------------------------- 진짜 커널

CELLS = {
    "imports": "import math",
    "make-data": "X_train = [1, 2, 3]",
    "use-data": "len(X_train)",
    "later": "made_later = 1",
}


class Kernel:
    """셀의 이름과 함께 코드를 보내고, 오류 표시를 색 없이 돌려줍니다."""

    def __init__(self, client):
        self.client = client

    def run(self, source, cell_id=None):
        content = {"code": source, "silent": False, "store_history": True, "stop_on_error": False}
        metadata = {"cellId": cell_id, "deletedCells": []} if cell_id else {}
        message = self.client.session.msg("execute_request", content, metadata=metadata)
        self.client.shell_channel.send(message)
        traceback = []
        while True:
            reply = self.client.get_iopub_msg(timeout=60)
            if reply["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            if reply["msg_type"] == "error":
                traceback = reply["content"]["traceback"]
            if reply["content"].get("execution_state") == "idle":
                return [re.sub(r"In\[\d+\]", "In[]", ANSI.sub("", part)) for part in traceback]

    def says(self, source, cell_id=None):
        """오류 표시의 끝에 더한 문장입니다. 없으면 None입니다."""
        last = [*self.run(source, cell_id), ""][-2:][0]
        return last.removeprefix("\n[도움말] ") if last.startswith("\n[도움말] ") else None


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("내 강의")
    path = folder / "01 선형 회귀.ipynb"
    nodes = [new_code_cell(source, id=name) for name, source in CELLS.items()]
    nbformat.write(new_notebook(cells=nodes), path)
    env = {name: value for name, value in os.environ.items() if name != "COURSE_HELP"}
    env |= {"JPY_SESSION_NAME": str(path), "IPYTHONDIR": str(folder / "ipython")}
    manager, client = start_new_kernel(
        kernel_name="python3",
        env=env,
        cwd=str(folder),
        extra_arguments=[f'--InteractiveShellApp.extensions=["{EXTENSION}"]'],
    )
    yield Kernel(client)
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def test_in_a_kernel_a_missing_name(kernel):
    assert kernel.says("len(X_train)", "use-data") == ABOVE.format("X_train") + MENU
    assert kernel.says("X_train  # 새 셀", "new") == ELSEWHERE.format("X_train")
    assert kernel.says("made_later", "use-data") == BELOW.format("made_later")
    assert kernel.says("unknown", "use-data") is None
    kernel.run(CELLS["make-data"], "make-data")
    assert kernel.says("len(X_train)", "use-data") is None
    assert kernel.says("len(X_trian)", "use-data") == SIMILAR.format("X_trian", "X_train")
    assert kernel.says("%%time\nX_trian", "use-data") == SIMILAR.format("X_trian", "X_train")
    kernel.run("del X_train")
    assert kernel.says("len(X_train)", "use-data") is None


@pytest.mark.parametrize(
    "source",
    [
        "1 +",
        "raise KeyboardInterrupt",
        "%%time\n1 / 0",
        "try:\n    made_later\nexcept NameError:\n    1 / 0",
        "class E(NameError):\n    def __str__(self): raise ValueError\nraise E",
        "def f(n): 1 / n + f(n - 1)\nf(20)",
        "import nothing_here",
        "raise ExceptionGroup('x', [NameError(\"name 'made_later' is not defined\")])",
    ],
)
def test_in_a_kernel_other_errors_are_left_alone(kernel, source):
    assert not any("도움말" in part for part in kernel.run(source, "use-data"))


def test_in_a_kernel_unloading_leaves_the_traceback_alone(kernel):
    """마지막 검사입니다. 원래의 오류 표시가 그대로인지도 이때 비교합니다."""
    source = "def f():\n    return made_later\nf()"
    helped = kernel.run(source, "use-data")
    assert helped[-1] == f"\n[도움말] {BELOW.format('made_later')}"
    kernel.run(f"%unload_ext {EXTENSION}")
    plain = kernel.run(source, "use-data")
    assert plain == helped[:-1]
    untouched = (
        "shell = get_ipython()\n"
        "assert shell._showtraceback == type(shell)._showtraceback.__get__(shell)\n"
        "listeners = [f for fs in shell.events.callbacks.values() for f in fs]\n"
        "assert not any('korean' in getattr(f, '__module__', '') for f in listeners)"
    )
    assert kernel.run(untouched) == []
    kernel.run("import os; os.environ['COURSE_HELP'] = 'off'")
    kernel.run(f"%load_ext {EXTENSION}")
    assert kernel.run(untouched) == []
    assert kernel.run(source, "use-data") == plain


def test_a_cell_that_was_put_back_counts_again(lesson):
    nb = lesson(a="x = 1", b="print(x)")
    nb.deleted = ["a"]
    assert nb.run("b") is None
    nb.deleted = []  # 되돌린 셀을 다시 실행함
    nb.run("a", "1 / 0\nx = 1")
    assert "끝까지 실행되지 않았습니다" in nb.run("b")
