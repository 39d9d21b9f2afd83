"""처음 배우는 사람이 흔히 만나는 오류에 한국어 한 문장을 더하는 IPython 확장입니다.

강의의 커널이 시작할 때 불러옵니다. 원래의 오류 표시는 그대로 두고, 그 끝에 `[도움말]`로 시작하는 줄을 하나 더합니다.
확실한 것만 말하고, 확실하지 않으면 아무 말도 하지 않습니다. 여기서 일어난 예외는 밖으로 나가지 않습니다.

    %unload_ext door.korean_errors     끕니다. 커널을 다시 시작하면 다시 켜집니다

환경 변수 `COURSE_HELP`가 `off`이면 아무것도 하지 않습니다. 저장된 결과를 만들고 비교할 때 이렇게 합니다.
"""

import ast
import builtins
import functools
import importlib.util
import json
import os
import re
import sys
import warnings

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OURS = ("helpers", "exercises", "door")
IMPORTED_AS = {"scikit-learn": "sklearn"}  # 설치하는 이름과 import하는 이름이 다른 패키지
DTYPES = {  # 오류 문장이 자료형을 부르는 말
    "float64": ("Double", "double"),
    "float32": ("Float", "float"),
    "float16": ("Half",),
    "bfloat16": ("BFloat16",),
    "int64": ("Long", "long", "long int", "long long", "__int64"),
    "int32": ("Int", "int"),
    "uint8": ("Byte", "unsigned char"),
    "bool": ("Bool", "bool"),
}

_active = None  # 지금 켜져 있는 `_Help`


def load_ipython_extension(shell):
    """IPython이 확장을 켤 때 부릅니다."""
    global _active
    if os.environ.get("COURSE_HELP", "").lower() != "off" and _active is None:
        _active = _Help(shell)
        _active.start()


def unload_ipython_extension(shell):
    """IPython이 확장을 끌 때 부릅니다. 켜기 전의 상태로 되돌립니다."""
    global _active
    if _active is not None:
        _active.stop()
        _active = None


def _quietly(method):
    """도움말의 잘못으로 학습자의 셀이 멈추거나 낯선 오류가 나오지 않게 합니다."""

    @functools.wraps(method)
    def guarded(*arguments):
        try:
            return method(*arguments)
        except Exception:  # noqa: BLE001
            return None

    return guarded


class _Run:
    """셀을 실행한 기록 하나입니다. `finished`는 끝까지 갔으면 참, 멈추었으면 거짓, 실행 중이면 None입니다."""

    def __init__(self, cell_id, source):
        self.id, self.source, self.finished = cell_id, source.strip(), None

    @property
    def key(self):
        return self.id or self.source


class _Help:
    """커널 하나에 붙어, 실행한 셀을 기억하고 오류 표시의 끝에 문장을 더합니다."""

    def __init__(self, shell):
        self.shell = shell
        self.from_start = shell.execution_count == 1  # 커널의 모든 셀을 보았는지
        self.runs, self.deleted, self.current = {}, set(), None

    def start(self):
        self.before = self.shell.__dict__.get("_showtraceback")
        self.original = self.shell._showtraceback
        self.shell._showtraceback = self.mine = self.show
        self.shell.events.register("pre_run_cell", self.began)
        self.shell.events.register("post_run_cell", self.ended)

    def stop(self):
        self.shell.events.unregister("pre_run_cell", self.began)
        self.shell.events.unregister("post_run_cell", self.ended)
        if self.shell.__dict__.get("_showtraceback") is not self.mine:
            self.shell = None  # 다른 확장이 그 위에 붙었으니 자리는 두고 말만 하지 않음
        elif self.before is None:
            del self.shell._showtraceback
        else:
            self.shell._showtraceback = self.before

    def show(self, etype, evalue, stb):
        """원래의 오류 표시에, 더할 문장이 있을 때만 한 줄을 더해 보입니다."""
        sentence = self.sentence(evalue) if self.shell and isinstance(stb, list) else None
        if sentence:
            coloured = any("\x1b[" in line for line in stb)
            sentence = f"[도움말] {sentence}"
            stb = [*stb, f"\n\x1b[1m{sentence}\x1b[0m" if coloured else f"\n{sentence}"]
        return self.original(etype, evalue, stb)

    @_quietly
    def sentence(self, error):
        if type(error) is NameError:
            return _name_help(error, self)
        if type(error) is ModuleNotFoundError:
            return _module_help(error, self.shell)
        return explain(error)

    @_quietly
    def began(self, info):
        """셀이 실행되기 전에 IPython이 부릅니다. JupyterLab은 그동안 지운 셀도 함께 알립니다."""
        run = self.current = _Run(getattr(info, "cell_id", None), info.raw_cell)
        self.runs[run.key] = run
        metadata = self.shell.get_parent().get("metadata", {})
        self.deleted.update(metadata.get("deletedCells") or ())
        self.deleted.discard(run.id)

    @_quietly
    def ended(self, result):
        info = result.info
        run = self.runs.get(_Run(getattr(info, "cell_id", None), info.raw_cell).key)
        self.current = None
        run.finished = bool(result.success)


