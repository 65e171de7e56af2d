"""Work behind the page, in pieces that are resumed: files read in, tables, a whole clinic packed and unpacked."""
