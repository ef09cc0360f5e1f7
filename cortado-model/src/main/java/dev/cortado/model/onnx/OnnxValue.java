package dev.cortado.model.onnx;

import dev.cortado.tensor.DType;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A value of an [OnnxGraph], and what can be made of it: each method adds the ONNX operator of its name
/// (<https://onnx.ai/onnx/operators/>) to the graph. Shapes broadcast as in NumPy; negative axes count from the end.
///
/// Operands of different element types are refused where the graph is built, not where it is run.
public final class OnnxValue {
    private final OnnxGraph graph;
    private final String name;
    private final DType dtype;

    OnnxValue(OnnxGraph graph, String name, DType dtype) {
        this.graph = graph;
        this.name = name;
        this.dtype = dtype;
    }

    /// Its name in the graph.
    public String name() {
        return name;
    }

    /// The type of its elements.
    public DType dtype() {
        return dtype;
    }

    OnnxGraph graph() {
        return graph;
    }

    // Elementwise.

    public OnnxValue add(OnnxValue other) {
        return arithmetic("Add", other);
    }

    public OnnxValue add(double number) {
        return add(graph.number(number));
    }

    public OnnxValue sub(OnnxValue other) {
        return arithmetic("Sub", other);
    }

    public OnnxValue mul(OnnxValue other) {
        return arithmetic("Mul", other);
    }

    public OnnxValue mul(double number) {
        return mul(graph.number(number));
    }

    public OnnxValue div(OnnxValue other) {
        return arithmetic("Div", other);
    }

    public OnnxValue pow(double exponent) {
        return arithmetic("Pow", graph.number(exponent));
    }

    /// The smaller of both, element by element.
    public OnnxValue min(OnnxValue other) {
        return arithmetic("Min", other);
    }

    /// The larger of both, element by element.
    public OnnxValue max(OnnxValue other) {
        return arithmetic("Max", other);
    }

    public OnnxValue neg() {
        return of("Neg");
    }

    public OnnxValue abs() {
        return of("Abs");
    }

    public OnnxValue sqrt() {
        return of("Sqrt");
    }

    public OnnxValue reciprocal() {
        return of("Reciprocal");
    }

    public OnnxValue exp() {
        return of("Exp");
    }

    public OnnxValue log() {
        return of("Log");
    }

    public OnnxValue cos() {
        return of("Cos");
    }

    public OnnxValue sin() {
        return of("Sin");
    }

    public OnnxValue erf() {
        return of("Erf");
    }

    public OnnxValue tanh() {
        return of("Tanh");
    }

    public OnnxValue sigmoid() {
        return of("Sigmoid");
    }

    public OnnxValue relu() {
        return of("Relu");
    }

    /// The same numbers as another type.
    public OnnxValue cast(DType other) {
        return graph.node("Cast", other, integer("to", ElementType.of(other)), this);
    }

    // Comparison and choice.

    public OnnxValue less(OnnxValue other) {
        return comparison("Less", other);
    }

    public OnnxValue lessOrEqual(OnnxValue other) {
        return comparison("LessOrEqual", other);
    }

    public OnnxValue greater(OnnxValue other) {
        return comparison("Greater", other);
    }

    public OnnxValue equal(OnnxValue other) {
        return comparison("Equal", other);
    }

    public OnnxValue and(OnnxValue other) {
        return arithmetic("And", other);
    }

    public OnnxValue or(OnnxValue other) {
        return arithmetic("Or", other);
    }

    public OnnxValue not() {
        return of("Not");
    }

    /// `yes` where this (BOOL) holds, `no` elsewhere.
    public OnnxValue where(OnnxValue yes, OnnxValue no) {
        requireType(DType.BOOL);
        yes.requireSameType(no);
        return graph.node("Where", yes.dtype, Map.of(), this, yes, no);
    }

    // Products, reductions, norms.

    public OnnxValue matMul(OnnxValue other) {
        return arithmetic("MatMul", other);
    }

    /// this · weightᵀ for a matrix [N, in] and a weight [out, in]: [N, out].
    public OnnxValue timesTransposed(OnnxValue weight) {
        requireSameType(weight);
        return graph.node("Gemm", dtype, integer("transB", 1), this, weight);
    }

    public OnnxValue softmax(int axis) {
        return graph.node("Softmax", dtype, integer("axis", axis), this);
    }