# ---------------------------------------------------------------- 이름이 없는 오류


def _name_help(error, helper):
    """이 노트북의 셀이 쓴 전역 이름이 없을 때의 문장입니다."""
    name, shell, current = error.name, helper.shell, helper.current
    if str(error) != f"name '{name}' is not defined" or name in shell.user_ns:
        return None
    if current is None or _last_frame(error).f_globals is not shell.user_ns:
        return None
    vscode = shell.user_ns.get("__vsc_ipynb_file__")
    path = vscode or os.environ.get("JPY_SESSION_NAME", "")
    if not path.endswith(".ipynb"):  # 노트북이 아닌 콘솔
        return None if _may_bind(current.source, name) else _similar_help(name, shell)
    page = _Page(_read_cells(path), helper, gives_ids=not vscode)
    if not helper.from_start or not page.in_step:
        return None
    if not any(_may_bind(source, name) for _, source in page.cells + page.added):
        return _similar_help(name, shell)
    menu = "메뉴에서 '실행 > 위의 모든 셀 실행'을 고릅니다."
    return page.whereabouts(name, "맨 위의 셀부터 순서대로 실행합니다." if vscode else menu)


def _read_cells(path):
    """저장된 노트북의 코드 셀마다 `(셀 이름, 코드)`입니다."""
    with open(path, encoding="utf-8") as file:
        cells = json.load(file)["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    return [(cell.get("id"), "".join(cell["source"]).strip()) for cell in code]


class _Page:
    """저장된 노트북과 이 커널의 실행 기록을 합친 것입니다.

    화면에서 고친 것은 저장되지 않았을 수 있습니다. 그래서 실행한 셀은 파일이 아니라 실행한 코드로 보고, 지운 셀은 뺍니다.
    JupyterLab처럼 셀의 이름을 알려 주지 않는 프로그램에서는, 실행한 코드가 모두 파일에 있을 때만 파일을 믿습니다.
    """

    def __init__(self, saved, helper, *, gives_ids):
        runs, current, deleted = [*helper.runs.values()], helper.current, helper.deleted
        ids, sources = {cell_id for cell_id, _ in saved}, [source for _, source in saved]
        by_id = any(run.id in ids for run in runs if run.id)
        by_id = by_id or (gives_ids and all(run.id for run in runs))  # 새로 만든 셀만 실행함
        self.in_step = by_id or (
            sources.count(current.source) == 1 and all(run.source in sources for run in runs)
        )
        known = {run.id if by_id else run.source: run for run in runs}
        self.cells = []  # 위에서부터 (실행 기록, 코드)
        for cell_id, source in saved:
            if cell_id not in deleted:
                run = known.get(cell_id if by_id else source)
                self.cells.append((run, run.source if run else source))
        placed = [run for run, _ in self.cells]
        self.here = placed.index(current) if current in placed else None
        added = [run for run in runs if run not in placed and run.id not in deleted]
        self.added = [(run, run.source) for run in added]  # 아직 저장되지 않은 셀

    def whereabouts(self, name, menu):
        """이름을 만드는 셀이 어디에 있고 실행되었는지 말합니다. 확실하지 않으면 None입니다."""
        cells = self.cells + self.added
        makers = [(i, run) for i, (run, source) in enumerate(cells) if name in _effect(source)[0]]
        if any(run and run.finished for _, run in makers):  # 만들었다가 지운 이름
            return None
        stopped = [i for i, run in makers if run and run.finished is False]
        waiting = [i for i, run in makers if run is None]
        if not stopped and not waiting:  # 지금 실행 중인 셀뿐
            return None
        where = self._where(min(stopped or waiting))
        if stopped:
            return (
                f"`{name}`은(는) {where} 셀에서 만드는데, 그 셀이 끝까지 실행되지 않았습니다. "
                "그 셀을 먼저 끝까지 실행합니다."
            )
        why = "커널이 시작된 뒤로 그 셀을 아직 실행하지 않았습니다."
        text = f"`{name}`은(는) {where} 셀에서 만드는데, {why}"
        if where != "위의":
            return text
        return f"{text} {menu}" if _left_by(self.cells[: self.here], name) else None

    def _where(self, index):
        if self.here is None or index >= len(self.cells):
            return "이 노트북의 다른"
        return "위의" if index < self.here else "아래의"


def _left_by(cells, name):
    """셀을 순서대로 실행하고 나면 그 이름이 남는지 봅니다."""
    effects = [_effect(source) for _, source in cells]
    return next(name in made for made, gone in reversed(effects) if name in made | gone)


def _similar_help(name, shell):
    """철자가 비슷한 이름이 지금 하나만 있으면 그것을 알립니다."""
    mine = {n for n in shell.user_ns if not n.startswith("_")} - set(shell.user_ns_hidden)
    near = [n for n in mine | set(dir(builtins)) if _is_near(name, n)]
    same = [n for n in near if n.lower() == name.lower()]  # 대문자와 소문자만 다른 것이 먼저
    if len(same or near) != 1:
        return None
    return f"`{name}`(이)라는 이름은 없습니다. 비슷한 이름 `{(same or near)[0]}`이(가) 있습니다."


def _is_near(name, other):
    """잘못 친 것으로 볼 만한지 봅니다. `x_train`과 `y_train`, `w1`과 `w2`는 다른 이름입니다."""
    if name.lower() == other.lower():
        return True
    if name[0].lower() != other[0].lower() or re.sub(r"\D", "", name) != re.sub(r"\D", "", other):
        return False
    allowed = 0 if len(name) < 3 else 1 if len(name) < 8 else 2
    return abs(len(name) - len(other)) <= allowed and _edits(name, other) <= allowed


def _edits(a, b):
    """한 글자를 넣고 빼고 바꾸거나 이웃한 두 글자를 맞바꾸어 `a`를 `b`로 만드는 가장 적은 횟수입니다."""
    rows = [[*range(len(b) + 1)]]
    for i, x in enumerate(a, start=1):
        row = [i]
        for j, y in enumerate(b, start=1):
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (x != y))
            if i > 1 and j > 1 and (x, a[i - 2]) == (b[j - 2], y):
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]


