"""The watch: what is wrong at a meter, told from what was heard."""
