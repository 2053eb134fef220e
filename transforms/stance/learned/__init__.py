"""The learned finder of stances: for each party of a sentence, whom or what it takes a side on."""
