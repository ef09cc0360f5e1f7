/// The number formats of quantised storage: how weights become few bits and come back. Bytes and floats only; which
/// tensor gets which format, and what computes with it, is the business of others.
///
/// | to … | use |
/// |---|---|
/// | read tensors of GGUF files | [BlockFormat#of], then `decode` |
/// | write them | [WritableFormat#of], then `encode` |
/// | keep a matrix as int8 with a scale for every row | [Int8Rows] |
/// | keep a tensor as 4-bit NormalFloat, as QLoRA does | [Nf4] |
/// | compute with either, or with blocks in a mapped file | [QuantisedMatrix]: [Int8Matrix], [Nf4Matrix],
/// [BlockMatrix] |
/// | say what that costs in accuracy | [QuantError] |
///
/// ```java
/// WritableFormat format = WritableFormat.of(GgmlType.Q4_K).orElseThrow();
/// byte[] stored = new byte[(int) format.rowBytes(row.length)];
/// format.encode(row, 0, row.length / format.blockLength(), stored, 0);
/// ```
///
/// **Formats.** A is the largest magnitude of a block, R its span max − min. Of K formats, A and R are a group's,
/// with the span taken to include zero where there are minima; S is the
/// largest span of a group in the super-block, B its largest magnitude.
///
/// | format | block | bits a weight | error of a value, at most (plus the rounding of half-float scales) | |
/// |---|---|---|---|---|
/// | F32 | 1 | 32 | 0 | read, write |
/// | F16 | 1 | 16 | 2⁻¹¹ of it, or 2⁻²⁵ | read, write |
/// | BF16 | 1 | 16 | 2⁻⁸ of it | read, write |
/// | Q8_0 | 32 | 8.5 | A/254 | read, write |
/// | Q5_0 | 32 | 5.5 | A/16 where the sign is not the extreme's, else A/32 | read, write |
/// | Q5_1 | 32 | 6 | R/62 | read, write |
/// | Q4_0 | 32 | 4.5 | A/8 where the sign is not the extreme's, else A/16 | read, write |
/// | Q4_1 | 32 | 5 | R/30 | read, write |
/// | Q6_K | 256 | 6.5625 | rms of a group A/60 + B/200 (measured) | read, write |
/// | Q5_K | 256 | 5.5 | rms of a group R·√2/62 + S/63 | read, write |
/// | Q4_K | 256 | 4.5 | rms of a group R·√2/30 + S/63 | read, write |
/// | Q3_K | 256 | 3.4375 | of its writer's choice | read |
/// | Q2_K | 256 | 2.625 | of its writer's choice | read |
/// | IQ4_NL | 32 | 4.5 | of its writer's choice | read |
/// | [Int8Rows] | a row | 8 + 32/columns | A/254 | read, write |
/// | [Nf4] | 64 | 4.127 | 0.152·A, and what doubly quantised scales add | read, write |
///
/// Half floats are coarse below 2⁻¹⁴ and end at 2⁻²⁴. Scales that small cost accuracy: those of Q8_0 from A < 0.008
/// on, those of Q6_K, which divide A by 4,096, from A < 0.25 on.
///
/// What is written is the reference's: see [WritableFormat]. NaN, infinities and values whose scale would exceed the
/// largest half float are refused with an [IllegalArgumentException] of one line.
@NullMarked
package dev.cortado.model.quant;

import org.jspecify.annotations.NullMarked;