# ---------------------------------------------------------------- 셀이 만드는 이름


@functools.lru_cache(maxsize=128)
def _parse(source):
    """코드의 구문 트리입니다. 파이썬으로 읽을 수 없으면 None입니다."""
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return compile(source, "", "exec", flags)
        except (SyntaxError, ValueError):
            pass
        try:  # %로 시작하는 명령이 있는 셀. %%time 아래는 보통의 코드
            from IPython.core.inputtransformer2 import TransformerManager

            source = re.sub(r"\A%%(?:time|capture)\b.*", "", source)
            return compile(TransformerManager().transform_cell(source), "", "exec", flags)
        except (SyntaxError, ValueError):
            return None


def _may_bind(source, name):
    """코드의 어디에서든 그 이름을 만들 수 있는지 봅니다. 확실하지 않으면 참입니다."""
    if (tree := _parse(source)) is None:
        return True
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).split(".")[0])
        else:
            names |= {getattr(node, "name", None), getattr(node, "arg", None)}
    return name in names or "*" in names


def _effect(source):
    """셀이 끝까지 가면 만들어 두는 전역 이름과, 지울 수 있는 전역 이름입니다. 함수의 안은 보지 않습니다."""
    tree = _parse(source)
    return _effect_of_all(tree.body) if tree else (set(), set())


def _effect_of_all(statements):
    made, gone = set(), set()
    for statement in statements:
        makes, removes = _effect_of(statement)
        made, gone = (made - removes) | makes, (gone - makes) | removes
    return made, gone


