"""규칙과 `rerun` 자신의 검사입니다.

모든 규칙을 지키는 작은 노트북을 하나 만들고, 한 곳씩 어겨 그 규칙만 알아채는지 봅니다.
"""

import base64
import copy
import io
import os
import sys
import tomllib

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from tests import rerun, rules

README = """# 강의

| 번호 | 노트북 | 배우는 것 | 읽고 해 보기 | 실행 |
|---|---|---|---|---|
| 01 | [점 다섯 개](notebooks/01_line.ipynb) | 직선 | 50분 | 5초 |

## 용어

| 쓰는 말 | 영어 | 쓰지 않는 말 |
|---|---|---|
| 기울기 | gradient | 그래디언트, 변화도 |
| 기울기 소실 | vanishing gradient | 그래디언트 소실 |
| 직선의 기울기 | slope | |
| 경사 하강법 | gradient descent | 경사하강법 |
| 확률적 경사 하강법 | stochastic gradient descent (SGD) | |
| 매개변수 | parameter | 파라미터 |
| 하이퍼파라미터 | hyperparameter | 하이퍼파라메터 |
| 손실 함수 | loss function | 로스, 손실함수 |
| 층, 은닉층 | layer, hidden layer | 레이어 |
| 배치, 미니배치 | batch, mini-batch | |
| 훈련 세트 / 테스트 세트 | training / test set | 평가 데이터 |
| 특성 | feature | 피처 |
| 정규화 | normalization (min-max) | |

## 기여
"""
TERMS = rules.read_glossary(README)
PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=\n"
)
TITLE = """# 01. 점 다섯 개

직선을 배웁니다. 기울기(gradient)를 씁니다.

| | |
|---|---|
| 배우는 것 | 직선을 맞춥니다. |
| 먼저 볼 노트북 | [00. 시작](00_start.ipynb#첫-걸음) |
| 걸리는 시간 | 수업 50분, 실행 5초 |"""
DEEPER_TITLE = """# 01 심화. 점 다섯 개

직선을 더 봅니다. 기울기(gradient)를 씁니다.

| | |
|---|---|
| 배우는 것 | 퍼짐을 잽니다. |
| 먼저 볼 노트북 | [01. 점 다섯 개](../01_line.ipynb) |
| 걸리는 시간 | 읽고 해 보기 40분, 실행 20초 |"""
MODEL = """class Line(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(1, 1)

    def slope(self):
        return self.linear.weight.item()"""
QUESTIONS = """## 손실

**예측해 보기**: 손실은 어디로 갈까요?

<details><summary>답</summary>

손실이 3.0에서 줄어듭니다.

</details>

**예측해 보기**: 얼마나 줄까요?

<details><summary>답</summary>

67 % 줄어 1.0이 됩니다.

</details>"""
FORMULA = """손실의 식입니다.

$$L = 1.0$$"""
SUMMARY = """## 정리

- 직선을 맞추었습니다.
- 기울기를 구했습니다.
- 모양을 확인했습니다."""
CHART = """## 지도

| 번호 | 제목 | 먼저 볼 노트북 |
|---|---|---|
| 00 | 시작 | 없음 |
| 01 | 점 다섯 개 | 00 |"""
DECLARED = [("01-1", "한 걸음"), ("01-2", "두 걸음"), ("01-3", "세 걸음")]
EXTRA = ("01-4", "네 걸음")
DECLARED_NUMBERS = {"01_line.ipynb": {"67%": "1 - 1 / 3"}}
EXPLAINED = {"01": ["nn.Linear"], "02": ["Sequential", ".train()"]}
MORE = """## 더 해 볼 것

- 점을 늘려 봅니다."""
LINKS = """[이전](00_start.ipynb) | [다음](02_next.ipynb)"""


def stream(text, name="stdout"):
    return new_output("stream", text=text, name=name)


def png(width):
    """너비가 정해진 그림을 출력에 적는 글로 바꾼 것입니다."""
    file = io.BytesIO()
    Image.new("L", (width, 2)).save(file, "png")
    return base64.b64encode(file.getvalue()).decode()


def figure(image=PNG, **size):
    data = {"image/png": image, "text/plain": "<Figure size 500x350 with 1 Axes>"}
    return new_output("display_data", data, metadata={"image/png": size})


def failure(evalue="모양", line="torch.zeros(2) @ torch.zeros(3)"):
    trace = ["Traceback (most recent call last)", f"Cell In[7], line 1\n----> 1 {line}"]
    return new_output("error", ename="RuntimeError", evalue=evalue, traceback=trace)


def code(name, source, *outputs, tags=()):
    return new_code_cell(source, id=name, outputs=[*outputs], metadata={"tags": [*tags]})


def text(name, source):
    return new_markdown_cell(source, id=name)


def verdict(name, status):
    return stream(f"[{name}] {status}습니다. 수를 답합니다.\n")


def shown_verdict(name, status):
    """check()가 노트북에 보이는 모양입니다. 색이 있는 HTML과 보통 글이 함께 있습니다."""
    html = f'<div style="color: #0072b2"><b>{status}습니다</b> {name} 수를 답합니다.</div>'
    plain = f"[{name}] {status}습니다. 수를 답합니다."
    return new_output("display_data", {"text/html": html, "text/plain": plain})


def html_only(name, status):
    data = shown_verdict(name, status).data
    return new_output("display_data", {"text/html": data["text/html"]})


def good_solution():
    title = "# 01. 점 다섯 개: 연습 문제의 풀이\n\n[01. 점 다섯 개](../01_line.ipynb)를 풉니다."
    cells = [
        text("title", title),
        code("imports", "import os"),
        code("constants", rules.PROGRESS_OFF),
        *answers(DECLARED, "맞았", "##"),
    ]
    return rerun.canonicalise(new_notebook(cells=cells))


def answers(declared, status, marks):
    """연습마다 제목 셀과 답 셀입니다."""
    for place, (name, title) in enumerate(declared, start=1):
        answer = "..." if status.startswith("아직") else place
        yield text(f"exercise-{place}", f"{marks} 연습 {name}. {title}")
        source = f'step_{place} = {answer}\n\ncheck("{name}", step_{place})'
        yield code(f"answer-{place}", source, verdict(name, status))


def good_notebook():
    cells = [
        text("title", TITLE),
        code("imports", "import torch\nfrom torch import nn\n\nfrom helpers.motion import play"),
        text("model-text", "## 모델\n\n`nn.Linear(1, 1)`을 씁니다. `model.linear`에 있습니다."),
        code("model", MODEL),
        text("questions", QUESTIONS),
        code("train", "losses = [3.0, 1.0]\nlosses", stream("1.0\n"), tags=[rules.IGNORED]),
        code(
            "check", "# 직접 확인: 손실이 줄어듦\nassert losses[-1] < losses[0]\nprint(losses[-1])"
        ),
        code("draw", "ax = losses", figure()),
        text("caption", "**그림 1.** 손실이 걸음마다 줄어듭니다."),
        text("formula", FORMULA),
        code("move", 'play(model, losses, label="걸음")'),
        code("shape", "# 직접 확인: 기록은 두 걸음\nassert len(losses) == 2\nprint(losses)"),
        text("mistake", "## 흔한 실수: 모양\n\n[모델](#모델)의 모양이 다릅니다."),
        code("crash", "torch.zeros(2) @ torch.zeros(3)", failure(), tags=["raises-exception"]),
        text("summary", SUMMARY),
        text("more", MORE),
        text("exercises", "## 연습 문제\n\n하나씩 풉니다."),
        *answers(DECLARED, "아직 답하지 않았", "###"),
        text("links", LINKS),
    ]
    return rerun.canonicalise(new_notebook(cells=cells))


def good_deeper():
    """심화입니다. 그림도 질문도 흔한 실수도 없고, 연습은 강의 다음의 것입니다."""
    check = "# 직접 확인: 손실이 줄어듦\nloss = 1.0\nassert loss < 3\nprint(loss)"
    cells = [
        text("title", DEEPER_TITLE),
        code("imports", "import torch"),
        text("seeds", "## 시드\n\n손실이 1.0입니다.\n\n$$L = 1$$"),
        code("check", check),
        text("summary", SUMMARY),
        text("exercises", "## 연습 문제\n\n하나를 풉니다."),
        *answers([EXTRA], "아직 답하지 않았", "###"),
        text("links", "[강의로](../01_line.ipynb)"),
    ]
    return rerun.canonicalise(new_notebook(cells=cells))


