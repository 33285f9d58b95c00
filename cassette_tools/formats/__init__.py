"""One file per cassette format: recognise it, build the model, know where in the document a field is."""
