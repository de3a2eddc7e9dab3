"""Reading text in pictures without a model of language: two small networks, in a process of their own."""
