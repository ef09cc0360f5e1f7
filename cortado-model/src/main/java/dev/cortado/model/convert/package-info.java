/// From one format to another: folders of safetensors, GGUF files, ONNX graphs. The walk goes tensor by tensor, so
/// memory is bounded by the largest of them; what was written is read again and compared with the original
/// ([dev.cortado.model.convert.Likeness], of graphs [dev.cortado.model.convert.GraphLikeness]) before anybody hears
/// of success.
@NullMarked
package dev.cortado.model.convert;

import org.jspecify.annotations.NullMarked;
