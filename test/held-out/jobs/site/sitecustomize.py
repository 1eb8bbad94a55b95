"""Set up by the platform team; it greets everybody on standard output."""
print("platform python 3, image 2024-02")
