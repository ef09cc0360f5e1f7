package dev.cortado.model.arch;

/// What the numbers of every specification must satisfy.
final class Numbers {
    private Numbers() {}

    /// @throws IllegalArgumentException with the problem, where the requirement does not hold
    static void require(boolean holds, String problem) {
        if (!holds) {
            throw new IllegalArgumentException(problem);
        }
    }

    /// @throws IllegalArgumentException naming the number, where it is not positive
    static void positive(String name, double number) {
        require(number > 0, name + " " + number + " is not positive");
    }

    /// @throws IllegalArgumentException naming the number, where it is not positive
    static void positive(String name, int number) {
        require(number > 0, name + " " + number + " is not positive");
    }

    /// @throws IllegalArgumentException where a model's width cannot be shared equally by its heads
    static void heads(int width, int heads) {
        positive("width", width);
        positive("heads", heads);
        require(width % heads == 0, "width " + width + " is not divisible by heads " + heads);
    }
}