def save(folder, nb, readme=README, name="01_line.ipynb"):
    """이웃한 강의 둘과 함께 저장하고 다시 읽습니다."""
    for neighbour in ("00_start", "02_next"):
        cells = [text("title", "# 제목\n\n## 첫 걸음"), text(rules.MAP_CELL, CHART)]
        rerun.save(new_notebook(cells=cells), folder / f"{neighbour}.ipynb")
    rerun.save(nb, folder / name)
    return rules.Notebook.read(folder / name, readme, DECLARED)


def save_solution(folder, nb):
    save(folder, good_notebook())
    path = folder / rules.SOLUTIONS / "01_line.ipynb"
    path.parent.mkdir()
    rerun.save(nb, path)
    return rules.Notebook.read(path, README, DECLARED)


def save_deeper(folder, nb):
    """심화가 딸린 강의와 함께 저장합니다."""
    lesson = good_notebook()
    append("links", " | [심화](deeper/01_line.ipynb)")(lesson)
    save(folder, lesson)
    path = folder / "deeper" / "01_line.ipynb"
    path.parent.mkdir()
    rerun.save(nb, path)
    return rules.Notebook.read(path, README, [*DECLARED, EXTRA])


@pytest.fixture(autouse=True)
def _of_the_small_notebook(monkeypatch):
    """작은 노트북의 글에 적힌 수의 식과, 강의마다 설명하는 이름입니다."""
    monkeypatch.setattr(rules.prose_numbers, "DECLARED", DECLARED_NUMBERS)
    monkeypatch.setattr(rules.first_uses, "EXPLAINED", EXPLAINED)


@pytest.fixture
def _not_yet(monkeypatch):
    """01강을 아직 옮기지 않은 강의로 봅니다."""
    monkeypatch.setattr("tests.notebook.NOT_YET", ("01",))
    monkeypatch.setattr(rules, "NOT_YET", ("01",))


def complaining(nb):
    return {name for name, rule in rules.RULES.items() if rule(nb)}


# ---------------------------------------------------------------- 노트북을 어기는 방법


def find(nb, name):
    return next(cell for cell in nb.cells if cell.id == name)


def edit(name, old, new):
    """셀의 글 일부를 바꿉니다."""

    def change(nb):
        cell = find(nb, name)
        assert old in cell.source
        cell.source = cell.source.replace(old, new)

    return change


def append(name, more):
    return lambda nb: find(nb, name).update(source=find(nb, name).source + more)


def give(name, **fields):
    return lambda nb: find(nb, name).update(copy.deepcopy(fields))


def output(name, *outputs):
    return give(name, outputs=outputs)


def drawn(image):
    """그림 셀의 그림을 바꿉니다."""
    return all_of(output("draw", image), tidy)


def retag(name, *tags):
    return give(name, metadata={"tags": [*tags]} if tags else {})


def drop(name):
    return lambda nb: nb.cells.remove(find(nb, name))


def tidy(nb):
    """정해진 모양으로 저장할 때처럼, 실행 번호와 그림의 설명을 다시 적습니다."""
    nb["cells"] = rerun.canonicalise(nb).cells


def all_of(*changes):
    return lambda nb: [change(nb) for change in changes]


def put_many(name, count, source):
    """셀 앞에 같은 코드 셀을 여러 개 놓습니다."""

    def change(nb):
        place = nb.cells.index(find(nb, name))
        nb.cells[place:place] = [code(f"more-{number}", source) for number in range(count)]
        tidy(nb)

    return change


