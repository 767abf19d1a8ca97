"""The history of the schema, inside the package so that an installed wheel can migrate."""