    /// The mean over one axis, which stays with size 1.
    public OnnxValue reduceMean(int axis) {
        return graph.node("ReduceMean", dtype, integers("axes", axis), this);
    }

    /// The sum of the elements up to each, along an axis.
    public OnnxValue cumulativeSum(int axis) {
        return graph.node("CumSum", dtype, Map.of(), this, graph.integer(axis));
    }

    /// (x − mean)/√(variance + ε)·scale + bias over the last axis.
    public OnnxValue layerNormalization(OnnxValue scale, OnnxValue bias, double epsilon) {
        requireSameType(scale);
        requireSameType(bias);
        Map<String, OnnxAttribute> attributes = new LinkedHashMap<>();
        attributes.put("axis", new OnnxAttribute.Whole(-1));
        attributes.put("epsilon", new OnnxAttribute.Real((float) epsilon));
        return graph.node("LayerNormalization", dtype, attributes, this, scale, bias);
    }

    // Shapes.

    /// The sizes of all dimensions, an I64 list.
    public OnnxValue shape() {
        return graph.node("Shape", DType.I64, Map.of(), this);
    }

    /// The size of one dimension, an I64 scalar.
    public OnnxValue size(int axis) {
        return shape().gather(0, graph.integer(axis));
    }

    /// The same elements in another shape; 0 keeps the size that is there, one −1 takes what is left.
    public OnnxValue reshape(long... sizes) {
        return reshape(graph.integers(sizes));
    }

    /// The same elements in the shape of an I64 list.
    public OnnxValue reshape(OnnxValue sizes) {
        sizes.requireType(DType.I64);
        return graph.node("Reshape", dtype, Map.of(), this, sizes);
    }

    public OnnxValue transpose(long... order) {
        return graph.node("Transpose", dtype, integers("perm", order), this);
    }

    /// New axes of size 1 at these places of the result.
    public OnnxValue unsqueeze(long... axes) {
        return graph.node("Unsqueeze", dtype, Map.of(), this, graph.integers(axes));
    }

    /// Without these axes of size 1.
    public OnnxValue squeeze(long... axes) {
        return graph.node("Squeeze", dtype, Map.of(), this, graph.integers(axes));
    }

    /// Repeated to the shape of an I64 list.
    public OnnxValue expand(OnnxValue sizes) {
        sizes.requireType(DType.I64);
        return graph.node("Expand", dtype, Map.of(), this, sizes);
    }

    // Parts.

    /// The elements `from` (included) to `to` (excluded) of an axis; negative ones count from the end.
    public OnnxValue slice(int axis, long from, long to) {
        return slice(axis, graph.integers(from), graph.integers(to));
    }

    /// The same with bounds known when the graph is run, I64 lists of one.
    public OnnxValue slice(int axis, OnnxValue from, OnnxValue to) {
        from.requireType(DType.I64);
        to.requireType(DType.I64);
        return graph.node("Slice", dtype, Map.of(), this, from, to, graph.integers(axis));
    }

    /// The entries of an axis that have these numbers (I64 of any shape): rows of an embedding for axis 0.
    public OnnxValue gather(int axis, OnnxValue indices) {
        indices.requireType(DType.I64);
        return graph.node("Gather", dtype, integer("axis", axis), this, indices);
    }

    @Override
    public String toString() {
        return "'" + name + "' (" + dtype + ")";
    }

    void requireSameType(OnnxValue other) {
        other.requireType(dtype);
    }

    private void requireType(DType expected) {
        if (dtype != expected) {
            throw new IllegalArgumentException("value " + this + " must be " + expected);
        }
    }

    private OnnxValue of(String operator) {
        return graph.node(operator, dtype, Map.of(), this);
    }

    private OnnxValue arithmetic(String operator, OnnxValue other) {
        requireSameType(other);
        return graph.node(operator, dtype, Map.of(), this, other);
    }

    private OnnxValue comparison(String operator, OnnxValue other) {
        requireSameType(other);
        return graph.node(operator, DType.BOOL, Map.of(), this, other);
    }

    private static Map<String, OnnxAttribute> integer(String attribute, long value) {
        return Map.of(attribute, new OnnxAttribute.Whole(value));
    }

    private static Map<String, OnnxAttribute> integers(String attribute, long... values) {
        List<Long> list = Arrays.stream(values).boxed().toList();
        return Map.of(attribute, new OnnxAttribute.Wholes(list));
    }
}