MOST_WORDS = 1500 - 60  # 작은 노트북의 글은 60어절보다 많음
ONE_QUESTION = "\n**예측해 보기**\n\n<details><summary>답</summary>\n\n답입니다.\n\n</details>\n"
FOUR_MISTAKES = "\n\n".join(f"## 실수 {number}. 모양" for number in range(1, 5))
BROKEN = [
    # 빈칸
    ("no_blanks", append("mistake", " 【빈칸: 모양이 다른 이유】")),
    ("no_blanks", append("draw", "\nhigh = 3  # 【빈칸: 높이】")),
    ("no_blanks", append("mistake", " 【빈칸")),
    # 실행과 출력
    ("executed", give("shape", source=""), {"metadata"}),
    ("executed", give("model", execution_count=None), {"metadata"}),
    ("executed", give("model", execution_count=7), {"metadata"}),
    ("clean_outputs", output("model", stream("경고\n", "stderr"))),
    ("clean_outputs", output("model", stream("<Line at 0x7f10aa20>\n"))),
    ("clean_outputs", output("model", new_output("display_data", {"image/svg+xml": "<svg/>"}))),
    ("clean_outputs", output("model", new_output("display_data", {"text/html": "<svg></svg>"}))),
    ("clean_outputs", output("model", stream("/home/kim/data.csv\n"))),
    ("clean_outputs", output("model", stream("lib/site-packages/torch\n"))),
    ("clean_outputs", output("model", stream("C:\\Users\\kim\n"))),
    ("clean_outputs", output("crash", failure(evalue="/home/kim/data.csv"))),
    ("clean_outputs", output("crash", failure(line="open('/home/kim/data.csv')"))),
    ("clean_outputs", retag("crash")),
    # 코드
    (
        "cell_length",
        append("draw", "\npass" + "\n" * (rules.MAX_LINES - 1) + "pass"),
        {"within_limits"},
    ),
    ("cell_length", append("draw", "\n# " + "가" * (rules.MAX_COLUMNS - 1))),
    ("imports_in_one_cell", append("model", "\nimport math")),
    ("imports_in_one_cell", append("model", "\n\n\ndef run():\n    from math import pi")),
    ("no_redefinition", append("train", "\nLine = 3")),
    ("no_redefinition", append("train", "\nfor torch in losses:\n    pass")),
    ("no_redefinition", append("train", "\nwith losses as nn:\n    pass")),
    ("no_redefinition", append("train", "\n\n\ndef Line():\n    pass")),
    ("no_magic", edit("draw", "ax = losses", "%matplotlib inline")),
    ("no_magic", edit("crash", "torch", "!ls\ntorch")),
    ("no_magic", append("draw", "\nax?")),
    ("no_magic", append("draw", "\n# NBVAL_IGNORE_OUTPUT")),
    ("no_magic", append("draw", "\nwarnings.filterwarnings('ignore')")),
    ("no_magic", append("draw", "\nwarnings.simplefilter('ignore')")),
    ("quiet_ending", append("draw", "\ntorch.manual_seed(0)")),
    ("quiet_ending", append("draw", "\nplt.plot(losses, 'o')")),
    ("quiet_ending", append("draw", "\nax.legend()")),
    ("encoding_given", append("draw", "\nopen('a.txt')")),
    ("encoding_given", append("draw", "\nopen('a.txt', 'w')")),
    ("encoding_given", append("draw", "\npath.read_text()")),
    ("encoding_given", append("draw", "\npath.write_text('bw')")),
    # 파일과 태그
    ("metadata", lambda nb: nb.metadata.update(authors=["kim"])),
    ("metadata", give("draw", metadata={"collapsed": True})),
    ("metadata", give("draw", id="1f0c9a7b")),
    ("metadata", give("draw", id="5b2f4c66-8a43-4d2f-9a52-0b5a4f0a9c11")),
    ("metadata", append("model-text", "\n")),
    ("metadata", retag("draw", "nbval-skip")),
    ("ignored_followed_by_assert", edit("check", "# 직접 확인", "# 확인")),
    ("ignored_followed_by_assert", edit("check", "losses[-1] < losses[0]", "True")),
    ("ignored_followed_by_assert", edit("check", "losses[-1] < losses[0]", "1 < 2")),
    ("ignored_followed_by_assert", edit("check", "losses[-1] < losses[0]", "(losses, '말')")),
    ("ignored_followed_by_assert", edit("check", "assert", "ok =")),
    ("ignored_followed_by_assert", put_many("check", rules.CHECKED_WITHIN, "pass")),
    ("ignored_followed_by_assert", retag("crash", "raises-exception", rules.IGNORED)),
    # 순서와 목록
    ("sections", edit("title", "# 01. ", "# 02. ")),
    ("sections", edit("title", "# 01. ", "## 01. ")),
    ("sections", edit("title", "배우는 것", "내용")),
    ("sections", edit("title", "먼저 볼 노트북", "앞 강의")),
    ("sections", edit("title", "걸리는 시간", "시간")),
    ("sections", edit("model-text", "## 모델", "# 모델")),
    ("sections", edit("title", "수업 50분", "읽고 해 보기 50분"), {"listed"}),
    ("sections", edit("title", "실행 5초", "실행 1분"), {"listed"}),
    ("sections", edit("model-text", "## 모델", "## 모델\n\n### 층 고르기 (선택)")),
    ("sections", all_of(retag("train"), drop("check"), drop("shape"), tidy)),
    ("ending", edit("summary", "## 정리", "## 끝")),
    ("ending", edit("more", "더 해 볼 것", "참고")),
    ("ending", edit("more", "더 해 볼 것", "다른 선택지"), {"sections"}),
    ("ending", edit("more", "## 더 해 볼 것", "## 연습 문제\n\n## 더 해 볼 것")),
    ("ending", append("links", "\n\n## 부록")),
    ("ending", append("summary", "\n- 하나\n- 둘\n- 셋")),
    ("ending", edit("summary", "- 직선을 맞추었습니다.\n", "")),
    ("exercises", edit("exercise-1", "연습 01-1. 한 걸음", "연습 01-1. 한걸음")),
    ("exercises", edit("exercise-2", "연습 01-2.", "연습 01-3.")),
    ("exercises", drop("exercise-2")),
    ("exercises", edit("answer-1", '"01-1"', '"01-2"')),
    ("exercises", edit("answer-2", "check(", "print(")),
    ("exercises", output("answer-1", verdict("01-1", "맞았"))),
    ("exercises", output("answer-1")),
    ("exercises", output("answer-1", shown_verdict("01-1", "맞았"))),
    ("exercises", output("answer-1", shown_verdict("01-2", "아직 답하지 않았"))),
    ("exercises", output("answer-1", html_only("01-1", "아직 답하지 않았"))),
    ("no_solutions", append("links", " | [답](solutions/01_line.ipynb)"), {"links_resolve"}),
    ("no_solutions", append("more", "\n- `solutions`를 봅니다.")),
    ("no_solutions", append("more", "\n- 풀이를 봅니다.")),
    ("no_solutions", append("more", "\n- 해답이 있습니다.")),
    ("no_solutions", append("draw", "\n# 답은 풀이에 있음")),
    ("no_solutions", output("model", stream("모범 답안을 봅니다.\n"))),
    ("listed", edit("title", "수업 50분", "수업 40분")),
    ("listed", edit("title", "실행 5초", "실행 15초")),
    ("listed", edit("title", "[00. 시작](00_start.ipynb#첫-걸음)", "없습니다.")),
    ("listed", edit("title", "](00_start.ipynb#첫-걸음)", "](01_line.ipynb)")),
    ("listed", edit("title", "](00_start", "](02_next")),
    # 새 판의 한도
    ("within_limits", append("mistake", " 가" * MOST_WORDS)),
    ("within_limits", put_many("draw", 35 - 8, "pass")),
    ("within_limits", put_many("draw", 9 - 2, "# 직접 확인: 셋\nassert losses\nprint(losses)")),
    ("within_limits", put_many("draw", 9, "pass\n" * 7 + "pass")),
    ("within_limits", append("draw", "\npass" * 20)),
    ("within_limits", edit("title", "실행 5초", "실행 16초"), {"listed"}),
    ("within_limits", edit("title", "수업 50분", "수업 60분"), {"listed"}),
    ("within_limits", edit("questions", "**예측해 보기**: 얼마", "얼마")),
    ("within_limits", append("questions", "\n" + ONE_QUESTION * 4 + "끝입니다.")),
    ("within_limits", edit("questions", "<details><summary>답</summary>\n\n손", "손")),
    ("within_limits", edit("questions", "손실이 3.0에서 줄어듭니다.\n\n", "")),
    ("within_limits", edit("model-text", "`nn", "$$y = wx$$\n\n`nn")),
    ("within_limits", edit("model-text", "`nn", "$$y = wx$$\n\n![선](00_start.ipynb)\n\n`nn")),
    ("within_limits", edit("move", "play(", "replay(")),
    ("within_limits", edit("mistake", "흔한 실수", "실수")),
    ("within_limits", edit("mistake", "## 흔한 실수: 모양", "```\n## 흔한 실수\n```")),
    ("within_limits", edit("mistake", "## 흔한 실수: 모양", FOUR_MISTAKES)),
    ("within_limits", all_of(drop("crash"), tidy)),
    ("measured_checks", edit("check", "print(losses[-1])", "print('손실이 줄었습니다.')")),
    ("measured_checks", edit("check", "print(losses[-1])", "print(f'손실이 {2}배', sep='')")),
    ("measured_checks", edit("check", "\nprint(losses[-1])", "")),
    # 출력한 허용 범위와 assert
    ("limits_as_asserted", edit("check", "print(losses[-1])", "print(f'{losses} (0.5까지 허용)')")),
    (
        "limits_as_asserted",
        edit("check", "print(losses[-1])", "gap = losses[0]\nprint(f'{gap} (처음보다 커야 함)')"),
    ),
    # 글에 적힌 수
    ("prose_numbers_found", edit("questions", "3.0에서", "3.1에서")),
    ("prose_numbers_found", edit("questions", "67 %", "68 %")),
    ("prose_numbers_found", edit("formula", "$$L = 1.0$$", "$$L = 1.2$$")),
    ("prose_numbers_found", append("mistake", " 반은 50 %입니다.")),
    ("prose_numbers_found", append("mistake", " -3.0입니다.")),
    ("prose_numbers_found", append("summary", "\n- 손실은 0.34배입니다.")),
    ("prose_numbers_found", append("summary", "\n- 77걸음을 걷습니다.")),
    ("prose_numbers_found", append("summary", "\n- 표본은 6,001개입니다.")),
    # 링크와 그림
    ("neighbours", edit("links", "[이전](00_start.ipynb)", "이전")),
    ("neighbours", edit("links", "[다음](02_next.ipynb)", "다음")),
    ("links_resolve", append("more", "\n\n[없음](03_none.ipynb)")),
    ("links_resolve", append("more", "\n\n![없음](none.png)")),
    ("links_resolve", append("more", "\n\n[뿌리](/etc)")),
    ("links_resolve", edit("title", "#첫-걸음", "#둘째-걸음")),
    ("links_resolve", edit("mistake", "(#모델)", "(#모형)")),
    ("links_resolve", append("more", "\n\n[문서](http://pytorch.org)")),
    ("links_resolve", append("more", "\n\n[문서](//pytorch.org)")),
    ("links_resolve", append("more", "\n\n<http://pytorch.org>")),
    ("links_resolve", append("more", "\n\n[문서](https://pytorch)")),
    ("figures", all_of(edit("caption", "그림 1", "그림 2"), tidy)),
    ("figures", all_of(edit("caption", "**그림 1.**", "그림 1."), tidy)),
    ("figures", all_of(edit("caption", "손실이 걸음마다 줄어듭니다.", "손실이 줍니다."), tidy)),
    ("figures", all_of(drop("caption"), tidy)),
    ("figures", output("draw"), {"within_limits"}),
    ("figure_size", drawn(figure(png(rules.MAX_WIDTH + 1)))),
    ("figure_size", drawn(figure(png(2), width=rules.MAX_WIDTH + 1))),
    ("figure_size", drawn(figure(base64.b64encode(b"PNG").decode()))),
    ("figure_size", drawn(figure(png(99)[:70] + "AAAA"))),
    # 고르는 일과 처음 쓰는 이름
    ("no_choice_by_test", append("draw", "\nmin(test_losses)")),
    ("no_choice_by_test", append("draw", "\nlosses_test.argmin()")),
    ("no_choice_by_test", append("draw", "\nlosses['test'].sort()")),
    ("no_choice_by_test", append("draw", "\nbest_lr = test_loss")),
    ("no_choice_by_test", append("draw", "\nlow, val_loss = 1, score(model, X_test)")),
    ("no_choice_by_test", append("draw", "\nlow, val_loss = score(model, X_test)")),
    ("no_choice_by_test", append("draw", "\nrmse = score(X_test)\nsorted([rmse])")),
    ("no_choice_by_test", append("draw", "\nseen = []\nseen.append(test_loss)\nmax(seen)")),
    ("no_choice_by_test", append("draw", "\nseen = {}\nseen['가'] = test_loss\nmax(seen)")),
    ("no_choice_by_test", append("draw", "\nfor rate in test_rates:\n    min(low, rate)")),
    (
        "no_choice_by_test",
        append("draw", "\nfor lr in losses:\n    min(low, 1)\n    low = score(lr, X_test)"),
    ),
    (
        "no_choice_by_test",
        append("draw", "\n\n\ndef score(model):\n    return model(X_test)\n\n\nmin(score(model))"),
    ),
    (
        "no_choice_by_test",
        append("draw", "\n\n\ndef choose(model):\n    return max(test_losses)"),
    ),
    (
        "no_choice_by_test",
        append(
            "draw",
            "\nwith score(X_test) as seen:\n    try:\n        max(seen)\n    except ValueError:\n        pass",
        ),
    ),
    ("no_choice_by_test", append("draw", "\nif ax and test_loss < 1:\n    pass")),
    ("no_choice_by_test", append("draw", "\nlr = 1 if test_loss < 1 else 2")),
    ("no_choice_by_test", append("shape", "\nbest = np.argmin(test_losses)")),
    ("first_use", append("draw", "\nnn.Sequential(model)")),
    ("first_use", append("draw", "\nmodel.train()")),
    ("first_use", append("mistake", " `nn.Sequential`을 봅니다.")),
    ("first_use", edit("model-text", "`nn.Linear(1, 1)`", "`nn.Module`")),
    # 글
    ("glossary", append("mistake", " 그래디언트를 봅니다.")),
    ("glossary", append("mistake", " (로스)를 봅니다.")),
    ("glossary", append("mistake", "\n\n### 하이퍼 파라미터")),
    ("glossary", append("model", "\n# 레이어 하나")),
    ("glossary", append("model", "\nname = '평가 데이터'")),
    ("glossary", output("train", stream("손실함수 1.0\n"))),
    ("glossed", edit("title", "기울기(gradient)", "기울기")),
    ("glossed", edit("title", "기울기(gradient)", "기울기(slope)")),
    ("glossed", edit("title", "기울기(gradient)", "**기울기** (gradient)")),
    ("glossed", edit("title", "직선을 맞춥니다", "은닉층을 씁니다")),
    ("hamnida", append("mistake", " 모양을 바꿔요.")),
    ("hamnida", append("mistake", " 모양이 **다르다.** 그렇습니다.")),
    ("hamnida", append("mistake", " (왜 그럴까?)")),
    ("hamnida", append("mistake", "\n\n| 이름 | 뜻 |\n|---|---|\n| 가 | 다르다. |")),
    ("hamnida", append("mistake", " 놀랍습니다!")),
    ("hamnida", append("mistake", " 우리는 모양을 봅니다.")),
    ("hamnida", append("mistake", " 여러분도 봅니다.")),
    ("hamnida", append("mistake", " 좋습니다 🎉")),
    ("hamnida", append("draw", "\nprint('맞아요.')")),
    ("hamnida", append("draw", "\nprint(f'{ax[0]}와 같다.', ax)")),
    ("dotted_names", append("mistake", " `nn.Lineer`입니다.")),
    ("dotted_names", append("mistake", " `torch.zeroes(3)`입니다.")),
    ("dotted_names", append("mistake", " `torch.optim.lr_scheduler.NoLR`입니다.")),
    ("dotted_names", append("mistake", " `loss.itme()`입니다.")),
    ("dotted_names", append("mistake", " `x.grad.zeros_()`입니다.")),
    ("dotted_names", append("mistake", " `model.fc9.weight`입니다.")),
    ("dotted_names", append("mistake", " `Line.linaer`입니다.")),
    ("dotted_names", append("mistake", " `optimizer.stepp()`입니다.")),
    ("dotted_names", append("mistake", " `with torch.no_gard():`입니다.")),
    ("dotted_names", append("mistake", " `@torch.no_gard()`입니다.")),
    ("dotted_names", append("mistake", " `net.eval()`입니다.")),
]


