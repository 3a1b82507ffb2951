-- What is chosen in the form of a decision is kept beside the note that is being typed.
ALTER TABLE drafts ADD COLUMN choice BYTEA;                                 -- sealed, as review.Choice; NULL where nothing is chosen
