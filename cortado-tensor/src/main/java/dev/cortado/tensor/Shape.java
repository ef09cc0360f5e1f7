package dev.cortado.tensor;

import java.util.Arrays;
import java.util.stream.Collectors;

/// The sizes of a tensor's dimensions, outermost first; no dimension at all is a scalar.
public final class Shape {
    private final long[] sizes;

    private Shape(long[] sizes) {
        this.sizes = sizes;
    }

    /// A shape of the given sizes.
    ///
    /// @throws IllegalArgumentException when a size is negative or the number of elements does not fit a `long`
    public static Shape of(long... sizes) {
        long count = 1;
        for (long size : sizes) {
            if (size < 0) {
                throw new IllegalArgumentException("negative size in shape " + Arrays.toString(sizes));
            }
            if (size != 0 && count > Long.MAX_VALUE / size) {
                throw new IllegalArgumentException("shape " + Arrays.toString(sizes) + " has too many elements");
            }
            count *= size;
        }
        return new Shape(sizes.clone());
    }

    /// Number of dimensions.
    public int rank() {
        return sizes.length;
    }

    /// Size of one dimension; negative `dim` counts from the end.
    public long size(int dim) {
        int index = dim < 0 ? dim + sizes.length : dim;
        if (index < 0 || index >= sizes.length) {
            throw new IllegalArgumentException("dimension " + dim + " of shape " + this);
        }
        return sizes[index];
    }

    /// Number of elements: the product of all sizes, 1 for a scalar.
    public long count() {
        long count = 1;
        for (long size : sizes) {
            count *= size;
        }
        return count;
    }

    /// All sizes, a copy.
    public long[] sizes() {
        return sizes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && Arrays.equals(sizes, shape.sizes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(sizes);
    }

    @Override
    public String toString() {
        return Arrays.stream(sizes).mapToObj(Long::toString).collect(Collectors.joining(", ", "[", "]"));
    }
}