def test_good_notebook_keeps_every_rule(tmp_path):
    assert complaining(save(tmp_path, good_notebook())) == set()


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken[0])
def test_only_the_broken_rule_complains(tmp_path, broken):
    name, change, *others = broken
    node = good_notebook()
    change(node)
    assert complaining(save(tmp_path, node)) == {name}.union(*others)


def test_every_rule_is_broken_once():
    assert {name for name, *_ in BROKEN} | {"file_name"} == set(rules.RULES)


@pytest.mark.parametrize("name", ["01_Line.ipynb", "01-line.ipynb", "1_line.ipynb", "01_.ipynb"])
def test_a_strange_file_name_is_seen(tmp_path, name):
    assert rules.RULES["file_name"](save(tmp_path, good_notebook(), name=name)) != []


def test_widest_figure_is_allowed(tmp_path):
    node = good_notebook()
    drawn(figure(png(2 * rules.MAX_WIDTH), width=rules.MAX_WIDTH))(node)
    assert complaining(save(tmp_path, node)) == set()


@pytest.mark.parametrize(
    "change",
    [
        retag("check", rules.IGNORED),
        put_many("check", rules.CHECKED_WITHIN - 1, "pass"),
        all_of(retag("train"), retag("check", rules.IGNORED)),
    ],
)
def test_a_check_near_what_is_not_compared_is_enough(tmp_path, change):
    node = good_notebook()
    change(node)
    assert complaining(save(tmp_path, node)) == set()


def test_a_lesson_missing_from_the_readme_or_the_map_is_seen(tmp_path):
    nb = save(tmp_path, good_notebook(), README.replace("01_line.ipynb", "02_line.ipynb"))
    assert rules.RULES["listed"](nb) == [
        "01_line.ipynb: README의 강의 표에 이 노트북의 줄이 없습니다."
    ]
    rerun.save(new_notebook(cells=[text("title", "# 제목")]), tmp_path / "00_start.ipynb")
    nb = rules.Notebook.read(nb.path, README, DECLARED)
    assert rules.RULES["listed"](nb) == ["01_line.ipynb: 00강의 지도에 01의 줄이 없습니다."]


def test_an_empty_notebook_gets_sentences(tmp_path):
    complaints = [rule(save(tmp_path, new_notebook())) for rule in rules.RULES.values()]
    assert any("첫 셀이" in sentence for sentences in complaints for sentence in sentences)


def test_the_line_limit_is_the_one_of_ruff():
    text = (rerun.ROOT / "notebooks" / ".ruff.toml").read_text(encoding="utf-8")
    assert tomllib.loads(text)["line-length"] == rules.MAX_COLUMNS
    assert f"{rules.MAX_COLUMNS}자" in text


def test_complaints_name_the_cell(tmp_path):
    node = good_notebook()
    append("mistake", " 모양을 바꿔요.")(node)
    [complaint] = rules.RULES["hamnida"](save(tmp_path, node))
    assert complaint.startswith("mistake: ")
    assert "바꿔요." in complaint


def test_duplicate_ids_are_seen(tmp_path):
    nb = save(tmp_path, good_notebook())
    nb.cells[3]["id"] = "imports"
    assert any("imports: " in complaint for complaint in rules.RULES["metadata"](nb))


def test_first_and_last_lessons_have_one_neighbour(tmp_path):
    save(tmp_path, good_notebook())
    complaints = {
        name: len(rules.RULES["neighbours"](rules.Notebook.read(tmp_path / f"{name}.ipynb")))
        for name in ("00_start", "01_line", "02_next")
    }
    assert complaints == {"00_start": 1, "01_line": 0, "02_next": 1}


