"""Everything that makes a model: tokenizer, model, training, export, evaluation."""
