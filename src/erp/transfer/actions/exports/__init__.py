"""One organization as a file: written as of one moment, and put in on its own or beside others."""