# ---------------------------------------------------------------- 트집을 잡지 않아야 하는 글과 코드


@pytest.mark.parametrize(
    "prose",
    [
        "손실은 0까지 내려갈까요? 왜 그렇습니까? 직접 실행해 보십시오.",
        "- 명사로 끝나는 항목\n- 값은 3.0\n- 모양이 다릅니다(그림 1).",
        "| 우리말 | 영어? |\n|:---|---:|\n| 여러 벌 | 1,000벌 |",
        "## 왜 층이 필요한가?\n\n### 은닉층!",
        "층수는 셋이고 배치합니다. 특성상 그렇습니다. 단층이며 2층입니다.",
        "**은닉층**: 은닉층(hidden layer)입니다.\n\n- **배치:** **배치**(batch)입니다.",
        "$\\text{층} = 3$과 `배치`와\n\n```python\nname = '매개변수다.'\n\nname = '배치'\n```\n\n$$\n\\text{배치}\n$$",
        "[02. 배치와 층](02_next.ipynb) 다음입니다.",
        "하이퍼파라미터(hyperparameter)는 크로스와 다릅니다. 칼로스와 새우리는 이름입니다.",
        "[문서](https://pytorch.org/docs/stable/nn.html#linear-layers)와 <https://pytorch.org>입니다.",
        "[위키](https://ko.wikipedia.org/wiki/신경망_(뇌))를 봅니다.",
        "[실수](<#흔한-실수:-모양>)와 [점](#01.-점-다섯-개)으로 갑니다.",
        "[다음](02%5Fnext.ipynb#%EC%B2%AB-%EA%B1%B8%EC%9D%8C)으로 갑니다.",
        "### `loss`와 **모양**\n\n[여기](#loss와-모양)입니다.",
        "`data/boston.csv`, `course.py`, `02_next.ipynb`, `README.md`, `2.13.0`, `0.5`입니다.",
        "`nn.Linear.weight`, `torch.nn.functional.relu(x)`, `matplotlib.sankey.Sankey`입니다.",
        "`x.grad.zero_()`, `x.grad_fn.name()`, `model.linear.weight.grad.item()`, `self.linear`, `y.numpy()`입니다.",
        "`optimizer.zero_grad()`, `Line.forward`, `model.slope()`, `losses.append(loss.item())`, `df.values`입니다.",
        "`with torch.no_grad():`와 `@torch.no_grad()`, `(5, 1)`, `x[0].item()`입니다.",
        "`ax.plot(x)`, `rng.normal()`, `scheduler.step()`, `str.join`입니다.",
        "훈련을 되풀이합니다. 되풀이가 끝나면 resolutions를 봅니다.",
        "【표시】는 빈칸이 아닙니다. 빈칸: 없음",
        "비용이 5\\$입니다. `a`가 $b$보다 큽니다. '아닙니다.'라고 합니다. \"맞습니다.\"",
    ],
)
def test_good_prose_is_left_alone(tmp_path, prose):
    node = good_notebook()
    append("mistake", "\n\n" + prose)(node)
    nb = save(tmp_path, node)
    assert {name: rule(nb) for name, rule in rules.RULES.items() if rule(nb)} == {}


@pytest.mark.usefixtures("_not_yet")
def test_the_limits_wait_for_a_lesson_not_carried_over(tmp_path):
    node = good_notebook()
    edit("title", "수업 50분", "읽고 해 보기 90분(선택을 빼면 80분)")(node)
    edit("model-text", "## 모델", "## 모델 (선택)\n\n$$y = wx$$\n\n")(node)
    edit("mistake", "[모델](#모델)", "모델")(node)
    append("questions", "\n" + ONE_QUESTION * 4 + "3.14배입니다. `nn.Sequential`을 봅니다.")(node)
    edit("check", "print(losses[-1])", "print('손실이 줄었습니다.')")(node)
    append("draw", "\nmin(test_losses)" + "\npass" * 20)(node)
    append("more", "\n\n## 다른 선택지")(node)
    put_many("move", 50, "pass")(node)
    readme = README.replace("| 50분 |", "| 90분(선택을 빼면 80분) |")
    assert complaining(save(tmp_path, node, readme)) == set()


@pytest.mark.usefixtures("_not_yet")
@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (edit("mistake", "흔한 실수", "실수"), "sections"),
        (edit("more", "더 해 볼 것", "참고"), "ending"),
        (edit("title", "읽고 해 보기 50분", "읽고 해 보기 40분"), "listed"),
        (retag("crash"), "clean_outputs"),
    ],
)
def test_other_rules_do_not_wait(tmp_path, change, rule):
    node = good_notebook()
    edit("title", "수업 50분", "읽고 해 보기 50분")(node)
    change(node)
    assert complaining(save(tmp_path, node)) == {rule}


# ---------------------------------------------------------------- 00강과 심화


def good_start():
    """00강입니다. 식도 흔한 실수도 연습도 없습니다."""
    title = edit("title", "| [00. 시작](00_start.ipynb#첫-걸음) |", "| 없습니다. |")
    dropped = ["formula", "mistake", "crash", "check", "exercises"]
    dropped += [f"{kind}-{place}" for kind in ("exercise", "answer") for place in (1, 2, 3)]
    node = good_notebook()
    edit("title", "# 01. ", "# 00. ")(node)
    all_of(title, retag("train"), *map(drop, dropped))(node)
    edit("questions", "67 %", "67퍼센트쯤")(node)
    edit("links", "[이전](00_start.ipynb) | ", "")(node)
    node.cells.insert(1, text(rules.MAP_CELL, CHART))
    tidy(node)
    return node


START_README = README.replace(
    "| 01 | [점 다섯 개](notebooks/01_line", "| 00 | [점](notebooks/00_start"
)


def test_the_first_lesson_needs_neither_mistakes_nor_exercises(tmp_path, monkeypatch):
    numbers = {"00_start.ipynb": DECLARED_NUMBERS["01_line.ipynb"]}
    monkeypatch.setattr(rules.prose_numbers, "DECLARED", numbers)
    monkeypatch.setattr(rules.first_uses, "EXPLAINED", {})
    nb = save(tmp_path, good_start(), START_README, "00_start.ipynb")
    nb = rules.Notebook.read(nb.path, START_README, [])
    assert {name: rule(nb) for name, rule in rules.RULES.items() if rule(nb)} == {}


def test_good_deeper_keeps_every_rule(tmp_path):
    assert complaining(save_deeper(tmp_path, good_deeper())) == set()


def test_a_lesson_with_deeper_links_it(tmp_path):
    save_deeper(tmp_path, good_deeper())
    path, declared = tmp_path / "01_line.ipynb", [*DECLARED, EXTRA]
    assert complaining(rules.Notebook.read(path, README, declared)) == set()
    rerun.save(good_notebook(), path)
    assert complaining(rules.Notebook.read(path, README, declared)) == {"neighbours"}


def test_deeper_without_its_lesson_is_seen(tmp_path):
    nb = save_deeper(tmp_path, good_deeper())
    nb.core.unlink()
    assert "file_name" in complaining(nb)


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("sections", edit("title", "01 심화.", "01.")),
        ("sections", edit("title", "읽고 해 보기", "수업")),
        ("sections", edit("title", "(../01_line.ipynb)", "(01_line.ipynb)")),
        ("sections", all_of(drop("check"), edit("seeds", "1.0입니다", "작습니다"), tidy)),
        ("ending", append("summary", "\n\n## 더 해 볼 것")),
        ("ending", append("summary", "\n- 하나\n- 둘\n- 셋")),
        ("neighbours", edit("links", "(../01_line.ipynb)", "(../02_next.ipynb)")),
        ("exercises", edit("exercise-1", "01-4", "01-3")),
        ("within_limits", append("seeds", " 가" * 2200)),
        ("within_limits", put_many("check", 45, "pass")),
        ("within_limits", edit("title", "실행 20초", "실행 26초")),
        ("within_limits", put_many("check", 3, "pass\n" * 9 + "pass")),
        ("measured_checks", edit("check", "print(loss)", "print('작습니다.')")),
        ("prose_numbers_found", edit("seeds", "1.0입니다", "1.1입니다")),
        ("no_solutions", append("links", " 풀이")),
        ("glossed", edit("title", "기울기(gradient)", "기울기")),
    ],
)
def test_a_broken_deeper_is_seen(tmp_path, rule, change):
    node = good_deeper()
    change(node)
    assert complaining(save_deeper(tmp_path, node)) == {rule}


