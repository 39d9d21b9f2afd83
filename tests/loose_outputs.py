"""컴퓨터마다 조금 다른 출력을 느슨하게 비교합니다.

- `nbval-ignore-output` 태그가 있는 셀의 수는 하나씩 25 % 안에서 비교합니다. 시간을 잰 셀에는 `timing` 태그를 더 붙이고,
  그러면 비교하지 않습니다.
- 그림의 글 두 벌은 그대로 비교합니다. `trained-figure` 태그가 있으면 그려진 수(text/x-figure-data)만 비교하지 않습니다.
- 재생기의 HTML에는 화소가 들어 있으므로 비교하지 않고, 장면을 적은 글을 비교합니다.
"""

from door.figure_twins import DATA, LAYOUT
from tests import quantities

IGNORED, TIMING, TRAINED = "nbval-ignore-output", "timing", "trained-figure"
# 25 %로는 모자라는 셀: (노트북, 셀)마다 (더 허용하는 절대 차이, 이유)
WIDER = {
    ("02_nonlinear_regression_gpu.ipynb", "training-fast"): (
        25,
        "훈련 도중의 손실은 크게 오르내림",
    ),
    ("02_nonlinear_regression_gpu.ipynb", "ablation-others"): (
        0.6,
        "30에포크의 결과는 끝자리에 따라 바닥의 1.4-1.9배",
    ),
    ("02_nonlinear_regression_gpu.ipynb", "check-ablation"): (0.5, "위의 결과의 비"),
    ("02_nonlinear_regression_gpu.ipynb", "check-fast"): (25, "끝자리에 따라 RMSE가 4-25"),
    ("02_nonlinear_regression_gpu.ipynb", "check-kinks"): (0.05, "꺾이는 곳은 모델마다 다름"),
    ("08_activation_functions.ipynb", "fair-others"): (2.5, "신경망 50개 중의 수"),
    ("03_house_price_mlp.ipynb", "early-many"): (
        1000,
        "가장 좋은 에포크는 손실이 평평한 곳에서 고름",
    ),
    ("03_house_price_mlp.ipynb", "paired"): (0.003, "0에 가까운 차이"),
    ("07_finite_difference_gradient_descent.ipynb", "seeds-cycle"): (
        0.01,
        "마지막 오차는 끝자리에 따라 0.03-0.04",
    ),
    ("08_activation_functions.ipynb", "fair-code"): (0.15, "맞지 않는 학습률의 정확도는 운에 달림"),
    ("10_optimizers_and_schedulers.ipynb", "verdict"): (0.002, "0에 가까운 차이와 그 표준오차"),
    ("12_deep_regression.ipynb", "grid-code"): (0.25, "시작점 10개의 중앙값"),
    ("07_finite_difference_gradient_descent.ipynb", "one-cycle"): (
        0.1,
        "훈련 도중의 오차는 걸음마다 크게 오르내림",
    ),
}


def shown_differences(notebook, cell, new):
    """비교하지 않는 셀의 저장된 출력과 새 출력에서, 허용한 것보다 다른 것입니다."""
    tags = cell.metadata.get("tags", [])
    twins = [[*_twins(outputs, LAYOUT)] for outputs in (cell.outputs, new)]
    if twins[0] != twins[1]:
        yield f"그림의 모양이 다릅니다. 저장: {twins[0]}, 새 출력: {twins[1]}"
    if TIMING not in tags:
        wider = WIDER.get((notebook, cell.id), (0, ""))[0]
        yield from quantities.differences(cell.outputs, new, wider=wider)


def _twins(outputs, kind):
    return (o["data"][kind] for o in outputs if kind in o.get("data", {}))


def not_compared(cell):
    """nbval이 비교하지 않을, 출력의 모양입니다."""
    tags, outputs = cell.metadata.get("tags", []), cell.get("outputs", [])
    pages = [output.get("data", {}).get("text/html", "") for output in outputs]
    kinds = [DATA] if TRAINED in tags else []
    return kinds + ["text/html"] * any("data-player" in page for page in pages)
