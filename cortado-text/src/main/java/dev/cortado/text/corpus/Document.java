package dev.cortado.text.corpus;

/// One text of a corpus: tokens of different documents never see each other in training.
///
/// @param id where it comes from, the same in every run: a file's path inside the opened folder, for a line of JSONL
///     its `id` or `file:line`
public record Document(String id, String text) {}