# ---------------------------------------------------------------- 연습과 풀이


def test_good_solution_keeps_every_rule(tmp_path):
    assert complaining(save_solution(tmp_path, good_solution())) == set()


def test_verdicts_may_be_html_beside_plain_text(tmp_path):
    node, solution = good_notebook(), good_solution()
    output("answer-1", shown_verdict("01-1", "아직 답하지 않았"))(node)
    output("answer-1", shown_verdict("01-1", "맞았"))(solution)
    assert complaining(save(tmp_path, node)) == set()
    assert complaining(save_solution(tmp_path, solution)) == set()


def test_solutions_may_talk_of_solutions(tmp_path):
    node = good_solution()
    append("exercise-1", "\n\n다른 풀이도 있습니다. `solutions`")(node)
    assert complaining(save_solution(tmp_path, node)) == set()


def test_blanks_of_a_solution_are_seen(tmp_path):
    node = good_solution()
    append("exercise-1", "\n\n【빈칸: 이유】")(node)
    nb = save_solution(tmp_path, node)
    assert complaining(nb) == {"no_blanks"}
    assert rules.RULES["no_blanks"](nb) == [
        "exercise-1: 채우지 않은 【빈칸: 이유】이(가) 있습니다."
    ]


@pytest.mark.parametrize(
    "change",
    [
        edit("title", "연습 문제의 풀이", "풀이"),
        edit("title", "# 01.", "# 02."),
        edit("title", "[01. 점 다섯 개](../01_line.ipynb)", "01강"),
        edit("constants", '"off"', '"on"'),
        edit("exercise-1", "한 걸음", "첫 걸음"),
        edit("answer-2", '"01-2"', '"01-1"'),
        output("answer-1", verdict("01-1", "아직 답하지 않았")),
        output("answer-1", stream("[01-1] 아직입니다.\n")),
        output("answer-1", shown_verdict("01-1", "아직 답하지 않았")),
        output("answer-1", html_only("01-1", "맞았")),
    ],
)
def test_a_broken_solution_is_seen(tmp_path, change):
    node = good_solution()
    change(node)
    assert complaining(save_solution(tmp_path, node)) == {"exercises"}


def told_of_count(nb, count):
    nb.declared = [(f"01-{i}", "걸음") for i in range(count)]
    return [complaint for complaint in rules.RULES["exercises"](nb) if "여야" in complaint]


def test_a_lesson_has_three_exercises_and_deeper_two_more(tmp_path):
    nb = save(tmp_path, good_notebook())
    told = [told_of_count(nb, count) for count in range(5)]
    assert [len(each) for each in told] == [1, 1, 1, 0, 1]
    assert "연습이 3개여야" in told[0][0]
    nb.deeper.parent.mkdir()
    nb.deeper.touch()
    assert [len(told_of_count(nb, count)) for count in range(7)] == [1, 1, 1, 0, 0, 0, 1]


@pytest.mark.usefixtures("_not_yet")
def test_a_lesson_not_carried_over_has_two_to_four_exercises(tmp_path):
    nb = save(tmp_path, good_notebook())
    assert [len(told_of_count(nb, count)) for count in range(6)] == [1, 1, 0, 0, 0, 1]


@pytest.mark.parametrize(
    "source",
    [
        "# " + "가" * (rules.MAX_COLUMNS - 2),
        "pass" + "\n" * 18 + "pass",
        "x = 7\ny = (\n    x\n    % 2\n)",
        "with open('a.txt', encoding='utf-8') as file:\n    file.read()",
        "open('a.pt', 'rb').close()",
        "path.read_text(encoding='utf-8')",
        "with warnings.catch_warnings(record=True):\n    warnings.simplefilter('always')",
        "ax.plot(losses);",
        "torch.manual_seed(0)\nlosses.append(2)",
        "sorted(Line for Line in losses)",
        "def run(torch):\n    Line = torch",
        "print('손실', f'{ax[0]}입니다.', 3, sep='요.')",
        "title = '제목이다.'",
        "val_loss, test_loss = score(model)\nmin([val_loss])",
        "seen = {'val': 1, 'test': test_loss}\nmin(seen['val'])",
        "seen = test_loss\nseen = 3\nmin(seen, 4)",
        "model(X_test).argmax(dim=1)",
        "seen = test_loss\n\n\ndef low(seen):\n    return min(seen, 1)",
        "np.argmax(model(X_test), -1)",
        "if test_name == 'ax':\n    pass",
        "Sequentially = 3",
    ],
)
def test_good_code_is_left_alone(tmp_path, source):
    node = good_notebook()
    append("draw", "\n" + source)(node)
    nb = save(tmp_path, node)
    assert {name: rule(nb) for name, rule in rules.RULES.items() if rule(nb)} == {}


# ---------------------------------------------------------------- 선언


@pytest.fixture
def lessons_folder(tmp_path, monkeypatch):
    """선언을 쓸 수 있는 꾸러미 `course_of_test`의 폴더입니다."""
    folder = tmp_path / "course_of_test"
    folder.mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    for name in [name for name in sys.modules if name.startswith("course_of_test")]:
        del sys.modules[name]


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        (None, "lesson_13.py 파일이 없습니다."),
        ('"""연습"""\n', "lesson_13.py에 OTHERS가 없습니다. 파일의 끝에 'OTHERS = ...'를 씁니다."),
        ("x = 1\nOTHERS = [x\n", "lesson_13.py의 2번째 줄에서 오류가 났습니다. SyntaxError: "),
        ("x = 1\n\nOTHERS = y\n", "lesson_13.py의 3번째 줄에서 오류가 났습니다. NameError: "),
        ("import no_such\n", "lesson_13.py의 1번째 줄에서 오류가 났습니다. ModuleNotFoundError: "),
        ("OTHERS = {}['13-1']\n", "lesson_13.py의 1번째 줄에서 오류가 났습니다. KeyError: "),
    ],
)
def test_what_cannot_be_read_gets_a_sentence(lessons_folder, source, sentence):
    if source is not None:
        (lessons_folder / "lesson_13.py").write_text(source, encoding="utf-8")
    with pytest.raises(rules.DeclarationError) as caught:
        rules.load("course_of_test.lesson_13", "OTHERS")
    assert str(caught.value).startswith("course_of_test/" + sentence)


def test_what_can_be_read_is_returned(lessons_folder):
    (lessons_folder / "lesson_13.py").write_text("OTHERS = {'13-1': [3]}\n", encoding="utf-8")
    assert rules.load("course_of_test.lesson_13", "OTHERS") == {"13-1": [3]}


@pytest.mark.parametrize("declared", [None, (), [3], "연습"])
def test_exercises_that_are_no_list_get_a_sentence(monkeypatch, declared):
    monkeypatch.setattr("tests.notebook.load", lambda module, name: declared)
    with pytest.raises(rules.DeclarationError, match="EXERCISES는 Exercise의 리스트여야"):
        rules.declared_exercises("13")


def test_the_rule_tells_why_the_declaration_cannot_be_read(tmp_path, monkeypatch):
    nb = save(tmp_path, good_notebook())
    monkeypatch.setattr("tests.notebook.declarations.lessons", lambda: ["01"])
    monkeypatch.setattr("tests.notebook.load", lambda module, name: module)
    nb = rules.Notebook.read(nb.path, README)
    [complaint] = rules.RULES["exercises"](nb)
    assert "exercises/lesson_01.py의 EXERCISES는" in complaint


# ---------------------------------------------------------------- 용어


