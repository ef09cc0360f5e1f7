/// The files tokenizers come in. [dev.cortado.text.tokenizer.format.PipelineJson] reads and writes the
/// `tokenizer.json` of Hugging Face's tokenizers library:
///
/// ```java
/// Pipeline pipeline = PipelineJson.read(folder.resolve("tokenizer.json"));
/// var tokenizer = new PipelineTokenizer(pipeline);
/// int[] ids = tokenizer.encode("To be, or not to be");
/// ```
///
/// A file is read whole or refused with one line that names the place in it and what is wrong there; nothing in it is
/// passed over.
@NullMarked
package dev.cortado.text.tokenizer.format;

import org.jspecify.annotations.NullMarked;
