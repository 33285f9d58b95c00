"""What is checked: one file per rule, in folders by family."""
