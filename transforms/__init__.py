"""The stages of newsbeam: one module per noun in the flow; pure functions and thin PTransforms."""
