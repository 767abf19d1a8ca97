"""The words of five older systems, so that their front ends keep working. No logic of its own."""