def _effect_of(node):
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {node.name}, set()
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {(item.asname or item.name).split(".")[0] for item in node.names}, set()
    if isinstance(node, ast.Delete):
        return set(), {target.id for target in node.targets if isinstance(target, ast.Name)}
    if isinstance(node, ast.AugAssign) or (isinstance(node, ast.AnnAssign) and not node.value):
        return set(), set()  # 이름을 새로 만들지 않음
    parts = [
        part for part in ast.iter_child_nodes(node) if isinstance(part, (ast.expr, ast.withitem))
    ]
    made = set().union(*map(_stored, parts))
    bodies = [getattr(node, field, []) for field in ("body", "orelse", "finalbody")]
    body, orelse, final = map(_effect_of_all, bodies)
    others = [*getattr(node, "handlers", []), *getattr(node, "cases", [])]
    others = [_effect_of_all(part.body) for part in others]
    if isinstance(node, ast.If):
        made |= body[0] & orelse[0]
    else:
        made |= body[0] | final[0]
    return made, set().union(*(gone for _, gone in (body, orelse, final, *others)))


def _stored(node):
    """식이 만드는 이름입니다. 람다와 내포의 안쪽 이름은 뺍니다."""
    if isinstance(node, ast.Name):
        return {node.id} if isinstance(node.ctx, ast.Store) else set()
    if isinstance(node, ast.Lambda):
        return set()
    children = [*ast.iter_child_nodes(node)]
    if isinstance(node, ast.comprehension):
        children.remove(node.target)
    return set().union(*map(_stored, children))


# ---------------------------------------------------------------- 모듈이 없는 오류


def _module_help(error, shell):
    """강의의 패키지가 없을 때의 문장입니다. 다른 커널인지, 설치가 깨졌는지 나누어 말합니다."""
    name = error.name
    if name not in {*OURS, *_pinned()} or importlib.util.find_spec(name) is not None:
        return None
    if "google.colab" in sys.modules:
        return None
    if os.path.realpath(sys.prefix) != os.path.realpath(os.path.join(ROOT, ".venv")):
        there = "`python course.py`로 연 JupyterLab의 메뉴에서 '커널 > 커널 변경'을 골라 바꿉니다."
        if "__vsc_ipynb_file__" in shell.user_ns:
            there = "노트북의 오른쪽 위에 있는 커널의 이름을 눌러 `.venv`의 Python으로 바꿉니다."
        return f"이 커널은 강의의 Python(`.venv`)이 아닙니다. {there}"
    if name not in OURS:
        return (
            f"강의의 `.venv`에 설치되어 있어야 할 `{name}`이(가) 없습니다. "
            "JupyterLab을 끝내고 `.venv` 폴더를 지운 다음 `python course.py`를 다시 실행합니다."
        )
    if os.path.isdir(os.path.join(ROOT, name)):
        return None
    return f"강의 폴더에 `{name}` 폴더가 없습니다. 강의를 다시 내려받습니다."


def _pinned():
    """requirements.txt에 적힌 패키지를 import할 때의 이름입니다."""
    with open(os.path.join(ROOT, "requirements.txt"), encoding="utf-8") as file:
        names = re.findall(r"^([\w.-]+)==", file.read(), re.MULTILINE)
    return {IMPORTED_AS.get(name, name.replace("-", "_")) for name in names}


# ---------------------------------------------------------------- 텐서와 배열의 오류

_ANSWERS = []  # (예외의 종류, 오류 문장의 형식, 도움말을 만드는 함수)


def _explains(kind, *patterns):
    """함수를 예외의 종류와 오류 문장의 형식에 잇습니다. 형식에서 이름 붙인 곳의 말이 함수의 인수가 됩니다."""

    def register(function):
        _ANSWERS.extend((kind, pattern, function) for pattern in patterns)
        return function

    return register


@_quietly
def explain(error):
    """PyTorch와 NumPy의 오류 하나를 한두 문장으로 설명합니다. 모르는 오류이면 None입니다."""
    if type(error) not in {kind for kind, _, _ in _ANSWERS}:
        return None  # __str__이 무엇을 할지 모르는 예외
    text = str(error)
    for kind, pattern, answer in _ANSWERS:
        if type(error) is kind and (match := re.match(pattern, text)):
            return answer(error, **match.groupdict())
    return None


def _last_frame(error):
    trace = error.__traceback__
    while trace.tb_next:
        trace = trace.tb_next
    return trace.tb_frame


