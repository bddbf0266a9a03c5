"""What every page has to be, whatever state it shows: usable, valid, light and still."""
