/// GGUF, the file format of llama.cpp: typed metadata (a model's shape, its vocabulary, its chat template) followed
/// by tensors, possibly quantized. [dev.cortado.text.gguf.Gguf] maps a file into memory and reads its head; the
/// tensors' bytes stay where they are. [dev.cortado.text.gguf.GgufWriter] writes one, streaming. What the metadata
/// means is for others to say: [dev.cortado.text.tokenizer.format.GgufTokenizer] makes a tokenizer of it.
///
/// Format: <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>.
@NullMarked
package dev.cortado.text.gguf;

import org.jspecify.annotations.NullMarked;