def _dtype(word):
    return next(name for name, words in DTYPES.items() if word in words)


@_explains(
    RuntimeError,
    r"mat1 and mat2 shapes cannot be multiplied \(\d+x(?P<a>\d+) and (?P<b>\d+)x\d+\)",
    r"Expected size for first two dimensions of batch2 tensor to be: "
    r"\[(?P<batch>\d+), (?P<a>\d+)\] but got: \[(?P=batch), (?P<b>\d+)\]",
)
def _product(error, a, b, batch=None):
    """`nn.Linear` 안에서 난 오류이면 그 층의 말로 설명합니다."""
    frame = _last_frame(error)
    layer = frame.f_locals.get("self")
    if frame.f_globals.get("__name__") == "torch.nn.modules.linear" and layer.in_features == int(b):
        return (
            f"`nn.Linear`에 넣은 텐서의 마지막 크기({a})와 그 층의 `in_features`({b})가 "
            "같아야 합니다."
        )
    return f"행렬을 곱하려면 앞 행렬의 열 수({a})와 뒤 행렬의 행 수({b})가 같아야 합니다."


@_explains(
    RuntimeError,
    r"size mismatch, got input \(\d+\), mat \(\d+x(?P<a>\d+)\), vec \((?P<b>\d+)\)",
)
def _product_with_vector(_, a, b):
    return f"행렬과 벡터를 곱하려면 맞닿는 두 크기({a}, {b})가 같아야 합니다."


@_explains(
    RuntimeError,
    r"inconsistent tensor size, expected tensor \[(?P<a>\d+)\] and src \[(?P<b>\d+)\]",
)
def _product_of_vectors(_, a, b):
    return f"두 벡터를 곱하려면 길이({a}, {b})가 같아야 합니다."


@_explains(
    ValueError,
    r"matmul: .* \(size (?P<b>\d+) is different from (?P<a>\d+)\)",
    r"shapes \S+ and \S+ not aligned: (?P<a>\d+) \(dim \d+\) != (?P<b>\d+) \(dim \d+\)",
)
def _product_of_arrays(_, a, b):
    return f"곱하려면 앞 배열의 마지막 크기({a})와 뒤 배열의 맞닿는 크기({b})가 같아야 합니다."


@_explains(
    RuntimeError,
    r"The size of tensor a \((?P<a>\d+)\) must match the size of tensor b \((?P<b>\d+)\)",
)
def _broadcast(_, a, b):
    return f"함께 계산하려면 맞닿는 차원의 크기({a}, {b})가 같거나 한쪽이 1이어야 합니다."


@_explains(
    ValueError,
    r"operands could not be broadcast together with shapes "
    r"\((?P<shape>[\d,]*)\) \((?P<other>[\d,]*)\) ?$",
)
def _broadcast_of_arrays(error, shape, other):
    """모양을 오른쪽 끝부터 맞추어 처음 어긋나는 크기를 찾습니다."""
    sizes = (re.findall(r"\d+", text)[::-1] for text in (shape, other))
    for a, b in zip(*sizes, strict=False):
        if a != b and "1" not in (a, b):
            return _broadcast(error, a, b)
    return None


@_explains(RuntimeError, r"Can't call numpy\(\) on Tensor that requires grad")
def _to_numpy(_):
    return (
        "기울기를 추적하는 텐서(`requires_grad=True`)는 바로 NumPy 배열로 바꿀 수 없습니다. "
        "`.detach()`를 먼저 부릅니다."
    )


@_explains(TypeError, r"can't convert (?:cuda|mps)\S* device type tensor to numpy")
def _to_numpy_from_gpu(_):
    return "GPU에 있는 텐서는 바로 NumPy 배열로 바꿀 수 없습니다. `.cpu()`를 먼저 부릅니다."


@_explains(
    RuntimeError,
    r"Expected all tensors to be on the same device, but "
    r"found at least two devices, (?P<a>\S+) and (?P<b>\S+)!",
    r"Expected all tensors to be on the same device, but "
    r"got .+? is on (?P<a>\S+), different from other tensors on (?P<b>\S+)",
)
def _devices(_, a, b):
    return (
        f"함께 계산하는 텐서는 모두 같은 장치에 있어야 하는데 두 장치({a}, {b})에 나뉘어 있습니다. "
        "`x = x.to(device)`처럼 한쪽으로 옮깁니다."
    )


