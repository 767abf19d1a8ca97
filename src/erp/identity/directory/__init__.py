"""Company directories: who they know, which organizations they serve, and how they are asked."""
