-- What an event is about (container, image, volume), and the labels that its container had then.
ALTER TABLE events ADD COLUMN subject TEXT NOT NULL DEFAULT 'container';
ALTER TABLE events ADD COLUMN labels TEXT NOT NULL DEFAULT '{}';
