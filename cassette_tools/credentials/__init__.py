"""What a credential looks like: shapes, names that announce one, and what only stands for one. Knows strings only."""