@_explains(
    RuntimeError,
    r"(?:mat1|self) and mat2 must have the same dtype, but got (?P<a>\w+) and (?P<b>\w+)$",
    r"expected m1 and m2 to have the same dtype, but got: (?P<a>.+) != (?P<b>.+)$",
    r"addmv input tensors must have the same dtype, but got \w+, (?P<a>\w+), and (?P<b>\w+)$",
    r"dot : expected both vectors to have same dtype, but found (?P<a>\w+) and (?P<b>\w+)$",
)
def _same_dtype(_, a, b):
    a, b = _dtype(a), _dtype(b)
    target = "float32" if "float32" in (a, b) else b
    return (
        f"함께 곱하는 텐서는 자료형({a}, {b})이 같아야 합니다. "
        f"`x = x.to(torch.{target})`처럼 한쪽을 바꿉니다."
    )


@_explains(
    RuntimeError,
    r"expected scalar type (?P<needed>\w+) but found (?P<found>\w+)$",
    r"Found dtype (?P<found>\w+) but expected (?P<needed>\w+)$",
)
def _other_dtype(_, needed, found):
    needed, found = _dtype(needed), _dtype(found)
    return (
        f"자료형이 {needed}인 텐서가 필요한 곳에 {found}인 텐서를 넣었습니다. "
        f"`x = x.to(torch.{needed})`처럼 바꿉니다."
    )


@_explains(RuntimeError, r"expected target dtype to be Long or Byte, but got (?P<found>\w+)$")
def _class_dtype(_, found):
    return (
        f"타깃이 클래스의 번호이면 자료형이 int64여야 하는데 {_dtype(found)}입니다. "
        "`y = y.long()`처럼 바꿉니다."
    )


@_explains(RuntimeError, r"Trying to backward through the graph a second time")
def _backward_twice(_):
    return (
        "계산 그래프는 `backward()`를 한 번 부르면 지워집니다. "
        "매개변수부터 손실까지 다시 계산한 다음 `backward()`를 부릅니다."
    )


@_explains(
    RuntimeError, r"element \d+ of tensors does not require grad and does not have a grad_fn"
)
def _backward_without_graph(_):
    return (
        "`backward()`를 부른 값에 계산 그래프가 없습니다. "
        "`requires_grad=True`인 텐서에서 `no_grad()`와 `detach()` 없이 계산한 값이어야 합니다."
    )


@_explains(RuntimeError, r"grad can be implicitly created only for scalar outputs")
def _backward_of_many(_):
    return (
        "`backward()`는 원소가 하나인 텐서에서 부릅니다. "
        "`.mean()`이나 `.sum()`으로 하나로 줄인 다음 부릅니다."
    )


@_explains(
    RuntimeError, r"a leaf Variable that requires grad is being used in an in-place operation"
)
def _leaf_in_place(_):
    return (
        "기울기를 추적하는 텐서(`requires_grad=True`)의 값은 계산을 기록하는 동안 바로 고칠 수 "
        "없습니다. 매개변수를 갱신하는 줄은 `with torch.no_grad():` 안에 씁니다."
    )


# ---------------------------------------------------------------- 문법의 오류


@_explains(SyntaxError, r"expected ':'")
def _missing_colon(_):
    return "`def`, `for`, `if`, `with`, `class`로 시작하는 줄은 콜론(`:`)으로 끝나야 합니다."


@_explains(SyntaxError, r"'(?P<mark>[(\[{])' was never closed")
def _never_closed(_, mark):
    return f"여는 괄호 `{mark}`의 짝이 되는 닫는 괄호가 없습니다."


@_explains(IndentationError, r"expected an indented block after")
def _missing_indent(_):
    return "콜론(`:`)으로 끝난 줄의 다음 줄은 네 칸 들여 씁니다."


@_explains(IndentationError, r"unexpected indent")
def _unexpected_indent(_):
    return "이 줄이 앞의 줄보다 더 들어가 있습니다. 시작하는 칸을 앞의 줄과 맞춥니다."


@_explains(SyntaxError, r"leading zeros in decimal integer literals are not permitted")
def _number_without_quotes(error):
    if re.search(r"\b(?:check|hint)\(\s*0\d", error.text or ""):
        return '연습의 번호는 `hint("01-1")`처럼 따옴표로 묶습니다.'
    return None