def test_glossary_pairs_terms_with_english():
    english = {term.korean: term.english for term in TERMS}
    assert english["확률적 경사 하강법"] == "stochastic gradient descent"
    assert english["은닉층"] == "hidden layer"
    assert english["훈련 세트"] == "training set"
    assert english["테스트 세트"] == "test set"
    assert english["정규화"] == "normalization"
    assert TERMS[0].forbidden == ["그래디언트", "변화도"]


MAP = """
| 번호 | 제목 | 먼저 볼 노트북 |
|---|---|---|
| 00 | 시작 | 없음 |
| 01 | 하나 | 00 |
| 02 | 둘 | 01 (3절은 03) |
| 03 | 셋 | 01, 02 |
"""


def test_map_is_read():
    assert rules.map_needs(MAP) == {"00": [], "01": ["00"], "02": ["01"], "03": ["01", "02"]}
    assert list(rules.late(MAP)) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("| 01 | 하나 | 00 |\n", "", "02: 먼저 볼 노트북 01이(가) 표에 없습니다."),
        ("| 하나 | 00 |", "| 하나 | 02 |", "01: 먼저 볼 노트북 02의 번호가 더 작아야 합니다."),
        ("| 하나 | 00 |", "| 하나 | 01 |", "01: 먼저 볼 노트북 01의 번호가 더 작아야 합니다."),
        ("| 셋 | 01, 02 |", "| 셋 | 03 |", "03: 뒤에 있는 03을(를) 먼저 보는데 글에"),
        ("| 00 | 시작 | 없음 |\n", "", "01: 먼저 볼 노트북 00이(가) 표에 없습니다."),
        ("| 00 | 시작 |", "| 04 | 시작 |", "강의 지도가 번호 순서가 아닙니다: 04, 01"),
    ],
)
def test_a_map_in_another_order_is_seen(old, new, told):
    assert any(sentence.startswith(told) for sentence in rules.late(MAP.replace(old, new)))


def test_a_lesson_not_carried_over_may_need_a_later_one_that_is_told():
    later = MAP.replace("| 셋 | 01, 02 |", "| 셋 | 04 |\n| 04 | 넷 | 01 |")
    assert len(list(rules.late(later))) == 1
    assert list(rules.late(later + "\n03강만은 04강을 먼저 봅니다.\n")) == []


def test_glossary_of_a_text_without_table_is_empty():
    assert (
        rules.read_glossary("# 강의\n\n| 하나 | 둘 | 셋 |\n|---|---|---|\n| 가 | 나 | 다 |\n") == []
    )


@pytest.mark.parametrize(
    ("prose", "missing"),
    [
        ("경사 하강법은 좋습니다.", ["경사 하강법"]),
        ("경사 하강법(gradient descent)은 좋습니다. 경사 하강법입니다.", []),
        ("**경사 하강법**(gradient descent)과 *층(layer)*입니다.", []),
        ("확률적 경사 하강법(stochastic gradient descent)을 씁니다.", []),
        ("확률적 경사 하강법(stochastic gradient descent, SGD)을 씁니다.", []),
        ("확률적 경사 하강법(SGD)을 씁니다.", ["확률적 경사 하강법"]),
        ("확률적 경사 하강법(stochastic gradient descent)과 경사 하강법.", ["경사 하강법"]),
        ("직선의 기울기(slope)와 기울기 소실(vanishing gradient)입니다.", []),
        ("직선의 기울기(slope)와 기울기입니다.", ["기울기"]),
        ("경사\n하강법을 씁니다.", ["경사 하강법"]),
        ("층에서는, 배치마다의, 특성이라고 합니다.", ["층", "배치", "특성"]),
        ("훈련 세트(training set)와 테스트 세트(test)입니다.", ["테스트 세트"]),
        ("정규화(normalization)합니다.", []),
        ("정규화합니다.", ["정규화"]),
        ("비정규화합니다.", []),
        ("1. **층(layer)의 배치**: 층입니다. 배치입니다.", ["배치"]),
        ("- **층의 배치(batch)**: 배치입니다.", ["층"]),
        ("기울기(gradients)입니다.", ["기울기"]),
        ("[층](https://pytorch.org)을 봅니다.", ["층"]),
        ("| 미니배치 |\n|---|\n| 층 |", ["층"]),
        ("| 이름 | 뜻 |\n|---|---|\n| 미니배치 | 묶음 |", ["미니배치"]),
        ("| 층 | 배치 |\n|---|---|\n| 1 | 2 |", []),
        ("- 손실 함수: 값 하나입니다.", ["손실 함수"]),
        ("손실 함수(loss function, 목적 함수)입니다.", []),
    ],
)
def test_first_use_is_glossed(prose, missing):
    nb = rules.Notebook("01_line.ipynb", new_notebook(cells=[text("only", prose)]), TERMS)
    complaints = rules.RULES["glossed"](nb)
    assert [complaint.split("'")[1].split("(")[0] for complaint in complaints] == missing


# ---------------------------------------------------------------- 글과 출력의 수


@pytest.mark.parametrize(
    ("prose", "found"),
    [
        ("3.5배와 5,000개, 1,234.5개", ["3.5", "1,234.5"]),
        ("67 %, 0.1%, 5퍼센트, 10-20%", ["67%", "0.1%", "5%", "10%", "20%"]),
        ("-1.5와 −2.5, 1.5-3.5", ["-1.5", "−2.5", "1.5", "3.5"]),
        ("$1{,}234.5$와 $2.5 \\times 10^{-3}$, 1.5e-4", ["1,234.5", "2.5×10^{-3}", "1.5e-4"]),
        ("`4.5`와 [5.5](6.5.html), <https://a.b/7.5>", ["5.5"]),
    ],
)
def test_decimals_and_percentages_are_found(prose, found):
    texts = [number.text for number in rules.quantities.written(prose)]
    assert [text.replace(" ", "").replace("\\times", "×") for text in texts] == found


@pytest.mark.parametrize(
    ("prose", "found"),
    [
        ("25걸음, 5,000개, $n = 100$, $1{,}234$", ["25", "5,000", "100", "1,234"]),
        ("9개, 3.5와 12.5, 67 %, 10-20%, `30`, 1.5e-10, $10^{-12}$", []),
        ("07강, 12절, 그림 11, 연습 10, 50분, 15초, 1991-2020년, 2026년", []),
        ("# 02. 제목 33\n\n| 44 | 55 |\n\n본문 66입니다.", ["66"]),
        ("[77](88.html)과 <https://a.b/99>", ["77"]),
    ],
)
def test_integers_are_found(prose, found):
    assert [number.text for number in rules.quantities.counted(prose)] == found


@pytest.mark.parametrize(
    ("written", "value", "rounds"),
    [
        ("0.33", 1 / 3, True),
        ("0.34", 1 / 3, False),
        ("0.33", -1 / 3, True),
        ("-0.33", -1 / 3, True),
        ("-0.33", 1 / 3, False),
        ("67%", 2 / 3, True),
        ("67%", 66.7, True),
        ("66%", 2 / 3, False),
        ("2.5 × 10^{-3}", 0.00251, True),
        ("2.5e-3", 0.0026, False),
    ],
)
def test_a_number_is_compared_as_written(written, value, rounds):
    [number] = rules.quantities.written(written)
    assert number.rounds(value) is rounds


def test_a_declared_expression_uses_numbers_of_the_notebook():
    assert rules.quantities.evaluate("1 - sqrt(0.25) / 2", {0.25}) == 0.75
    with pytest.raises(ValueError, match=r"0\.36"):
        rules.quantities.evaluate("1 - 0.36", {0.25})


@pytest.mark.parametrize(
    ("stored", "new", "wider", "told"),
    [
        ("손실 1.20", "손실 1.50", 0, 0),
        ("손실 1.20", "손실 1.51", 0, 1),
        ("손실 -1.20", "손실 1.20", 0, 1),
        ("비율 0.3", "비율 0.4", 0, 0),
        ("비율 0.30", "비율 0.40", 0, 1),
        ("차이 0.003", "차이 0.103", 0.1, 0),
        ("에포크 100 손실 2.0", "에포크 100 손실 3.0", 0, 1),
        ("1.5e-08", "1.5e-05", 0, 1),
        ("하나 1", "하나 1 둘 2", 0, 1),
    ],
)
def test_outputs_are_compared_number_by_number(stored, new, wider, told):
    outputs = [[stream(stored)], [stream(new)]]
    assert len([*rules.quantities.differences(*outputs, wider=wider)]) == told


