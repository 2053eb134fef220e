"""The shared encoder: one pass over a sentence serves entities and stance."""
