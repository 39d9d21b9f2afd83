from tests.planted import Fault

FAULTS = {
    "12_deep_regression.ipynb": [
        Fault("floor", r"+ (\bar{y} - c)^2$$", r"- (\bar{y} - c)^2$$", "formula"),
        Fault("inside-read", r"(1 - 2\eta)^{2k}$$", r"(1 - 2\eta)^{k}$$", "formula"),
        Fault(
            "dead-rate",
            r"1 - \left(1 - 2^{-m}\right)^d",
            r"1 - \left(1 - 2^{-d}\right)^m",
            "formula",
        ),
        Fault("plot-run-caption", "**그림 1.**", "**그림 2.**", "figures"),
        Fault(
            "models", "(08_activation_functions.ipynb)", "(08_activations.ipynb)", "links_resolve"
        ),
        Fault("data-code", "std(correction=0)", "std(correction=100)", "strict"),
        Fault(
            "models-code",
            "nn.Linear(3, 3)\n        self.fc3",
            "nn.Linear(3, 3, bias=False)\n        self.fc3",
            "check-models",
        ),
        Fault("floor-code", "y.var(correction=0)", "y.var()", "check-floor"),
        Fault("stack", "torch.baddbmm(b, W, h)", "torch.baddbmm(b, W, h).relu()", "check-agree"),
        Fault("dead-rate-code", "* 2 - 1\n", "- 1\n", "check-dead-rate"),
    ],
}
