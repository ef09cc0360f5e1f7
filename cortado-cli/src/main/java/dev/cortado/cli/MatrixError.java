package dev.cortado.cli;

import dev.cortado.model.quant.QuantError;

/// What rounding a matrix to fewer bits lost, as reports say it.
///
/// @param relative root mean square error over root mean square of the numbers
record MatrixError(String tensor, String type, long bytes, double bitsPerWeight, double maxAbs, double relative) {
    static MatrixError of(String tensor, String type, QuantError error) {
        return new MatrixError(tensor, type, error.bytes(), error.bitsPerWeight(), error.maxAbs(), error.relativeRms());
    }
}
