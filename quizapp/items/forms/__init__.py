"""Shape and wording of input, one module for each desk."""
