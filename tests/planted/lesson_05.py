from tests.planted import Fault

FAULTS = {
    "05_spiral_classification.ipynb": [
        Fault("softmax", r"= -[k = t] + p_k$$", r"= [k = t] - p_k$$", "formula"),
        Fault("sigmoid", r"(1 + e^{-a})^2}", r"(1 + e^{-a})^3}", "formula"),
        Fault("title", "(gradient)를 보내는", "를 보내는", "glossed"),
        Fault(
            "softmax", "모두 0보다 크고 더하면 1입니다.", "모두 0보다 크고 더하면 1이다.", "hamnida"
        ),
        Fault("plot-train-caption", "**그림 2.**", "**그림 22.**", "figures"),
        Fault("affine", "dout.sum(axis=0)]", "dout.mean(axis=0)]", "check-three"),
        Fault("sigmoid-code", "return dout * self.out *", "return self.out *", "check-three"),
        Fault("softmax-code", "return dz / len(self.t)", "return dz", "strict"),
        Fault("softmax-code", "e / e.sum(axis=1, keepdims=True)", "e / e.sum()", "check-softmax"),
        Fault("plot-train", 'label="log 3"', 'label="log 2"', "twin"),
        Fault("train-code", "p -= rate * g", "p -= rate * abs(g)", "check-train"),
        Fault("ten-seeds", "decay=decay, seed=seed", "decay=True, num_epochs=100", "check-seeds"),
        Fault(
            "linear",
            "Affine(np.zeros((2, 3)), np.zeros(3))",
            "net.layers[0], net.layers[1], net.layers[2]",
            "check-linear",
        ),
        Fault("improve", "(1 - self.out**2)", "(1 - self.out)", "check-improve"),
        Fault("torch-code", "nn.Sigmoid()", "nn.Tanh()", "check-torch"),
        Fault("speed-steps", "p -= 0.1 * g", "p -= 0.2 * g", "check-speed"),
        Fault("overflow", "e = np.exp(z)", "e = np.exp(z / 2)", "check-overflow"),
        Fault("mean-code", "* len(self.t)", "* 10", "check-mean"),
        Fault("symmetry-code", "p[...] = 0.5", "p[...] += 0.5", "check-symmetry"),
        Fault(
            "shuffle-code",
            "train(lost, broken_pairs, labels)",
            "train(lost, X, labels)",
            "check-shuffle",
        ),
    ],
}
