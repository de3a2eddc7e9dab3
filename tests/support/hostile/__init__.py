"""Files and paths made to do harm, and the room in which they are read to see whether they do."""
