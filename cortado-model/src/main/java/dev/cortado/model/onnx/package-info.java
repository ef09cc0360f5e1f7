/// ONNX files: models of other programs as weights of ours, and our models as graphs other programs run.
///
/// | to … | use |
/// |---|---|
/// | load the weights of an `.onnx` file into a model | [OnnxFile#open], a [dev.cortado.model.weights.WeightSource] |
/// | look at its graph and its stored tensors | [OnnxFile#nodes], [OnnxFile#initializers] |
/// | write a model for ONNX Runtime and its kin | [OnnxExport#write] |
/// | know what goes into and comes out of its graph | [LlamaOnnx], [Gpt2Onnx], [BertOnnx], [DistilBertOnnx],
/// [T5Onnx] |
/// | export another architecture | [OnnxLayers], [OnnxAttention], as these do; then a line in [OnnxExport] |
/// | build any graph | [OnnxGraph], [OnnxValue], [OnnxWriter#write] |
/// | run a graph that was built here | [OnnxEvaluator] |
///
/// ```java
/// Path model = Path.of("models/tiny");
/// try (WeightSource weights = ModelWeights.open(model)) {
///     OnnxExport.write(Path.of("tiny.onnx"), ModelFolder.spec(model), weights);
/// }
/// try (OnnxFile exported = OnnxFile.open(Path.of("tiny.onnx"))) {
///     exported.find("model.layers.0.self_attn.q_proj.weight"); // [out, in] again
/// }
/// ```
///
/// **Reading.** A file is mapped, together with the external data beside it, and a weight is a view of it. What an
/// exporter changed is changed back: the weights of linear layers are found by following the graph, under the
/// names and in the shapes that Hugging Face's checkpoints have. Graphs of others are never run here: a model's
/// forward pass is that of our own architectures.
///
/// A file is an untrusted input. It is refused, in one line that names it, when its bytes are no valid message; when
/// shapes, types and data disagree; when external data is anywhere but in files of the same folder; when values of
/// the graph are made twice, never, or in a cycle; and when its weights are quantised. Memory follows what the file
/// holds, whatever it claims.
///
/// **Writing.** An [OnnxGraph] is built by operations on [OnnxValue]s, which check element types as they go.
/// Weights are asked for one after the other while the file is written, as F32; more than 1.9 GB of them go
/// into `NAME.onnx_data` beside it. Files are written under hidden names and renamed when complete. What is exported
/// can be imported again, under the same names.
///
/// **Running.** [OnnxEvaluator] knows the operators that are written here, one line or a few for each
/// (`OnnxOperator`), and so tells whether a written graph is the model ([dev.cortado.model.convert.GraphLikeness]).
/// ONNX Runtime is who runs graphs in earnest.
///
/// The wire format of Protocol Buffers is read and written by hand: a hundred lines each, on mapped memory of any
/// size and with errors that say where, against a library that copies or cuts at 2 GB.
@NullMarked
package dev.cortado.model.onnx;

import org.jspecify.annotations.NullMarked;
