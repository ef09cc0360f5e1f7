package dev.cortado.testkit;

import java.util.function.ToDoubleFunction;

/// Gradients without a backward pass.
public final class Gradients {
    private Gradients() {}

    /// df/dx by central differences: (f(x + h·eᵢ) − f(x − h·eᵢ)) / 2h for each i. The error is of order h², so in
    /// `double` h = 1e-5 gives about nine digits.
    public static double[] numeric(ToDoubleFunction<double[]> f, double[] x, double h) {
        double[] gradient = new double[x.length];
        double[] moved = x.clone();
        for (int i = 0; i < x.length; i++) {
            moved[i] = x[i] + h;
            double above = f.applyAsDouble(moved);
            moved[i] = x[i] - h;
            double below = f.applyAsDouble(moved);
            moved[i] = x[i];
            gradient[i] = (above - below) / (2 * h);
        }
        return gradient;
    }
}
