from tests.planted import Fault

FAULTS = {
    "11_model_inspection.ipynb": [
        Fault("layout", r"50 \cdot 30 + 30 = 1530", r"50 \cdot 30 + 50 = 1530", "formula"),
        Fault("dead-read", r"\frac{2}{N} (\hat{y} - y)", r"\frac{1}{N} (\hat{y} - y)", "formula"),
        Fault("importance", r"\approx 1.132$$", r"\approx 1.123$$", "formula"),
        Fault("plot-weights-caption", "**그림 1.**", "**그림 2.**", "figures"),
        Fault("title", "(08_activation_functions.ipynb)", "(08_functions.ipynb)", "links_resolve"),
        Fault(
            "same-print", "return torch.relu(self.fc(x)) if", "return self.fc(x) if", "check-count"
        ),
        Fault("count", "50 * 30 + 30", "50 * 30", "check-three"),
        Fault("named-parameters", "p.numel():5", "p.dim():5", "strict"),
        Fault("memory", "p.grad.nbytes", "p.grad.numel()", "check-memory"),
        Fault(
            "quirk-state", "BatchNorm1d(50)\n", "BatchNorm1d(50, momentum=0.0)\n", "check-quirks"
        ),
        Fault("count-table", "copy.deepcopy(model).eval()", "model.eval()", "check-own-table"),
        Fault("register", "nn.Parameter(torch.ones(3))", "torch.ones(3)", "check-register"),
        Fault("stack-class", "container([", "nn.ModuleList([", "check-stack"),
        Fault("ten", "train(net, train_rows)", "train(net, train_rows, 5)", "check-ten"),
    ],
}
