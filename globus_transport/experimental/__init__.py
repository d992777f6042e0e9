"""What globus-sdk calls experimental, under its names. Each module says where its classes are defined."""
