from tests.planted import Fault

FAULTS = {
    "08_activation_functions.ipynb": [
        Fault("collapse", r"(W_2 b_1 + b_2)$$", r"(W_1 b_2 + b_2)$$", "formula"),
        Fault("xor", r"w_2 + b > 0", r"w_2 + b < 0", "formula"),
        Fault("xor-hand", r"y = h_1 - 2 h_2$$", r"y = h_1 - h_2$$", "formula"),
        Fault("plot-xor-caption", "**그림 1.**", "**그림 2.**", "figures"),
        Fault("links", "(09_loss_functions.ipynb)", "(09_losses.ipynb)", "neighbours"),
        Fault(
            "xor",
            "정답에 준 확률을 $p$라고 하면",
            "정답에 준 확률을 우리는 $p$라고 하면",
            "hamnida",
        ),
        Fault(
            "collapse-code", "layer.weight @ b + layer.bias", "layer.weight @ b", "check-collapse"
        ),
        Fault("collapse-code", "[4, 50, 50, 50, 50, 3]", "[4, 50, 50, 50, 3]", "strict"),
        Fault("xor-hand-code", "[0.0, -1.0]", "[0.0, 1.0]", "check-xor-hand"),
        Fault("plot-xor", 'label="h1 - 2 h2 = 0.5"', 'label="h1 + 2 h2 = 0.5"', "twin"),
        Fault(
            "gallery-code", 'v.exp() - 1)),\n    "SELU"', 'v.exp())),\n    "SELU"', "check-gallery"
        ),
        Fault("plot-gallery", 'lw=2, label="미분")', 'lw=2, label="함수")', "twin"),
        Fault("xor-linear", "lr=0.5", "lr=0.0005", "check-xor-linear"),
        Fault("check-jacobian", "torch.outer(p, p)", "torch.outer(p, z)", "check-jacobian"),
        Fault("dying-setup", "(v == 0).all", "(v == 0).any", "check-dying"),
    ],
}
