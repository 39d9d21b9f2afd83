from tests.planted import Fault

FAULTS = {
    "07_finite_difference_gradient_descent.ipynb": [
        Fault("derivative", r"f(x + h) - f(x - h)}{2h}", r"f(x + h) - f(x - h)}{h}", "formula"),
        Fault("exact", r"= -2e\,x_1", r"= 2e\,x_1", "formula"),
        Fault("fig-v-curve", "**그림 1.**", "**그림.**", "figures"),
        Fault(
            "rounding-read",
            "반올림 오차(rounding error)입니다.",
            "반올림 오차(rounding error)다.",
            "hamnida",
        ),
        Fault("title", "(01_linear_regression.ipynb)", "(01_line.ipynb)", "links_resolve"),
        Fault("differences", "/ (2 * h)", "/ h", "strict"),
        Fault("differences", "f(x - h)) / (2 * h)", "f(x)) / (2 * h)", "check-truncation"),
        Fault("v-curve", 'ylabel="오차의 크기"', 'ylabel="간격"', "twin"),
        Fault("v-curve", 'label="전진 차분"', 'label="중심 차분 "', "twin"),
        Fault("v-curve", "central - 3 * points**2", "forward - 3 * points**2", "check-best-step"),
        Fault("tiny-problem", "- base) / h", "- base) / (1.1 * h)", "check-published"),
        Fault("central-on-quadratic", "/ (2 * h)", "/ h", "check-central"),
        Fault("autograd-path", "w_auto.grad.zero_()", "pass", "check-autograd"),
        Fault("count-evaluations", "- 1) ** 2", "- 1) ** 4", "check-cost-growth"),
        Fault(
            "network",
            "nn.Linear(1, 128), nn.ReLU()",
            "nn.Linear(1, 128), nn.Dropout()",
            "check-network-gradient",
        ),
        Fault("training", "lr=1e-3", "lr=1e-5", "check-training"),
        Fault("one-cycle", "one_cycle=True", "one_cycle=False", "check-wobble"),
        Fault("seeds-cycle", "one_cycle=True", "one_cycle=False", "check-seeds"),
        Fault("noisy-truth", "0.4 * torch", "0.04 * torch", "check-noisy-truth"),
        Fault("check-extrapolation", "linspace(6, 8", "linspace(3, 5", "check-extrapolation"),
    ],
}
