"""A question that is typed right at the region, and its answer in a bubble beside it."""
