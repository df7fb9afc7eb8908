"""What travels through the program: plain frozen data that every room may import."""