# ---------------------------------------------------------------- 정해진 모양


def rough(change):
    node = good_notebook()
    change(node)
    return rerun.dump(rerun.canonicalise(node))


def split_stream(nb):
    find(nb, "train").outputs[:] = [stream("1"), stream(".0\n")]


def insert_empty_cell(nb):
    nb.cells.insert(3, new_code_cell(" \n", id="empty"))


def number_cells_out_of_order(nb):
    for cell in nb.cells:
        if cell.cell_type == "code":
            cell.execution_count = 90 - 7 * (cell.execution_count or 0)


def add_frame_of_another_file(nb):
    frames = find(nb, "crash").outputs[0].traceback
    frames.insert(2, "\x1b[36mFile \x1b[39m\x1b[32m/home/kim/torch/nn.py:1\x1b[39m")


@pytest.mark.parametrize(
    "change",
    [
        lambda nb: nb.metadata.update(widgets={}, language_info={"version": "3.12"}),
        lambda nb: nb.update(nbformat_minor=4),
        give("title", metadata={"editable": True, "tags": []}),
        give("draw", metadata={"execution": {"iopub.status.busy": "2026"}}),
        number_cells_out_of_order,
        lambda nb: find(nb, "draw").outputs[0].metadata.update(needs_background="light"),
        lambda nb: find(nb, "draw").outputs[0].update(metadata={"image/png": {"alt": "예전 설명"}}),
        split_stream,
        append("title", "  \n\n"),
        append("model", "\n \n"),
        insert_empty_cell,
        add_frame_of_another_file,
    ],
)
def test_canonicalise_undoes(change):
    assert rough(change) == rerun.dump(good_notebook())


def test_canonicalise_keeps_the_size_of_a_figure_and_describes_it():
    node = good_notebook()
    output("draw", figure(width=480, height=300))(node)
    edit("caption", "손실이", "`loss`의 **손실**이\n")(node)
    tidy(node)
    about = {"width": 480, "height": 300, "alt": "loss의 손실이 걸음마다 줄어듭니다."}
    assert find(node, "draw").outputs[0].metadata == {"image/png": about}


def test_a_figure_without_a_caption_is_described_by_its_twin():
    node = good_notebook()
    find(node, "draw").outputs[0].data["text/x-figure"] = "그림판 1개\n  축 x"
    all_of(drop("caption"), tidy)(node)
    assert find(node, "draw").outputs[0].metadata["image/png"]["alt"] == "그림판 1개 축 x"


def test_canonicalise_keeps_its_argument():
    node = good_notebook()
    append("model", "\n\n")(node)
    before = copy.deepcopy(node)
    rerun.canonicalise(node)
    assert node == before


def test_canonicalise_numbers_results():
    node = good_notebook()
    output("train", new_output("execute_result", {"text/plain": "1.0"}, execution_count=9))(node)
    assert find(rerun.canonicalise(node), "train").outputs[0].execution_count == 3


def test_canonicalise_keeps_stdout_and_stderr_apart():
    node = good_notebook()
    mixed = [stream("1\n"), stream("경고\n", "stderr"), stream("2\n")]
    output("train", *mixed)(node)
    assert find(rerun.canonicalise(node), "train").outputs == mixed


@pytest.mark.parametrize("old", ["", "1f0c9a7b", "5b2f4c66-8a43-4d2f-9a52-0b5a4f0a9c11"])
def test_canonicalise_gives_readable_names(old):
    node = good_notebook()
    give("title", id=old)(node)
    give("draw", id=old)(node)
    give("model", id="code-08")(node)  # draw의 자리인 여덟째 이름은 이미 쓰는 중
    del find(node, "caption")["id"]
    cells = rerun.canonicalise(node).cells
    assert [cells[i].id for i in (0, 3, 7, 8)] == ["text-01", "code-08", "code-09", "text-09"]


def test_canonicalise_never_gives_a_name_twice():
    cells = [code(name, "1") for name in ("code-02", "0" * 8, "1" * 8)]
    ids = [cell.id for cell in rerun.canonicalise(new_notebook(cells=cells)).cells]
    assert ids == ["code-02", "code-03", "code-04"]


def test_dump_is_stable_and_canonicalise_is_idempotent(tmp_path):
    node = good_notebook()
    assert rerun.dump(rerun.canonicalise(node)) == rerun.dump(node)
    path = tmp_path / "01_line.ipynb"
    rerun.save(node, path)
    written = path.read_bytes()
    assert written == rerun.dump(nbformat.read(path, as_version=4)).encode()
    assert b"\r" not in written
    assert written.endswith(b"}\n")
    assert "점 다섯 개".encode() in written


def test_interrupted_save_leaves_the_file(tmp_path, monkeypatch):
    path = tmp_path / "01_line.ipynb"
    path.write_text("그대로", encoding="utf-8")

    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(PermissionError):
        rerun.save(good_notebook(), path)
    assert path.read_text(encoding="utf-8") == "그대로"
    assert list(tmp_path.iterdir()) == [path]


# ---------------------------------------------------------------- 실행


def test_collect_skips_checkpoints(tmp_path):
    for name in ("b.ipynb", "a.ipynb", "solutions/c.ipynb", ".ipynb_checkpoints/a.ipynb", "d.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = [path.relative_to(tmp_path).as_posix() for path in rerun.collect(tmp_path)]
    assert found == ["a.ipynb", "b.ipynb", "solutions/c.ipynb"]


SWITCHES = "import os\n\nprint(os.environ['COURSE_HELP'], os.environ['COURSE_PROGRESS'])"


def test_rerun_executes_and_goes_on_after_a_bad_file(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("COURSE_HELP", raising=False)
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    cells = [
        code("count", "from pathlib import Path\n\nlen(list(Path().glob('*.ipynb')))\n\n"),
        code("crash", "1 / 0", tags=["raises-exception"]),
        code("print", "print('끝')"),
        code("switches", SWITCHES),
    ]
    path = tmp_path / "01_line.ipynb"
    rerun.save(new_notebook(cells=cells), path)
    (tmp_path / "00_bad.ipynb").write_text("노트북이 아님", encoding="utf-8")
    arguments = [str(tmp_path / name) for name in ("none.ipynb", "00_bad.ipynb", "01_line.ipynb")]

    assert rerun.main(arguments) == 1

    seen = capsys.readouterr()
    assert "none.ipynb: 파일이 없습니다." in seen.err
    assert "00_bad.ipynb: 노트북 파일이 아닙니다." in seen.err
    assert "초, 가장 느린 셀" in seen.out
    nb = nbformat.read(path, as_version=4)
    assert nb.cells[0].outputs[0].data["text/plain"] == "2"
    assert nb.cells[1].outputs[0].ename == "ZeroDivisionError"
    assert nb.cells[2].outputs[0].text == "끝\n"
    assert nb.cells[3].outputs[0].text == "off off\n"  # 출력에 도움말이, 진도에 답이 섞이지 않음
    assert "COURSE_HELP" not in os.environ
    assert path.read_bytes() == rerun.dump(rerun.canonicalise(nb)).encode()


def test_failed_cell_leaves_the_file(tmp_path, capsys):
    path = tmp_path / "01_line.ipynb"
    rerun.save(new_notebook(cells=[code("start", "x = 1"), code("stop", "x / 0")]), path)
    before = path.read_bytes()

    assert rerun.main([str(path)]) == 1

    message = capsys.readouterr().err
    assert (
        "01_line.ipynb: 파일을 바꾸지 않았습니다. 셀 stop: ZeroDivisionError: division" in message
    )
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_without_arguments_every_notebook_is_rerun(monkeypatch):
    done = []
    monkeypatch.setattr(rerun, "collect", lambda folder: [folder / "a.ipynb", folder / "b.ipynb"])
    monkeypatch.setattr(rerun, "rerun", lambda path: done.append(path.name) or True)
    assert rerun.main([]) == 0
    assert done == ["a.ipynb", "b.ipynb"]
