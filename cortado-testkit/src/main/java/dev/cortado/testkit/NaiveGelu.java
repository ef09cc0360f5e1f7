package dev.cortado.testkit;

/// x·Φ(x), with the normal distribution's Φ, and its approximations (Hendrycks & Gimpel 2016, arXiv:1606.08415).
public final class NaiveGelu {
    private NaiveGelu() {}

    /// As defined.
    public static double exact(double x) {
        return x * (1 + erf(x / Math.sqrt(2))) / 2;
    }

    /// With a hyperbolic tangent.
    public static double tanh(double x) {
        return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
    }

    /// x·sigmoid(1.702x).
    public static double sigmoid(double x) {
        return x / (1 + Math.exp(-1.702 * x));
    }

    /// The error function by a series without cancellation: 2/√π·e^(−x²)·Σ 2ⁿx^(2n+1)/(1·3·…·(2n+1)) (Abramowitz
    /// & Stegun 7.1.6).
    private static double erf(double x) {
        if (Math.abs(x) > 6) {
            return Math.signum(x);
        }
        double term = x;
        double sum = x;
        for (int n = 1; n < 200; n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
    }
}
