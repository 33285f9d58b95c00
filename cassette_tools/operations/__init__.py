"""What can be done with a recording: model in, result out. Siblings of the rules; nothing here prints."""
