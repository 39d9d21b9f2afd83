"""판단을 보입니다. 노트북에서는 색과 기호가 있는 상자를, 다른 곳에서는 문장만 보입니다."""

import html
import re
import sys

from exercises.engine import NOT_YET, RIGHT, UNANSWERED

LOOKS = {  # 상태: (기호, 말, 색). 색은 M. Okabe와 K. Ito의 색각 이상에도 구별되는 색
    RIGHT: ("○", "맞았습니다", "#009e73"),
    NOT_YET: ("△", "아직입니다", "#e69f00"),
    UNANSWERED: ("…", "아직 답하지 않았습니다", "#808080"),
}
BOX = (
    '<div style="border-left: 0.5em solid {color}; background: {color}22; padding: 0.5em 1em; '
    'margin: 0.3em 0; word-break: keep-all; line-height: 1.6">'
    '<div style="font-size: 1.5em; font-weight: bold">'
    '<span style="color: {color}">{sign}</span> {word} '
    '<span style="font-size: 0.65em; font-weight: normal">[{id}]</span></div>'
    "<div>{text}</div></div>"
)


def verdict(exercise_id, status, text):
    """판단 하나를 보입니다.

    Args:
        exercise_id: 연습의 번호.
        status: `engine`의 세 상태 중 하나.
        text: 판단의 이유. 역따옴표로 묶은 부분은 코드로 보입니다.
    """
    sign, word, color = LOOKS[status]
    plain = f"[{exercise_id}] {word}. {text}"
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if not hasattr(shell, "kernel"):  # 노트북이 아님
        print(plain)
        return
    inner = re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))
    box = BOX.format(color=color, sign=sign, word=word, id=exercise_id, text=inner)
    shell.display_pub.publish({"text/plain": plain, "text/html": box}, {})
