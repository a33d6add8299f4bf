-- Whoever makes an attempt holds its delivery meanwhile; NULL: nobody.
ALTER TABLE alert_event ADD COLUMN held_until INTEGER;
